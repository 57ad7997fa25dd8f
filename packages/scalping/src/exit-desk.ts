import {
  type CalendarReader,
  type QuoteReader,
  type Session,
  US_PER_MINUTE,
  US_PER_MS,
  US_PER_SECOND,
} from '@scalp/canonical'
import type { StrategyContext } from '@scalp/strategy'
import type { ScalpConfig } from './config.js'
import type { ExitReason } from './exit-manager.js'
import type { OpenTrade } from './open-trade.js'
import { describeExit } from './signal-inputs.js'

/** Exits that wait at the bid a moment before they take any price. */
const PATIENT: ReadonlySet<ExitReason> = new Set(['take_profit', 'trailing_stop'])
const FIRST_RETRY_MS = 1_000
const LAST_RETRY_MS = 60_000

/** Watches open trades and sells them, again and again until they are flat. */
export class ExitDesk {
  readonly #config: ScalpConfig
  readonly #context: StrategyContext
  readonly #quotes: QuoteReader
  readonly #calendar: CalendarReader

  constructor(config: ScalpConfig, context: StrategyContext) {
    this.#config = config
    this.#context = context
    this.#quotes = context.quotes
    this.#calendar = context.calendar
  }

  /** Marks a trade at its bid, and sells it when a rule says so. */
  check(trade: OpenTrade, velocityPct: number): undefined {
    const { nowUs } = this.#context
    const session = this.#calendar.session(nowUs)
    /** After a restart silence counts from the first look, not from the entry. */
    if (Number.isNaN(trade.quoteUs)) trade.quoteUs = nowUs
    const bidMicros = this.#bid(trade)
    const rule = trade.exit.check({
      nowUs,
      bidMicros,
      velocityPct,
      closeUs: session?.closeUs ?? Number.NaN,
      quoteUs: trade.quoteUs,
    })
    trade.reason ??= rule
    if (trade.reason === undefined) {
      this.#watchSilence(trade)
      return
    }
    if (trade.exitOrder !== undefined || nowUs < trade.retryUs) return
    this.#sell(trade, trade.reason, session, bidMicros, velocityPct)
  }

  /** True while an exit may still wait at the bid: at first, and as often as it may be repriced. */
  isPatient({ attempts }: OpenTrade): boolean {
    return attempts <= this.#config.exitReprices
  }

  /** Tries again after a pause that grows with each failure. */
  retryLater(trade: OpenTrade): undefined {
    const pauseMs = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.max(0, trade.attempts - 1))
    trade.exitOrder = undefined
    trade.retryUs = this.#context.nowUs + pauseMs * US_PER_MS
    this.#context.wakeAt(trade.retryUs)
  }

  /** Asks to be woken when rules that need no quote may fire. */
  planWakes(trade: OpenTrade): undefined {
    const { timeStopMinutes, maxHoldMinutes, marketCloseExitMinutes, expirationExitMinutes } = this.#config
    const { openedUs, expiryUs } = trade.exit.entry
    const session = this.#calendar.session(openedUs)
    if (timeStopMinutes !== null) this.#wake(openedUs + timeStopMinutes * US_PER_MINUTE)
    if (maxHoldMinutes !== null) this.#wake(openedUs + maxHoldMinutes * US_PER_MINUTE)
    if (session !== undefined) this.#wake(session.closeUs - marketCloseExitMinutes * US_PER_MINUTE)
    this.#wake(expiryUs - expirationExitMinutes * US_PER_MINUTE)
    this.#watchSilence(trade)
  }

  #sell(
    trade: OpenTrade,
    reason: ExitReason,
    session: Session | undefined,
    bidMicros: number,
    velocityPct: number,
  ): undefined {
    const { instrument, contracts, exit } = trade
    const { nowUs } = this.#context
    /** Outside the session nothing sells: wait for the next opening, when a quote or a tick comes. */
    if (session === undefined || nowUs < session.openUs || nowUs >= session.closeUs) return
    const isTick = this.#quotes.sampleUs(instrument) === 0
    const isPatient = isTick && this.isPatient(trade) && PATIENT.has(reason) && bidMicros > 0
    const heldSeconds = Math.floor((nowUs - exit.entry.openedUs) / US_PER_SECOND)
    const inputs = {
      ...describeExit(exit, { bidMicros, velocityPct, heldSeconds }),
      ...this.#limits(reason),
      attempt: trade.attempts + 1,
    }
    const result = this.#context.submit({
      instrument,
      side: 'sell',
      contracts,
      ...(isPatient && { limitMicros: bidMicros, timeoutMs: this.#config.exitTimeoutMs }),
      tag: reason,
      inputs,
    })
    trade.attempts++
    if (result.status === 'refused') {
      this.retryLater(trade)
      return
    }
    trade.exitOrder = result.orderId
    this.#context.log({ kind: 'exit', code: reason, instrument, inputs })
  }

  /** The setting that decided an exit. */
  #limits(reason: ExitReason): Readonly<Record<string, number | null>> {
    const config = this.#config
    const limits: Partial<Record<ExitReason, number | null>> = {
      take_profit: config.takeProfitPct,
      stop_loss: -config.stopLossPct,
      trailing_stop: config.trailingDistancePct,
      time_stop: config.timeStopMinutes,
      time_exit: config.maxHoldMinutes,
      market_close: config.marketCloseExitMinutes,
      expiration: config.expirationExitMinutes,
      stale_quote: config.maxQuoteSilenceSeconds,
      momentum_reversal: config.reversalThresholdPct,
      daily_loss_limit: config.dailyLossLimitPct,
    }
    return { limit: limits[reason] ?? null }
  }

  /** What a seller gets now; `NaN` without a usable quote. */
  #bid(trade: OpenTrade): number {
    const { instrument } = trade
    if (!this.#quotes.isTradable(instrument)) return Number.NaN
    trade.quoteUs = this.#quotes.receivedUs(instrument)
    return this.#quotes.bidMicros(instrument)
  }

  /** One wake at a time, moved on when it comes, not one per quote. */
  #watchSilence(trade: OpenTrade): undefined {
    const { maxQuoteSilenceSeconds } = this.#config
    if (maxQuoteSilenceSeconds === null || trade.silenceWakeUs > this.#context.nowUs) return
    trade.silenceWakeUs = trade.quoteUs + maxQuoteSilenceSeconds * US_PER_SECOND
    this.#wake(trade.silenceWakeUs)
  }

  #wake(us: number): undefined {
    if (us > this.#context.nowUs) this.#context.wakeAt(us)
  }
}
