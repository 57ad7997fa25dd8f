import { ClockBackwardsError } from '../errors.js'
import { BATCH_ROWS, createBatch, type DecodeStats, type EventBatch, KIND } from './event-batch.js'
import type { SymbolFilter } from './symbol-filter.js'

/** Writes rows into batches, in the order of receive time; the same rows whatever format they came in. */
export class BatchWriter {
  /** The batch under way: fill columns at the row that `begin` answered, then `commit`. */
  batch: EventBatch = createBatch()
  readonly #full: EventBatch[] = []
  readonly #source: string
  readonly #stats: DecodeStats
  readonly #filter: SymbolFilter
  readonly #totals = new Map<number, number>()
  #lastUs = Number.NEGATIVE_INFINITY

  constructor({
    source,
    stats,
    filter,
  }: { readonly source: string; readonly stats: DecodeStats; readonly filter: SymbolFilter }) {
    this.#source = source
    this.#stats = stats
    this.#filter = filter
  }

  /**
   * Starts a row.
   *
   * @throws {@link ClockBackwardsError} When it is older than the row before.
   */
  begin(kind: number, symbol: number, receivedUs: number, sourceUs: number): number {
    if (receivedUs < this.#lastUs) {
      throw new ClockBackwardsError({
        source: this.#source,
        record: this.#stats.records,
        us: receivedUs,
        beforeUs: this.#lastUs,
      })
    }
    this.#lastUs = receivedUs
    const { batch } = this
    const row = batch.count
    batch.kind[row] = kind
    batch.symbol[row] = symbol
    batch.receivedUs[row] = receivedUs
    batch.sourceUs[row] = sourceUs
    return row
  }

  /** Ends the row. */
  commit(): void {
    this.#stats.kept++
    if (++this.batch.count === BATCH_ROWS) this.#flush()
  }

  /** An option's bars come one a venue: they only tell how much was traded, added up. */
  volume(symbol: number, receivedUs: number, volume: number): void {
    const total = (this.#totals.get(symbol) ?? 0) + volume
    this.#totals.set(symbol, total)
    this.batch.a[this.begin(KIND.volume, symbol, receivedUs, receivedUs)] = total
    this.commit()
  }

  /** Open interest comes once from each venue, the same figure: the first counts. */
  openInterest(symbol: number, receivedUs: number, quantity: number): void {
    if (this.#totals.get(symbol) === quantity) return
    this.#totals.set(symbol, quantity)
    this.batch.a[this.begin(KIND.openInterest, symbol, receivedUs, receivedUs)] = quantity
    this.commit()
  }

  /** Batches that are full, and at the end the last one too. */
  take(isEnd: boolean): EventBatch[] {
    if (isEnd && this.batch.count > 0) this.#flush()
    return this.#full.splice(0)
  }

  #flush(): void {
    this.batch.newSymbols = this.#filter.newSymbols
    this.#filter.newSymbols = []
    this.#full.push(this.batch)
    this.batch = createBatch()
  }
}
