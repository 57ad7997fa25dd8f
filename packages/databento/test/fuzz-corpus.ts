import { zstdCompressSync } from 'node:zlib'
import { createRandom, type Random } from '@scalp/canonical'
import { LAYOUTS, type LayoutName, layoutOf } from '../src/dbn/layouts.js'
import { encodeMetadata, type Metadata } from '../src/dbn/metadata.js'
import { encodeRecord, type FieldValue } from '../src/dbn/record.js'
import { quoteRows, toCsv } from './dataset-files.js'

const RTYPES = [
  0x00, 0x01, 0x0a, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x20, 0x21, 0xa0, 0xb1, 0xc0, 0xc1, 0xc2,
  0xc3,
]
const DAY_NS = 86_400_000_000_000n
const START_NS = 1_740_009_600_000_000_000n

/** A number below `limit`. */
export function below(random: Random, limit: number): number {
  return Math.floor(random() * limit)
}

/** One of a list. */
export function oneOf<T>(random: Random, list: readonly T[]): T {
  return list[below(random, list.length)] as T
}

const STREAMS = 2_000
const streams: Uint8Array[] = []

/** One of some thousand whole DBN streams, the same ones for every seed. */
export function dbnStream(random: Random): Uint8Array {
  const at = below(random, STREAMS)
  return (streams[at] ??= newStream(createRandom(`stream ${at}`)))
}

/** A stream of a few records of any types, in any version. */
function newStream(random: Random): Uint8Array {
  const version = 1 + below(random, 3)
  const tsOut = random() < 0.3
  const ids = Array.from({ length: below(random, 4) }, () => 1 + below(random, 9))
  const metadata: Metadata = {
    version,
    dataset: oneOf(random, ['OPRA.PILLAR', 'XNAS.ITCH', '']),
    schema: oneOf(random, ['cbbo-1m', 'trades', 'definition', null]),
    start: START_NS,
    end: oneOf(random, [null, START_NS + DAY_NS]),
    limit: oneOf(random, [null, 5n]),
    stypeIn: oneOf(random, ['raw_symbol', 'parent', 'instrument_id', null]),
    stypeOut: oneOf(random, ['instrument_id', 'raw_symbol', null]),
    tsOut,
    symbolCstrLen: version === 1 ? 22 : 71,
    symbols: ids.map((id) => `S${id}`),
    partial: random() < 0.2 ? ['P'] : [],
    notFound: random() < 0.2 ? ['N'] : [],
    mappings: ids.map((id) => ({
      rawSymbol: `TSLA  250221C00${id}50000`,
      intervals: [
        { startDate: 20250220, endDate: 20250221, symbol: String(id) },
        { startDate: 20250221, endDate: 20250222, symbol: oneOf(random, ['', String(id + 1)]) },
      ].slice(below(random, 2)),
    })),
  }
  const rtype = oneOf(random, RTYPES)
  const isMixed = random() < 0.4
  const count = below(random, 8)
  const records = Array.from({ length: count }, () =>
    record(random, isMixed ? oneOf(random, RTYPES) : rtype, version, tsOut),
  )
  return Buffer.concat([encodeMetadata(metadata), ...records])
}

function record(random: Random, rtype: number, version: number, tsOut: boolean): Uint8Array {
  const layout = layoutOf(rtype, version)
  const name = (layout?.name ?? 'trade') as LayoutName
  const ns = START_NS + BigInt(below(random, 200_000)) * 1_000_000_000n
  const values: Record<string, FieldValue> = {}
  for (const { name: field, type, bytes } of LAYOUTS[name].fields) {
    if (type === 'text') values[field] = oneOf(random, ['', 'AAPL', 'A,"B/']).slice(0, bytes - 1)
    else if (type === 'char') values[field] = oneOf(random, ['A', 'T', '\0', '"'])
    else if (type === 'time') values[field] = oneOf(random, [ns, ns, 0n, 2n ** 64n - 1n])
    else if (type === 'price' || type === 'i64')
      values[field] = oneOf(random, [1_250_000_000n, -1n, 2n ** 63n - 1n])
    else values[field] = type === 'u64' ? 7n : below(random, 100)
  }
  if (tsOut) values['ts_out'] = ns
  const head = { record: name, length: 0, rtype, publisher_id: 30, instrument_id: 1 + below(random, 9) }
  return encodeRecord({ ...head, ts_event: ns, ...values })
}

/** Batch CSV of a few quotes, pretty or raw. */
export function csvText(random: Random): Uint8Array {
  return toCsv(quoteRows(1 + below(random, 8)), { isPretty: random() < 0.5 })
}

/** Bytes as zstd: in one frame or several, with checksums or without, with skippable frames between. */
export function zstdFrames(random: Random, bytes: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = []
  for (let at = 0; at < bytes.length || parts.length === 0; ) {
    const length = random() < 0.5 ? bytes.length : 1 + below(random, bytes.length)
    if (random() < 0.2) parts.push(skippable(random))
    const params = random() < 0.5 ? { params: { 201: 1 } } : {}
    parts.push(zstdCompressSync(bytes.subarray(at, at + length), params))
    at += length
  }
  return Buffer.concat(parts)
}

function skippable(random: Random): Uint8Array {
  const length = below(random, 20)
  return Uint8Array.of(0x50 + below(random, 16), 0x2a, 0x4d, 0x18, length, 0, 0, 0, ...new Uint8Array(length))
}

const WORDS = [
  0, 1, 15, 16, 99, 100, 119, 0x7f, 0xff, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff,
]
/** Where DBN keeps lengths, counts and kinds. */
const PLACES = [0, 3, 4, 24, 26, 42, 50, 51, 52, 53, 58, 60, 108, 112, 116, 120, 124]

/** Breaks bytes in one to three ways that a format's structure makes interesting. */
export function broken(random: Random, bytes: Uint8Array): Uint8Array {
  let result = new Uint8Array(bytes)
  for (let times = 1 + below(random, 3); times > 0; times--) result = brokenOnce(random, result)
  return result
}

function brokenOnce(random: Random, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(bytes)
  if (copy.length < 8) return copy
  const view = new DataView(copy.buffer)
  const at = below(random, copy.length)
  switch (below(random, 10)) {
    case 0:
      copy[at] = (copy[at] as number) ^ (1 << below(random, 8))
      return copy
    case 1:
      copy[at] = below(random, 256)
      return copy
    case 2:
      view.setUint32(Math.min(at, copy.length - 4), oneOf(random, WORDS), true)
      return copy
    case 3:
      view.setUint32(Math.min(oneOf(random, PLACES), copy.length - 4), oneOf(random, WORDS), true)
      return copy
    case 4:
      return copy.slice(0, at)
    case 5:
      return new Uint8Array([
        ...copy.subarray(0, at),
        ...copy.subarray(Math.min(copy.length, at + 1 + below(random, 40))),
      ])
    case 6:
      return new Uint8Array([...copy.subarray(0, at), ...junk(random), ...copy.subarray(at)])
    case 7: {
      const length = 1 + below(random, 100)
      return new Uint8Array([...copy.subarray(0, at + length), ...copy.subarray(at)])
    }
    case 8:
      copy[recordStart(random, copy)] = oneOf(random, [0, 1, 3, 4, 5, 12, 20, 130, 132, 255])
      return copy
    default:
      copy[recordStart(random, copy) + 1] = oneOf(random, [...RTYPES, 0xee])
      return copy
  }
}

function junk(random: Random): Uint8Array {
  return Uint8Array.from({ length: 1 + below(random, 16) }, () => below(random, 256))
}

/** The start of a record, if the metadata are whole; else any byte. */
function recordStart(random: Random, bytes: Uint8Array): number {
  const starts: number[] = []
  const body = new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true)
  for (let at = 8 + body; at < bytes.length - 1; at += Math.max(16, (bytes[at] as number) * 4))
    starts.push(at)
  return starts.length === 0 ? below(random, bytes.length - 1) : oneOf(random, starts)
}

const CELLS = [
  '',
  '-',
  '.',
  '"',
  '""',
  ',',
  '\r',
  '\n',
  '0',
  '-0.000000001',
  '9223372036854775807',
  '1e9',
  'NaN',
]

/** Breaks text cell by cell. */
export function brokenText(random: Random, bytes: Uint8Array): Uint8Array {
  if (random() < 0.3) return broken(random, bytes)
  const lines = new TextDecoder('latin1').decode(bytes).split('\n')
  for (let times = 1 + below(random, 3); times > 0; times--) {
    const at = below(random, lines.length)
    const cells = (lines[at] as string).split(',')
    const cell = below(random, cells.length)
    switch (below(random, 6)) {
      case 0:
        cells[cell] = oneOf(random, CELLS)
        break
      case 1:
        cells[cell] = `"${cells[cell] ?? ''}"`
        break
      case 2:
        cells.splice(cell, 1)
        break
      case 3:
        cells[cell] = (cells[cell] ?? '').slice(0, below(random, 30))
        break
      case 4:
        cells[cell] = `${cells[cell] ?? ''}${below(random, 10)}`
        break
      default:
        lines.splice(at, 0, lines[below(random, lines.length)] as string)
        continue
    }
    lines[at] = cells.join(',')
  }
  return Buffer.from(lines.join('\n'), 'latin1')
}

/** The same bytes inside a larger buffer whose other bytes are all `poison`. */
export function poisoned(bytes: Uint8Array, poison: number): Uint8Array {
  const around = new Uint8Array(bytes.length + 1_024).fill(poison)
  around.set(bytes, 512)
  return around.subarray(512, 512 + bytes.length)
}

/** Bytes in pieces of any lengths. */
export function pieces(random: Random, bytes: Uint8Array): Uint8Array[] {
  const all: Uint8Array[] = []
  const most = oneOf(random, [1, 3, 17, 100, 1_000])
  for (let at = 0; at < bytes.length; ) {
    const length = 1 + below(random, most)
    all.push(bytes.subarray(at, at + length))
    at += length
  }
  return all
}
