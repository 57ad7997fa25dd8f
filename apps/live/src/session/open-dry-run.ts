import { TradingClient } from '@scalp/alpaca'
import { type IsoDate, toMicros } from '@scalp/canonical'
import { createJournaledBroker } from '@scalp/journal'
import { venueOf } from '../market/alpaca-market.js'
import { impliesUnderlyings, openMarket, requireFeedKey } from '../market/open-market.js'
import { version } from '../version.js'
import { everySoOften } from './every-so-often.js'
import { filesOf, layFoundation, type OpenedSession, type OpenOptions, simulatedVenue } from './foundation.js'
import { LiveSession } from './live-session.js'

/** Real data, fills by simulation: no order leaves. */
export async function openDryRun(options: OpenOptions): Promise<OpenedSession> {
  const { config, log } = options
  requireFeedKey(config)
  const { simulation } = config
  const { keyId, secretKey, requestsPerMinute } = config.alpaca
  const startingCashMicros = toMicros(simulation.startingCash)
  const base = await layFoundation(options, {
    startingCashMicros,
    impliesUnderlyings: impliesUnderlyings(config),
  })
  const { calendar, clock, runId, journal, recorder } = base
  const client = new TradingClient({ keyId, secretKey, requestsPerMinute, ...venueOf(config, false) })
  let session: LiveSession | undefined
  const date = (): IsoDate => calendar.tradingDate(clock.nowUs())
  const market = openMarket(options, base, client, () => session)
  const feed = market.feed(await market.universe.first(clock.nowUs(), date()), [])
  const venue = simulatedVenue(config, base)
  journal.startRun({
    prefix: runId,
    atUs: Math.round(clock.nowUs()),
    config: { mode: config.mode, symbols: config.symbols },
    program: `scalp-live ${version}`,
  })
  session = new LiveSession({
    ...base.common,
    broker: createJournaledBroker({ broker: venue, journal, clock }),
    venue,
    feed,
    startingCashMicros,
    impliesUnderlyings: impliesUnderlyings(config),
    links: () => feed.links(),
    isFeedHealthy: () => feed.isReady,
    isBrokerHealthy: () => true,
  })
  venue.attach(session.engine)
  try {
    await session.start()
  } catch (error) {
    await session.stop()
    await recorder?.close()
    journal.close()
    throw error
  }
  market.universe.tellInterest(session.driver, clock.nowUs())
  const stopFollowing = everySoOften(
    () => 5_000,
    () => market.follow(feed, session as LiveSession, date()),
    log,
  )
  return {
    session,
    clock,
    runId,
    journal,
    strategy: base.strategy.name,
    settings: base.settings,
    directory: filesOf(config, runId).directory,
    stop: async () => {
      stopFollowing()
      await session?.stop()
      await recorder?.close()
      journal.close()
    },
  }
}
