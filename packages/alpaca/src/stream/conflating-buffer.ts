import type { MarketMessageSink } from '../wire/market-decoder.js'
import { WireQuote, WireTrade } from '../wire/market-views.js'
import type { SymbolTable } from '../wire/symbol-table.js'

/**
 * Holds what a busy consumer cannot take yet: of each symbol the newest quote only, and every trade.
 *
 * What is drained comes in the order of arrival, a conflated quote at the place of its newest state.
 */
export class ConflatingBuffer {
  readonly #symbols: SymbolTable
  readonly #entries: (WireQuote | WireTrade | undefined)[] = []
  readonly #at: number[] = []
  readonly #spareQuotes: WireQuote[] = []
  #conflated = 0

  constructor(symbols: SymbolTable) {
    this.#symbols = symbols
  }

  get isEmpty(): boolean {
    return this.#entries.length === 0
  }

  /** Quotes that a newer one took the place of, since the start. */
  get conflated(): number {
    return this.#conflated
  }

  addQuote(quote: WireQuote): void {
    const known = this.#at[quote.symbolId] ?? -1
    const older = known < 0 ? undefined : this.#entries[known]
    let kept: WireQuote
    if (older instanceof WireQuote && older.symbolId === quote.symbolId) {
      this.#entries[known] = undefined
      this.#conflated++
      kept = older
    } else kept = this.#spareQuotes.pop() ?? new WireQuote(this.#symbols)
    kept.assign(quote)
    if (this.#entries.length > 65_536) this.#compact()
    this.#at[quote.symbolId] = this.#entries.length
    this.#entries.push(kept)
  }

  addTrade(trade: WireTrade): void {
    const kept = new WireTrade(this.#symbols)
    kept.assign(trade)
    this.#entries.push(kept)
  }

  /** Hands everything out and is empty then. What a callback throws is told as a fault. */
  drain(sink: MarketMessageSink): void {
    const entries = this.#entries.splice(0)
    for (const entry of entries) {
      if (entry === undefined) continue
      try {
        if (entry instanceof WireQuote) sink.onQuote(entry)
        else sink.onTrade(entry)
      } catch (error) {
        sink.onFault({ reason: `a callback threw: ${String(error)}`, frame: '' })
      }
      if (entry instanceof WireQuote) {
        this.#at[entry.symbolId] = -1
        if (this.#spareQuotes.length < 4_096) this.#spareQuotes.push(entry)
      }
    }
  }

  /** Squeezes out the places of conflated quotes. */
  #compact(): void {
    const left = this.#entries.filter((entry) => entry !== undefined)
    this.#entries.length = 0
    for (const entry of left) {
      if (entry instanceof WireQuote) this.#at[entry.symbolId] = this.#entries.length
      this.#entries.push(entry)
    }
  }
}
