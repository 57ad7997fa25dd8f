import type { InstrumentTable } from '@scalp/canonical'
import type { Pulse } from './pulse.js'

/** A quote as an object of its own, keyed by symbol. */
export interface QuoteEvent {
  readonly type: 'quote'
  readonly symbol: string
  readonly time: number
  readonly bid: number
  readonly ask: number
  readonly bidSize: number
  readonly askSize: number
}

type Listener = (event: QuoteEvent) => void

/**
 * The engine one writes first, and the baseline of ours: an object for each event, maps by symbol, listeners by the
 * name of the event, histories that are pushed and shifted.
 */
export class NaiveEngine {
  readonly seen: Pulse = { quotes: 0, signals: 0, sum: 0.5 }
  readonly #listeners = new Map<string, Listener[]>()
  readonly #books = new Map<string, QuoteEvent>()
  readonly #histories = new Map<string, { time: number; mid: number }[]>()
  readonly #averages = new Map<string, { weight: number; weighted: number }>()

  constructor() {
    this.on('quote', (event) => this.#books.set(event.symbol, event))
    this.on('quote', (event) => this.#track(event))
    this.on('quote', (event) => this.#decide(event))
  }

  on(type: string, listener: Listener): void {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener])
  }

  emit(event: QuoteEvent): void {
    for (const listener of this.#listeners.get(event.type) ?? []) listener(event)
  }

  #track({ symbol, time, bid, ask, bidSize, askSize }: QuoteEvent): void {
    const mid = (bid + ask) / 2
    let history = this.#histories.get(symbol)
    if (history === undefined) {
      history = []
      this.#histories.set(symbol, history)
    }
    history.push({ time, mid })
    while (history.length > 3) history.shift()
    const average = this.#averages.get(symbol) ?? { weight: 0, weighted: 0 }
    this.#averages.set(symbol, {
      weight: average.weight + bidSize + askSize,
      weighted: average.weighted + (bidSize + askSize) * mid,
    })
  }

  #decide({ symbol, time }: QuoteEvent): void {
    const book = this.#books.get(symbol)
    const recent = (this.#histories.get(symbol) ?? []).filter((sample) => sample.time >= time - 120_000_000)
    const average = this.#averages.get(symbol)
    const [oldest] = recent
    const newest = recent.at(-1)
    this.seen.quotes++
    if (recent.length < 2 || !oldest || !newest || !book || !average) return
    const change = (newest.mid / oldest.mid - 1) * 100
    if (change > 1 && book.ask < average.weighted / average.weight) {
      this.seen.signals++
      this.seen.sum += change
    }
  }
}

/** Symbols by instrument index, as the naive engine keys them. */
export function symbolOf(instruments: InstrumentTable): (index: number) => string {
  const symbols: string[] = []
  return (index) =>
    (symbols[index] ??= instruments.get(index as Parameters<InstrumentTable['get']>[0]).symbol)
}
