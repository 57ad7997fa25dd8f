import { CorruptFileError } from '../errors.js'
import { type Field, HEADER_BYTES, LAYOUTS, type Layout, type LayoutName, layoutOf } from './layouts.js'
import { cutAtNul } from './metadata-reader.js'

/** Where a decoded record keeps its reserved bytes, if any is not zero: so it is encoded as it was. */
export const RESERVED: unique symbol = Symbol('reserved bytes')

/** What a field of a decoded record holds: 64-bit integers are `bigint`, a char is text of one character. */
export type FieldValue = number | bigint | string

/**
 * One record as an owned object: the header, and the fields of its layout under Databento's own names.
 *
 * Units are Databento's: prices 1e-9 dollars, times ns since 1970, `2^63-1` and `2^64-1` for "none".
 */
export interface DbnRecord {
  readonly record: LayoutName | 'unknown'
  /** Length in words of 4 bytes, header and `ts_out` included. */
  readonly length: number
  readonly rtype: number
  readonly publisher_id: number
  readonly instrument_id: number
  readonly ts_event: bigint
  readonly [field: string]: FieldValue
  readonly [RESERVED]?: Uint8Array
}

/** How the records of a stream are to be taken. */
export interface RecordFormat {
  /** 1, 2 or 3. */
  readonly version: number
  /** True when every record ends in the gateway's send time. */
  readonly tsOut: boolean
}

const TS_OUT_BYTES = 8

/**
 * Decodes the record at `offset` into an object of its own; unknown types keep their header only.
 *
 * Allocates per record: for millions of records read a `RecordView` instead.
 *
 * @throws `CorruptFileError` When the record is shorter than its layout.
 */
export function decodeRecord(view: DataView, offset: number, { version, tsOut }: RecordFormat): DbnRecord {
  const rtype = view.getUint8(offset + 1)
  const layout = layoutOf(rtype, version)
  const words = view.getUint8(offset)
  const record: Record<string, FieldValue> & { [RESERVED]?: Uint8Array } = {
    record: layout?.name ?? 'unknown',
    length: words,
    rtype,
    publisher_id: view.getUint16(offset + 2, true),
    instrument_id: view.getUint32(offset + 4, true),
    ts_event: view.getBigUint64(offset + 8, true),
  }
  if (layout !== undefined) {
    checkLength(words * 4, layout, offset, tsOut)
    for (const field of layout.fields) record[field.name] = readField(view, offset, field)
    const reserved = readReserved(view, offset, layout)
    if (reserved !== undefined) record[RESERVED] = reserved
    if (tsOut) record['ts_out'] = view.getBigUint64(offset + words * 4 - TS_OUT_BYTES, true)
  }
  return record as unknown as DbnRecord
}

/**
 * Encodes a record; `length` follows from its layout, and `ts_out` is written when the record has it.
 *
 * @throws `CorruptFileError` When the layout is unknown, or a text does not fit its field.
 */
export function encodeRecord(record: DbnRecord): Uint8Array {
  if (record.record === 'unknown')
    throw new CorruptFileError({
      source: 'record',
      offset: 0,
      reason: 'a record of unknown type cannot be encoded',
    })
  const layout = LAYOUTS[record.record]
  const tsOut = record['ts_out']
  const bytes = new Uint8Array(layout.bytes + (tsOut === undefined ? 0 : TS_OUT_BYTES))
  const view = new DataView(bytes.buffer)
  bytes[0] = bytes.length / 4
  bytes[1] = record.rtype
  view.setUint16(2, record.publisher_id, true)
  view.setUint32(4, record.instrument_id, true)
  view.setBigUint64(8, record.ts_event, true)
  for (const field of layout.fields) writeField(view, field, record[field.name])
  for (const [at, place] of reservedOf(layout).entries()) bytes[place] = record[RESERVED]?.[at] ?? 0
  if (tsOut !== undefined) view.setBigUint64(layout.bytes, BigInt(tsOut), true)
  return bytes
}

function readReserved(view: DataView, offset: number, layout: Layout): Uint8Array | undefined {
  const places = reservedOf(layout)
  if (places.every((place) => view.getUint8(offset + place) === 0)) return undefined
  return Uint8Array.from(places, (place) => view.getUint8(offset + place))
}

const reservedPlaces = new Map<Layout, readonly number[]>()

/** Where the bytes of a layout are that belong to no field. */
function reservedOf(layout: Layout): readonly number[] {
  let places = reservedPlaces.get(layout)
  if (places === undefined) {
    const used = new Set<number>()
    for (const { offset, bytes } of layout.fields)
      for (let at = offset; at < offset + bytes; at++) used.add(at)
    const rest = Array.from({ length: layout.bytes - HEADER_BYTES }, (_, at) => HEADER_BYTES + at)
    places = rest.filter((at) => !used.has(at))
    reservedPlaces.set(layout, places)
  }
  return places
}

/** Reads one field of the record at `offset`. */
export function readField(view: DataView, offset: number, field: Field): FieldValue {
  const at = offset + field.offset
  switch (field.type) {
    case 'price':
    case 'i64':
      return view.getBigInt64(at, true)
    case 'time':
    case 'u64':
      return view.getBigUint64(at, true)
    case 'u32':
      return view.getUint32(at, true)
    case 'i32':
      return view.getInt32(at, true)
    case 'u16':
      return view.getUint16(at, true)
    case 'i16':
      return view.getInt16(at, true)
    case 'u8':
      return view.getUint8(at)
    case 'i8':
      return view.getInt8(at)
    case 'char':
      return String.fromCharCode(view.getUint8(at))
    case 'text':
      return cutAtNul(new Uint8Array(view.buffer, view.byteOffset, view.byteLength), at, field.bytes)
  }
}

/** Writes one field of the record at the start of `view`; undefined leaves it zero. */
export function writeField(view: DataView, field: Field, value: FieldValue | undefined): void {
  if (value === undefined) return
  const at = field.offset
  switch (field.type) {
    case 'price':
    case 'i64':
      return view.setBigInt64(at, BigInt(value), true)
    case 'time':
    case 'u64':
      return view.setBigUint64(at, BigInt(value), true)
    case 'u32':
      return view.setUint32(at, Number(value), true)
    case 'i32':
      return view.setInt32(at, Number(value), true)
    case 'u16':
      return view.setUint16(at, Number(value), true)
    case 'i16':
      return view.setInt16(at, Number(value), true)
    case 'u8':
      return view.setUint8(at, Number(value))
    case 'i8':
      return view.setInt8(at, Number(value))
    case 'char':
      return view.setUint8(at, String(value).charCodeAt(0) || 0)
    case 'text':
      return putText(view, field, String(value))
  }
}

const encoder = new TextEncoder()

function putText(view: DataView, field: Field, text: string): void {
  const bytes = encoder.encode(text)
  if (bytes.length >= field.bytes) {
    throw new CorruptFileError({
      source: 'record',
      offset: 0,
      reason: `"${text}" is longer than the ${field.bytes - 1} bytes of ${field.name}`,
    })
  }
  new Uint8Array(view.buffer, view.byteOffset + field.offset, field.bytes).set(bytes)
}

/** Fails when a record says it is shorter than its layout. */
export function checkLength(bytes: number, layout: Layout, offset: number, tsOut: boolean): void {
  const needed = layout.bytes + (tsOut ? TS_OUT_BYTES : 0)
  if (bytes >= Math.max(needed, HEADER_BYTES)) return
  throw new CorruptFileError({
    source: 'record',
    offset,
    reason: `a ${layout.name} record of ${bytes} bytes needs ${needed}`,
  })
}
