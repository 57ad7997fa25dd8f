import {
  type Fill,
  type InstrumentIndex,
  type IsoDate,
  type OptionId,
  type QuoteView,
  type Right,
  type Session,
  type Settlement,
  type Underlying,
  US_PER_MINUTE,
  US_PER_MS,
  US_PER_SECOND,
  type Us,
} from '@scalp/canonical'
import type { OrderEnd, StrategyContext, StrategyHandlers } from '@scalp/strategy'
import type { ScalpConfig } from './config.js'
import { closeOfExpiry } from './contract-book.js'
import type { ContractRanking } from './contract-choice.js'
import { ContractFinder } from './contract-finder.js'
import { EntryDesk } from './entry-desk.js'
import { ExitDesk } from './exit-desk.js'
import { OpenTrade } from './open-trade.js'
import { OptionDelta } from './option-delta.js'
import { type ScalperState, scalperStateSchema } from './scalper-state.js'
import { type ScalpSignal, SignalGenerator } from './signal-generator.js'
import { describeChoice, describeMarket, describeSignal, type SignalInputs } from './signal-inputs.js'
import { UnderlyingMeasures } from './underlying-measures.js'
import { type UnderlyingHost, UnderlyingState } from './underlying-state.js'

/** Reasons that refuse the market itself: there was nothing to buy, so nothing was missed. */
const NO_ENTRY: ReadonlySet<string> = new Set([
  'DISABLED',
  'SESSION_CLOSED',
  'STALE_DATA',
  'NO_DATA',
  'DATA_ERROR',
  'NO_CLEAR_SIGNAL',
])

/** Buys bursts of momentum with short-dated options, one at a time, and leaves by rule. */
export class MomentumScalper implements StrategyHandlers, UnderlyingHost {
  /** Entries follow the underlying; a quote only matters to an open trade. */
  readonly quoteScope = 'held'
  readonly #config: ScalpConfig
  readonly #context: StrategyContext
  readonly #generator: SignalGenerator
  readonly #finder: ContractFinder
  readonly #desk: ExitDesk
  readonly #states: ReadonlyMap<string, UnderlyingState>
  readonly #trades = new Map<InstrumentIndex, OpenTrade>()
  readonly #entries: EntryDesk
  readonly #isTaken = (instrument: InstrumentIndex): boolean => this.#context.isBusy(instrument)
  #consecutiveLosses = 0
  #haltedOn: IsoDate = ''

  constructor(config: ScalpConfig, context: StrategyContext) {
    this.#config = config
    this.#context = context
    this.#generator = new SignalGenerator(config)
    this.#finder = new ContractFinder(context, config, new OptionDelta(context))
    this.#entries = new EntryDesk(config, context)
    this.#desk = new ExitDesk(config, context)
    const { momentumWindowSeconds, velocityAnchor, smoothingSeconds, volumeRatioMode } = config
    const { minDte, maxDte, dteUnit } = config
    this.#states = new Map(
      context.underlyings.map((symbol) => {
        const moves = { momentumWindowSeconds, velocityAnchor, smoothingSeconds }
        const settings = { symbol, ...moves, volumeRatioMode, minDte, maxDte, dteUnit }
        return [symbol, new UnderlyingState(context.indicator(UnderlyingMeasures, settings), this)]
      }),
    )
  }

  onSessionOpen(_session: Session): undefined {
    for (const state of this.#states.values()) state.startSession()
  }

  onUnderlying({ symbol }: Underlying): undefined {
    const state = this.#states.get(symbol)
    if (state?.update() !== true) return
    this.#checkLossLimit()
    if (this.#trades.size > 0)
      for (const trade of this.#trades.values()) {
        if (trade.option.underlying === symbol) this.#desk.check(trade, state.velocityPct)
      }
    const signal = this.#generator.evaluate(state)
    if (signal !== undefined) this.#enter(state, signal)
    else this.#abstain(state, this.#generator.reason)
  }

  onQuote({ instrument }: QuoteView): undefined {
    if (this.#trades.size === 0) return
    const trade = this.#trades.get(instrument)
    if (trade !== undefined) this.#check(trade)
  }

  onFill(fill: Fill): undefined {
    const { instrument, side, contracts, priceMicros, feesMicros, receivedUs, remaining, orderId } = fill
    const trade = this.#trades.get(instrument)
    if (side === 'buy') {
      if (remaining === 0) this.#entries.onFilled(orderId)
      const held = trade ?? this.#open(fill)
      held?.buy(fill)
      return
    }
    if (trade === undefined) return
    trade.reduce(contracts, priceMicros, feesMicros)
    if (remaining === 0 && trade.exitOrder === orderId) trade.exitOrder = undefined
    if (trade.contracts <= 0) this.#closed(trade, receivedUs)
    else this.#check(trade)
  }

  onOrderEnd(end: OrderEnd): undefined {
    const { orderId, instrument, outcome, reason, filled } = end
    const entry = this.#entries.onOrderEnd(end, this.#mayEnter())
    if (entry === 'repriced') return
    if (entry !== undefined) {
      const { intent, attempt } = entry
      const inputs = { ...intent.inputs, outcome, reason, filled, attempts: attempt }
      this.#context.log({ kind: 'abstain', code: 'ENTRY_UNFILLED', instrument, inputs })
      return
    }
    const trade = this.#trades.get(instrument)
    if (trade?.exitOrder !== orderId) return
    if (outcome === 'cancelled' && trade.attempts <= this.#config.exitReprices + 1) {
      trade.exitOrder = undefined
      this.#check(trade)
    } else this.#desk.retryLater(trade)
  }

  onSettlement({ instrument, contracts, priceMicros, feesMicros, receivedUs }: Settlement): undefined {
    const trade = this.#trades.get(instrument)
    if (trade === undefined) return
    trade.reduce(contracts, priceMicros, feesMicros)
    if (trade.contracts <= 0) this.#closed(trade, receivedUs)
  }

  onWake(_us: Us): undefined {
    for (const trade of this.#trades.values()) this.#check(trade)
  }

  /** What must survive a restart, as plain JSON. */
  snapshot(): ScalperState {
    const { instruments } = this.#context
    return {
      version: 1,
      trades: Array.from(this.#trades.values(), (trade) =>
        trade.snapshot(instruments.get(trade.instrument).symbol),
      ),
      generator: this.#generator.snapshot(),
      consecutiveLosses: this.#consecutiveLosses,
      haltedOn: this.#haltedOn,
    }
  }

  /** Takes back a {@link snapshot}. What is no longer held ended elsewhere; what else is held is not ours. */
  restore(state: unknown): undefined {
    const { trades, generator, consecutiveLosses, haltedOn } = scalperStateSchema.parse(state)
    const { instruments, positions, calendar } = this.#context
    this.#generator.restore(generator)
    this.#consecutiveLosses = consecutiveLosses
    this.#haltedOn = haltedOn
    for (const saved of trades) {
      const listed = instruments.find(saved.symbol)
      const contracts = listed === undefined ? 0 : positions.contracts(listed.index)
      if (listed?.kind !== 'option' || !(contracts > 0)) {
        this.#context.log({ kind: 'exit', code: 'external', inputs: { contract: saved.symbol } })
        continue
      }
      const held = { instrument: listed.index, contracts }
      const expiryUs = closeOfExpiry(calendar, listed.option.expiry)
      const trade = OpenTrade.restore(saved, held, listed.option, expiryUs, this.#config)
      this.#trades.set(listed.index, trade)
      this.#desk.planWakes(trade)
    }
  }

  blocked({ nowUs, ageUs, firstUs, session }: UnderlyingState): string | undefined {
    const { skipOpenMinutes, warmupSeconds } = this.#config
    if (session === undefined || nowUs < session.openUs || nowUs >= session.closeUs) return 'SESSION_CLOSED'
    if (nowUs < session.openUs + skipOpenMinutes * US_PER_MINUTE) return 'SKIP_OPEN'
    if (nowUs >= this.#lastEntryUs(session)) return 'SKIP_CLOSE'
    if (nowUs < Math.max(session.openUs, firstUs) + warmupSeconds * US_PER_SECOND) return 'WARM_UP'
    if (this.#haltedOn === session.date) return 'DAILY_LOSS_LIMIT'
    if (!(Math.abs(ageUs) <= this.#config.maxUnderlyingAgeMs * US_PER_MS)) return 'STALE_DATA'
    if (this.#trades.size + this.#entries.working >= this.#config.maxConcurrent) return 'POSITION_OPEN'
    return undefined
  }

  choose({ symbol, priceMicros, nowUs }: UnderlyingState, right: Right): ContractRanking {
    return this.#finder.choose(symbol, right, priceMicros, nowUs, this.#isTaken)
  }

  #enter(state: UnderlyingState, signal: ScalpSignal): undefined {
    const context = this.#context
    const contracts = this.#entries.size(signal, this.#consecutiveLosses)
    const { instrument } = signal.choice.row
    const inputs = { ...describeMarket(state), ...describeSignal(signal) }
    if (contracts === 0) return this.#abstain(state, 'SIZE_ZERO', instrument, inputs)
    const result = this.#entries.submit(signal, contracts, inputs)
    if (result.status === 'refused') {
      const gates = result.refusals.map(({ code }) => code).join(' ')
      return this.#abstain(state, 'ORDER_REFUSED', instrument, { ...inputs, gates })
    }
    this.#generator.onOrder(signal.us)
    state.loggedReason = ''
    state.wouldBeUs = signal.us
    context.log({ kind: 'signal', code: signal.trigger, instrument, inputs: { ...inputs, contracts } })
  }

  #open(fill: Fill): OpenTrade | undefined {
    const listed = this.#context.instruments.get(fill.instrument)
    if (listed.kind !== 'option') return undefined
    const option: OptionId = listed.option
    const expiryUs = closeOfExpiry(this.#context.calendar, option.expiry)
    const trade = new OpenTrade(fill, option, expiryUs, this.#config)
    this.#trades.set(fill.instrument, trade)
    this.#desk.planWakes(trade)
    return trade
  }

  #closed(trade: OpenTrade, us: Us): undefined {
    this.#trades.delete(trade.instrument)
    this.#generator.onClosed(us, trade.netMicros)
    this.#consecutiveLosses = trade.netMicros > 0 ? 0 : this.#consecutiveLosses + 1
  }

  #check(trade: OpenTrade): undefined {
    this.#desk.check(trade, this.#states.get(trade.option.underlying)?.velocityPct ?? Number.NaN)
  }

  /** When the last entry of a session may be sent. */
  #lastEntryUs({ closeUs }: Session): Us {
    const { skipCloseMinutes, marketCloseExitMinutes } = this.#config
    return closeUs - Math.max(skipCloseMinutes, marketCloseExitMinutes) * US_PER_MINUTE
  }

  /** True while an entry that was decided may be sent again. */
  #mayEnter(): boolean {
    const { calendar, nowUs } = this.#context
    const session = calendar.session(nowUs)
    return session !== undefined && session.date !== this.#haltedOn && nowUs < this.#lastEntryUs(session)
  }

  #checkLossLimit(): undefined {
    const { dailyLossLimitPct, flattenOnHalt } = this.#config
    if (dailyLossLimitPct === null) return
    const { account, nowUs } = this.#context
    const { equityMicros, sessionStartEquityMicros } = account
    if (dailyLossLimitPct > 0 && equityMicros >= sessionStartEquityMicros) return
    const changePct = ((equityMicros - sessionStartEquityMicros) / sessionStartEquityMicros) * 100
    /** Unknown equity halts as well. */
    if (changePct > -dailyLossLimitPct) return
    const today = this.#context.calendar.tradingDate(nowUs)
    if (this.#haltedOn === today) return
    this.#haltedOn = today
    this.#entries.cancelAll()
    if (!flattenOnHalt) return
    for (const trade of this.#trades.values()) trade.reason ??= 'daily_loss_limit'
  }

  /** Writes down why nothing was bought: when the reason changes, and when a burst would have been bought. */
  #abstain(
    state: UnderlyingState,
    code: string,
    instrument?: InstrumentIndex,
    inputs?: SignalInputs,
  ): undefined {
    const right = this.#generator.burstRight(state.velocityPct)
    const { minSignalIntervalSeconds } = this.#config
    const isMissed =
      right !== undefined &&
      !NO_ENTRY.has(code) &&
      state.nowUs - state.wouldBeUs >= minSignalIntervalSeconds * US_PER_SECOND
    if (state.loggedReason === code && !isMissed) return
    state.loggedReason = code
    if (isMissed) state.wouldBeUs = state.nowUs
    const ranking = isMissed && instrument === undefined ? this.choose(state, right) : undefined
    const contract = instrument ?? ranking?.chosen?.row.instrument
    this.#context.log({
      kind: 'abstain',
      code,
      ...(contract !== undefined && { instrument: contract }),
      ...(this.#context.readsInputs !== false && {
        inputs: {
          symbol: state.symbol,
          ...(inputs ?? { ...describeMarket(state), ...(ranking && describeChoice(ranking)) }),
        },
      }),
    })
  }
}
