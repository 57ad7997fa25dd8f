import {
  type Broker,
  type CalendarReader,
  type Feed,
  type InstrumentTable,
  type JournalEntry,
  type Micros,
  US_PER_SECOND,
  type Us,
} from '@scalp/canonical'
import { createEngine, type Engine } from '@scalp/engine'
import { createGateKeeper, type GateKeeper, type Pipeline } from '@scalp/gates'
import type {
  Alert,
  Command,
  CommandResult,
  Health,
  Link,
  Mode,
  ScalpPosition,
  ScalpStatus,
  SessionStatus,
} from '@scalp/protocol'
import { type ScalpConfig, scalperStateSchema, type TradeState } from '@scalp/scalping'
import type { Strategy } from '@scalp/strategy'
import type { LiveClock } from '../clock/market-clock.js'
import { type DrivenVenue, type EventRecorder, LiveDriver } from '../drive/live-driver.js'
import type { Hub } from '../gateway/hub.js'
import { GateBoard } from '../view/gate-board.js'
import { MarketView } from '../view/market-view.js'
import { positionId, type Said, TradeView } from '../view/trade-view.js'
import { fixed, iso, isoOrNull, usd, usdOr0 } from '../view/wire.js'

/** What a session is made of. */
export interface LiveSessionOptions {
  readonly mode: Mode
  /** Unique for ever: begins every client order id. */
  readonly runId: string
  readonly clock: LiveClock
  readonly calendar: CalendarReader
  readonly instruments: InstrumentTable
  readonly symbols: readonly string[]
  readonly strategy: Strategy<unknown>
  readonly settings: unknown
  readonly preset: string | null
  readonly pipeline: Pipeline
  readonly broker: Broker
  readonly venue?: DrivenVenue
  readonly feed: Feed
  readonly startingCashMicros: Micros
  readonly impliesUnderlyings?: boolean
  readonly hub: Hub
  /** How feed and broker stand. */
  readonly links: () => readonly Link[]
  /** True while data come as they should. */
  readonly isFeedHealthy: () => boolean
  readonly isBrokerHealthy: () => boolean
  readonly journal: { append(entry: JournalEntry): void; flush(): void }
  readonly recorder?: SessionRecorderPort
  /** Reconciles with the venue; absent where there is none. */
  readonly reconcile?: () => Promise<string>
  readonly onAlert: (alert: Omit<Alert, 'id' | 'at'>) => void
  readonly onFault: (error: unknown) => void
}

/** What a session tells its recorder besides events. */
export interface SessionRecorderPort extends EventRecorder {
  decision(entry: JournalEntry): void
  health(us: Us, killSwitch: boolean, feedDegraded: boolean): void
}

const FLUSH_MS = 250
const SLOW_EVERY = 4
const EPSILON_US = US_PER_SECOND

/** One run of the daemon: an engine, driven by real time, shown to screens and obeying an operator. */
export class LiveSession {
  readonly engine: Engine
  readonly driver: LiveDriver
  readonly gates: GateKeeper
  readonly market: MarketView
  readonly #options: LiveSessionOptions
  readonly #board: GateBoard
  readonly #trades: TradeView
  readonly #config: Partial<ScalpConfig>
  readonly #entries: JournalEntry[] = []
  readonly #health = { killSwitch: false, feedDegraded: true }
  readonly #startedUs: Us
  readonly #startedMs = performance.now()
  #timer: NodeJS.Timeout | undefined
  #flushes = 0
  #haltReason: string | null = null
  #isKilled = false
  #events = 0
  #eventsMs = performance.now()
  #eventsPerSecond = 0
  #shown = new Map<string, ScalpPosition>()

  constructor(options: LiveSessionOptions) {
    this.#options = options
    const { instruments, calendar, symbols, strategy, settings, pipeline, clock, journal, recorder } = options
    this.#config = settings as Partial<ScalpConfig>
    this.#startedUs = clock.nowUs()
    this.gates = createGateKeeper({ pipeline })
    this.driver = new LiveDriver({
      clock,
      broker: options.broker,
      ...(options.venue === undefined ? {} : { venue: options.venue }),
      ...(recorder === undefined ? {} : { recorder }),
      flushJournal: () => journal.flush(),
      observer: {
        changed: (instrument) => this.market.onChanged(instrument),
        traded: (trade) => this.market.onTrade(trade),
        priced: (symbol) => this.market.onPrice(symbol),
      },
      onFault: (error) => options.onFault(error),
    })
    const gateReaders = { health: this.#health }
    this.engine = createEngine({
      strategy,
      config: settings,
      underlyings: symbols,
      instruments,
      calendar,
      gates: this.gates,
      broker: this.driver.outbox,
      journal: {
        append: (entry): undefined => {
          journal.append(entry)
          recorder?.decision(entry)
          this.#entries.push(entry)
        },
      },
      startingCashMicros: options.startingCashMicros,
      seed: options.runId,
      ...(options.impliesUnderlyings === undefined ? {} : { impliesUnderlyings: options.impliesUnderlyings }),
      gateReaders,
    })
    const viewed = { instruments, quotes: this.engine.quotes, prices: this.engine.prices, calendar }
    this.market = new MarketView(viewed, symbols, this.#config)
    this.#trades = new TradeView(instruments, this.#config, options.runId)
    this.#board = new GateBoard({
      market: viewed,
      positions: this.engine.positions,
      account: this.engine.account,
      pipeline,
      config: settings as ScalpConfig,
      readers: gateReaders,
    })
  }

  get isHalted(): boolean {
    return this.#haltReason !== null || this.#isKilled
  }

  get haltReason(): string | null {
    return this.#haltReason
  }

  /** Begins: venue, data, and the messages for screens. */
  async start(): Promise<void> {
    this.#timer = setInterval(() => this.#flush(), FLUSH_MS)
    this.#say()
    await this.driver.start(this.engine, this.#options.feed)
  }

  /** Ends the flow of events; positions stay as they are. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.driver.stop()
    this.#flush()
    this.#options.journal.flush()
  }

  /** Why orders may not go out; null when they may. */
  unreadiness(): string | null {
    if (!this.driver.isRunning) return 'the engine does not run'
    if (!this.#options.isBrokerHealthy()) return 'the broker is not connected'
    return this.#health.feedDegraded ? 'the feed is degraded' : null
  }

  /** Obeys an operator. Every command is journaled, also one that failed. */
  async command(command: Command, actor: string): Promise<Omit<CommandResult, 'id' | 'command'>> {
    const result = await this.#obey(command)
    const { reason, optionSymbol } = command
    const entry: JournalEntry = {
      type: 'command',
      atUs: Math.max(this.#options.clock.nowUs(), this.#startedUs),
      command: command.command,
      actor,
      ok: result.ok,
      ...(reason === undefined ? {} : { reason }),
      ...(optionSymbol === undefined ? {} : { optionSymbol }),
    }
    this.#options.journal.append(entry)
    this.#options.journal.flush()
    this.#entries.push(entry)
    this.#flush()
    this.#say()
    return result
  }

  /** Stops entries for a reason of the daemon's own. */
  halt(reason: string): void {
    this.#haltReason = reason
    this.#setHealth()
    this.#options.onAlert({ level: 'warning', code: 'HALTED', message: `Entries are halted: ${reason}.` })
  }

  async #obey(command: Command): Promise<Omit<CommandResult, 'id' | 'command'>> {
    const done = (message: string) => ({ ok: true, code: null, message })
    const failed = (code: string, message: string) => ({ ok: false, code, message })
    switch (command.command) {
      case 'halt':
        this.halt(command.reason ?? 'an operator asked for it')
        return done('Entries are halted; exits go on.')
      case 'resume':
        if (this.#isKilled) return failed('KILLED', 'The kill switch is on: rearm first.')
        this.#haltReason = null
        this.#setHealth()
        return done('Entries are allowed again.')
      case 'flatten': {
        const { optionSymbol } = command
        const listed = optionSymbol === undefined ? undefined : this.#options.instruments.find(optionSymbol)
        if (optionSymbol !== undefined && listed === undefined)
          return failed('CONTRACT_UNKNOWN', 'There is no such contract here.')
        this.driver.flatten('manual', listed?.index)
        return done('What rests is being cancelled, what is held is being sold.')
      }
      case 'kill':
        this.#isKilled = true
        this.#setHealth()
        this.driver.flatten('kill_switch')
        this.#options.onAlert({ level: 'critical', code: 'KILLED', message: 'The kill switch was thrown.' })
        return done('Killed: everything is being cancelled and sold, and nothing more is bought until rearm.')
      case 'rearm':
        this.#isKilled = false
        this.#haltReason = 'rearmed; resume to trade'
        this.#setHealth()
        return done('Rearmed. Entries stay halted until resume.')
      case 'reconcile': {
        const { reconcile } = this.#options
        if (reconcile === undefined) return failed('NO_VENUE', 'There is no account to compare with.')
        return done(await reconcile())
      }
      case 'replay-play':
      case 'replay-pause':
      case 'replay-speed':
        return failed('NO_REPLAY', 'This is no replay.')
    }
  }

  #setHealth(): void {
    const killSwitch = this.isHalted
    const feedDegraded = !this.#options.isFeedHealthy()
    if (killSwitch === this.#health.killSwitch && feedDegraded === this.#health.feedDegraded) return
    this.#health.killSwitch = killSwitch
    this.#health.feedDegraded = feedDegraded
    this.#options.recorder?.health(this.engine.nowUs, killSwitch, feedDegraded)
  }

  /** What happened since the last time, as messages. */
  #flush(): void {
    const { clock, hub } = this.#options
    this.#setHealth()
    const nowUs = clock.nowUs()
    const at = iso(nowUs)
    for (const entry of this.#entries.splice(0))
      for (const said of this.#trades.read(entry)) this.#publish(said, iso(entry.atUs))
    for (const [symbol, options] of this.market.takeOptions(nowUs))
      hub.publish('option_updates', { options }, at, symbol)
    const generator = this.#generator()
    for (const { price, velocity } of this.market.takePrices(nowUs)) {
      hub.publish('underlying_update', price, at, price.symbol)
      const more = {
        cooldownUntil: isoOrNull(generator.cooldownEndUs),
        signalsToday: generator.signalsToday,
        maxDailySignals: this.#config.maxDailySignals ?? 0,
      }
      hub.publish('velocity_update', { ...velocity, ...more }, at, price.symbol)
    }
    this.#positions(nowUs, at)
    if (this.#flushes++ % SLOW_EVERY === 0) this.#say()
  }

  /** What changes slowly: gates, status, session, health. */
  #say(): void {
    const { clock, hub, symbols } = this.#options
    const nowUs = clock.nowUs()
    const at = iso(nowUs)
    for (const symbol of symbols) {
      const status = this.#board.look(
        symbol,
        this.market.signalPct(symbol),
        this.#trades.reasonOf(symbol),
        nowUs,
      )
      hub.publish('gate_status', status, at, symbol)
    }
    hub.publish('scalp_status', this.#status(at), at)
    hub.publish('session_status', this.#session(nowUs), at)
    hub.publish('health', this.health(at), at)
  }

  health(at: string = iso(this.#options.clock.nowUs())): Health {
    const { turns, roundTrips, lastEventMs, events } = this.driver
    const nowMs = performance.now()
    if (nowMs - this.#eventsMs >= 900) {
      this.#eventsPerSecond = ((events - this.#events) / (nowMs - this.#eventsMs)) * 1_000
      this.#events = events
      this.#eventsMs = nowMs
    }
    const reason = this.unreadiness()
    const latency = (histogram: typeof turns) => ({
      p50: fixed(histogram.quantile(0.5), 4),
      p95: fixed(histogram.quantile(0.95), 4),
      p99: fixed(histogram.quantile(0.99), 4),
      max: fixed(histogram.maxMs, 3),
      count: histogram.count,
    })
    return {
      at,
      isReady: reason === null,
      problems: reason === null ? [] : [reason],
      links: [...this.#options.links()],
      decision: latency(turns),
      roundTrip: latency(roundTrips),
      quoteAgeMs: fixed(nowMs - lastEventMs, 0),
      eventsPerSecond: fixed(this.#eventsPerSecond, 1) ?? 0,
      clients: this.#options.hub.clients,
      memoryMb: Math.round(process.memoryUsage.rss() / 1_048_576),
      uptimeSeconds: Math.floor((nowMs - this.#startedMs) / 1_000),
    }
  }

  #status(at: string): ScalpStatus {
    const { mode, strategy, preset, symbols, isFeedHealthy, isBrokerHealthy } = this.#options
    const { equityMicros, sessionStartEquityMicros } = this.engine.account
    const generator = this.#generator()
    const pnl = equityMicros - sessionStartEquityMicros
    return {
      enabled: this.#config.enabled !== false,
      halted: this.isHalted,
      haltReason: this.#isKilled ? 'the kill switch is on' : this.#haltReason,
      killed: this.#isKilled,
      mode,
      strategy: strategy.name,
      preset,
      symbols: [...symbols],
      dailyPnl: fixed(pnl / 1e6, 2) ?? 0,
      dailyPnlPercent: fixed((pnl / sessionStartEquityMicros) * 100, 3),
      tradesToday: this.#trades.tradesToday,
      winsToday: this.#trades.winsToday,
      lossesInARow: generator.consecutiveLosses,
      cooldownUntil: isoOrNull(generator.cooldownEndUs),
      feedState: isFeedHealthy() ? 'connected' : 'degraded',
      brokerState: isBrokerHealthy() ? 'connected' : 'disconnected',
      marketTime: at,
    }
  }

  #session(nowUs: Us): SessionStatus {
    const { runId, calendar } = this.#options
    const { account, positions, instruments, tracker } = this.engine
    const session = calendar.session(nowUs)
    const exposure = positions.open().reduce((sum, { instrument, contracts, averageMicros }) => {
      const listed = instruments.get(instrument)
      return (
        sum + Math.abs(contracts) * averageMicros * (listed.kind === 'option' ? listed.option.multiplier : 1)
      )
    }, 0)
    const { grossMicros, feesMicros } = tracker.realized()
    const most = this.#config.positionSizePct
    const limit = most === null || most === undefined ? Number.NaN : (account.equityMicros * most) / 100
    return {
      sessionId: runId,
      startedAt: iso(this.#startedUs),
      counts: { ...this.#trades.counts },
      equity: usd(account.equityMicros),
      cash: usd(account.cashMicros),
      totalExposure: usdOr0(exposure),
      exposureRemaining: usd(limit - exposure),
      exposurePercent: fixed((exposure / account.equityMicros) * 100, 2),
      isAtLimit: exposure >= limit,
      isWarning: exposure >= limit * 0.8,
      openPositionCount: positions.open().length,
      totalPnl: usdOr0(grossMicros - feesMicros),
      marketOpen: isoOrNull(session?.openUs),
      marketClose: isoOrNull(session?.closeUs),
      isMarketOpen: calendar.isOpen(nowUs),
    }
  }

  #publish(said: Said, at: string): void {
    if (said.type === 'scalp_position_closed') this.#shown.delete(said.data.id)
    this.#options.hub.publish(said.type, said.data as never, at, said.symbol)
  }

  #positions(nowUs: Us, at: string): void {
    const { positions } = this.engine
    const open = positions.open()
    if (open.length === 0) return
    const { hub } = this.#options
    const states = new Map(this.#scalps().map((trade) => [trade.symbol, trade]))
    for (const held of open) {
      const { symbol } = this.engine.instruments.get(held.instrument)
      const position = this.#position(held, states.get(symbol), nowUs)
      if (position === undefined) continue
      this.#trades.name(held.instrument, position.id)
      const before = this.#shown.get(position.id)
      this.#shown.set(position.id, position)
      if (before === undefined) hub.publish('scalp_position_opened', position, at)
      else if (JSON.stringify(before) !== JSON.stringify(position))
        hub.publish('scalp_position_update', position, at)
    }
  }

  #position(
    held: ReturnType<Engine['positions']['open']>[number],
    state: TradeState | undefined,
    nowUs: Us,
  ): ScalpPosition | undefined {
    const { instrument, contracts, averageMicros, openedUs } = held
    const listed = this.engine.instruments.get(instrument)
    if (listed.kind !== 'option') return undefined
    const { underlying, strikeThousandths, expiry, right, multiplier } = listed.option
    const { takeProfitPct = 0, stopLossPct = 0, maxHoldMinutes = null, timeStopMinutes = null } = this.#config
    const { signal, underlyingMicros } = this.#trades.entryOf(instrument) ?? {}
    const bid = this.engine.quotes.bidMicros(instrument)
    const pnlPct = ((bid - averageMicros) / averageMicros) * 100
    const holdSeconds = Math.max(0, Math.floor((nowUs - openedUs) / US_PER_SECOND))
    const limitMinutes = maxHoldMinutes ?? timeStopMinutes
    const share = (value: number): number | null => fixed(Math.min(1, Math.max(0, value)), 3)
    return {
      id: positionId(listed.symbol, openedUs),
      positionType: state === undefined && signal === undefined ? 'external' : 'scalp',
      signalId: signal?.id ?? null,
      symbol: underlying,
      optionSymbol: listed.symbol,
      signalType: right === 'C' ? 'SCALP_CALL' : 'SCALP_PUT',
      trigger: signal?.trigger ?? null,
      confidence: signal?.confidence ?? null,
      strike: strikeThousandths / 1_000,
      expiry,
      right,
      delta: this.market.option(instrument, nowUs)?.delta ?? null,
      dte: Math.round(
        (Date.parse(expiry) - Date.parse(this.#options.calendar.tradingDate(nowUs))) / 86_400_000,
      ),
      entryTime: iso(openedUs),
      entryPrice: usdOr0(averageMicros),
      entryUnderlying: usd(underlyingMicros),
      contracts,
      takeProfitPct,
      stopLossPct,
      maxHoldSeconds: maxHoldMinutes === null ? null : maxHoldMinutes * 60,
      timeStopSeconds: timeStopMinutes === null ? null : timeStopMinutes * 60,
      currentPrice: usd(bid),
      pnlPct: fixed(pnlPct, 2),
      pnlDollars: fixed(((bid - averageMicros) * contracts * multiplier) / 1e6, 2),
      holdSeconds,
      maxGainPct: fixed(state?.exit.maxGainPct, 2) ?? 0,
      maxDrawdownPct: fixed(state?.exit.maxDrawdownPct, 2) ?? 0,
      trailingArmed: state?.exit.isTrailing ?? false,
      trailingLevelPct: state?.exit.isTrailing === true ? fixed(state.exit.trailingLevelPct, 2) : null,
      entryDirection: right === 'C' ? 'up' : 'down',
      progressToTarget: takeProfitPct > 0 ? share(pnlPct / takeProfitPct) : null,
      progressToStop: stopLossPct > 0 ? share(-pnlPct / stopLossPct) : null,
      progressToTime: limitMinutes === null ? null : share(holdSeconds / (limitMinutes * 60)),
      exitReason: state?.reason ?? null,
    }
  }

  /** Open trades as the strategy sees them; none of a strategy that keeps no such state. */
  #scalps(): readonly TradeState[] {
    const parsed = scalperStateSchema.safeParse(this.engine.snapshot())
    return parsed.success ? parsed.data.trades : []
  }

  #generator(): { signalsToday: number; cooldownEndUs: Us | null; consecutiveLosses: number } {
    const parsed = scalperStateSchema.safeParse(this.engine.snapshot())
    if (!parsed.success) return { signalsToday: 0, cooldownEndUs: null, consecutiveLosses: 0 }
    const { generator, consecutiveLosses } = parsed.data
    const isOver = (generator.cooldownEndUs ?? 0) <= this.#options.clock.nowUs() + EPSILON_US
    return {
      signalsToday: generator.signalsToday,
      cooldownEndUs: isOver ? null : generator.cooldownEndUs,
      consecutiveLosses,
    }
  }
}
