import { DbnMetadataError } from '../errors.js'
import { SCHEMAS, type Schema, STYPES, type SType } from './enums.js'
import { decodedTableOf, type MappingTable, tableOf } from './mapping-table.js'
import {
  decodePrelude,
  FIXED_BYTES,
  MetadataReader,
  PRELUDE_BYTES,
  UNDEF_U64,
  V1_COUNT_OFFSET,
  V1_SYMBOL_LENGTH,
} from './metadata-reader.js'

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

/** What metadata made by hand must say; the rest is what most files have. */
export type NewMetadata = Pick<Metadata, 'dataset' | 'schema'> & Partial<Omit<Metadata, 'symbolCstrLen'>>

const SYMBOL_LENGTH = 71
/** Room for what has one place in every version, and some items. */
const MIN_PIECE_BYTES = 1_024

/**
 * Makes metadata for a file to be written: version 3, raw symbols to instrument ids, from the beginning of time, open,
 * without a limit, `ts_out` or symbols, unless told.
 */
export function createMetadata(known: NewMetadata): Metadata {
  const { version = 3 } = known
  return {
    start: 0n,
    end: null,
    limit: null,
    stypeIn: 'raw_symbol',
    stypeOut: 'instrument_id',
    tsOut: false,
    symbols: [],
    partial: [],
    notFound: [],
    mappings: [],
    ...known,
    version,
    symbolCstrLen: version === 1 ? V1_SYMBOL_LENGTH : SYMBOL_LENGTH,
  }
}

/**
 * Decodes a whole metadata block, prelude included.
 *
 * @throws `DbnFormatError` {@link DbnMetadataError}
 */
export function decodeMetadata(bytes: Uint8Array, source = 'DBN stream'): Metadata {
  const { bodyBytes } = decodePrelude(bytes, source)
  const left = bytes.length - PRELUDE_BYTES
  const reader = new MetadataReader(source)
  if (bodyBytes <= left) reader.take(bytes)
  if (reader.metadata !== undefined) return reader.metadata
  throw new DbnMetadataError({ source, reason: `a length of ${bodyBytes} with ${left} bytes left` })
}

/**
 * Encodes metadata, prelude included; version 3 is padded to a multiple of 8 bytes.
 *
 * @throws {@link DbnMetadataError} When a symbol is not ASCII or too long for the version: 21 or 70 characters.
 */
export function encodeMetadata(metadata: Metadata): Uint8Array {
  const [bytes] = encodeMetadataPieces(metadata, Number.POSITIVE_INFINITY)
  return bytes as Uint8Array
}

/** As {@link encodeMetadata}, in pieces of so many bytes or a little less, each lent until the next: a day has 30 MB. */
export function* encodeMetadataPieces(metadata: Metadata, pieceBytes: number): Generator<Uint8Array, void> {
  const { version, symbols, partial, notFound } = metadata
  const isV1 = version === 1
  const length = isV1 ? V1_SYMBOL_LENGTH : SYMBOL_LENGTH
  const table = decodedTableOf(metadata) ?? checkedTable(metadata, length)
  const lists = [symbols, partial, notFound]
  const texts = symbols.length + partial.length + notFound.length + table.mappings + table.rows
  const unpadded = PRELUDE_BYTES + FIXED_BYTES + 20 + texts * length + table.mappings * 4 + table.rows * 8
  const size = version === 3 ? Math.ceil(unpadded / 8) * 8 : unpadded
  const bytes = new Uint8Array(Math.min(size, Math.max(pieceBytes, MIN_PIECE_BYTES)))
  const view = new DataView(bytes.buffer)
  putFixed(bytes, view, metadata, size)
  let at = PRELUDE_BYTES + FIXED_BYTES + 4
  const putCount = (count: number): void => {
    view.setUint32(at, count, true)
    at += 4
  }
  const put = (text: string): void => {
    bytes.fill(0, at, at + length)
    putText(bytes, at, length, text)
    at += length
  }
  /** True when there may be no room for the next thing: a count with a text, or an interval. */
  const isFull = (): boolean => at + length + 8 > bytes.length && bytes.length < size
  for (const list of lists) {
    putCount(list.length)
    for (const text of list) {
      put(text)
      if (isFull()) {
        yield bytes.subarray(0, at)
        at = 0
      }
    }
  }
  putCount(table.mappings)
  for (let mapping = 0; mapping < table.mappings; mapping++) {
    const end = table.firstRow(mapping + 1)
    if (isFull()) {
      yield bytes.subarray(0, at)
      at = 0
    }
    put(table.text(table.requestedOf(mapping)))
    putCount(end - table.firstRow(mapping))
    for (let row = table.firstRow(mapping); row < end; row++) {
      if (isFull()) {
        yield bytes.subarray(0, at)
        at = 0
      }
      putCount(table.start(row))
      putCount(table.end(row))
      put(table.text(table.symbolAt(row)))
    }
  }
  const padding = size - unpadded
  if (isFull()) {
    yield bytes.subarray(0, at)
    at = 0
  }
  bytes.fill(0, at, at + padding)
  yield bytes.subarray(0, at + padding)
}

/** A table ends a text at its first zero, so that what no field can hold must be refused before. */
function checkedTable({ mappings }: Metadata, length: number): MappingTable {
  for (const { rawSymbol, intervals } of mappings) {
    checkText(rawSymbol, length)
    for (const { symbol } of intervals) checkText(symbol, length)
  }
  return tableOf(mappings)
}

function putFixed(bytes: Uint8Array, view: DataView, metadata: Metadata, size: number): void {
  const { version } = metadata
  const isV1 = version === 1
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
  if (!isV1) view.setUint16(53, SYMBOL_LENGTH, true)
}

function putText(bytes: Uint8Array, offset: number, length: number, text: string): void {
  checkText(text, length)
  for (let i = 0; i < text.length; i++) bytes[offset + i] = text.charCodeAt(i)
}

/** Refuses what a field cannot hold: one byte stays zero, and only ASCII is text here. */
function checkText(text: string, length: number): void {
  const refuse = (reason: string): DbnMetadataError => new DbnMetadataError({ source: 'metadata', reason })
  if (text.length >= length) throw refuse(`"${text}" is longer than ${length - 1} characters`)
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 0 || code > 0x7f) throw refuse(`"${text}" is not ASCII`)
  }
}
