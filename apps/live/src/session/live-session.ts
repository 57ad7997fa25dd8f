import {
  type Broker,
  type CalendarReader,
  type Feed,
  type InstrumentTable,
  isScalpError,
  type JournalEntry,
  type Micros,
  type Us,
} from '@scalp/canonical'
import type { Engine, RestoredState } from '@scalp/engine'
import type { AccountStatus, GateKeeper } from '@scalp/gates'
import type { Alert, Command, CommandResult, Link, Mode } from '@scalp/protocol'
import type { KillSwitchState, RiskMonitor } from '@scalp/risk'
import type { ScalpConfig } from '@scalp/scalping'
import type { Strategy } from '@scalp/strategy'
import type { LiveClock } from '../clock/market-clock.js'
import type { LiveConfig } from '../config/schema.js'
import { type DrivenVenue, LiveDriver, runLive } from '../drive/live-driver.js'
import type { Publisher } from '../gateway/publisher.js'
import type { SessionRecorder } from '../record/session-recorder.js'
import { GateBoard } from '../view/gate-board.js'
import { MarketView } from '../view/market-view.js'
import { OutcomeView } from '../view/outcome-view.js'
import { type ExternalPosition, PositionView } from '../view/position-view.js'
import { cooldownEndUs, type SessionCondition, StatusView } from '../view/status-view.js'
import { type Said, TradeView } from '../view/trade-view.js'
import { iso, isoOrNull, usdOr0 } from '../view/wire.js'
import { type BuiltEngine, buildEngine } from './build-engine.js'
import { ManagedKeeper } from './managed-keeper.js'

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
  /** What the broker says of the account; absent where there is none. */
  readonly accountStatus?: () => AccountStatus | undefined
  readonly journal: { append(entry: JournalEntry): void; flush(): void }
  readonly recorder?: SessionRecorder
  /** Compares with the account, and says what was found; absent where there is none. */
  readonly reconcile?: () => Promise<string>
  /** Hears what became of orders and fills, for the ledger. */
  readonly onEntry?: (entry: JournalEntry) => void
  /** Of a replay. */
  readonly onReplay?: (command: Command) => string | undefined
  /** Positions that are not ours: shown, never closed. */
  readonly externals?: () => readonly ExternalPosition[]
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
  readonly #outcomes: OutcomeView
  readonly #positions: PositionView
  readonly #status: StatusView
  readonly #managed: ManagedKeeper
  readonly #startedUs: Us
  #timer: NodeJS.Timeout | undefined
  #flushes = 0
  #isPaused = false
  #pauseReason = ''
  #isSettled = true
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
        this.#managed.hear(entry)
      },
      onHeldAtClose: (instrument, contracts, attempts) =>
        options.onAlert({
          level: 'critical',
          code: 'HELD_AT_CLOSE',
          message: `${contracts} of ${instruments.get(instrument).symbol} are still held just before the close, after ${attempts} orders; market orders go on.`,
        }),
      onRisk: (entry) => {
        journal.append(entry)
        this.#record()
        const { cause } = entry as unknown as { cause?: string }
        if (entry['change'] === 'tripped')
          options.onAlert({
            level: 'critical',
            code: 'KILL_SWITCH',
            message: `Entries are refused: ${cause ?? 'manual'}.`,
          })
      },
    })
    const { engine, keeper, pipeline, health, accountStatus } = this.#built
    this.engine = engine
    this.gates = keeper
    this.#managed = new ManagedKeeper({
      read: () => engine.managedState(),
      nowUs: () => clock.nowUs(),
      append: (entry) => journal.append(entry),
      record: () => this.#record(),
    })
    const viewed = { instruments, quotes: engine.quotes, prices: engine.prices, calendar }
    this.market = new MarketView(viewed, symbols, this.#config)
    this.#trades = new TradeView(instruments, this.#config, options.runId)
    this.#outcomes = new OutcomeView({
      market: viewed,
      instruments,
      feesDollars: 2 * usdOr0(this.#config.feePerContractMicros ?? 0),
      tell: (data, at) => options.publisher.publish('decision_outcome', data, at),
    })
    this.#positions = new PositionView({
      engine,
      market: this.market,
      trades: this.#trades,
      config: this.#config,
      calendar,
      externals: options.externals ?? (() => []),
    })
    this.#status = new StatusView(engine, this.driver, this.#trades, {
      ...options,
      strategy: options.strategy.name,
      startedUs: this.#startedUs,
      config: this.#config,
    })
    this.#board = new GateBoard({
      market: viewed,
      positions: engine.positions,
      account: engine.account,
      pipeline,
      config: settings as ScalpConfig,
      readers: { health, accountStatus },
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
    await runLive({ engine: this.engine, feed: this.#options.feed, driver: this.driver })
  }

  /** Ends the flow of events; positions stay as they are. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.driver.stop()
    this.#flush()
    clearImmediate(this.#draining)
    this.#saveState(true)
    this.#managed.save()
    this.#record()
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
    this.#record()
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

  /** Lets changes of health and account in, between turns: so a recording can repeat them. */
  #latch(): void {
    const { health, accountStatus } = this.#built
    const told = this.#options.accountStatus?.()
    if (accountStatus.latch(told)) this.#options.recorder?.account(told)
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
    const { clock, publisher } = this.#options
    this.#record()
    const nowUs = clock.nowUs()
    const at = iso(nowUs)
    for (const entry of this.#entries.splice(0))
      for (const said of this.#trades.read(entry)) this.#publish(said, iso(entry.atUs))
    this.#drainOptions()
    const state = this.#positions.state()
    for (const { price, velocity } of this.market.takePrices(nowUs)) {
      publisher.publish('underlying_update', price, at, price.symbol)
      const more = {
        cooldownUntil: isoOrNull(cooldownEndUs(state, nowUs)),
        signalsToday: state?.generator.signalsToday ?? 0,
        maxDailySignals: this.#config.maxDailySignals ?? 0,
      }
      publisher.publish('velocity_update', { ...velocity, ...more }, at, price.symbol)
    }
    for (const said of this.#positions.take(nowUs)) this.#publish(said, at)
    this.#saveState(false)
    this.#managed.look()
    this.#watchEquity(nowUs)
    if (this.#flushes++ % SLOW_EVERY === 0) this.#say()
  }

  /** Makes what waits durable. Without room on the disk entries end, and nothing else: what waits is kept. */
  #record(): void {
    try {
      this.#options.journal.flush()
    } catch (error) {
      if (!isScalpError(error) || error.code !== 'JOURNAL_DISK_FULL') throw error
      this.risk.diskFull(Math.round(this.#options.clock.nowUs()), Number(error.details['waiting'] ?? 0))
    }
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
    const open = this.#positions.state()?.trades ?? []
    const trades = open.map(({ symbol, contracts, reason }) => `${symbol} ${contracts} ${reason}`).join()
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
    this.#record()
  }

  /** Once a second: limits on equity. */
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
    for (const [symbol, removed] of this.market.takeExpired(this.#options.calendar.tradingDate(nowUs)))
      publisher.publish('option_updates', { options: [], removed }, at, symbol)
    const condition = this.#condition()
    const state = this.#positions.state()
    publisher.publish('scalp_status', this.#status.status(at, condition, state, nowUs), at)
    publisher.publish(
      'session_status',
      this.#status.session(nowUs, this.#options.calendar.session(nowUs)),
      at,
    )
    publisher.publish('health', this.#status.health(at, condition), at)
  }

  #publish(said: Said, at: string): void {
    if (said.type === 'decision') this.#outcomes.watch(said.data)
    if (said.type === 'scalp_position_closed') this.#positions.forget(said.data.id)
    this.#options.publisher.publish(said.type, said.data as never, at, said.symbol)
  }

  #condition(): SessionCondition {
    const { isBrokerHealthy, links, publisher } = this.#options
    return {
      isHalted: this.isHalted,
      haltReason: this.haltReason,
      isKilled: this.risk.killSwitch,
      isFeedHealthy: !this.#isFeedDegraded(),
      isBrokerHealthy: isBrokerHealthy(),
      unreadiness: this.unreadiness(),
      links: links(),
      clients: publisher.clients,
    }
  }
}
