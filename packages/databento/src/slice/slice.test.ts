import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { createBatch, type EventBatch, emptyStats } from '../tape/event-batch.js'
import { HEAD_BYTES, SLICE_VERSION, type SliceHeader } from './format.js'
import { SliceReader, verifySlice } from './slice-reader.js'
import { SliceWriter } from './slice-writer.js'
import { COLUMNS_OF_KIND } from './sums.js'

const folder = mkdtempSync(path.join(tmpdir(), 'slice-'))
afterAll(() => rmSync(folder, { recursive: true }))

const header: SliceHeader = {
  dataset: 'OPRA.PILLAR',
  schema: 'cbbo-1m',
  isOptions: true,
  from: '2025-02-20',
  to: '2025-02-20',
  filter: { symbols: ['TSLA'] },
  source: { name: 'day.dbn.zst' },
}
type Row = readonly [kind: number, symbol: number, receivedUs: number, age: number, ...values: number[]]
const START_US = 1_740_061_800_000_000

/** Rows as the columns of batches, so many in each. */
function batchesOf(rows: readonly Row[], size = 1_000): EventBatch[] {
  const batches: EventBatch[] = []
  for (let from = 0; from < rows.length; from += size) {
    const batch = createBatch(size)
    for (const [kind, symbol, receivedUs, age, ...values] of rows.slice(from, from + size)) {
      const row = batch.count++
      batch.kind[row] = kind
      batch.symbol[row] = symbol
      batch.receivedUs[row] = receivedUs
      batch.sourceUs[row] = receivedUs - age
      const columns = [batch.a, batch.b, batch.c, batch.d, batch.e]
      values.forEach((value, i) => void ((columns[i] as Float64Array)[row] = value))
    }
    batches.push(batch)
  }
  return batches
}

const symbolOf = (symbol: number): string => `S${symbol}`

function write(name: string, rows: readonly Row[], options: { level?: number } = {}): string {
  const file = path.join(folder, name)
  const writer = new SliceWriter(file, header, options)
  const symbols = Array.from({ length: 1 + Math.max(0, ...rows.map(([, symbol]) => symbol)) }, (_, at) =>
    symbolOf(at),
  )
  for (const batch of batchesOf(rows)) writer.addBatch(batch, symbols)
  writer.finish({ ...emptyStats(), records: rows.length, kept: rows.length })
  return file
}

/** All rows of a slice, with symbols by their text; only the columns that their kind has. */
function read(file: string): unknown[][] {
  const reader = new SliceReader(file)
  const batch = createBatch()
  const symbols: string[] = []
  const rows: unknown[][] = []
  while (reader.read(batch)) {
    symbols.push(...batch.newSymbols)
    const columns = [batch.a, batch.b, batch.c, batch.d, batch.e]
    for (let row = 0; row < batch.count; row++) {
      const kind = batch.kind[row] as number
      const us = batch.receivedUs[row] as number
      const values = columns.slice(0, COLUMNS_OF_KIND[kind]).map((column) => column[row])
      rows.push([
        kind,
        symbols[batch.symbol[row] as number],
        us,
        us - (batch.sourceUs[row] as number),
        ...values,
      ])
    }
  }
  reader.close()
  return rows
}

const named = (rows: readonly Row[]): unknown[][] =>
  rows.map(([kind, symbol, us, age, ...values]) => [kind, symbolOf(symbol), us, age, ...values])

const price = fc.oneof(
  fc.integer({ min: 0, max: 40_000 }).map((cents) => cents * 10_000),
  fc.integer({ min: 0, max: 40_000 }).map((cents) => cents * 10_000),
  fc.constant(Number.NaN),
  fc.integer({ min: -5, max: 9_000_000_000_000_000 }),
)
const count = fc.oneof(fc.nat(300), fc.nat(70_000), fc.constant(0xffff_ffff), fc.constant(2 ** 52))
const values: Readonly<Record<number, fc.Arbitrary<number[]>>> = {
  0: fc.tuple(price, price, count, count),
  1: fc.tuple(price, count),
  2: fc.tuple(price, price, price, price, count),
  3: fc.tuple(count),
  4: fc.tuple(count),
}
const row = fc
  .tuple(
    fc.constantFrom(0, 0, 0, 0, 1, 2, 3, 4),
    fc.nat(200),
    fc.constantFrom(0, 0, 0, 1, 60_000_000, 77_777),
    fc.constantFrom(0, 0, 250, -3, 1_000_000),
  )
  .chain(([kind, symbol, step, age]) =>
    (values[kind] as fc.Arbitrary<number[]>).map((tail): Row => [kind, symbol, step, age, ...tail]),
  )
const stepped = (rows: readonly Row[]): Row[] => {
  let us = START_US
  return rows.map(([kind, symbol, step, ...tail]) => [kind, symbol, (us += step), ...(tail as [number])])
}

test('gives back every row as it was, in its order, whatever it holds', () => {
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 400, size: 'max' }), (steps) => {
      const rows = stepped(steps)
      expect(read(write('any.slice', rows, { level: 1 }))).toEqual(named(rows))
    }),
    { numRuns: 150 },
  )
})

test('gives back many blocks, with places that come late and prices that need a smaller unit', () => {
  const rows: Row[] = Array.from({ length: 60_000 }, (_, at) => {
    const symbol = (at * 7) % Math.min(2_500, 300 + (at >> 4))
    const base = at < 20_000 ? symbol * 50_000 : symbol * 50_000 + (at % 9) * 100 + 7
    return [
      0,
      symbol,
      START_US + Math.floor(at / 900) * 60_000_000,
      0,
      base,
      base + 30_000,
      at % 400,
      at % 90_000,
    ]
  })
  const file = write('many.slice', rows)
  expect(read(file)).toEqual(named(rows))
  const { footer } = verifySlice(file)
  expect(footer).toMatchObject({ rows: 60_000, symbols: 2_500, stats: { records: 60_000 } })
  expect(footer.blocks).toBeGreaterThan(4)
})

test('an empty slice is a slice', () => {
  const file = write('empty.slice', [])
  expect(read(file)).toEqual([])
  expect(verifySlice(file).header).toEqual(header)
})

const SMALL: Row[] = Array.from({ length: 5_000 }, (_, at) => [
  0,
  at % 40,
  START_US + at * 500,
  at % 3,
  at * 10_000,
  at * 10_000 + 10_000,
  1,
  2,
])

test('a file that was cut anywhere is told to be cut, corrupt or no slice', () => {
  const bytes = readFileSync(write('whole.slice', SMALL))
  const cut = path.join(folder, 'cut.slice')
  for (let length = 0; length < bytes.length; length += length < 400 ? 7 : 997) {
    writeFileSync(cut, bytes.subarray(0, length))
    expect(() => verifySlice(cut)).toThrow(
      expect.objectContaining({ code: length < 8 ? 'SLICE_FORMAT' : 'SLICE_TRUNCATED' }) as Error,
    )
  }
})

test('a byte that was changed anywhere is noticed, and nothing but a typed error comes of it', () => {
  const bytes = readFileSync(write('whole.slice', SMALL))
  const broken = path.join(folder, 'broken.slice')
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
      const copy = Buffer.from(bytes)
      copy[at] = (copy[at] as number) ^ mask
      writeFileSync(broken, copy)
      expect(() => verifySlice(broken)).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/^SLICE_/) as string }) as Error,
      )
    }),
    { numRuns: 400 },
  )
})

test('bytes between the last block and the footer are noticed', () => {
  const bytes = readFileSync(write('whole.slice', SMALL))
  const file = path.join(folder, 'doubled.slice')
  const footerAt = bytes.length - 16 - bytes.readUInt32LE(bytes.length - 16)
  const headEnd = HEAD_BYTES + bytes.readUInt32LE(12)
  const firstBlock = bytes.subarray(headEnd, headEnd + 16 + bytes.readUInt32LE(headEnd))
  writeFileSync(file, Buffer.concat([bytes.subarray(0, footerAt), firstBlock, bytes.subarray(footerAt)]))
  expect(() => verifySlice(file)).toThrow(expect.objectContaining({ code: 'SLICE_CORRUPT' }) as Error)
})

test('a slice of another version is refused by its version', () => {
  const bytes = readFileSync(write('whole.slice', SMALL))
  bytes.writeUInt32LE(SLICE_VERSION + 1, 8)
  const file = path.join(folder, 'later.slice')
  writeFileSync(file, bytes)
  expect(() => new SliceReader(file)).toThrow(expect.objectContaining({ code: 'SLICE_VERSION' }) as Error)
})

test('no file bears the name before it is whole', () => {
  const file = path.join(folder, 'late.slice')
  const writer = new SliceWriter(file, header)
  for (const batch of batchesOf(SMALL))
    writer.addBatch(
      batch,
      Array.from({ length: 40 }, (_, at) => symbolOf(at)),
    )
  expect(() => readFileSync(file)).toThrow('ENOENT')
  writer.discard()
  expect(() => readFileSync(`${file}.part`)).toThrow('ENOENT')
})

test('slices that are read in turns, after a broken one, give what each gives alone', () => {
  const rowsOf = (symbols: number, cents: number): Row[] =>
    Array.from({ length: 9_000 }, (_, at) => {
      const bid = (cents + (at % 7)) * 10_000
      return [0, at % symbols, START_US + Math.floor(at / symbols) * 60_000_000, 0, bid, bid + 10_000, 3, 4]
    })
  const written = [rowsOf(40, 100), rowsOf(700, 2_000)]
  const files = written.map((rows, at) => write(`turn-${at}.slice`, rows))
  const alone = files.map(read)
  const bytes = readFileSync(files[1] as string)
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] as number) ^ 0xff
  const broken = path.join(folder, 'turn-broken.slice')
  writeFileSync(broken, bytes)
  expect(() => read(broken)).toThrow('slice')
  const readers = files.map((file) => new SliceReader(file))
  const batch = createBatch()
  const bids = files.map((): number[] => [])
  for (let isOpen = true; isOpen; )
    isOpen = readers
      .map((reader, at) => {
        const isRead = reader.read(batch)
        if (isRead) bids[at]?.push(...batch.a.subarray(0, batch.count))
        return isRead
      })
      .some(Boolean)
  for (const reader of readers) reader.close()
  expect(bids).toEqual(written.map((rows) => rows.map(([, , , , bid]) => bid)))
  expect(files.map(read)).toEqual(alone)
})
