import {
  type Broker,
  type CalendarReader,
  type Feed,
  type InstrumentTable,
  isScalpError,
  type JournalEntry,
  type Micros,
  US_PER_SECOND,
  type Us,
} from '@scalp/canonical'
import type { Engine, RestoredState } from '@scalp/engine'
import type { GateKeeper } from '@scalp/gates'
import type {
  Alert,
  Command,
  CommandResult,
  Decision,
  Health,
  Link,
  Mode,
  ScalpPosition,
  ScalpStatus,
  SessionStatus,
} from '@scalp/protocol'
import type { KillSwitchState, RiskMonitor } from '@scalp/risk'
import {
  type Outcome,
  OutcomeTracker,
  type ScalpConfig,
  scalperStateSchema,
  type TradeState,
} from '@scalp/scalping'
import type { Strategy } from '@scalp/strategy'
import type { LiveClock } from '../clock/market-clock.js'
import type { LiveConfig } from '../config/schema.js'
import { type DrivenVenue, LiveDriver } from '../drive/live-driver.js'
import type { Publisher } from '../gateway/publisher.js'
import type { SessionRecorder } from '../record/session-recorder.js'
import { GateBoard } from '../view/gate-board.js'
import { MarketView } from '../view/market-view.js'
import { positionId, type Said, TradeView } from '../view/trade-view.js'
import { fixed, iso, isoOrNull, usd, usdOr0 } from '../view/wire.js'
import { type BuiltEngine, buildEngine } from './build-engine.js'

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
  readonly gates: LiveConfig['gates']
  readonly risk: LiveConfig['risk']
  readonly broker: Broker
  readonly venue?: DrivenVenue
  readonly feed: Feed
  readonly startingCashMicros: Micros
  readonly impliesUnderlyings: boolean
  readonly publisher: Publisher
  /** How feed and broker stand. */
  readonly links: () => readonly Link[]
  /** True while data come as they should. */
  readonly isFeedHealthy: () => boolean
  readonly isBrokerHealthy: () => boolean
  readonly journal: { append(entry: JournalEntry): void; flush(): void }
  readonly recorder?: SessionRecorder
  /** Compares with the account, and says what was found; absent where there is none. */
  readonly reconcile?: () => Promise<string>
  /** Hears what became of orders and fills, for the ledger. */
  readonly onEntry?: (entry: JournalEntry) => void
  /** Of a replay. */
  readonly onReplay?: (command: Command) => string | undefined
  /** Positions that are not ours: shown, never closed. */
  readonly externals?: () => readonly { readonly symbol: string; readonly contracts: number }[]
  readonly onAlert: (alert: Omit<Alert, 'id' | 'at'>) => void
  readonly onFault: (error: unknown) => void
}

const FLUSH_MS = 250
const SLOW_EVERY = 4
/** Contracts told in one piece. */
const SLICE = 64

/** One run of the daemon: an engine, driven by real time, shown to screens and obeying an operator. */
export class LiveSession {
  readonly engine: Engine
  readonly driver: LiveDriver
  readonly gates: GateKeeper
  readonly market: MarketView
  readonly #options: LiveSessionOptions
  readonly #built: BuiltEngine
  readonly #board: GateBoard
  readonly #trades: TradeView
  readonly #config: Partial<ScalpConfig>
  readonly #entries: JournalEntry[] = []
  readonly #outcomes: OutcomeTracker
  readonly #asks = new Map<string, number>()
  readonly #startedUs: Us
  readonly #startedMs = performance.now()
  readonly #shown = new Map<string, ScalpPosition>()
  #timer: NodeJS.Timeout | undefined
  #flushes = 0
  #isPaused = false
  #pauseReason = ''
  #isSettled = true
  #events = 0
  #eventsMs = performance.now()
  #eventsPerSecond = 0
  #savedState = ''
  #savedTrades = ''
  #savedMs = 0
  #equityMs = 0
  #draining: NodeJS.Immediate | undefined

  constructor(options: LiveSessionOptions) {
    this.#options = options
    const { instruments, calendar, symbols, settings, clock, journal, recorder } = options
    this.#config = settings as Partial<ScalpConfig>
    this.#startedUs = clock.nowUs()
    this.driver = new LiveDriver({
      clock,
      broker: options.broker,
      ...(options.venue === undefined ? {} : { venue: options.venue }),
      ...(recorder === undefined ? {} : { recorder }),
      beforeEvent: () => this.#latch(),
      observer: {
        changed: (instrument) => this.market.onChanged(instrument),
        traded: (trade) => this.market.onTrade(trade),
        priced: (symbol) => this.market.onPrice(symbol),
      },
      onFault: (error) => options.onFault(error),
      onClockBack: (byUs) => {
        if (byUs > 50_000)
          options.onAlert({
            level: 'warning',
            code: 'CLOCK_BACK',
            message: `The clock went back by ${Math.round(byUs / 1_000)} ms.`,
          })
      },
    })
    this.#built = buildEngine({
      ...options,
      seed: options.runId,
      broker: this.driver.outbox,
      onEntry: (entry) => {
        journal.append(entry)
        recorder?.entry(entry)
        options.onEntry?.(entry)
        this.#entries.push(entry)
      },
      onRisk: (entry) => {
        journal.append(entry)
        journal.flush()
        const { cause } = entry as unknown as { cause?: string }
        if (entry['change'] === 'tripped')
          options.onAlert({
            level: 'critical',
            code: 'KILL_SWITCH',
            message: `Entries are refused: ${cause ?? 'manual'}.`,
          })
      },
    })
    const { engine, keeper, pipeline, health } = this.#built
    this.engine = engine
    this.gates = keeper
    const viewed = { instruments, quotes: engine.quotes, prices: engine.prices, calendar }
    this.market = new MarketView(viewed, symbols, this.#config)
    this.#trades = new TradeView(instruments, this.#config, options.runId)
    this.#outcomes = new OutcomeTracker(viewed, (outcome) => this.#judge(outcome))
    this.#board = new GateBoard({
      market: viewed,
      positions: engine.positions,
      account: engine.account,
      pipeline,
      config: settings as ScalpConfig,
      readers: { health },
    })
  }

  /** The kill switch and what throws it. */
  get risk(): RiskMonitor {
    return this.#built.risk
  }

  /** True when entries are refused by an operator, a limit, or because accounts do not agree. */
  get isHalted(): boolean {
    return this.#isPaused || this.risk.killSwitch || !this.#isSettled
  }

  get haltReason(): string | null {
    const [reason] = this.risk.killSwitchDevice.reasons
    if (reason !== undefined) return `kill switch: ${reason.cause}; ${reason.resumes}`
    if (this.#isPaused) return this.#pauseReason
    return this.#isSettled ? null : 'ours and the account do not agree yet'
  }

  /** Takes over what was held before; before {@link start}. */
  restore(state: RestoredState, killSwitch: KillSwitchState | undefined): void {
    if (killSwitch !== undefined) this.risk.killSwitchDevice.restore(killSwitch)
    this.#options.recorder?.restored(state)
    this.engine.restore(state)
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
    clearImmediate(this.#draining)
    this.#saveState(true)
    this.#options.journal.flush()
  }

  /** Told by reconciliation: entries are refused while ours and the account differ. */
  set isSettled(isSettled: boolean) {
    this.#isSettled = isSettled
  }

  /** Why orders may not go out; null when they may. */
  unreadiness(): string | null {
    if (!this.driver.isRunning) return 'the engine does not run'
    if (!this.#options.isBrokerHealthy()) return 'the broker is not connected'
    if (!this.#isSettled) return 'ours and the account do not agree yet'
    return this.#isFeedDegraded() ? 'the feed is degraded' : null
  }

  /** Obeys an operator. Every command is journaled, also one that failed. */
  async command(command: Command, actor: string): Promise<Omit<CommandResult, 'id' | 'command'>> {
    let result: Omit<CommandResult, 'id' | 'command'>
    try {
      result = await this.#obey(command, actor)
    } catch (error) {
      result = { ok: false, code: isScalpError(error) ? error.code : 'INTERNAL', message: String(error) }
    }
    const { reason, optionSymbol } = command
    const entry: JournalEntry = {
      type: 'command',
      atUs: Math.round(Math.max(this.#options.clock.nowUs(), this.#startedUs)),
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
    this.#isPaused = true
    this.#pauseReason = reason
    this.#options.onAlert({ level: 'warning', code: 'HALTED', message: `Entries are halted: ${reason}.` })
  }

  async #obey(command: Command, actor: string): Promise<Omit<CommandResult, 'id' | 'command'>> {
    const done = (message: string) => ({ ok: true, code: null, message })
    const failed = (code: string, message: string) => ({ ok: false, code, message })
    const atUs = Math.round(this.#options.clock.nowUs())
    switch (command.command) {
      case 'halt':
        this.halt(command.reason ?? 'an operator asked for it')
        return done('Entries are halted; exits go on.')
      case 'resume':
        if (this.risk.killSwitch) return failed('KILLED', 'The kill switch is on: rearm first.')
        this.#isPaused = false
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
        this.risk.halt({ atUs, by: actor, flatten: true })
        this.driver.flatten('kill_switch')
        return done('Killed: everything is being cancelled and sold, and nothing is bought until rearm.')
      case 'rearm':
        if (!this.risk.killSwitch) return failed('NOT_KILLED', 'The kill switch is not on.')
        this.risk.rearm({ atUs, by: actor, equityMicros: this.engine.account.equityMicros })
        this.#isPaused = true
        this.#pauseReason = 'rearmed; resume to trade'
        return done('Rearmed. Entries stay halted until resume.')
      case 'reconcile': {
        const { reconcile } = this.#options
        if (reconcile === undefined) return failed('NO_ACCOUNT', 'There is no account to compare with.')
        return done(await reconcile())
      }
      case 'replay-play':
      case 'replay-pause':
      case 'replay-speed': {
        const said = this.#options.onReplay?.(command)
        this.driver.replan()
        return said === undefined ? failed('NO_REPLAY', 'This is no replay.') : done(said)
      }
    }
  }

  /** Lets changes of health in, between turns: so a recording can repeat them. */
  #latch(): void {
    const { health } = this.#built
    const killSwitch = this.isHalted
    const feedDegraded = this.#isFeedDegraded()
    if (killSwitch === health.killSwitch && feedDegraded === health.feedDegraded) return
    health.killSwitch = killSwitch
    health.feedDegraded = feedDegraded
    this.#options.recorder?.health(killSwitch, feedDegraded)
  }

  #isFeedDegraded(): boolean {
    const { isFeedHealthy, calendar, clock, risk } = this.#options
    if (!isFeedHealthy()) return true
    if (this.driver.events === 0) return true
    return calendar.isOpen(clock.nowUs()) && performance.now() - this.driver.lastEventMs > risk.maxSilenceMs
  }

  /** What happened since the last time, as messages. */
  #flush(): void {
    const { clock, publisher, journal } = this.#options
    journal.flush()
    const nowUs = clock.nowUs()
    const at = iso(nowUs)
    for (const entry of this.#entries.splice(0))
      for (const said of this.#trades.read(entry)) this.#publish(said, iso(entry.atUs))
    this.#drainOptions()
    const generator = this.#generator()
    for (const { price, velocity } of this.market.takePrices(nowUs)) {
      publisher.publish('underlying_update', price, at, price.symbol)
      const more = {
        cooldownUntil: isoOrNull(generator.cooldownEndUs),
        signalsToday: generator.signalsToday,
        maxDailySignals: this.#config.maxDailySignals ?? 0,
      }
      publisher.publish('velocity_update', { ...velocity, ...more }, at, price.symbol)
    }
    this.#positions(nowUs, at)
    this.#saveState(false)
    this.#watchEquity(nowUs)
    if (this.#flushes++ % SLOW_EVERY === 0) this.#say()
  }

  /** Some contracts at a time, so that no event waits long for them. */
  #drainOptions(): void {
    clearImmediate(this.#draining)
    const nowUs = this.#options.clock.nowUs()
    for (const [symbol, options] of this.market.takeOptions(nowUs, SLICE))
      this.#options.publisher.publish('option_updates', { options }, iso(nowUs), symbol)
    if (this.market.hasDirty) this.#draining = setImmediate(() => this.#drainOptions())
  }

  /** What the strategy must not forget: at once when its trades change, else once a second at most. */
  #saveState(isLast: boolean): void {
    const state = this.engine.snapshot()
    if (state === undefined) return
    const text = JSON.stringify(state)
    if (text === this.#savedState) return
    const trades = this.#scalps()
      .map(({ symbol, contracts, reason }) => `${symbol} ${contracts} ${reason}`)
      .join()
    const nowMs = performance.now()
    if (!isLast && trades === this.#savedTrades && nowMs - this.#savedMs < 1_000) return
    this.#savedState = text
    this.#savedTrades = trades
    this.#savedMs = nowMs
    this.#options.journal.append({
      type: 'strategy-state',
      atUs: Math.round(this.#options.clock.nowUs()),
      state,
    })
    this.#options.journal.flush()
  }

  /** Once a second: limits on equity, and the bell as a last net under the strategy's own exits. */
  #watchEquity(nowUs: Us): void {
    const nowMs = performance.now()
    if (nowMs - this.#equityMs < 1_000 || !this.driver.isRunning) return
    this.#equityMs = nowMs
    this.#outcomes.advance(nowUs)
    if (this.#options.calendar.isOpen(nowUs))
      this.risk.equity(this.engine.account.equityMicros, Math.round(nowUs))
    if (this.risk.killSwitchDevice.mustFlatten && this.engine.positions.open().length === 0) {
      const entry = this.risk.killSwitchDevice.flattened(Math.round(nowUs))
      if (entry !== undefined) this.#options.journal.append(entry)
    }
  }

  /** What changes slowly: gates, status, session, health. */
  #say(): void {
    const { clock, publisher, symbols } = this.#options
    const nowUs = clock.nowUs()
    const at = iso(nowUs)
    for (const symbol of symbols) {
      const status = this.#board.look(
        symbol,
        this.market.signalPct(symbol),
        this.#trades.reasonOf(symbol),
        nowUs,
      )
      publisher.publish('gate_status', status, at, symbol)
    }
    publisher.publish('scalp_status', this.#status(at), at)
    publisher.publish('session_status', this.#session(nowUs), at)
    publisher.publish('health', this.health(at), at)
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
      clients: this.#options.publisher.clients,
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
      haltReason: this.haltReason,
      killed: this.risk.killSwitch,
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
      feedState: isFeedHealthy() && !this.#isFeedDegraded() ? 'connected' : 'degraded',
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

  /** What came of a decision: one contract bought at its ask, sold at the bid of now, after costs. */
  #judge({ id, horizon, atUs, underlyingMicros, bidMicros }: Outcome): void {
    const ask = this.#asks.get(id)
    if (horizon === 'close') this.#asks.delete(id)
    const at = iso(atUs)
    const fees = 2 * usdOr0(this.#config.feePerContractMicros ?? 0)
    const bid = usd(bidMicros)
    const net = ask === undefined || bid === null ? null : fixed((bid - ask) * 100 - fees, 2)
    const outcome = { horizon, at, underlying: usd(underlyingMicros), bid, net }
    this.#options.publisher.publish('decision_outcome', { id, outcome }, at)
  }

  #publish(said: Said, at: string): void {
    if (said.type === 'decision') this.#watch(said.data)
    if (said.type === 'scalp_position_closed') this.#shown.delete(said.data.id)
    this.#options.publisher.publish(said.type, said.data as never, at, said.symbol)
  }

  #watch({ id, kind, at, underlying, optionSymbol, ask }: Decision): void {
    const listed = optionSymbol === null ? undefined : this.#options.instruments.find(optionSymbol)
    if (kind === 'exit' || kind === 'command' || listed === undefined || underlying === null) return
    if (ask !== null) this.#asks.set(id, ask)
    this.#outcomes.watch({ id, atUs: Date.parse(at) * 1_000, underlying, instrument: listed.index })
  }

  #positions(nowUs: Us, at: string): void {
    const { positions } = this.engine
    const open = positions.open()
    if (open.length === 0) return
    const { publisher } = this.#options
    const states = new Map(this.#scalps().map((trade) => [trade.symbol, trade]))
    for (const held of open) {
      const { symbol } = this.engine.instruments.get(held.instrument)
      const position = this.#position(held, states.get(symbol), nowUs)
      if (position === undefined) continue
      this.#trades.name(held.instrument, position.id)
      const before = this.#shown.get(position.id)
      this.#shown.set(position.id, position)
      if (before === undefined) publisher.publish('scalp_position_opened', position, at)
      else if (JSON.stringify(before) !== JSON.stringify(position))
        publisher.publish('scalp_position_update', position, at)
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
    const isOver = (generator.cooldownEndUs ?? 0) <= this.#options.clock.nowUs()
    return {
      signalsToday: generator.signalsToday,
      cooldownEndUs: isOver ? null : generator.cooldownEndUs,
      consecutiveLosses,
    }
  }
}
