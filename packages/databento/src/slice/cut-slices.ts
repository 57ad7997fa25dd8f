import { mkdirSync } from 'node:fs'
import path from 'node:path'
import type { IsoDate, Us } from '@scalp/canonical'
import type { DataFile } from '../dataset/discover.js'
import { createEventChoice, type OptionCriteria } from '../dataset/option-filter.js'
import { decodeGroup, groupByDays } from '../tape/decode-group.js'
import { type EventBatch, emptyStats, giveBatch } from '../tape/event-batch.js'
import type { SliceHeader } from './format.js'
import { SliceWriter } from './slice-writer.js'
import { identityOf } from './source-identity.js'

/** What is cut out of files, and where it goes. */
export interface CutSlicesOptions {
  readonly criteria: OptionCriteria
  /** One slice of all that is chosen; or a directory, for one of each underlying and UTC day. */
  readonly into: { readonly file: string } | { readonly directory: string }
  /** Keeps the whole records of files that were cut short. */
  readonly partial?: boolean
  /** Told, now and then, how many rows were kept, and how many files are done. */
  readonly onProgress?: (rows: number, files: number) => void
}

/** One slice that was written. */
export interface CutSlice {
  readonly file: string
  readonly rows: number
  readonly symbols: number
}

/** Rows that all slices under way may hold before the fullest are written out: some 25 MB. */
const MAX_PENDING = 1_000_000
const US_PER_DAY = 86_400_000_000

/**
 * Cuts slices out of files of options in one pass over them; each appears under its name when it is whole.
 *
 * The counts of a slice are of its own rows, as if it were an original. Memory does not grow with the files; it grows a little with the number of underlyings, some 10 KB each.
 *
 * @throws What {@link decodeFile} throws.
 */
export async function cutSlices(
  files: readonly DataFile[],
  { criteria, into, partial = false, onProgress }: CutSlicesOptions,
): Promise<CutSlice[]> {
  const cutter = new Cutter(into, criteria, files)
  try {
    let done = 0
    const wanted = { symbols: criteria.underlyings }
    for (const group of groupByDays(files)) {
      cutter.open(group[0] as DataFile)
      for await (const batch of decodeGroup(group, wanted, group.map(emptyStats), { partial })) {
        cutter.add(batch)
        giveBatch(batch)
        onProgress?.(cutter.rows, done)
      }
      done += group.length
    }
    return cutter.finish()
  } catch (error) {
    cutter.discard()
    throw error
  }
}

function isoDateOf(us: Us): IsoDate {
  return new Date(us / 1_000).toISOString().slice(0, 10)
}

class Cutter {
  rows = 0
  readonly #into: CutSlicesOptions['into']
  readonly #criteria: OptionCriteria
  readonly #done: CutSlice[] = []
  readonly #files: readonly DataFile[]
  /** Slices under way: by underlying, or the only one. */
  readonly #writers = new Map<string, SliceWriter>()
  #file: DataFile | undefined
  #choice: ReturnType<typeof createEventChoice> = () => undefined
  #symbols: string[] = []
  /** Where rows of each symbol of the file go. */
  #targets: ({ readonly writer: SliceWriter; readonly place: number } | undefined)[] = []
  #day = Number.NaN

  constructor(into: CutSlicesOptions['into'], criteria: OptionCriteria, files: readonly DataFile[]) {
    this.#into = into
    this.#files = files
    this.#criteria = criteria
    if ('directory' in into) mkdirSync(into.directory, { recursive: true })
  }

  open(file: DataFile): void {
    this.#file = file
    this.#choice = createEventChoice(this.#criteria)
    this.#symbols = []
    this.#targets = []
  }

  add(batch: EventBatch): void {
    for (const symbol of batch.newSymbols) this.#symbols.push(symbol)
    const { count, symbol, receivedUs } = batch
    for (let row = 0; row < count; row++) {
      const us = receivedUs[row] as number
      const place = symbol[row] as number
      const underlying = this.#choice(this.#symbols[place] as string, place, us)
      if (underlying === undefined) continue
      if (us >= this.#day + US_PER_DAY || !(us >= this.#day)) this.#startDay(us)
      const target = (this.#targets[place] ??= this.#targetOf(this.#symbols[place] as string, underlying))
      target.writer.addRow(batch, row, target.place)
      this.rows++
    }
    this.#relieve()
  }

  finish(): CutSlice[] {
    if ('file' in this.#into && this.#writers.size === 0) this.#writerOf('')
    this.#endSlices()
    return this.#done
  }

  discard(): void {
    for (const writer of this.#writers.values()) writer.discard()
  }

  #startDay(us: Us): void {
    this.#day = Math.floor(us / US_PER_DAY) * US_PER_DAY
    if ('file' in this.#into) return
    this.#endSlices()
    this.#targets = []
  }

  #endSlices(): void {
    for (const writer of this.#writers.values()) {
      const { rows: records } = writer
      const { rows, symbols } = writer.finish({ ...emptyStats(), records, kept: records })
      this.#done.push({ file: writer.file, rows, symbols })
    }
    this.#writers.clear()
  }

  #targetOf(symbol: string, underlying: string): { writer: SliceWriter; place: number } {
    const writer = this.#writerOf('file' in this.#into ? '' : underlying)
    return { writer, place: writer.placeOf(symbol) }
  }

  #writerOf(underlying: string): SliceWriter {
    let writer = this.#writers.get(underlying)
    if (writer === undefined) {
      writer = new SliceWriter(this.#nameOf(underlying), this.#headerOf(underlying))
      this.#writers.set(underlying, writer)
    }
    return writer
  }

  #nameOf(underlying: string): string {
    if ('file' in this.#into) return this.#into.file
    const { dataset, schema } = this.#file as DataFile
    const date = isoDateOf(this.#day).replaceAll('-', '')
    const name = `${dataset.toLowerCase().replace('.', '-')}-${date}.${schema}.${underlying}.slice`
    return path.join(this.#into.directory, name)
  }

  #headerOf(underlying: string): SliceHeader {
    const { dataset, schema, path: source } = this.#file as DataFile
    const { priceOf: _price, offsetUs: _offset, ...filter } = this.#criteria
    const date = isoDateOf(this.#day)
    const [first] = this.#files
    const lasts = this.#files.map(({ to }) => to).sort()
    const days =
      'file' in this.#into ? { from: first?.from ?? '', to: lasts.at(-1) ?? '' } : { from: date, to: date }
    const isOptions = true
    const told = underlying === '' ? filter : { ...filter, underlyings: [underlying] }
    return { dataset, schema, isOptions, ...days, filter: told, source: { ...identityOf(source) } }
  }

  /** Writes out the fullest slices, when all together hold much. */
  #relieve(): void {
    let pending = 0
    for (const writer of this.#writers.values()) pending += writer.pending
    if (pending < MAX_PENDING) return
    for (const writer of this.#writers.values())
      if (writer.pending * this.#writers.size >= pending) writer.flush()
  }
}
