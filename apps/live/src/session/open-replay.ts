import { toMicros } from '@scalp/canonical'
import { createJournaledBroker } from '@scalp/journal'
import { createExchangeCalendar } from '@scalp/market-data'
import type { Command, ReplayStatus } from '@scalp/protocol'
import { MarketClock } from '../clock/market-clock.js'
import { LiveConfigError } from '../errors.js'
import { PacedFeed, ReplayClock } from '../market/paced-feed.js'
import { openReplayData } from '../market/replay-data.js'
import { version } from '../version.js'
import { iso } from '../view/wire.js'
import { filesOf, layFoundation, type OpenedSession, type OpenOptions, simulatedVenue } from './foundation.js'
import { LiveSession } from './live-session.js'

/** Plays a dataset as if it were live, at a pace that can be changed; no account, fills by simulation. */
export async function openReplay(options: OpenOptions): Promise<OpenedSession> {
  const { config, publisher, log } = options
  if (config.replay.data === '')
    throw new LiveConfigError({
      source: 'A replay needs data',
      problems: ['replay.data: name a folder of Databento files'],
    })
  const calendar = createExchangeCalendar()
  const { data: directory, from, to } = config.replay
  const data = await openReplayData({ directory, symbols: config.symbols, from, to, calendar })
  const startingCashMicros = toMicros(config.simulation.startingCash)
  const clock = new ReplayClock(data.fromUs - 1)
  const base = await layFoundation(options, {
    startingCashMicros,
    impliesUnderlyings: data.impliesUnderlyings,
    clock,
  })
  const pace = new MarketClock({ startUs: data.fromUs, speed: config.replay.speed })
  let hasEnded = false
  const feed = new PacedFeed({
    tapes: data.tapes(base.instruments),
    pace,
    clock,
    onEnd: (error) => {
      hasEnded = true
      if (error === undefined) log.info({ events: feed.events }, 'the replay has ended')
      else options.onFault(error)
    },
  })
  const { journal, recorder, runId } = base
  journal.startRun({
    prefix: runId,
    atUs: data.fromUs,
    config: { mode: config.mode, symbols: config.symbols },
    program: `scalp-live ${version}`,
  })
  const venue = simulatedVenue(config, base)
  const status = (): ReplayStatus => ({
    state: hasEnded ? 'ended' : pace.isPaused ? 'paused' : 'playing',
    speed: pace.speed,
    from: iso(data.fromUs),
    to: iso(data.toUs),
    position: iso(clock.us),
    progress: Math.min(1, Math.max(0, (clock.us - data.fromUs) / (data.toUs - data.fromUs || 1))),
    source: data.description,
  })
  const session = new LiveSession({
    ...base.common,
    broker: createJournaledBroker({ broker: venue, journal, clock }),
    venue,
    feed,
    startingCashMicros,
    impliesUnderlyings: data.impliesUnderlyings,
    links: () => [
      {
        name: 'replay',
        state: status().state,
        isHealthy: true,
        silentMs: null,
        messages: feed.events,
        reconnects: 0,
        detail: data.description,
      },
    ],
    isFeedHealthy: () => true,
    isBrokerHealthy: () => true,
    onReplay: ({ command, speed }: Command) => {
      if (command === 'replay-pause') pace.pause()
      else if (command === 'replay-play') pace.play()
      else pace.setSpeed(speed ?? pace.speed)
      publisher.publish('replay_status', status(), iso(clock.us))
      return command === 'replay-speed'
        ? `The replay runs at ${pace.speed} times its pace.`
        : `The replay is ${status().state}.`
    },
  })
  venue.attach(session.engine)
  await session.start()
  const telling = setInterval(() => publisher.publish('replay_status', status(), iso(clock.us)), 500)
  return {
    session,
    clock,
    runId,
    journal,
    strategy: base.strategy.name,
    settings: base.settings,
    directory: filesOf(config, runId).directory,
    stop: async () => {
      clearInterval(telling)
      await session.stop()
      await recorder?.close()
      journal.close()
    },
  }
}
