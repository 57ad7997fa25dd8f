import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { zstdCompressSync } from 'node:zlib'
import { afterAll } from 'vitest'
import { createMetadata, encodeMetadata } from '../src/dbn/metadata.js'
import { type DecodeFileOptions, decodeFile } from '../src/tape/decode-file.js'
import { type DecodeStats, emptyStats } from '../src/tape/event-batch.js'

const folders: string[] = []
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))))

/** One consolidated quote; prices in 1e-9 dollars, undefined for an empty side. */
export interface QuoteRow {
  readonly id: number
  readonly ns: bigint
  readonly bid: bigint | undefined
  readonly ask: bigint | undefined
}

export const SYMBOLS: Readonly<Record<number, string>> = {
  7: 'TSLA  250221C00250000',
  9: 'TSLA  250321P00200000',
  70_000: 'AAPL  250221C00250000',
  5: 'NOT AN OPTION',
}
export const MIDNIGHT_NS = 1_740_009_600_000_000_000n
const UNDEF_PRICE = 9_223_372_036_854_775_807n
const HEADER =
  'ts_recv,ts_event,rtype,publisher_id,instrument_id,side,price,size,flags,bid_px_00,ask_px_00,bid_sz_00,ask_sz_00,bid_pb_00,ask_pb_00'

/** Rows of one day, so many a minute: every symbol in turn, some with an empty side. */
export function quoteRows(count: number, perMinute = 100): QuoteRow[] {
  const ids = Object.keys(SYMBOLS).map(Number)
  return Array.from({ length: count }, (_, at) => ({
    id: ids[at % ids.length] as number,
    ns: MIDNIGHT_NS + 52_200_000_000_000n + BigInt(Math.floor(at / perMinute)) * 60_000_000_000n,
    bid: at % 5 === 0 ? undefined : BigInt(at) * 10_000_500n,
    ask: BigInt(at) * 10_000_000n + 30_000_000n,
  }))
}

export function toDbn(
  rows: readonly QuoteRow[],
  { isMapped = true }: { readonly isMapped?: boolean } = {},
): Uint8Array {
  const metadata = createMetadata({
    dataset: 'OPRA.PILLAR',
    schema: 'cbbo-1m',
    start: MIDNIGHT_NS,
    end: MIDNIGHT_NS + 86_400_000_000_000n,
    mappings: Object.entries(isMapped ? SYMBOLS : {}).map(([id, rawSymbol]) => ({
      rawSymbol,
      intervals: [{ startDate: 20250220, endDate: 20250221, symbol: id }],
    })),
  })
  const head = encodeMetadata(metadata)
  const bytes = new Uint8Array(head.length + rows.length * 80)
  bytes.set(head)
  const view = new DataView(bytes.buffer)
  rows.forEach(({ id, ns, bid, ask }, at) => {
    const offset = head.length + at * 80
    bytes[offset] = 20
    bytes[offset + 1] = 0xc1
    view.setUint16(offset + 2, 30, true)
    view.setUint32(offset + 4, id, true)
    view.setBigUint64(offset + 8, 0xffff_ffff_ffff_ffffn, true)
    view.setBigInt64(offset + 16, UNDEF_PRICE, true)
    view.setBigUint64(offset + 32, ns, true)
    view.setBigInt64(offset + 48, bid ?? UNDEF_PRICE, true)
    view.setBigInt64(offset + 56, ask ?? UNDEF_PRICE, true)
    view.setUint32(offset + 64, bid === undefined ? 0 : 3, true)
    view.setUint32(offset + 68, ask === undefined ? 0 : 4, true)
  })
  return bytes
}

export function toCsv(
  rows: readonly QuoteRow[],
  { isPretty = true }: { readonly isPretty?: boolean } = {},
): Uint8Array {
  const time = (ns: bigint): string =>
    isPretty
      ? `${new Date(Number(ns / 1_000_000n)).toISOString().slice(0, 19)}.${String(ns % 1_000_000_000n).padStart(9, '0')}Z`
      : String(ns)
  const price = (nanos: bigint | undefined): string => {
    if (nanos === undefined) return isPretty ? '' : String(UNDEF_PRICE)
    return isPretty
      ? `${nanos / 1_000_000_000n}.${String(nanos % 1_000_000_000n).padStart(9, '0')}`
      : String(nanos)
  }
  const lines = rows.map(({ id, ns, bid, ask }) =>
    [
      time(ns),
      '',
      193,
      30,
      id,
      'N',
      price(undefined),
      0,
      194,
      price(bid),
      price(ask),
      bid === undefined ? 0 : 3,
      ask === undefined ? 0 : 4,
      0,
      0,
      SYMBOLS[id],
    ].join(','),
  )
  return new TextEncoder().encode(`${[`${HEADER},symbol`, ...lines].join('\n')}\n`)
}

export function zstd(bytes: Uint8Array): Uint8Array {
  return zstdCompressSync(bytes)
}

/** Writes files into a new temporary folder and answers its path. */
export async function writeFiles(files: Readonly<Record<string, Uint8Array | string>>): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'databento-'))
  folders.push(folder)
  for (const [name, content] of Object.entries(files)) await writeFile(path.join(folder, name), content)
  return folder
}

/** All events of a file as plain rows, with the counts. */
export async function readEvents(
  file: string,
  options: Partial<DecodeFileOptions> = {},
): Promise<{ events: unknown[][]; stats: DecodeStats }> {
  const stats = emptyStats()
  const symbols: string[] = []
  const events: unknown[][] = []
  for await (const batch of decodeFile({
    file,
    schema: 'cbbo-1m',
    wanted: { options: true },
    ...options,
    stats,
  })) {
    symbols.push(...batch.newSymbols)
    for (let row = 0; row < batch.count; row++) {
      const { kind, symbol, receivedUs, sourceUs, a, b, c, d } = batch
      events.push([
        kind[row],
        symbols[symbol[row] as number],
        receivedUs[row],
        sourceUs[row],
        a[row],
        b[row],
        c[row],
        d[row],
      ])
    }
  }
  return { events, stats }
}
