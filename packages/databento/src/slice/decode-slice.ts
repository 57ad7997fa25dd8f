import { closeSync, openSync, readSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { addStats, type DecodeStats, type EventBatch, giveBatch, takeBatch } from '../tape/event-batch.js'
import { FILTERED, SymbolFilter, type Wanted } from '../tape/symbol-filter.js'
import { SLICE_MAGIC } from './format.js'
import { SliceReader } from './slice-reader.js'

/** Blocks that are decoded before others have a turn. */
const BLOCKS_A_TURN = 16
const US_PER_DAY = 86_400_000_000

/** True for a file that begins as a slice. */
export function isSlice(file: string): boolean {
  const descriptor = openSync(file, 'r')
  try {
    const head = new Uint8Array(SLICE_MAGIC.length)
    return (
      readSync(descriptor, head, 0, head.length, 0) === head.length &&
      head.every((byte, i) => byte === SLICE_MAGIC[i])
    )
  } finally {
    closeSync(descriptor)
  }
}

/**
 * Decodes a slice into batches, the same as decoding what it was made of; counts are those of the original.
 *
 * @throws SliceVersionError, SliceTruncatedError, SliceCorruptError.
 */
export async function* decodeSlice(
  file: string,
  wanted: Wanted,
  stats: DecodeStats,
): AsyncGenerator<EventBatch> {
  const reader = new SliceReader(file)
  try {
    const choice = new Choice(wanted, stats)
    for (let blocks = 1; ; blocks++) {
      const batch = takeBatch()
      if (!reader.read(batch)) {
        giveBatch(batch)
        break
      }
      choice.apply(batch)
      stats.kept += batch.count
      yield batch
      if (blocks % BLOCKS_A_TURN === 0) await setImmediate()
    }
    addStats(stats, { ...reader.footer.stats, kept: 0 })
  } finally {
    reader.close()
  }
}

/** Leaves out of batches what is not wanted; does nothing to them where all is. */
class Choice {
  readonly #filter: SymbolFilter
  readonly #texts: string[] = []
  /** Numbers of places among those that are wanted; negative: left out. */
  #numbers: number[] = []
  #isAll = true
  #day = Number.NaN

  constructor(wanted: Wanted, stats: DecodeStats) {
    this.#filter = new SymbolFilter(wanted, stats)
  }

  apply(batch: EventBatch): void {
    const filter = this.#filter
    for (const text of batch.newSymbols) this.#texts.push(text)
    if (filter.dependsOnDay) this.#applyByDay(batch)
    else {
      this.#number()
      if (!this.#isAll) this.#compact(batch, 0, batch.count, 0)
    }
    batch.newSymbols = filter.newSymbols
    filter.newSymbols = []
  }

  #applyByDay(batch: EventBatch): void {
    const { receivedUs, count } = batch
    let kept = 0
    for (let from = 0; from < count; ) {
      const day = Math.floor((receivedUs[from] as number) / US_PER_DAY)
      if (day !== this.#day) {
        this.#day = day
        this.#filter.setDay(day)
        this.#numbers = []
      }
      this.#number()
      let to = from + 1
      while (to < count && (receivedUs[to] as number) < (day + 1) * US_PER_DAY) to++
      kept = this.#compact(batch, from, to, kept)
      from = to
    }
  }

  #number(): void {
    for (let place = this.#numbers.length; place < this.#texts.length; place++) {
      const number = this.#filter.findSymbol(this.#texts[place])
      this.#numbers.push(number)
      if (number !== place) this.#isAll = false
    }
  }

  /** Moves the wanted rows of `[from, to)` to row `kept` and after; answers how many rows there are then. */
  #compact(batch: EventBatch, from: number, to: number, kept: number): number {
    const { kind, symbol, receivedUs, sourceUs, a, b, c, d, e } = batch
    let at = kept
    for (let row = from; row < to; row++) {
      const number = this.#numbers[symbol[row] as number] ?? FILTERED
      if (number < 0) {
        this.#filter.leaveOut(number)
        continue
      }
      kind[at] = kind[row] as number
      symbol[at] = number
      receivedUs[at] = receivedUs[row] as number
      sourceUs[at] = sourceUs[row] as number
      a[at] = a[row] as number
      b[at] = b[row] as number
      c[at] = c[row] as number
      d[at] = d[row] as number
      e[at] = e[row] as number
      at++
    }
    batch.count = at
    return at
  }
}
