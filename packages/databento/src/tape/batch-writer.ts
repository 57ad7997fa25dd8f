import { ClockBackwardsError } from '../errors.js'
import { BATCH_ROWS, type DecodeStats, type EventBatch, KIND, takeBatch } from './event-batch.js'
import type { SymbolFilter } from './symbol-filter.js'

/** "No quantity" of version 3, the largest 64-bit signed integer, as a float. */
const NO_QUANTITY = 2 ** 63

/** Writes rows into batches, in the order of receive time; the same rows whatever format they came in. */
export class BatchWriter {
  /** The batch under way: fill columns at the row that `begin` answered, then `commit`. */
  batch: EventBatch = takeBatch()
  readonly #full: EventBatch[] = []
  readonly #source: string
  readonly #stats: DecodeStats
  readonly #filter: SymbolFilter
  readonly #totals = new Map<number, number>()
  /** Volumes of the bars that end at the same time, before they are added up. */
  readonly #volumes = new Map<number, number>()
  #volumesUs = Number.NaN
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
    batch.sourceUs[row] = Number.isNaN(sourceUs) ? receivedUs : sourceUs
    return row
  }

  /** Ends the row. */
  commit(): void {
    this.#stats.kept++
    if (++this.batch.count === BATCH_ROWS) this.#flush()
  }

  /** Another UTC day has begun: daily figures start anew. */
  startDay(): void {
    this.#flushVolumes()
    this.#totals.clear()
  }

  /** An option's bars come one a venue: added up, they tell how much was traded since the day began. */
  volume(symbol: number, receivedUs: number, volume: number): void {
    if (receivedUs !== this.#volumesUs) this.#flushVolumes()
    this.#volumesUs = receivedUs
    this.#volumes.set(symbol, (this.#volumes.get(symbol) ?? 0) + volume)
  }

  /** Open interest comes once from each venue, the same figure: the first of the day counts. */
  openInterest(symbol: number, receivedUs: number, quantity: number): void {
    if (this.#totals.has(symbol) || quantity >= NO_QUANTITY) return
    this.#totals.set(symbol, quantity)
    this.#daily(KIND.openInterest, symbol, receivedUs, quantity)
  }

  /** Batches that are full, and at the end the last one too. */
  take(isEnd: boolean): EventBatch[] {
    if (isEnd) this.#flushVolumes()
    if (isEnd && this.batch.count > 0) this.#flush()
    return this.#full.splice(0)
  }

  #flushVolumes(): void {
    for (const [symbol, volume] of this.#volumes) {
      const total = (this.#totals.get(symbol) ?? 0) + volume
      this.#totals.set(symbol, total)
      this.#daily(KIND.volume, symbol, this.#volumesUs, total)
    }
    this.#volumes.clear()
  }

  #daily(kind: number, symbol: number, receivedUs: number, value: number): void {
    const row = this.begin(kind, symbol, receivedUs, receivedUs)
    this.batch.a[row] = value
    this.commit()
  }

  #flush(): void {
    this.batch.newSymbols = this.#filter.newSymbols
    this.#filter.newSymbols = []
    this.#full.push(this.batch)
    this.batch = takeBatch()
  }
}
