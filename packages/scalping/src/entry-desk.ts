import type { InstrumentIndex, Micros, OrderId, OrderIntent } from '@scalp/canonical'
import type { OrderEnd, StrategyContext, SubmitResult } from '@scalp/strategy'
import type { ScalpConfig } from './config.js'
import type { ScalpSignal } from './signal-generator.js'
import type { SignalInputs } from './signal-inputs.js'
import { positionSize, tieredRiskPct } from './sizing.js'
import { roundToTick } from './tick-size.js'

/** An entry on its way. */
export interface WorkingEntry {
  readonly intent: OrderIntent
  /** The ask that the signal was decided on. */
  readonly askMicros: Micros
  /** 1 at first, one more each time it is repriced. */
  readonly attempt: number
}

type Quoted = { readonly instrument: InstrumentIndex; readonly bidMicros: Micros; readonly askMicros: Micros }

/** Sizes entries, sends them, and sends them again towards the ask where that is asked for. */
export class EntryDesk {
  readonly #config: ScalpConfig
  readonly #context: StrategyContext
  readonly #working = new Map<OrderId, WorkingEntry>()

  constructor(config: ScalpConfig, context: StrategyContext) {
    this.#config = config
    this.#context = context
  }

  /** Entries on their way. */
  get working(): number {
    return this.#working.size
  }

  /** Contracts to buy; 0 refuses. */
  size({ choice: { row }, velocityPct }: ScalpSignal, consecutiveLosses: number): number {
    const { sizing, riskPct, stopLossPct, maxContracts, positionSizePct, feePerContractMicros } = this.#config
    const { askSizeParticipation } = this.#config
    const { account, instruments } = this.#context
    const listed = instruments.get(row.instrument)
    return positionSize(
      {
        equityMicros: account.equityMicros,
        riskPct: sizing === 'fixed' ? riskPct : tieredRiskPct(velocityPct, consecutiveLosses),
        priceMicros: row.askMicros,
        stopLossPct,
        maxContracts,
        multiplier: listed.kind === 'option' ? listed.option.multiplier : 100,
      },
      {
        cashMicros: account.cashMicros,
        feePerContractMicros,
        ...(positionSizePct !== null && { positionSizePct }),
        ...(askSizeParticipation !== null && { askSize: row.askSize, participation: askSizeParticipation }),
      },
    )
  }

  /** Sends the entry of a signal. */
  submit({ choice: { row }, trigger }: ScalpSignal, contracts: number, inputs: SignalInputs): SubmitResult {
    const intent = { ...this.#terms(row, contracts, false), tag: trigger, inputs }
    return this.#send({ intent, askMicros: row.askMicros, attempt: 1 })
  }

  /** Tells that an order filled to its last contract. */
  onFilled(orderId: OrderId): undefined {
    this.#working.delete(orderId)
  }

  /** The entry that an order's end gives up; undefined when it was none, or was sent again because `mayEnter`. */
  onOrderEnd(
    { orderId, outcome, filled }: OrderEnd,
    mayEnter: boolean,
  ): WorkingEntry | 'repriced' | undefined {
    const entry = this.#working.get(orderId)
    if (entry === undefined) return undefined
    this.#working.delete(orderId)
    return outcome === 'cancelled' && mayEnter && this.#reprice(entry, filled) ? 'repriced' : entry
  }

  /** Asks for the end of all entries on their way. */
  cancelAll(): undefined {
    for (const orderId of this.#working.keys()) this.#context.cancel(orderId)
  }

  #send(entry: WorkingEntry): SubmitResult {
    const result = this.#context.submit(entry.intent)
    if (result.status === 'submitted') this.#working.set(result.orderId, entry)
    return result
  }

  /** How an entry is sent. Ticks: from the mid towards the ask, and at the ask when it is repriced. */
  #terms({ instrument, bidMicros, askMicros }: Quoted, contracts: number, isRepriced: boolean): OrderIntent {
    const { entryLimitPct, entryTimeoutMs, sampledEntryTimeoutMs, pennyClass } = this.#config
    const isSampled = this.#context.quotes.sampleUs(instrument) > 0
    const fromMicros = isSampled || isRepriced ? askMicros : (bidMicros + askMicros) / 2
    const limitMicros = roundToTick(fromMicros * (1 + entryLimitPct / 100), 'buy', pennyClass)
    return {
      instrument,
      side: 'buy',
      contracts,
      limitMicros: isSampled ? limitMicros : Math.min(limitMicros, askMicros),
      timeoutMs: isSampled ? sampledEntryTimeoutMs : entryTimeoutMs,
    }
  }

  /** Sends what is left of an entry that timed out, unless the market has gone away from it. */
  #reprice({ intent, askMicros: decidedMicros, attempt }: WorkingEntry, filled: number): boolean {
    const { entryReprices, maxSpreadPct, entryLimitPct, maxContractPriceMicros } = this.#config
    const { quotes } = this.#context
    const { instrument, tag } = intent
    const contracts = intent.contracts - filled
    if (attempt > entryReprices || contracts <= 0) return false
    const bidMicros = quotes.bidMicros(instrument)
    const askMicros = quotes.askMicros(instrument)
    const mostMicros = Math.min(maxContractPriceMicros, decidedMicros * (1 + entryLimitPct / 100))
    if (!(quotes.isTradable(instrument) && quotes.spreadPercent(instrument) <= maxSpreadPct)) return false
    if (!(askMicros <= mostMicros)) return false
    const next: OrderIntent = {
      ...this.#terms({ instrument, bidMicros, askMicros }, contracts, true),
      ...(tag !== undefined && { tag }),
      inputs: { ...intent.inputs, repriced: attempt },
    }
    const entry: WorkingEntry = { intent: next, askMicros: decidedMicros, attempt: attempt + 1 }
    return this.#send(entry).status === 'submitted'
  }
}
