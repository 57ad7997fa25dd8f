import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { zstdDecompressSync } from 'node:zlib'
import { parquetMetadata, parquetReadObjects } from 'hyparquet'
import { expect, test } from 'vitest'
import { call, newFolder } from './call.js'
import { atUs, type QuoteRow, writeDay } from './dataset.js'

const DAY = '2025-02-20'
const rows: QuoteRow[] = Array.from({ length: 300 }, (_, at) => ({
  id: at % 2 === 0 ? 101 : 102,
  us: atUs(DAY, `15:${String(Math.floor(at / 5)).padStart(2, '0')}:00`),
  bid: at % 11 === 0 ? Number.NaN : 1_230_000 + at * 10_000,
  ask: 5_670_000,
  size: at + 1,
}))

async function read(file: string): Promise<Record<string, unknown>[]> {
  const { buffer, byteOffset, length } = readFileSync(file)
  const bytes = buffer.slice(byteOffset, byteOffset + length) as ArrayBuffer
  const compressors = { ZSTD: (input: Uint8Array) => new Uint8Array(zstdDecompressSync(input)) }
  return parquetReadObjects({ file: bytes, compressors, parsers: PARSERS })
}

/** Times as they stand in the file: ns since 1970. */
const PARSERS = {
  timestampFromMilliseconds: (ms: bigint) => ms,
  timestampFromMicroseconds: (us: bigint) => us,
  timestampFromNanoseconds: (ns: bigint) => ns,
  dateFromDays: (days: number) => days,
  stringFromBytes: (bytes: Uint8Array) => new TextDecoder().decode(bytes),
  geometryFromBytes: (bytes: Uint8Array) => bytes,
  geographyFromBytes: (bytes: Uint8Array) => bytes,
}

test('a DBN file becomes Parquet that another library reads: every field, times exact, prices in dollars', async () => {
  const folder = await newFolder()
  const file = await writeDay(folder, DAY, rows)
  const output = path.join(folder, 'day.parquet')
  const { code, out, err } = await call('convert', file, '-o', output, '--to', 'parquet', '--json')
  expect([code, err]).toEqual([0, ''])
  expect(JSON.parse(out)).toMatchObject({ records: 300 })
  const table = await read(output)
  expect(table).toHaveLength(300)
  for (const [at, row] of table.entries()) {
    const { id, us, bid, ask, size } = rows[at] as Required<QuoteRow>
    expect(row).toMatchObject({
      instrument_id: BigInt(id),
      publisher_id: 30,
      rtype: 0xc1,
      ts_event: null,
      ts_recv: BigInt(us) * 1_000n,
      price: null,
      bid_px_00: Number.isNaN(bid) ? null : bid / 1e6,
      ask_px_00: ask / 1e6,
      bid_sz_00: BigInt(Number.isNaN(bid) ? 0 : size),
      symbol: id === 101 ? 'DEMO  300118C00050000' : 'DEMO  300118P00050000',
    })
  }
  const schema = parquetMetadata(new Uint8Array(readFileSync(output)).buffer).schema
  expect(schema.find(({ name }) => name === 'ts_recv')?.logical_type).toMatchObject({
    type: 'TIMESTAMP',
    unit: 'NANOS',
  })
})

test('a slice becomes the same quotes', async () => {
  const folder = await newFolder()
  const file = await writeDay(folder, DAY, rows)
  const slice = path.join(folder, 'day.slice')
  const [one, two] = [path.join(folder, 'file.parquet'), path.join(folder, 'slice.parquet')]
  await call('slice', file, '-o', slice, '--quiet')
  await call('convert', file, '-o', one, '--quiet')
  expect(await call('convert', slice, '-o', two, '--quiet')).toMatchObject({ code: 0, err: '' })
  const columns = ({
    ts_recv,
    symbol,
    bid_px_00,
    ask_px_00,
    bid_sz_00,
    ask_sz_00,
  }: Record<string, unknown>): unknown => [ts_recv, symbol, bid_px_00, ask_px_00, bid_sz_00, ask_sz_00]
  expect((await read(two)).map(columns)).toEqual((await read(one)).map(columns))
})

test('a file without records is a table without rows, and a failure leaves no file', async () => {
  const folder = await newFolder()
  const output = path.join(folder, 'day.parquet')
  expect((await call('convert', await writeDay(folder, DAY, []), '-o', output, '--quiet')).code).toBe(0)
  expect(await read(output)).toEqual([])
  const none = path.join(folder, 'none.parquet')
  expect((await call('convert', path.join(folder, 'day.parquet'), '-o', none)).code).toBe(1)
  expect([existsSync(none), existsSync(`${none}.part`)]).toEqual([false, false])
})
