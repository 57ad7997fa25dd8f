import type { DataFile } from '../dataset/discover.js'
import { type DecodeFileOptions, decodeFile } from './decode-file.js'
import type { WantedSymbols } from './decode-pool.js'
import {
  BATCH_ROWS,
  type DecodeStats,
  type EventBatch,
  emptyStats,
  giveBatch,
  KIND,
  takeBatch,
} from './event-batch.js'

const US_PER_DAY = 86_400_000_000

/** Files whose days overlap, to be read as one. */
export type FileGroup = readonly DataFile[]

/**
 * Puts files that share a day into one group: parts of a job that was split by symbol or size, and jobs of other
 * symbols. Groups follow each other in time.
 */
export function groupByDays(files: readonly DataFile[]): FileGroup[] {
  const groups: DataFile[][] = []
  let last = ''
  for (const file of files.toSorted((a, b) => (a.from === b.from ? 0 : a.from < b.from ? -1 : 1))) {
    if (groups.length > 0 && file.from <= last) groups.at(-1)?.push(file)
    else groups.push([file])
    if (file.to > last) last = file.to
  }
  return groups
}

/** How a file is to be read: OPRA files hold options, all others the underlyings. */
export function requestOf(
  file: DataFile,
  { symbols, maxDte }: WantedSymbols,
  stats: DecodeStats,
): DecodeFileOptions {
  const wanted = {
    options: file.dataset.startsWith('OPRA'),
    ...(symbols === undefined ? {} : { symbols }),
    ...(maxDte === undefined ? {} : { maxDte }),
  }
  const { path, schema, symbolFiles = [] } = file
  return { file: path, schema, wanted, stats, symbolFiles }
}

/**
 * Decodes the files of a group, merged by receive time; at equal times the files come in their order.
 *
 * Daily figures are those of all files together: open interest counts once, volumes add up. `stats` gets the counts
 * of each file, by its place.
 */
export async function* decodeGroup(
  files: FileGroup,
  wanted: WantedSymbols,
  stats: readonly DecodeStats[],
  options: { readonly partial?: boolean } = {},
): AsyncGenerator<EventBatch> {
  const heads = files.map(
    (file, at) => new Head(file, { ...requestOf(file, wanted, stats[at] ?? emptyStats()), ...options }),
  )
  const [only] = heads
  if (heads.length === 1 && only !== undefined) yield* only.batches
  else yield* merge(heads)
}

async function* merge(heads: readonly Head[]): AsyncGenerator<EventBatch> {
  const merged = new MergedRows()
  try {
    for (let at = earliest(heads); at >= 0; at = earliest(heads)) {
      const head = heads[at] as Head
      if (!head.isOpen) {
        await head.load(merged)
        continue
      }
      const rival = earliest(heads, at)
      const untilUs = rival < 0 ? Number.POSITIVE_INFINITY : (heads[rival] as Head).us
      merged.take(head, untilUs, rival > at)
      if (head.isUsedUp) await head.load(merged)
      yield* merged.full()
    }
    yield* merged.rest()
  } finally {
    for (const head of heads) await head.close()
  }
}

/** One file under way: opened when its first day has come. */
class Head {
  /** Time of the row under the head; before the file is open, the start of its first day; at the end `Infinity`. */
  us: number
  isOpen = false
  batch: EventBatch | undefined
  row = 0
  /** Places of the file's symbols among those of all files. */
  places: number[] = []
  readonly batches: AsyncGenerator<EventBatch>

  constructor({ from, without }: DataFile, request: DecodeFileOptions) {
    this.us = Date.parse(from) * 1_000
    const batches = decodeFile(request)
    this.batches = without === undefined ? batches : withoutDays(batches, without, request.stats)
  }

  get isUsedUp(): boolean {
    return this.batch !== undefined && this.row >= this.batch.count
  }

  async load(merged: MergedRows): Promise<void> {
    if (this.batch !== undefined) giveBatch(this.batch)
    this.isOpen = true
    for (;;) {
      const next = await this.batches.next()
      if (next.done === true) {
        this.us = Number.POSITIVE_INFINITY
        this.batch = undefined
        return
      }
      for (const symbol of next.value.newSymbols) this.places.push(merged.placeOf(symbol))
      if (next.value.count === 0) continue
      this.batch = next.value
      this.row = 0
      this.us = next.value.receivedUs[0] as number
      return
    }
  }

  async close(): Promise<void> {
    await this.batches.return(undefined)
  }
}

/** The place of the head that comes first; −1 when all are at their end. */
function earliest(heads: readonly Head[], except = -1): number {
  let found = -1
  let us = Number.POSITIVE_INFINITY
  for (let at = 0; at < heads.length; at++) {
    const head = heads[at] as Head
    if (at === except || head.us >= us) continue
    found = at
    us = head.us
  }
  return found
}

/** Gathers rows of several files into batches of one. */
class MergedRows {
  #batch = takeBatch()
  #full: EventBatch[] = []
  #newSymbols: string[] = []
  readonly #places = new Map<string, number>()
  #day = Number.NaN
  /** Places whose open interest was told today. */
  readonly #told = new Set<number>()
  /** Today's volume of each file's symbols: by file, then place. */
  readonly #volumes = new Map<Head, Map<number, number>>()

  placeOf(symbol: string): number {
    let place = this.#places.get(symbol)
    if (place === undefined) {
      place = this.#places.size
      this.#places.set(symbol, place)
      this.#newSymbols.push(symbol)
    }
    return place
  }

  /** Takes rows of a head up to a time: those of that time too, if the head comes first then. */
  take(head: Head, untilUs: number, winsTies: boolean): void {
    const from = head.batch as EventBatch
    const { receivedUs } = from
    let { row } = head
    for (; row < from.count; row++) {
      const us = receivedUs[row] as number
      if (us > untilUs || (us === untilUs && !winsTies)) break
      this.#add(head, from, row)
    }
    head.row = row
    if (row < from.count) head.us = receivedUs[row] as number
  }

  full(): EventBatch[] {
    const full = this.#full
    this.#full = []
    return full
  }

  rest(): EventBatch[] {
    if (this.#batch.count > 0 || this.#newSymbols.length > 0) this.#flush()
    return this.full()
  }

  #add(head: Head, from: EventBatch, row: number): void {
    const place = head.places[from.symbol[row] as number] as number
    const kind = from.kind[row] as number
    const us = from.receivedUs[row] as number
    if (kind === KIND.openInterest || kind === KIND.volume) this.#startDay(us)
    if (kind === KIND.openInterest) {
      if (this.#told.has(place)) return
      this.#told.add(place)
    }
    const batch = this.#batch
    const at = batch.count++
    batch.kind[at] = kind
    batch.symbol[at] = place
    batch.receivedUs[at] = us
    batch.sourceUs[at] = from.sourceUs[row] as number
    batch.a[at] =
      kind === KIND.volume ? this.#volumeOf(head, place, from.a[row] as number) : (from.a[row] as number)
    batch.b[at] = from.b[row] as number
    batch.c[at] = from.c[row] as number
    batch.d[at] = from.d[row] as number
    batch.e[at] = from.e[row] as number
    if (batch.count === BATCH_ROWS) this.#flush()
  }

  #startDay(us: number): void {
    const day = Math.floor(us / US_PER_DAY)
    if (day === this.#day) return
    this.#day = day
    this.#told.clear()
    this.#volumes.clear()
  }

  #volumeOf(head: Head, place: number, volume: number): number {
    let own = this.#volumes.get(head)
    if (own === undefined) this.#volumes.set(head, (own = new Map()))
    own.set(place, volume)
    let sum = 0
    for (const volumes of this.#volumes.values()) sum += volumes.get(place) ?? 0
    return sum
  }

  #flush(): void {
    this.#batch.newSymbols = this.#newSymbols
    this.#newSymbols = []
    this.#full.push(this.#batch)
    this.#batch = takeBatch()
  }
}

/** Leaves out the days that are read from other files. */
async function* withoutDays(
  batches: AsyncGenerator<EventBatch>,
  spans: NonNullable<DataFile['without']>,
  stats: DecodeStats,
): AsyncGenerator<EventBatch> {
  const limits = spans.map(
    ({ from, to }) => [Date.parse(from) * 1_000, Date.parse(to) * 1_000 + US_PER_DAY] as const,
  )
  for await (const batch of batches) {
    const { kind, symbol, receivedUs, sourceUs, a, b, c, d, e, count } = batch
    let kept = 0
    for (let row = 0; row < count; row++) {
      const us = receivedUs[row] as number
      if (limits.some(([from, to]) => us >= from && us < to)) continue
      if (kept < row) {
        kind[kept] = kind[row] as number
        symbol[kept] = symbol[row] as number
        receivedUs[kept] = us
        sourceUs[kept] = sourceUs[row] as number
        a[kept] = a[row] as number
        b[kept] = b[row] as number
        c[kept] = c[row] as number
        d[kept] = d[row] as number
        e[kept] = e[row] as number
      }
      kept++
    }
    stats.kept -= count - kept
    stats.filtered += count - kept
    batch.count = kept
    yield batch
  }
}
