import { appendFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { constants, zstdCompressSync } from 'node:zlib'
import type { Block } from '../dbn/assembler.js'
import { layoutOf } from '../dbn/layouts.js'
import { encodeMetadata, type Metadata } from '../dbn/metadata.js'
import { readDbnFile } from '../dbn/node-file.js'
import { upgradeRecord } from '../dbn/upgrade.js'
import { SymbolMap } from '../symbols/symbol-source.js'
import { mergeMetadata } from './merge-metadata.js'
import { createEventChoice, keepOptions, type OptionCriteria } from './option-filter.js'

/** What is cut out of files, and where it goes. */
export interface SplitDbnOptions {
  readonly criteria: OptionCriteria
  /** Gets a `.dbn.zst` of each underlying and UTC day. */
  readonly directory: string
  /** Keeps the whole records of files that were cut short. */
  readonly partial?: boolean
  /** Told, now and then, how many records were kept, and how many files are done. */
  readonly onProgress?: (records: number, files: number) => void
}

/** One file that was written. */
export interface DbnPiece {
  readonly file: string
  readonly records: number
}

/** Bytes that all pieces under way may hold before the fullest are written out. */
const MAX_PENDING = 1 << 26
const FRAME = {
  params: { [constants.ZSTD_c_compressionLevel]: 3, [constants.ZSTD_c_checksumFlag]: 1 },
}
const TS_EVENT_OFFSET = 8
const NS_PER_DAY = 86_400_000_000_000n

/**
 * Splits DBN files of options, in one pass over each, into a version 3 file of each underlying and UTC day.
 *
 * Pieces are made of several zstd frames; each appears under its name when it is whole. No file is held open
 * between frames, and memory does not grow with the files.
 *
 * @throws `SymbologyError` `TruncatedFileError` `CorruptFileError`
 */
export async function splitDbn(
  files: readonly string[],
  { criteria, directory, partial = false, onProgress }: SplitDbnOptions,
): Promise<DbnPiece[]> {
  mkdirSync(directory, { recursive: true })
  const splitter = new Splitter(directory, criteria)
  try {
    for (const [done, file] of files.entries()) {
      await readDbnFile(
        file,
        {
          onMetadata: (metadata) => splitter.open(metadata),
          onBlock(block) {
            splitter.add(block)
            onProgress?.(splitter.records, done)
          },
        },
        { partial },
      )
    }
    return splitter.finish()
  } catch (error) {
    splitter.discard()
    throw error
  }
}

class Splitter {
  records = 0
  readonly #directory: string
  readonly #criteria: OptionCriteria
  readonly #pieces = new Map<string, Piece>()
  readonly #done: DbnPiece[] = []
  #metadata: Metadata | undefined
  #symbols: SymbolMap | undefined
  #choice: ReturnType<typeof createEventChoice> = () => undefined
  #offsets: Uint8Array = new Uint8Array(256)
  #day = -1n
  /** Symbols of ids of the day, and places of both. */
  #byId = new Map<number, { readonly symbol: string | undefined; readonly place: number }>()

  constructor(directory: string, criteria: OptionCriteria) {
    this.#directory = directory
    this.#criteria = criteria
  }

  open(metadata: Metadata): void {
    this.#metadata = metadata
    this.#symbols = new SymbolMap(metadata)
    this.#choice = createEventChoice(this.#criteria)
    this.#byId = new Map()
    this.#offsets = Uint8Array.from(
      { length: 256 },
      (_, rtype) => layoutOf(rtype, metadata.version)?.indexTimeOffset ?? TS_EVENT_OFFSET,
    )
  }

  add({ bytes, view, length }: Block): void {
    const { version, tsOut } = this.#metadata as Metadata
    for (let at = 0; at < length; ) {
      const end = at + (bytes[at] as number) * 4
      const ns = view.getBigUint64(at + (this.#offsets[bytes[at + 1] as number] as number), true)
      const underlying = this.#underlyingOf(ns, view.getUint32(at + 4, true))
      if (underlying !== undefined) {
        const upgraded = version < 3 ? upgradeRecord(view, at, { version, tsOut }) : undefined
        this.#pieceOf(underlying).add(upgraded ?? bytes.subarray(at, end))
        this.records++
      }
      at = end
    }
    this.#relieve()
  }

  finish(): DbnPiece[] {
    this.#endPieces()
    return this.#done
  }

  discard(): void {
    for (const piece of this.#pieces.values()) piece.discard()
  }

  #underlyingOf(ns: bigint, id: number): string | undefined {
    const day = ns / NS_PER_DAY
    if (day !== this.#day) {
      if (day > this.#day) this.#endPieces()
      this.#day = day
      this.#byId = new Map()
    }
    let known = this.#byId.get(id)
    if (known === undefined) {
      known = { symbol: this.#symbols?.find(Number(day), id), place: this.#byId.size }
      this.#byId.set(id, known)
    }
    const { symbol, place } = known
    return symbol === undefined ? undefined : this.#choice(symbol, place, Number(ns / 1_000n))
  }

  #pieceOf(underlying: string): Piece {
    let piece = this.#pieces.get(underlying)
    if (piece === undefined) {
      const merged = mergeMetadata([this.#metadata as Metadata])
      const metadata = keepOptions(merged, { ...this.#criteria, underlyings: [underlying] })
      const start = this.#day * NS_PER_DAY
      const date = new Date(Number(start / 1_000_000n)).toISOString().slice(0, 10).replaceAll('-', '')
      const name = `${metadata.dataset.toLowerCase().replace('.', '-')}-${date}.${metadata.schema ?? 'mixed'}.${underlying}.dbn.zst`
      piece = new Piece(path.join(this.#directory, name), { ...metadata, start, end: start + NS_PER_DAY })
      this.#pieces.set(underlying, piece)
    }
    return piece
  }

  #endPieces(): void {
    for (const piece of this.#pieces.values()) this.#done.push(piece.finish())
    this.#pieces.clear()
  }

  #relieve(): void {
    let pending = 0
    for (const piece of this.#pieces.values()) pending += piece.pending
    if (pending < MAX_PENDING) return
    for (const piece of this.#pieces.values()) if (piece.pending * this.#pieces.size >= pending) piece.flush()
  }
}

class Piece {
  pending = 0
  readonly #file: string
  readonly #part: string
  #records = 0
  #bytes: Uint8Array = new Uint8Array(4_096)

  constructor(file: string, metadata: Metadata) {
    this.#file = file
    this.#part = `${file}.part`
    writeFileSync(this.#part, zstdCompressSync(encodeMetadata(metadata), FRAME))
  }

  add(record: Uint8Array): void {
    if (this.pending + record.length > this.#bytes.length) {
      const larger = new Uint8Array(this.#bytes.length * 2)
      larger.set(this.#bytes)
      this.#bytes = larger
    }
    this.#bytes.set(record, this.pending)
    this.pending += record.length
    this.#records++
  }

  flush(): void {
    if (this.pending === 0) return
    appendFileSync(this.#part, zstdCompressSync(this.#bytes.subarray(0, this.pending), FRAME))
    this.pending = 0
    this.#bytes = new Uint8Array(4_096)
  }

  finish(): DbnPiece {
    this.flush()
    renameSync(this.#part, this.#file)
    return { file: this.#file, records: this.#records }
  }

  discard(): void {
    rmSync(this.#part, { force: true })
  }
}
