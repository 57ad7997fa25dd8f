import type { JournalEntry, Micros, Side, Us } from '@scalp/canonical'
import type { BrokerOrder, BrokerPosition, BrokerTruth } from './broker-truth.js'
import type { LedgerFill, LedgerNews, LedgerOrder, OrderLedger } from './order-ledger.js'
import { type OwnPosition, reconcilePositions, type SyntheticFill } from './reconcile-positions.js'

/** What a reconciler is made of. */
export interface ReconcilerOptions {
  readonly ledger: OrderLedger
  readonly broker: BrokerTruth
  /** Positions of ours as they stand, every purpose. */
  readonly positions: () => readonly OwnPosition[]
  /** Fills of a symbol applied so far. */
  readonly fillsOf: (symbol: string) => number
  /** Takes a fill: record it, then apply it. */
  readonly apply: (fill: LedgerFill | SyntheticFill) => void
  /** Takes what became of an order besides fills. */
  readonly onOrder?: (order: LedgerOrder, news: LedgerNews) => void
  /** What one contract is worth now; for what was closed elsewhere at a price unknown. */
  readonly markOf?: (symbol: string) => Micros
  /** How long an order may be unknown to the broker before it never was; 30 s unless told. */
  readonly graceSeconds?: number
  /** Looks in a row that must find the same difference of positions before it is acted on; 2 unless told. */
  readonly confirmations?: number
  /** Receives entries `reconciled` for the journal. */
  readonly record?: (entry: JournalEntry) => void
}

/** What a look found. */
export interface Reconciliation {
  /** True when nothing is left open: no unknown order, no difference. */
  readonly isSettled: boolean
  readonly fills: readonly (LedgerFill | SyntheticFill)[]
  /** Orders whose fate is still unknown. */
  readonly unknown: readonly LedgerOrder[]
  /** Symbols that differ and wait for the next look. */
  readonly waiting: readonly string[]
  /** What does not fit and needs a person. */
  readonly faults: readonly string[]
}

/**
 * Brings orders and positions to agree with the broker's, at the start and again and again.
 *
 * Orders first, by their client order ids: an answer that never came is unknown, not a rejection. Then positions:
 * a difference that two looks find, in a symbol where no order of ours may be filling, is made good by synthetic
 * fills. It has no timer: call {@link Reconciler.look} until `isSettled` before the first entry, then every 15 s.
 */
export class Reconciler {
  readonly #options: ReconcilerOptions
  readonly #seen = new Map<string, { readonly key: string; readonly count: number }>()
  /** Orders whose fate was asked for, for who is told of it. */
  readonly #orders = new Map<string, LedgerOrder>()
  /** Orders that are none of ours: their fills say at what price something was closed. */
  readonly #foreign = new Map<string, BrokerOrder>()
  #lastUs: Us = 0

  constructor(options: ReconcilerOptions) {
    this.#options = options
  }

  /** Looks once. */
  async look(nowUs: Us): Promise<Reconciliation> {
    const { ledger, broker, graceSeconds = 30 } = this.#options
    const fills: (LedgerFill | SyntheticFill)[] = []
    const faults: string[] = []
    const take = (word: BrokerOrder): void => {
      const news = ledger.learn(word, nowUs)
      for (const fill of news.fills) this.#apply(fill, fills)
      if (news.fault !== undefined) faults.push(`${word.clientOrderId}: ${news.fault}`)
      const order = this.#orders.get(word.clientOrderId)
      if (order !== undefined && news.state !== undefined) this.#options.onOrder?.(order, news)
    }
    for (const order of ledger.open()) {
      this.#orders.set(order.clientOrderId, order)
      const word = await broker.orderByClientId(order.clientOrderId)
      if (word !== undefined) take(word)
      else {
        const news = ledger.denied(order.clientOrderId, nowUs, graceSeconds * 1_000_000)
        if (news.state !== undefined) this.#options.onOrder?.(order, news)
      }
    }
    for (const word of await broker.ordersSince(this.#lastUs)) {
      if (ledger.has(word.clientOrderId)) take(word)
      else this.#foreign.set(word.clientOrderId, word)
    }
    const waiting = this.#comparePositions(await broker.positions(), nowUs, fills)
    this.#lastUs = nowUs
    const unknown = ledger.unknown()
    const isSettled = unknown.length === 0 && waiting.length === 0 && faults.length === 0
    if (fills.length > 0 || faults.length > 0)
      this.#options.record?.({ type: 'reconciled', atUs: nowUs, fills: fills.length, waiting, faults })
    return { isSettled, fills, unknown, waiting, faults }
  }

  #comparePositions(
    broker: readonly BrokerPosition[],
    nowUs: Us,
    fills: (LedgerFill | SyntheticFill)[],
  ): readonly string[] {
    const { ledger, positions, fillsOf, markOf, confirmations = 2 } = this.#options
    const busy = new Set(ledger.open().map(({ symbol }) => symbol))
    const wanted = reconcilePositions({
      ours: positions(),
      broker,
      nowUs,
      fillsOf,
      except: busy,
      closedAt: (symbol, side) => this.#closedAt(symbol, side),
      ...(markOf === undefined ? {} : { markOf }),
    })
    const bySymbol = new Map<string, SyntheticFill[]>()
    for (const fill of wanted) bySymbol.set(fill.symbol, [...(bySymbol.get(fill.symbol) ?? []), fill])
    for (const symbol of this.#seen.keys()) if (!bySymbol.has(symbol)) this.#seen.delete(symbol)
    const waiting: string[] = []
    for (const [symbol, group] of bySymbol) {
      const key = group.map(({ fillId }) => fillId).join()
      const before = this.#seen.get(symbol)
      const count = before?.key === key ? before.count + 1 : 1
      this.#seen.set(symbol, { key, count })
      if (count < confirmations) {
        waiting.push(symbol)
        continue
      }
      this.#seen.delete(symbol)
      for (const fill of group) this.#apply(fill, fills)
      for (const [id, order] of this.#foreign) if (order.symbol === symbol) this.#foreign.delete(id)
    }
    return waiting
  }

  /** Average price at which others traded a symbol on a side since it last agreed; `NaN` when they did not. */
  #closedAt(symbol: string, side: Side): Micros {
    let [contracts, value] = [0, 0]
    for (const order of this.#foreign.values()) {
      if (order.symbol !== symbol || order.side !== side || !(order.filledContracts > 0)) continue
      contracts += order.filledContracts
      value += order.filledContracts * order.filledAverageMicros
    }
    return Math.round(value / contracts)
  }

  #apply(fill: LedgerFill | SyntheticFill, fills: (LedgerFill | SyntheticFill)[]): void {
    this.#options.apply(fill)
    fills.push(fill)
  }
}
