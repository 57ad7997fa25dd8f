import type { Schema } from './enums.js'
import { LAYOUT_TABLES, type LayoutName } from './layout-tables.js'

export type { LayoutName }

/** What the bytes of a field are; `price` is an i64 in 1e-9 units, `time` a u64 in ns since 1970. */
export type FieldType =
  | 'price'
  | 'time'
  | 'u64'
  | 'i64'
  | 'u32'
  | 'i32'
  | 'u16'
  | 'i16'
  | 'u8'
  | 'i8'
  | 'char'
  | 'text'

/** One field of a record: where it lies, from the start of the record, and what it is. */
export interface Field {
  readonly name: string
  readonly type: FieldType
  readonly offset: number
  readonly bytes: number
}

/** One shape of record: its length without `ts_out`, and its fields after the header, in binary order. */
export interface Layout {
  readonly name: LayoutName
  readonly bytes: number
  readonly fields: readonly Field[]
  /** The offset of `ts_recv`, or of `ts_event` where there is none: the time symbols are looked up by. */
  readonly indexTimeOffset: number
}

/** Bytes of the header every record starts with. */
export const HEADER_BYTES = 16

const FIELD_BYTES: Readonly<Record<string, number>> = {
  price: 8,
  time: 8,
  u64: 8,
  i64: 8,
  u32: 4,
  i32: 4,
  u16: 2,
  i16: 2,
  u8: 1,
  i8: 1,
  char: 1,
}

const TS_EVENT_OFFSET = 8

/** Every record layout of versions 1 to 3, by name. */
export const LAYOUTS: Readonly<Record<LayoutName, Layout>> = Object.fromEntries(
  Object.entries(LAYOUT_TABLES).map(([name, [bytes, table]]) => {
    const fields = parseTable(table)
    const received = fields.find((field) => field.name === 'ts_recv')
    return [name, { name, bytes, fields, indexTimeOffset: received?.offset ?? TS_EVENT_OFFSET }]
  }),
) as unknown as Record<LayoutName, Layout>

function parseTable(table: string): Field[] {
  return table
    .trim()
    .split('\n')
    .map((line) => {
      const [offset, name = '', type = ''] = line.trim().split(' ')
      const text = /^text\[(\d+)\]$/.exec(type)
      if (text !== null) return { name, type: 'text', offset: Number(offset), bytes: Number(text[1]) }
      return { name, type: type as FieldType, offset: Number(offset), bytes: FIELD_BYTES[type] as number }
    })
}

/** Layouts of a record type in versions 1, 2 and 3. */
type ByVersion = readonly [LayoutName, LayoutName, LayoutName]

const same = (name: LayoutName): ByVersion => [name, name, name]

const LAYOUT_OF_RTYPE: ReadonlyMap<number, ByVersion> = new Map([
  [0x00, same('trade')],
  [0x01, same('mbp1')],
  [0x0a, same('mbp10')],
  [0x11, same('ohlcv')],
  [0x12, same('status')],
  [0x13, ['definition_v1', 'definition_v2', 'definition_v3']],
  [0x14, same('imbalance')],
  [0x15, ['error_v1', 'error_v2', 'error_v2']],
  [0x16, ['symbol_mapping_v1', 'symbol_mapping_v2', 'symbol_mapping_v2']],
  [0x17, ['system_v1', 'system_v2', 'system_v2']],
  [0x18, ['statistics_v1', 'statistics_v1', 'statistics_v3']],
  [0x20, same('ohlcv')],
  [0x21, same('ohlcv')],
  [0x22, same('ohlcv')],
  [0x23, same('ohlcv')],
  [0x24, same('ohlcv')],
  [0xa0, same('mbo')],
  [0xb1, same('cmbp1')],
  [0xc0, same('cbbo')],
  [0xc1, same('cbbo')],
  [0xc2, same('cmbp1')],
  [0xc3, same('bbo')],
  [0xc4, same('bbo')],
])

/** The record type that each schema's records carry. */
export const RTYPE_OF_SCHEMA: Readonly<Record<Schema, number>> = {
  mbo: 0xa0,
  'mbp-1': 0x01,
  'mbp-10': 0x0a,
  tbbo: 0x01,
  trades: 0x00,
  'ohlcv-1s': 0x20,
  'ohlcv-1m': 0x21,
  'ohlcv-1h': 0x22,
  'ohlcv-1d': 0x23,
  definition: 0x13,
  statistics: 0x18,
  status: 0x12,
  imbalance: 0x14,
  'ohlcv-eod': 0x24,
  'cmbp-1': 0xb1,
  'cbbo-1s': 0xc0,
  'cbbo-1m': 0xc1,
  tcbbo: 0xc2,
  'bbo-1s': 0xc3,
  'bbo-1m': 0xc4,
}

/** The layout of a record type in a version of DBN; undefined for types this package does not know. */
export function layoutOf(rtype: number, version: number): Layout | undefined {
  const name = LAYOUT_OF_RTYPE.get(rtype)?.[version - 1]
  return name === undefined ? undefined : LAYOUTS[name]
}

/** Words of 4 bytes that a record of each type needs at least in a version of DBN; of unknown types, those of the header. */
export function neededWords(version: number): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, rtype) => (layoutOf(rtype, version)?.bytes ?? HEADER_BYTES) / 4)
}
