import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { createMetadata, type Metadata } from '../dbn/metadata.js'
import { readDbnFile, readDbnMetadata } from '../dbn/node-file.js'
import { writeDbnFile } from '../dbn/node-writer.js'
import { mergeDbn } from './merge-dbn.js'
import { mergeMetadata } from './merge-metadata.js'

const folders: string[] = []
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))))

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'merge-'))
  folders.push(folder)
  return folder
}

const BASE = createMetadata({
  dataset: 'OPRA.PILLAR',
  schema: 'cbbo-1m',
  end: 1_000_000_000_000n,
})

/** Writes records with these times, µs, whose ids say which file and which record they are. */
async function write(file: string, times: readonly number[], id: number, metadata = BASE): Promise<string> {
  await writeDbnFile(file, { metadata, zstd: file.endsWith('.zst') }, ({ records }) => {
    for (const [at, receivedUs] of times.entries())
      records.cbbo({
        rtype: 0xc1,
        publisherId: id,
        instrumentId: at,
        receivedUs,
        lastUs: Number.NaN,
        lastMicros: Number.NaN,
        lastSize: 0,
        flags: 0,
        bidMicros: 1,
        askMicros: 2,
        bidSize: 3,
        askSize: 4,
        bidPublisher: 5,
        askPublisher: 6,
      })
  })
  return file
}

/** Time, file and place of each record. */
async function read(file: string): Promise<number[][]> {
  const rows: number[][] = []
  await readDbnFile(file, {
    onMetadata() {},
    onBlock({ bytes, view, length }) {
      for (let at = 0; at < length; at += (bytes[at] as number) * 4)
        rows.push([
          Number(view.getBigUint64(at + 32, true)) / 1_000,
          view.getUint16(at + 2, true),
          view.getUint32(at + 4, true),
        ])
    },
  })
  return rows
}

test('any sorted files merge into one that is sorted, stable, and whole', async () => {
  const folder = await newFolder()
  const times = fc
    .array(fc.integer({ min: 0, max: 20 }), { maxLength: 30 })
    .map((list) => list.toSorted((a, b) => a - b))
  await fc.assert(
    fc.asyncProperty(fc.array(times, { minLength: 1, maxLength: 5 }), async (all) => {
      const files: string[] = []
      for (const [id, list] of all.entries())
        files.push(await write(path.join(folder, `${id}.dbn${id % 2 === 0 ? '.zst' : ''}`), list, id))
      const output = path.join(folder, 'all.dbn')
      const { records } = await mergeDbn(files, output)
      const wanted = all
        .flatMap((list, id) => list.map((us, at) => [us, id, at]))
        .sort(([a = 0, x = 0, i = 0], [b = 0, y = 0, j = 0]) => a - b || x - y || i - j)
      expect(await read(output)).toEqual(wanted)
      expect(records).toBe(wanted.length)
    }),
    { numRuns: 25 },
  )
})

test('files larger than a buffer merge record by record', async () => {
  const folder = await newFolder()
  const odd = Array.from({ length: 20_000 }, (_, at) => at * 2 + 1)
  const even = odd.map((us) => us + 1)
  const files = [
    await write(path.join(folder, 'odd.dbn.zst'), odd, 0),
    await write(path.join(folder, 'even.dbn'), even, 1),
  ]
  const output = path.join(folder, 'all.dbn.zst')
  await mergeDbn(files, output, { filterOf: () => (view, at) => view.getUint32(at + 4, true) % 3 !== 0 })
  const rows = await read(output)
  expect(rows.map(([us]) => us)).toEqual(
    [...odd.keys()].flatMap((at) => (at % 3 === 0 ? [] : [at * 2 + 1, at * 2 + 2])),
  )
})

test('a file that was cut short fails the merge and leaves nothing, or is kept as far as it goes', async () => {
  const folder = await newFolder()
  const file = await write(path.join(folder, 'cut.dbn'), [1, 2, 3], 0)
  await writeFile(file, (await readFile(file)).subarray(0, -10))
  const output = path.join(folder, 'all.dbn')
  await expect(mergeDbn([file], output)).rejects.toMatchObject({ code: 'DBN_TRUNCATED' })
  await expect(stat(output)).rejects.toMatchObject({ code: 'ENOENT' })
  expect(await mergeDbn([file], output, { partial: true })).toEqual({ records: 2, truncated: [file] })
})

test('metadata are merged: periods, symbols, and mappings that meet', async () => {
  const one: Metadata = {
    ...BASE,
    start: 5n,
    end: 10n,
    symbols: ['A', 'B'],
    notFound: ['B', 'C'],
    mappings: [
      { rawSymbol: 'A', intervals: [{ startDate: 20240102, endDate: 20240103, symbol: '1' }] },
      { rawSymbol: 'D', intervals: [{ startDate: 20240102, endDate: 20240103, symbol: '4' }] },
    ],
  }
  const two: Metadata = {
    ...BASE,
    version: 1,
    schema: 'trades',
    start: 3n,
    end: 7n,
    symbols: ['B'],
    partial: ['A'],
    mappings: [
      {
        rawSymbol: 'A',
        intervals: [
          { startDate: 20240104, endDate: 20240105, symbol: '9' },
          { startDate: 20240103, endDate: 20240104, symbol: '1' },
        ],
      },
      { rawSymbol: 'B', intervals: [{ startDate: 20240103, endDate: 20240104, symbol: '2' }] },
    ],
  }
  expect(mergeMetadata([one, two])).toEqual({
    ...BASE,
    schema: null,
    start: 3n,
    end: 10n,
    symbols: ['A', 'B'],
    partial: ['A', 'B'],
    notFound: ['C'],
    mappings: [
      {
        rawSymbol: 'A',
        intervals: [
          { startDate: 20240102, endDate: 20240104, symbol: '1' },
          { startDate: 20240104, endDate: 20240105, symbol: '9' },
        ],
      },
      { rawSymbol: 'D', intervals: [{ startDate: 20240102, endDate: 20240103, symbol: '4' }] },
      { rawSymbol: 'B', intervals: [{ startDate: 20240103, endDate: 20240104, symbol: '2' }] },
    ],
  })
  expect(mergeMetadata([one, { ...two, end: null }]).end).toBeNull()
})

test('files of other datasets, or with send times, do not merge', async () => {
  expect(() => mergeMetadata([BASE, { ...BASE, dataset: 'XNAS.ITCH' }])).toThrow(/cannot be merged/)
  expect(() => mergeMetadata([BASE, { ...BASE, tsOut: true }])).toThrow(/ts_out/)
  expect(() => mergeMetadata([])).toThrow(/no files/)
})

test('the metadata written are the merged ones, as described', async () => {
  const folder = await newFolder()
  const file = await write(path.join(folder, 'a.dbn'), [1], 0, { ...BASE, symbols: ['A'] })
  const output = path.join(folder, 'all.dbn')
  await mergeDbn([file], output, { describe: (merged) => ({ ...merged, limit: 7n }) })
  expect(await readDbnMetadata(output)).toMatchObject({ symbols: ['A'], limit: 7n, version: 3 })
})
