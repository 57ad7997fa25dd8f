import { appendFileSync, closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { constants, crc32, zstdCompressSync } from 'node:zlib'
import type { DecodeStats, EventBatch } from '../tape/event-batch.js'
import { BlockEncoder } from './block-encoder.js'
import {
  BLOCK_HEAD_BYTES,
  BLOCK_ROWS,
  END_MAGIC,
  HEAD_BYTES,
  SLICE_MAGIC,
  SLICE_VERSION,
  type SliceFooter,
  type SliceHeader,
  TAIL_BYTES,
} from './format.js'
import { verifySlice } from './slice-reader.js'
import { addRowToSums, emptySums } from './sums.js'

/** Rows of the first block: the order of instruments that it teaches serves all others. */
const FIRST_ROWS = 1_024
const KEPT_ROWS = 32
const KEPT_VALUES = 9
const encoder = new TextEncoder()

/**
 * Writes one slice; the file appears under its name when it is whole and has been read back.
 *
 * No file is held open between blocks, so that thousands of slices can be written side by side.
 */
export class SliceWriter {
  readonly file: string
  readonly #part: string
  readonly #level: number
  readonly #encoder = new BlockEncoder()
  readonly #places = new Map<string, number>()
  readonly #sums = emptySums()
  /** Symbols whose first row the encoder has not seen. */
  #newSymbols: string[] = []
  /** A few rows, side by side: a pass over a day goes from slice to slice with every row. */
  readonly #kept = new Float64Array(KEPT_ROWS * KEPT_VALUES)
  #keptRows = 0
  /** Places that the encoder knows. */
  #named = 0
  #rows = 0
  #blocks = 0
  #limit = FIRST_ROWS

  /** Begins a slice; `part` names the file until it is whole. Level is that of zstd, 3 unless told. */
  constructor(
    file: string,
    header: SliceHeader,
    { level = 3, part = `${file}.part` }: { readonly level?: number; readonly part?: string } = {},
  ) {
    this.file = file
    this.#part = part
    this.#level = level
    const text = encoder.encode(JSON.stringify(header))
    const head = new Uint8Array(HEAD_BYTES + text.length)
    const view = new DataView(head.buffer)
    head.set(SLICE_MAGIC)
    view.setUint32(8, SLICE_VERSION, true)
    view.setUint32(12, text.length, true)
    view.setUint32(16, crc32(text), true)
    head.set(text, HEAD_BYTES)
    const descriptor = openSync(part, 'w')
    writeSync(descriptor, head)
    closeSync(descriptor)
  }

  /** Rows so far. */
  get rows(): number {
    return this.#rows + this.#keptRows
  }

  /** Rows that no block holds yet. */
  get pending(): number {
    return this.#encoder.rows + this.#keptRows
  }

  /** Adds the rows of a batch; `symbols` are those of the batch's file so far. */
  addBatch(batch: EventBatch, symbols: readonly string[]): void {
    for (let row = 0; row < batch.count; row++)
      this.addRow(batch, row, this.placeOf(symbols[batch.symbol[row] as number] as string))
  }

  /** The place of a symbol in this slice; a new one is to have a row at once. */
  placeOf(symbol: string): number {
    let place = this.#places.get(symbol)
    if (place === undefined) {
      place = this.#places.size
      this.#places.set(symbol, place)
      this.#newSymbols.push(symbol)
    }
    return place
  }

  /** Adds one row of a batch. */
  addRow({ kind, receivedUs, sourceUs, a, b, c, d, e }: EventBatch, row: number, place: number): void {
    const kept = this.#kept
    let at = this.#keptRows++ * KEPT_VALUES
    kept[at++] = kind[row] as number
    kept[at++] = place
    kept[at++] = receivedUs[row] as number
    kept[at++] = sourceUs[row] as number
    kept[at++] = a[row] as number
    kept[at++] = b[row] as number
    kept[at++] = c[row] as number
    kept[at++] = d[row] as number
    kept[at] = e[row] as number
    if (this.#keptRows === KEPT_ROWS) this.#drain()
  }

  /** Ends the block under way, if it has rows. */
  flush(): void {
    this.#drain()
    if (this.#encoder.rows > 0) this.#writeBlock()
  }

  /** Ends the file, reads it back, and gives it its name. */
  finish(stats: DecodeStats): SliceFooter {
    this.flush()
    const footer: SliceFooter = {
      blocks: this.#blocks,
      rows: this.#rows,
      symbols: this.#places.size,
      sums: { ...this.#sums },
      stats,
    }
    const text = encoder.encode(JSON.stringify(footer))
    const tail = new Uint8Array(text.length + TAIL_BYTES)
    const view = new DataView(tail.buffer)
    tail.set(text)
    view.setUint32(text.length, text.length, true)
    view.setUint32(text.length + 4, crc32(text), true)
    tail.set(END_MAGIC, text.length + 8)
    appendFileSync(this.#part, tail)
    verifySlice(this.#part)
    renameSync(this.#part, this.file)
    return footer
  }

  /** Gives up: no half file is left. */
  discard(): void {
    rmSync(this.#part, { force: true })
  }

  #drain(): void {
    const kept = this.#kept
    const rows = this.#keptRows
    for (let row = 0, at = 0; row < rows; row++, at += KEPT_VALUES) {
      const place = kept[at + 1] as number
      if (place === this.#named) {
        this.#named++
        this.#encoder.addSymbol(this.#newSymbols.shift() as string)
      }
      addRowToSums(this.#sums, kept, at)
      this.#encoder.add(
        kept[at] as number,
        place,
        kept[at + 2] as number,
        kept[at + 3] as number,
        kept[at + 4] as number,
        kept[at + 5] as number,
        kept[at + 6] as number,
        kept[at + 7] as number,
        kept[at + 8] as number,
      )
      if (this.#encoder.rows >= this.#limit) this.#writeBlock()
    }
    this.#rows += rows
    this.#keptRows = 0
  }

  #writeBlock(): void {
    const rows = this.#encoder.rows
    const raw = this.#encoder.take()
    const params = { [constants.ZSTD_c_compressionLevel]: this.#level }
    const packed = zstdCompressSync(raw, { params })
    const block = new Uint8Array(BLOCK_HEAD_BYTES + packed.length)
    const view = new DataView(block.buffer)
    view.setUint32(0, packed.length, true)
    view.setUint32(4, raw.length, true)
    view.setUint32(8, rows, true)
    block.set(packed, BLOCK_HEAD_BYTES)
    view.setUint32(12, crc32(packed, crc32(block.subarray(0, 12))), true)
    appendFileSync(this.#part, block)
    this.#blocks++
    this.#limit = Math.min(BLOCK_ROWS, this.#limit * 2)
  }
}
