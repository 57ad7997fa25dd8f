import { DbnFormatError, DbnMetadataError } from '../errors.js'
import { isDbz } from '../zstd/frame-walker.js'
import { SCHEMAS, STYPES } from './enums.js'
import { MappingTable, withMappings } from './mapping-table.js'
import type { Metadata } from './metadata.js'

/** Bytes before the metadata body. */
export const PRELUDE_BYTES = 8
/** Of the body, before what varies in length. */
export const FIXED_BYTES = 100
export const V1_SYMBOL_LENGTH = 22
export const V1_COUNT_OFFSET = 50
export const UNDEF_U64 = 0xffff_ffff_ffff_ffffn
const MAX_VERSION = 3
/** Room for mappings before their bytes have come, whatever number of them is claimed. */
const MAPPINGS_AT_FIRST = 1 << 14
const NO_HINT = 'Fetch the file again, or check that it is what its name says.'

/**
 * Reads the prelude: version and length of the metadata body.
 *
 * @throws `DbnFormatError` When the bytes are no DBN, or DBN of a newer version.
 */
export function decodePrelude(bytes: Uint8Array, source: string): { version: number; bodyBytes: number } {
  if (bytes[0] !== 0x44 || bytes[1] !== 0x42 || bytes[2] !== 0x4e) {
    throw isDbz(bytes)
      ? dbzError(source)
      : new DbnFormatError({ source, reason: 'the first bytes are not those of DBN', hint: NO_HINT })
  }
  const version = bytes[3] ?? 0
  if (version < 1 || version > MAX_VERSION) {
    throw new DbnFormatError({
      source,
      reason: `it is DBN version ${version}; versions 1 to ${MAX_VERSION} are known`,
      hint: 'Update Scalp.',
    })
  }
  const bodyBytes = new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true)
  if (bodyBytes < FIXED_BYTES)
    throw new DbnMetadataError({ source, reason: `a length of ${bodyBytes} bytes is too short` })
  return { version, bodyBytes }
}

/** The error for a file in the format before DBN. */
export function dbzError(source: string): DbnFormatError {
  return new DbnFormatError({
    source,
    reason: 'this is DBZ, the format before DBN',
    hint: 'Convert it with the official tool, or fetch it anew.',
  })
}

/** What has one place in every version. */
type Fields = Omit<Metadata, 'mappings' | 'symbols' | 'partial' | 'notFound'>

/** What is read next. */
type Part = 'prelude' | 'fixed' | 'symbols' | 'partial' | 'notFound' | 'mappings' | 'padding'
const AFTER = { symbols: 'partial', partial: 'notFound', notFound: 'mappings', mappings: 'padding' } as const

/**
 * Reads metadata as they come, a few items at a time: a day of OPRA has 30 MB of them, which need not lie in memory.
 *
 * Each count is checked against the bytes that the metadata say are left, and nothing is allocated for what has not come.
 */
export class MetadataReader {
  /** All of it, once it is whole. */
  metadata: Metadata | undefined
  /** Bytes taken. */
  taken = 0
  readonly #source: string
  #part: Part = 'prelude'
  /** Prelude and body, as the prelude has it. */
  #total = PRELUDE_BYTES
  #fields: Fields | undefined
  #version = 0
  #length = 0
  readonly #texts: Record<'symbols' | 'partial' | 'notFound', string[]> = {
    symbols: [],
    partial: [],
    notFound: [],
  }
  #table = new MappingTable(0)
  /** Items of the part still to come; undefined before their count. */
  #items: number | undefined
  /** Intervals of the last mapping still to come. */
  #intervals = 0

  constructor(source: string) {
    this.#source = source
  }

  /** Bytes still to come, as far as is known. */
  get missing(): number {
    return this.#total - this.taken
  }

  /**
   * Takes what is whole at the start of `bytes`, none of it of what follows the metadata, and answers how many bytes that
   * were: what is left must be given again, with more.
   *
   * @throws `DbnFormatError` {@link DbnMetadataError}
   */
  take(bytes: Uint8Array): number {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    let at = 0
    for (;;) {
      const read = this.#read(bytes, view, at)
      at += read
      this.taken += read
      if (read === 0 || this.metadata !== undefined) return at
    }
  }

  /** Reads one thing that stands at a place; answers how long it was, or 0 when it is not whole. */
  #read(bytes: Uint8Array, view: DataView, at: number): number {
    const left = bytes.length - at
    switch (this.#part) {
      case 'prelude':
        if (left < PRELUDE_BYTES) return 0
        return this.#readPrelude(bytes.subarray(at))
      case 'fixed':
        return this.#readFixed(bytes, view, at)
      case 'symbols':
      case 'partial':
      case 'notFound':
        return this.#readText(bytes, view, at, this.#part)
      case 'mappings':
        return this.#readMapping(bytes, view, at)
      case 'padding': {
        const padding = Math.min(left, this.missing)
        if (padding === this.missing) this.#end()
        return padding
      }
    }
  }

  #readPrelude(bytes: Uint8Array): number {
    const { version, bodyBytes } = decodePrelude(bytes, this.#source)
    this.#version = version
    this.#total = PRELUDE_BYTES + bodyBytes
    this.#part = 'fixed'
    return PRELUDE_BYTES
  }

  /** What has one place in every version, and the length of a schema definition, which none has. */
  #readFixed(bytes: Uint8Array, view: DataView, at: number): number {
    if (!this.#isWhole(FIXED_BYTES + 4, bytes, at)) return 0
    /** Places are counted from the prelude, which may be gone. */
    const start = at - PRELUDE_BYTES
    const version = this.#version
    const isV1 = version === 1
    const afterLimit = start + (isV1 ? 58 : 50)
    const end = view.getBigUint64(start + 34, true)
    const limit = view.getBigUint64(start + 42, true)
    const count = view.getBigUint64(start + V1_COUNT_OFFSET, true)
    this.#length = isV1 ? V1_SYMBOL_LENGTH : view.getUint16(start + 53, true)
    this.#fields = {
      version,
      dataset: cutAtNul(bytes, start + 8, 16),
      schema: SCHEMAS[view.getUint16(start + 24, true)] ?? null,
      start: view.getBigUint64(start + 26, true),
      end: end === UNDEF_U64 || end === 0n ? null : end,
      limit: limit === 0n ? null : limit,
      ...(isV1 && count !== UNDEF_U64 ? { recordCount: count } : {}),
      stypeIn: STYPES[view.getUint8(afterLimit)] ?? null,
      stypeOut: STYPES[view.getUint8(afterLimit + 1)] ?? null,
      tsOut: view.getUint8(afterLimit + 2) === 1,
      symbolCstrLen: this.#length,
    }
    if (this.#length < 1) throw this.#corrupt(`a symbol length of ${this.#length}`)
    const definition = view.getUint32(at + FIXED_BYTES, true)
    if (definition !== 0)
      throw this.#corrupt(`a schema definition of ${definition} bytes, which no version has`)
    this.#part = 'symbols'
    return FIXED_BYTES + 4
  }

  #readText(bytes: Uint8Array, view: DataView, at: number, part: 'symbols' | 'partial' | 'notFound'): number {
    if (this.#items === undefined) return this.#readCount(bytes, view, at, this.#length)
    if (this.#items === 0) return this.#next(AFTER[part], bytes, view, at)
    if (!this.#isWhole(this.#length, bytes, at)) return 0
    this.#texts[part].push(cutAtNul(bytes, at, this.#length))
    this.#items--
    return this.#length
  }

  /** A mapping with the number of its intervals, or one interval. */
  #readMapping(bytes: Uint8Array, view: DataView, at: number): number {
    const length = this.#length
    if (this.#intervals > 0) {
      if (!this.#isWhole(8 + length, bytes, at)) return 0
      this.#table.addInterval(view.getUint32(at, true), view.getUint32(at + 4, true), bytes, at + 8, length)
      this.#intervals--
      return 8 + length
    }
    if (this.#items === undefined) {
      const read = this.#readCount(bytes, view, at, length + 4)
      if (read > 0) this.#table = new MappingTable(Math.min(this.#items ?? 0, MAPPINGS_AT_FIRST))
      return read
    }
    if (this.#items === 0) return this.#next(AFTER.mappings, bytes, view, at)
    if (!this.#isWhole(length + 4, bytes, at)) return 0
    this.#table.addMapping(bytes, at, length)
    this.#intervals = view.getUint32(at + length, true)
    this.#checkCount(this.#intervals, length + 8, length + 4)
    this.#items--
    return length + 4
  }

  #readCount(bytes: Uint8Array, view: DataView, at: number, bytesEach: number): number {
    if (!this.#isWhole(4, bytes, at)) return 0
    this.#items = view.getUint32(at, true)
    this.#checkCount(this.#items, bytesEach, 4)
    return 4
  }

  /** Goes on with the next part, at the same place. */
  #next(part: Part, bytes: Uint8Array, view: DataView, at: number): number {
    this.#part = part
    this.#items = undefined
    if (part === 'padding' && this.missing === 0) {
      this.#end()
      return 0
    }
    return this.#read(bytes, view, at)
  }

  #end(): void {
    this.#table.letGo()
    this.metadata = withMappings({ ...(this.#fields as Fields), ...this.#texts }, this.#table)
  }

  /** False when more bytes must come first; what the metadata's own end cuts never comes. */
  #isWhole(length: number, bytes: Uint8Array, at: number): boolean {
    if (length > this.missing) throw this.#corrupt('it ends early')
    return length <= bytes.length - at
  }

  #checkCount(count: number, bytesEach: number, before: number): void {
    const left = this.missing - before
    if (count * bytesEach > left) throw this.#corrupt(`a count of ${count} with ${left} bytes left`)
  }

  #corrupt(reason: string): DbnMetadataError {
    return new DbnMetadataError({ source: this.#source, reason })
  }
}

const decoder = new TextDecoder()

/** Text up to the first NUL; nothing is trimmed, for OPRA symbols hold blanks. */
export function cutAtNul(bytes: Uint8Array, offset: number, length: number): string {
  let end = offset
  while (end < offset + length && bytes[end] !== 0) end++
  return decoder.decode(bytes.subarray(offset, end))
}
