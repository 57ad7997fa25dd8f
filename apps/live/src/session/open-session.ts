import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { DataClient, TradingClient } from '@scalp/alpaca'
import { type AlpacaBroker, type AlpacaFeed, createAlpacaBroker, createAlpacaFeed } from '@scalp/alpaca/live'
import {
  InstrumentTable,
  type IsoDate,
  type JournalEntry,
  type Micros,
  toMicros,
  type Us,
} from '@scalp/canonical'
import { createJournaledBroker } from '@scalp/journal'
import { openJournal, type SqliteJournal } from '@scalp/journal/sqlite'
import { createExchangeCalendar, type ExchangeCalendar } from '@scalp/market-data'
import type { Alert, Link } from '@scalp/protocol'
import { createFlatCosts, SimulatedBroker } from '@scalp/simulator'
import { resolveConfig, type Strategy } from '@scalp/strategy'
import type { Logger } from 'pino'
import { anchoredClock, type LiveClock, realClock } from '../clock/market-clock.js'
import type { LiveConfig } from '../config/schema.js'
import { LiveLockedError } from '../errors.js'
import type { Publisher } from '../gateway/publisher.js'
import { Universe } from '../market/universe.js'
import { SessionRecorder } from '../record/session-recorder.js'
import { AccountDesk } from '../trade/account-desk.js'
import { recall, toRestored } from '../trade/memory.js'
import { version } from '../version.js'
import { LiveSession, type LiveSessionOptions } from './live-session.js'
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
          gates: config.gates,
          risk: config.risk,
          startingCashMicros,
          impliesUnderlyings,
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
      gates: config.gates,
      risk: config.risk,
      publisher,
      journal,
      ...(recorder === undefined ? {} : { recorder }),
      onAlert,
      onFault,
    },
  }
}

/** Trades an account: paper or live, or the simulated one of a demo. */
export async function openAccountSession(options: OpenOptions): Promise<OpenedSession> {
  const { config, log, onAlert } = options
  if (config.mode === 'live') {
    if (!config.liveTrading)
      throw new LiveLockedError({ missing: '"liveTrading" is not true in the configuration' })
    if (!options.isLiveConfirmed) throw new LiveLockedError({ missing: 'the flag --live is not given' })
    if (config.clock !== undefined)
      throw new LiveLockedError({ missing: 'a clock other than that of the wall is set' })
  }
  const { keyId, secretKey, tradingStreamUrl, streamUrl, requestsPerMinute } = config.alpaca
  const clock = options.clock ?? clockOf(config)
  const keys = { keyId, secretKey, requestsPerMinute }
  const orderStreamUrl = tradingStreamUrl ?? streamUrl
  let session: LiveSession | undefined
  const account = await new TradingClient({ ...keys, ...venueOf(config, options.isLiveConfirmed) }).account()
  const base = await layFoundation(options, {
    startingCashMicros: account.cashMicros,
    impliesUnderlyings: false,
    clock,
  })
  const { calendar, instruments, runId, journal, recorder } = base
  const broker = createAlpacaBroker({
    ...keys,
    ...venueOf(config, options.isLiveConfirmed),
    instruments,
    runId,
    clock,
    ...(orderStreamUrl === undefined ? {} : { streamUrl: orderStreamUrl }),
    onProblem: (problem) => {
      log.warn({ err: problem }, 'broker')
      if (problem instanceof Error) session?.risk.brokerFailed(Math.round(clock.nowUs()))
    },
    onEnded: (error) => {
      onAlert({ level: 'critical', code: 'BROKER_ENDED', message: error.message })
      session?.halt('the stream of orders ended for good')
    },
  })
  rotateJournal(journal, calendar.tradingDate(clock.nowUs()), config.data.retainDays, calendar)
  const memory = recall(journal, calendar, clock.nowUs())
  const desk = new AccountDesk({
    client: broker.client,
    ledger: memory.ledger,
    book: memory.book,
    instruments,
    runId,
    record: (entry) => {
      journal.append(entry)
      journal.flush()
    },
    tell: () => (session === undefined ? undefined : (event) => session?.driver.onOrderEvent(event)),
  })
  journal.startRun({
    prefix: runId,
    atUs: Math.round(clock.nowUs()),
    config: { mode: config.mode, symbols: config.symbols },
    program: `scalp-live ${version}`,
  })
  const leftovers = await desk.cancelLeftovers()
  let found = await desk.look(clock.nowUs())
  for (let look = 0; look < 2 && !found.isSettled; look++) found = await desk.look(clock.nowUs())
  const date = (): IsoDate => calendar.tradingDate(clock.nowUs())
  const market = openMarket(options, base, broker.client, () => session)
  const contracts = await market.universe.first(clock.nowUs(), date())
  const restored = toRestored(memory, { instruments, us: Math.round(clock.nowUs()), runId })
  const feed = market.feed(
    contracts,
    restored.holdings.map(({ fill }) => instruments.get(fill.instrument).symbol),
  )
  const reconcile = async (): Promise<string> => {
    const look = await desk.look(clock.nowUs())
    if (session !== undefined) session.isSettled = look.isSettled
    if (!look.isSettled && look.faults.length > 0)
      session?.risk.reconciliationFailed(Math.round(clock.nowUs()), look.faults.length)
    const { fills, unknown, waiting, faults } = look
    return look.isSettled && fills.length === 0
      ? 'Ours and the account agree.'
      : `${fills.length} fills taken over, ${unknown.length} orders unknown, ${waiting.length} positions differ, ${faults.length} faults.`
  }
  session = new LiveSession({
    ...base.common,
    broker: createJournaledBroker({
      broker,
      journal,
      clock,
      onProblem: (problem) => onUnrecorded(problem, session, clock, log),
    }),
    feed,
    startingCashMicros: account.cashMicros,
    impliesUnderlyings: false,
    links: () => [...linksOf(feed), brokerLink(broker)],
    isFeedHealthy: () => feed.isReady,
    isBrokerHealthy: () => broker.isListening,
    reconcile,
    onEntry: (entry: JournalEntry) => desk.read(entry),
  })
  session.isSettled = found.isSettled
  log.info(
    { runId, leftovers, settled: found.isSettled, positions: memory.book.positions().length },
    'reconciled',
  )
  session.restore(restored, memory.killSwitch)
  await session.start()
  market.universe.tellInterest(session.driver, clock.nowUs())
  let isSettled = found.isSettled
  const timers = [
    everySoOften(
      () => (isSettled ? 15_000 : 2_000),
      async () => {
        await reconcile()
        isSettled = session?.unreadiness() !== 'ours and the account do not agree yet'
      },
      log,
    ),
    everySoOften(
      () => 5_000,
      () => market.follow(feed, session as LiveSession, date()),
      log,
    ),
    everySoOften(
      () => 60_000,
      async () => {
        const sentMs = performance.now()
        const { nowUs } = await broker.client.clock()
        const tripMs = performance.now() - sentMs
        session?.risk.clockRead((clock.nowUs() - nowUs) / 1_000 - tripMs / 2, Math.round(clock.nowUs()))
      },
      log,
    ),
  ]
  return {
    session,
    clock,
    runId,
    journal,
    strategy: base.strategy.name,
    settings: base.settings,
    directory: filesOf(config, runId).directory,
    stop: async () => {
      for (const stop of timers) stop()
      await session?.stop()
      await broker.close()
      await recorder?.close()
      journal.close()
    },
  }
}

/** Real data, fills by simulation: no order leaves. */
export async function openDryRun(options: OpenOptions): Promise<OpenedSession> {
  const { config, log } = options
  const { simulation } = config
  const { keyId, secretKey, requestsPerMinute } = config.alpaca
  const startingCashMicros = toMicros(simulation.startingCash)
  const base = await layFoundation(options, { startingCashMicros, impliesUnderlyings: false })
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
    impliesUnderlyings: false,
    links: () => linksOf(feed),
    isFeedHealthy: () => feed.isReady,
    isBrokerHealthy: () => true,
  })
  venue.attach(session.engine)
  await session.start()
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

/** Entries of days before go into files of their own, and the oldest of these away. */
function rotateJournal(
  journal: SqliteJournal,
  today: IsoDate,
  days: number,
  calendar: ExchangeCalendar,
): void {
  const last = journal.last('run-started')
  const day = last === undefined ? today : calendar.tradingDate(last.atUs)
  if (day < today) journal.rotate(day)
  journal.retain(days)
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

/** Repeats something at a changing pace, one at a time; failures are logged. Answers how to end it. */
export function everySoOften(waitMs: () => number, act: () => Promise<void>, log: Logger): () => void {
  let isWanted = true
  let timer: NodeJS.Timeout
  const plan = (): void => {
    if (!isWanted) return
    timer = setTimeout(() => {
      act()
        .catch((error: unknown) => log.warn({ err: error }, 'a regular task failed'))
        .finally(plan)
    }, waitMs())
  }
  plan()
  return () => {
    isWanted = false
    clearTimeout(timer)
  }
}

function clockOf({ clock, mode }: LiveConfig): LiveClock {
  if (clock === undefined || mode === 'live') return realClock
  const us = (text: string): Us => Date.parse(text) * 1_000
  return anchoredClock({ wallUs: us(clock.wall), marketUs: us(clock.market), speed: clock.speed })
}

function venueOf({ alpaca, mode }: LiveConfig, isLiveConfirmed: boolean) {
  return {
    environment: mode === 'live' ? ('live' as const) : ('paper' as const),
    isLiveConfirmed,
    ...(alpaca.tradingUrl === undefined ? {} : { baseUrl: alpaca.tradingUrl }),
  }
}

interface OpenMarket {
  readonly universe: Universe
  feed(contracts: readonly string[], held: readonly string[]): AlpacaFeed
  follow(feed: AlpacaFeed, session: LiveSession, date: IsoDate): Promise<void>
}

/** The feed of an Alpaca account, and the contracts that it watches. */
function openMarket(
  { config, log, onAlert }: OpenOptions,
  { instruments, clock, calendar, settings }: Foundation,
  trading: TradingClient,
  session: () => LiveSession | undefined,
): OpenMarket {
  const { keyId, secretKey, dataUrl, streamUrl, optionFeed, stockFeed, requestsPerMinute } = config.alpaca
  const maxDte = Number((settings as { maxDte?: number }).maxDte ?? config.universe.maxDte)
  const universe = new Universe({
    trading,
    data: new DataClient({
      keyId,
      secretKey,
      requestsPerMinute,
      ...(dataUrl === undefined ? {} : { baseUrl: dataUrl }),
    }),
    symbols: config.symbols,
    rules: { strikes: config.universe.strikes, maxDte: Math.max(maxDte, 1) },
    instruments,
  })
  const priceOf = (symbol: string): Micros => session()?.engine.prices.get(symbol)?.priceMicros ?? Number.NaN
  return {
    universe,
    feed: (contracts, held) =>
      createAlpacaFeed({
        keyId,
        secretKey,
        clock,
        instruments,
        contracts: Array.from(new Set([...contracts, ...held])),
        underlyings: config.symbols,
        optionFeed,
        stockFeed,
        ...(streamUrl === undefined ? {} : { baseUrl: streamUrl }),
        isDataExpected: () => calendar.isOpen(clock.nowUs()),
        onState: (state, reason) => log.info({ state, reason }, 'feed'),
        onReport: (report) => log.warn({ report }, 'feed'),
        onEnded: (error) => {
          onAlert({ level: 'critical', code: 'FEED_ENDED', message: error.message })
          session()?.risk.halt({ atUs: Math.round(clock.nowUs()), by: 'the feed', flatten: false })
        },
      }),
    follow: async (feed, running, date) => {
      const nowUs = clock.nowUs()
      const held = running.engine.positions.open().map(({ instrument }) => instruments.get(instrument).symbol)
      await universe.follow(feed, { nowUs, date, priceOf, held })
      universe.tellInterest(running.driver, clock.nowUs())
    },
  }
}

function linksOf(feed: AlpacaFeed): readonly Link[] {
  return feed.streams.map((stream, at) => ({
    name: at === 0 ? 'options' : 'stocks',
    state: stream.state,
    isHealthy: stream.isSubscribed,
    silentMs: null,
    messages: 0,
    reconnects: 0,
    detail: stream.conflated > 0 ? `${stream.conflated} quotes conflated` : null,
  }))
}

function brokerLink(broker: AlpacaBroker): Link {
  const { stream, isListening, openOrders } = broker
  return {
    name: 'orders',
    state: stream.state,
    isHealthy: isListening,
    silentMs: null,
    messages: 0,
    reconnects: 0,
    detail: openOrders > 0 ? `${openOrders} open` : null,
  }
}

function onUnrecorded(
  problem: unknown,
  session: LiveSession | undefined,
  clock: LiveClock,
  log: Logger,
): void {
  log.error({ err: problem }, 'the journal cannot be written')
  session?.risk.diskFull(Math.round(clock.nowUs()), 1)
}
