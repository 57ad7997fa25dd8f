import { DbnFormatError, DbnMetadataError } from '../errors.js'
import { isDbz } from '../zstd/frame-walker.js'
import { SCHEMAS, type Schema, STYPES, type SType } from './enums.js'
import { decodedTableOf, MappingTable, withMappings } from './mapping-table.js'

/** The days a symbol stood for another: from `startDate` up to, not including, `endDate`, as YYYYMMDD. */
export interface MappingInterval {
  readonly startDate: number
  readonly endDate: number
  readonly symbol: string
}

/** What a requested symbol resolved to. */
export interface SymbolMapping {
  readonly rawSymbol: string
  readonly intervals: readonly MappingInterval[]
}

/** What a DBN file says of itself: the request it answers, not what it holds. */
export interface Metadata {
  readonly version: number
  readonly dataset: string
  /** Null: mixed. */
  readonly schema: Schema | null
  /** ns since 1970. */
  readonly start: bigint
  /** ns since 1970; null: open. */
  readonly end: bigint | null
  /** Null: none. */
  readonly limit: bigint | null
  /** Of version 1 alone, where it says: how many records follow. */
  readonly recordCount?: bigint
  /** Null: mixed. */
  readonly stypeIn: SType | null
  readonly stypeOut: SType | null
  readonly tsOut: boolean
  readonly symbolCstrLen: number
  readonly symbols: readonly string[]
  readonly partial: readonly string[]
  readonly notFound: readonly string[]
  readonly mappings: readonly SymbolMapping[]
}

/** Bytes before the metadata body. */
export const PRELUDE_BYTES = 8
const FIXED_BYTES = 100
const MAX_VERSION = 3
const V1_SYMBOL_LENGTH = 22
const V1_COUNT_OFFSET = 50
const SYMBOL_LENGTH = 71
const UNDEF_U64 = 0xffff_ffff_ffff_ffffn
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

/**
 * Decodes a whole metadata block, prelude included.
 *
 * @throws `DbnFormatError` {@link DbnMetadataError}
 */
export function decodeMetadata(bytes: Uint8Array, source = 'DBN stream'): Metadata {
  const { version, bodyBytes } = decodePrelude(bytes, source)
  const left = bytes.length - PRELUDE_BYTES
  if (bodyBytes > left)
    throw new DbnMetadataError({ source, reason: `a length of ${bodyBytes} with ${left} bytes left` })
  const view = new DataView(bytes.buffer, bytes.byteOffset, PRELUDE_BYTES + bodyBytes)
  const isV1 = version === 1
  const afterLimit = isV1 ? 58 : 50
  const symbolCstrLen = isV1 ? V1_SYMBOL_LENGTH : view.getUint16(53, true)
  const schema = view.getUint16(24, true)
  const end = view.getBigUint64(34, true)
  const limit = view.getBigUint64(42, true)
  const reader = new BodyReader(bytes, view, symbolCstrLen, source)
  reader.expectNoSchemaDefinition()
  const metadata = {
    version,
    dataset: cutAtNul(bytes, 8, 16),
    schema: SCHEMAS[schema] ?? null,
    start: view.getBigUint64(26, true),
    end: end === UNDEF_U64 || end === 0n ? null : end,
    limit: limit === 0n ? null : limit,
    ...(isV1 ? recordCount(view) : {}),
    stypeIn: STYPES[view.getUint8(afterLimit)] ?? null,
    stypeOut: STYPES[view.getUint8(afterLimit + 1)] ?? null,
    tsOut: view.getUint8(afterLimit + 2) === 1,
    symbolCstrLen,
    symbols: reader.texts(),
    partial: reader.texts(),
    notFound: reader.texts(),
  }
  return withMappings(metadata, reader.mappings())
}

/**
 * Encodes metadata, prelude included; version 3 is padded to a multiple of 8 bytes.
 *
 * @throws {@link DbnMetadataError} When a symbol is not ASCII or too long for the version: 21 or 70 characters.
 */
export function encodeMetadata(metadata: Metadata): Uint8Array {
  const { version, symbols, partial, notFound } = metadata
  const isV1 = version === 1
  const length = isV1 ? V1_SYMBOL_LENGTH : SYMBOL_LENGTH
  const lists = [symbols, partial, notFound]
  let size = PRELUDE_BYTES + FIXED_BYTES + 4
  for (const list of lists) size += 4 + list.length * length
  size += 4
  const table = decodedTableOf(metadata)
  if (table !== undefined) size += table.mappings * (length + 4) + table.rows * (8 + length)
  else for (const { intervals } of metadata.mappings) size += length + 4 + intervals.length * (8 + length)
  if (version === 3) size = Math.ceil(size / 8) * 8
  const bytes = new Uint8Array(size)
  const view = new DataView(bytes.buffer)
  bytes.set([0x44, 0x42, 0x4e, version])
  view.setUint32(4, size - PRELUDE_BYTES, true)
  putText(bytes, 8, 16, metadata.dataset)
  view.setUint16(24, metadata.schema === null ? 0xffff : SCHEMAS.indexOf(metadata.schema), true)
  view.setBigUint64(26, metadata.start, true)
  view.setBigUint64(34, metadata.end ?? UNDEF_U64, true)
  view.setBigUint64(42, metadata.limit ?? 0n, true)
  if (isV1) view.setBigUint64(V1_COUNT_OFFSET, metadata.recordCount ?? UNDEF_U64, true)
  const afterLimit = isV1 ? 58 : 50
  bytes[afterLimit] = metadata.stypeIn === null ? 255 : STYPES.indexOf(metadata.stypeIn)
  bytes[afterLimit + 1] = metadata.stypeOut === null ? 255 : STYPES.indexOf(metadata.stypeOut)
  bytes[afterLimit + 2] = metadata.tsOut ? 1 : 0
  if (!isV1) view.setUint16(53, length, true)
  let at = PRELUDE_BYTES + FIXED_BYTES + 4
  const putCount = (count: number): void => {
    view.setUint32(at, count, true)
    at += 4
  }
  const put = (text: string): void => {
    putText(bytes, at, length, text)
    at += length
  }
  for (const list of lists) {
    putCount(list.length)
    for (const text of list) put(text)
  }
  if (table !== undefined) {
    putCount(table.mappings)
    for (let mapping = 0; mapping < table.mappings; mapping++) {
      put(table.text(table.requestedOf(mapping)))
      const end = table.firstRow(mapping + 1)
      putCount(end - table.firstRow(mapping))
      for (let row = table.firstRow(mapping); row < end; row++) {
        putCount(table.start(row))
        putCount(table.end(row))
        put(table.text(table.symbolAt(row)))
      }
    }
    return bytes
  }
  putCount(metadata.mappings.length)
  for (const { rawSymbol, intervals } of metadata.mappings) {
    put(rawSymbol)
    putCount(intervals.length)
    for (const { startDate, endDate, symbol } of intervals) {
      putCount(startDate)
      putCount(endDate)
      put(symbol)
    }
  }
  return bytes
}

function recordCount(view: DataView): { readonly recordCount?: bigint } {
  const count = view.getBigUint64(V1_COUNT_OFFSET, true)
  return count === UNDEF_U64 ? {} : { recordCount: count }
}

/** Walks the variable part; each count is checked against the bytes left before anything is allocated. */
class BodyReader {
  #at = PRELUDE_BYTES + FIXED_BYTES
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #length: number
  readonly #source: string

  constructor(bytes: Uint8Array, view: DataView, length: number, source: string) {
    this.#bytes = bytes
    this.#view = view
    this.#length = length
    this.#source = source
    if (length < 1) throw this.#corrupt(`a symbol length of ${length}`)
  }

  expectNoSchemaDefinition(): void {
    const length = this.#count(1)
    if (length !== 0) throw this.#corrupt(`a schema definition of ${length} bytes, which no version has`)
  }

  texts(): string[] {
    const count = this.#count(this.#length)
    return Array.from({ length: count }, () => this.#text())
  }

  mappings(): MappingTable {
    const length = this.#length
    const count = this.#count(length + 4)
    const table = new MappingTable(count)
    for (let mapping = 0; mapping < count; mapping++) {
      table.addMapping(this.#bytes, this.#skipText(), length)
      const intervals = this.#count(length + 8)
      for (let interval = 0; interval < intervals; interval++) {
        const start = this.#u32()
        const end = this.#u32()
        table.addInterval(start, end, this.#bytes, this.#skipText(), length)
      }
    }
    table.letGo()
    return table
  }

  #count(bytesEach: number): number {
    const count = this.#u32()
    const left = this.#view.byteLength - this.#at
    if (count * bytesEach > left) throw this.#corrupt(`a count of ${count} with ${left} bytes left`)
    return count
  }

  #u32(): number {
    if (this.#at + 4 > this.#view.byteLength) throw this.#corrupt('it ends early')
    const value = this.#view.getUint32(this.#at, true)
    this.#at += 4
    return value
  }

  #text(): string {
    return cutAtNul(this.#bytes, this.#skipText(), this.#length)
  }

  /** Where the next symbol stands. */
  #skipText(): number {
    const at = this.#at
    if (at + this.#length > this.#view.byteLength) throw this.#corrupt('it ends inside a symbol')
    this.#at = at + this.#length
    return at
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

/** Refuses what a field cannot hold: one byte stays zero, and only ASCII is text here. */
function putText(bytes: Uint8Array, offset: number, length: number, text: string): void {
  if (text.length >= length) {
    throw new DbnMetadataError({
      source: 'metadata',
      reason: `"${text}" is longer than ${length - 1} characters`,
    })
  }
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 0 || code > 0x7f)
      throw new DbnMetadataError({ source: 'metadata', reason: `"${text}" is not ASCII` })
    bytes[offset + i] = code
  }
}
