import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { InstrumentTable, type Micros, toMicros, type Us } from '@scalp/canonical'
import { openJournal, type SqliteJournal } from '@scalp/journal/sqlite'
import { createExchangeCalendar, type ExchangeCalendar } from '@scalp/market-data'
import type { Alert } from '@scalp/protocol'
import { createFlatCosts, SimulatedBroker } from '@scalp/simulator'
import { resolveConfig, type Strategy } from '@scalp/strategy'
import type { Logger } from 'pino'
import { anchoredClock, type LiveClock, realClock } from '../clock/market-clock.js'
import type { LiveConfig } from '../config/schema.js'
import type { Publisher } from '../gateway/publisher.js'
import { SessionRecorder } from '../record/session-recorder.js'
import { version } from '../version.js'
import type { LiveSession, LiveSessionOptions } from './live-session.js'
import { loadStrategy } from './strategies.js'

/** What opening a session takes. */
export interface OpenOptions {
  readonly config: LiveConfig
  /** The second of the two switches of live trading: a flag of the start. */
  readonly isLiveConfirmed: boolean
  readonly publisher: Publisher
  readonly log: Logger
  readonly onAlert: (alert: Omit<Alert, 'id' | 'at'>) => void
  /** A turn failed; the daemon must end. */
  readonly onFault: (error: unknown) => void
  /** Of a demo: its own clock. */
  readonly clock?: LiveClock
}

/** A running session. */
export interface OpenedSession {
  readonly session: LiveSession
  readonly clock: LiveClock
  readonly runId: string
  readonly journal: SqliteJournal
  readonly strategy: string
  readonly settings: unknown
  readonly directory: string
  stop(): Promise<void>
}

/** Where a session keeps what it writes. */
export interface SessionFiles {
  readonly directory: string
  readonly journal: string
  readonly recording: string
}

/** Names of the files of a run. */
export function filesOf({ data, mode }: LiveConfig, runId: string): SessionFiles {
  const directory = path.resolve(data.directory)
  return {
    directory,
    /** The account and the time of a demo begin anew each time, and so does its journal; a replay's as well. */
    journal: path.join(directory, mode === 'demo' || mode === 'replay' ? `${runId}.db` : 'scalp.db'),
    recording: path.join(directory, 'sessions', `${runId}.session`),
  }
}

/** What the parts of every mode have in common. */
export interface Foundation {
  readonly calendar: ExchangeCalendar
  readonly clock: LiveClock
  readonly instruments: InstrumentTable
  readonly strategy: Strategy<unknown>
  readonly settings: unknown
  readonly runId: string
  readonly journal: SqliteJournal
  readonly recorder: SessionRecorder | undefined
  /** The part of the options of a session that is the same for all. */
  readonly common: Omit<
    LiveSessionOptions,
    | 'broker'
    | 'feed'
    | 'links'
    | 'isFeedHealthy'
    | 'isBrokerHealthy'
    | 'startingCashMicros'
    | 'impliesUnderlyings'
  >
}

/** Opens journal and recording, and finds the strategy. `startingCashMicros` goes into the recording's header. */
export async function layFoundation(
  { config, publisher, log, onAlert, onFault, clock: given }: OpenOptions,
  {
    startingCashMicros,
    impliesUnderlyings,
    clock: own,
  }: {
    readonly startingCashMicros: Micros
    readonly impliesUnderlyings: boolean
    readonly clock?: LiveClock
  },
): Promise<Foundation> {
  const calendar = createExchangeCalendar()
  const clock = own ?? given ?? clockOf(config)
  const strategy = await loadStrategy(config.strategy)
  const settings = await resolveConfig(strategy, {
    ...(config.preset === null || strategy.presets === undefined ? {} : { preset: config.preset }),
    overrides: config.settings,
  })
  const nowUs = Math.round(clock.nowUs())
  const runId = `${calendar.tradingDate(nowUs).replaceAll('-', '')}-${config.mode}-${Date.now().toString(36)}`
  const files = filesOf(config, runId)
  mkdirSync(path.dirname(files.recording), { recursive: true, mode: 0o700 })
  const journal = openJournal({
    path: files.journal,
    durability: config.data.durability,
    onProblem: (problem) => log.warn({ problem }, 'journal'),
  })
  const instruments = new InstrumentTable()
  /** The rules of an account need one. */
  const hasAccount = config.mode !== 'dry-run' && config.mode !== 'replay'
  const gates = hasAccount ? config.gates : { ...config.gates, account: null }
  const recorder = config.data.record
    ? new SessionRecorder({
        path: files.recording,
        header: {
          version: 1,
          runId,
          mode: config.mode,
          startedUs: nowUs,
          program: `scalp-live ${version}`,
          strategy: config.strategy,
          settings,
          symbols: config.symbols,
          gates,
          risk: config.risk,
          startingCashMicros,
          impliesUnderlyings,
          feed: describeFeed(config),
        },
        onProblem: (error) => log.error({ err: error }, 'the recording cannot be written'),
      })
    : undefined
  if (recorder !== undefined) instruments.onListed((instrument) => recorder.listed(instrument))
  return {
    calendar,
    clock,
    instruments,
    strategy,
    settings,
    runId,
    journal,
    recorder,
    common: {
      mode: config.mode,
      runId,
      clock,
      calendar,
      instruments,
      symbols: config.symbols,
      strategy,
      settings,
      preset: config.preset,
      gates,
      risk: config.risk,
      publisher,
      journal,
      ...(recorder === undefined ? {} : { recorder }),
      onAlert,
      onFault,
    },
  }
}

/** Where events come from, in words. */
function describeFeed({ mode, feed, databento, alpaca }: LiveConfig): string {
  if (mode === 'replay') return 'replay'
  if (feed.kind === 'alpaca') return `alpaca ${alpaca.optionFeed}, ${alpaca.stockFeed}`
  const { dataset, quotes, underlying } = databento
  const from = underlying.from === 'dataset' ? `${underlying.dataset} ${underlying.schema}` : underlying.from
  return `databento ${dataset} ${quotes}, underlyings of ${from}`
}

/** A venue that fills by the quotes of the feed. */
export function simulatedVenue(
  { simulation }: LiveConfig,
  { instruments, calendar }: Foundation,
): SimulatedBroker {
  return new SimulatedBroker({
    instruments,
    calendar,
    costs: createFlatCosts(toMicros(simulation.feePerContract)),
    slippage: { kind: 'percent', percent: simulation.slippagePct },
    orderLatencyUs: simulation.orderLatencyMs * 1_000,
    responseLatencyUs: simulation.responseLatencyMs * 1_000,
    participation: simulation.participation,
  })
}

/** The clock that the configuration asks for: that of the wall unless told. */
export function clockOf({ clock, mode }: LiveConfig): LiveClock {
  if (clock === undefined || mode === 'live') return realClock
  const us = (text: string): Us => Date.parse(text) * 1_000
  return anchoredClock({ wallUs: us(clock.wall), marketUs: us(clock.market), speed: clock.speed })
}
