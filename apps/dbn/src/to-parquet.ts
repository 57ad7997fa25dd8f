import {
  type Field,
  type Layout,
  layoutOf,
  type Metadata,
  SymbolMap,
  UNDEF_PRICE,
  UNDEF_TIMESTAMP,
} from '@scalp/databento'
import { type DecodeStats, decodeFile, readDbnFile, SliceReader } from '@scalp/databento/node'
import { CallError } from './errors.js'
import { type ColumnKind, ParquetTable, type TableColumn } from './parquet-table.js'

const NANOS_A_DOLLAR = 1e9
const US_PER_DAY = 86_400_000_000n
const KINDS: Readonly<Record<Field['type'], ColumnKind>> = {
  price: 'price',
  time: 'time',
  u64: 'uint64',
  i64: 'int64',
  u32: 'uint32',
  i32: 'int32',
  u16: 'int32',
  i16: 'int32',
  u8: 'int32',
  i8: 'int32',
  char: 'text',
  text: 'text',
}
const HEADER: readonly Field[] = [
  { name: 'ts_event', type: 'time', offset: 8, bytes: 8 },
  { name: 'rtype', type: 'u8', offset: 1, bytes: 1 },
  { name: 'publisher_id', type: 'u16', offset: 2, bytes: 2 },
  { name: 'instrument_id', type: 'u32', offset: 4, bytes: 4 },
]
const decoder = new TextDecoder('latin1')

/**
 * Writes a DBN file's records, or a slice's quotes, as Parquet: prices in dollars, times in ns, `null` for "none", and
 * the symbol of each row where the file names symbols. Answers how many rows.
 */
export async function writeParquet(input: string, output: string, partial: boolean): Promise<number> {
  return input.endsWith('.slice') ? writeSlice(input, output) : writeRecords(input, output, partial)
}

async function writeRecords(input: string, output: string, partial: boolean): Promise<number> {
  let metadata: Metadata | undefined
  let symbols: SymbolMap | undefined
  let layout: Layout | undefined
  let table: ParquetTable | undefined
  let fields: readonly Field[] = []
  await readDbnFile(
    input,
    {
      onMetadata(found) {
        metadata = found
        if (found.mappings.length > 0) symbols = new SymbolMap(found)
      },
      onBlock({ bytes, view, length }) {
        for (let at = 0; at < length; at += (bytes[at] as number) * 4) {
          const found = layoutOf(bytes[at + 1] as number, metadata?.version ?? 3)
          if (found !== layout || layout === undefined) {
            if (layout !== undefined || found === undefined) throw mixed(input)
            layout = found
            fields = [...HEADER, ...layout.fields]
            table = new ParquetTable(output, [...fields.map(columnOf), { name: 'symbol', kind: 'text' }])
          }
          const us = view.getBigUint64(at + layout.indexTimeOffset, true) / 1_000n
          const id = view.getUint32(at + 4, true)
          const symbol = symbols?.find(Number(us / US_PER_DAY), id) ?? null
          table?.add([...fields.map((field) => valueOf(view, at, field)), symbol])
        }
      },
    },
    { partial },
  )
  table ??= new ParquetTable(output, [...HEADER.map(columnOf), { name: 'symbol', kind: 'text' }])
  table.finish()
  return table.rows
}

function mixed(input: string): CallError {
  return new CallError({
    problem: `${input} holds records of several kinds, or of a kind that is not known.`,
    hint: 'A table has one shape: cut one schema out first, with scalp-dbn cat --schema or slice --schema.',
  })
}

function columnOf({ name, type }: Field): TableColumn {
  return { name, kind: KINDS[type] }
}

function valueOf(
  view: DataView,
  at: number,
  { type, offset, bytes }: Field,
): number | bigint | string | null {
  const place = at + offset
  switch (type) {
    case 'price': {
      const nanos = view.getBigInt64(place, true)
      return nanos === UNDEF_PRICE ? null : Number(nanos) / NANOS_A_DOLLAR
    }
    case 'time': {
      const ns = view.getBigUint64(place, true)
      return ns === UNDEF_TIMESTAMP ? null : BigInt.asIntN(64, ns)
    }
    case 'u64':
      return BigInt.asIntN(64, view.getBigUint64(place, true))
    case 'i64':
      return view.getBigInt64(place, true)
    case 'u32':
      return BigInt(view.getUint32(place, true))
    case 'i32':
      return view.getInt32(place, true)
    case 'u16':
      return view.getUint16(place, true)
    case 'i16':
      return view.getInt16(place, true)
    case 'u8':
      return view.getUint8(place)
    case 'i8':
      return view.getInt8(place)
    case 'char':
      return String.fromCharCode(view.getUint8(place))
    case 'text': {
      const text = decoder.decode(new Uint8Array(view.buffer, view.byteOffset + place, bytes))
      const end = text.indexOf('\0')
      return end < 0 ? text : text.slice(0, end)
    }
  }
}

const QUOTE = 0
const QUOTE_COLUMNS: readonly TableColumn[] = [
  { name: 'ts_recv', kind: 'time' },
  { name: 'ts_event', kind: 'time' },
  { name: 'symbol', kind: 'text' },
  { name: 'bid_px_00', kind: 'price' },
  { name: 'ask_px_00', kind: 'price' },
  { name: 'bid_sz_00', kind: 'uint32' },
  { name: 'ask_sz_00', kind: 'uint32' },
]

async function writeSlice(input: string, output: string): Promise<number> {
  const reader = new SliceReader(input)
  reader.close()
  const { schema, isOptions } = reader.header
  const stats: DecodeStats = { records: 0, kept: 0, filtered: 0, dropped: 0, droppedSymbols: [], skipped: 0 }
  const table = new ParquetTable(output, QUOTE_COLUMNS)
  const symbols: string[] = []
  for await (const batch of decodeFile({ file: input, schema, wanted: { options: isOptions }, stats })) {
    const { newSymbols, count, kind, symbol, receivedUs, sourceUs, a, b, c, d } = batch
    symbols.push(...newSymbols)
    for (let row = 0; row < count; row++) {
      if (kind[row] !== QUOTE) throw mixed(input)
      table.add([
        BigInt(receivedUs[row] as number) * 1_000n,
        BigInt(sourceUs[row] as number) * 1_000n,
        symbols[symbol[row] as number] as string,
        dollars(a[row] as number),
        dollars(b[row] as number),
        BigInt(c[row] as number),
        BigInt(d[row] as number),
      ])
    }
  }
  table.finish()
  return table.rows
}

function dollars(micros: number): number | null {
  return Number.isNaN(micros) ? null : micros / 1e6
}
