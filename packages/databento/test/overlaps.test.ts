import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { InstrumentTable, type MarketSink } from '@scalp/canonical'
import { expect, test } from 'vitest'
import { createMetadata, encodeMetadata } from '../src/dbn/metadata.js'
import { RecordWriter } from '../src/dbn/record-writer.js'
import { createDatasetTape, discoverDataset, filesOf } from '../src/node.js'
import { writeFiles, zstd } from './dataset-files.js'

const SYMBOLS: Readonly<Record<number, string>> = {
  1: 'TSLA  250321C00250000',
  2: 'TSLA  250321P00250000',
  3: 'AAPL  250321C00250000',
}
type Quote = readonly [id: number, time: string, bid: number]
type Schema = 'cbbo-1m' | 'statistics' | 'ohlcv-1m'

function dbn(
  put: (records: RecordWriter) => void,
  {
    schema = 'cbbo-1m',
    from,
    to,
    symbols,
  }: { schema?: Schema; from: string; to: string; symbols: readonly string[] },
): Uint8Array {
  const next = new Date(Date.parse(to) + 86_400_000).toISOString().slice(0, 10)
  const day = (date: string): number => Number(date.replaceAll('-', ''))
  const metadata = createMetadata({
    dataset: 'OPRA.PILLAR',
    schema,
    start: BigInt(Date.parse(from)) * 1_000_000n,
    end: BigInt(Date.parse(next)) * 1_000_000n,
    stypeIn: 'parent',
    symbols,
    mappings: Object.entries(SYMBOLS).map(([id, rawSymbol]) => ({
      rawSymbol,
      intervals: [{ startDate: day(from), endDate: day(next), symbol: id }],
    })),
  })
  const records = new RecordWriter()
  put(records)
  return zstd(Buffer.concat([encodeMetadata(metadata), records.bytes()]))
}

const us = (time: string): number => Date.parse(`${time}Z`) * 1_000

function quotes(
  rows: readonly Quote[],
  about: { from: string; to?: string; symbols?: readonly string[] },
): Uint8Array {
  const put = (records: RecordWriter): void => {
    for (const [id, time, bid] of rows)
      records.cbbo({
        rtype: 0xc1,
        publisherId: 30,
        instrumentId: id,
        receivedUs: us(time),
        lastUs: Number.NaN,
        lastMicros: Number.NaN,
        lastSize: 0,
        flags: 0,
        bidMicros: bid,
        askMicros: bid + 10_000,
        bidSize: 1,
        askSize: 1,
        bidPublisher: 0,
        askPublisher: 0,
      })
  }
  return dbn(put, { to: about.from, symbols: ['TSLA.OPT'], ...about })
}

/** Jobs by folder, each with the symbols its metadata.json names, if any. */
async function jobs(
  folders: Readonly<Record<string, { symbols?: unknown; files: Readonly<Record<string, Uint8Array>> }>>,
): Promise<string> {
  const root = await writeFiles({})
  for (const [job, { symbols, files }] of Object.entries(folders)) {
    const folder = path.join(root, job)
    await mkdir(folder)
    for (const [name, bytes] of Object.entries(files)) await writeFile(path.join(folder, name), bytes)
    if (symbols !== undefined)
      await writeFile(path.join(folder, 'metadata.json'), JSON.stringify({ job_id: job, query: { symbols } }))
  }
  return root
}

async function play(root: string, schema: Schema = 'cbbo-1m', workers = 1): Promise<unknown[][]> {
  const instruments = new InstrumentTable()
  const files = filesOf(await discoverDataset(root), { schema })
  const tape = createDatasetTape({ files, instruments, workers })
  const seen: unknown[][] = []
  const name = (index: Parameters<InstrumentTable['get']>[0]): string =>
    instruments.get(index).symbol.slice(0, 4)
  const time = (at: number): string => new Date(at / 1_000).toISOString().slice(0, 19)
  const sink: MarketSink = {
    onQuote: ({ instrument, receivedUs, bidMicros }) =>
      void seen.push([name(instrument), time(receivedUs), bidMicros]),
    onTrade: () => undefined,
    onBar: () => undefined,
    onStatistic: ({ instrument, receivedUs, kind, value }) =>
      void seen.push([name(instrument), time(receivedUs), kind, value]),
  }
  try {
    while (await tape.refill()) while (tape.receivedUs !== Number.POSITIVE_INFINITY) tape.emit(sink)
  } finally {
    await tape.close()
  }
  return seen
}

const DAY = '2025-02-20'
const NAME = 'opra-pillar-20250220.cbbo-1m'
const at = (minute: number, day = DAY): string => `${day}T15:${String(minute).padStart(2, '0')}:00`

test('files of one day that were split by symbol are merged by receive time', async () => {
  const root = await jobs({
    'OPRA-20250301-AAAAAAAAAA': {
      files: {
        [`${NAME}.AAPL.OPT.dbn.zst`]: quotes(
          [
            [3, at(1), 30],
            [3, at(3), 31],
          ],
          { from: DAY, symbols: ['AAPL.OPT'] },
        ),
        [`${NAME}.TSLA.OPT.dbn.zst`]: quotes(
          [
            [1, at(1), 10],
            [2, at(2), 20],
            [1, at(3), 11],
          ],
          { from: DAY },
        ),
      },
    },
  })
  const wanted = [
    ['AAPL', at(1), 30],
    ['TSLA', at(1), 10],
    ['TSLA', at(2), 20],
    ['AAPL', at(3), 31],
    ['TSLA', at(3), 11],
  ]
  expect(await play(root)).toEqual(wanted)
  expect(await play(root, 'cbbo-1m', 2)).toEqual(wanted)
})

test('parts of a day that was split by size are all read, in the order of time', async () => {
  const root = await jobs({
    'OPRA-20250301-AAAAAAAAAA': {
      files: {
        [`${NAME}.1.dbn.zst`]: quotes(
          [
            [1, at(1), 10],
            [1, at(2), 11],
          ],
          { from: DAY },
        ),
        [`${NAME}.2.dbn.zst`]: quotes(
          [
            [1, at(2), 12],
            [1, at(3), 13],
          ],
          { from: DAY },
        ),
      },
    },
  })
  expect((await play(root)).map(([, , bid]) => bid)).toEqual([10, 11, 12, 13])
})

test('a month of an older job is read for the days that a newer job of single days does not have', async () => {
  const days = ['2025-02-19', DAY, '2025-02-21']
  const root = await jobs({
    'OPRA-20250301-AAAAAAAAAA': {
      symbols: 'TSLA.OPT',
      files: {
        'opra-pillar-20250219-20250221.cbbo-1m.dbn.zst': quotes(
          days.map((day, i): Quote => [1, at(1, day), i]),
          { from: days[0] as string, to: days[2] as string },
        ),
      },
    },
    'OPRA-20250302-AAAAAAAAAA': {
      symbols: ['TSLA.OPT'],
      files: {
        [`${NAME}.dbn.zst`]: quotes(
          [
            [1, at(1), 100],
            [2, at(2), 101],
          ],
          { from: DAY },
        ),
      },
    },
  })
  expect((await play(root)).map(([, , bid]) => bid)).toEqual([0, 100, 101, 2])
  const { warnings } = await discoverDataset(root)
  expect(warnings).toEqual([expect.stringContaining(`${DAY}: OPRA-20250302-AAAAAAAAAA and OPRA-20250301`)])
})

test('jobs of other symbols of the same day are merged', async () => {
  const root = await jobs({
    'OPRA-20250301-AAAAAAAAAA': {
      symbols: ['TSLA.OPT'],
      files: {
        [`${NAME}.dbn.zst`]: quotes(
          [
            [1, at(1), 10],
            [1, at(3), 11],
          ],
          { from: DAY },
        ),
      },
    },
    'OPRA-20250302-AAAAAAAAAA': {
      symbols: ['AAPL.OPT'],
      files: { [`${NAME}.dbn.zst`]: quotes([[3, at(2), 30]], { from: DAY, symbols: ['AAPL.OPT'] }) },
    },
  })
  expect((await play(root)).map(([root]) => root)).toEqual(['TSLA', 'AAPL', 'TSLA'])
})

test('an older job of more symbols is read instead of a newer one of some of them', async () => {
  const files = (bid: number): Record<string, Uint8Array> => ({
    [`${NAME}.dbn.zst`]: quotes(
      [
        [1, at(1), bid],
        [3, at(2), bid + 1],
      ],
      { from: DAY },
    ),
  })
  const root = await jobs({
    'OPRA-20250301-AAAAAAAAAA': { symbols: ['ALL_SYMBOLS'], files: files(10) },
    'OPRA-20250302-AAAAAAAAAA': { symbols: ['TSLA.OPT'], files: files(100) },
  })
  expect((await play(root)).map(([, , bid]) => bid)).toEqual([10, 11])
})

test('jobs that share some symbols, and each have others, are refused by name where they are asked for', async () => {
  const file = (symbols: readonly string[]): Record<string, Uint8Array> => ({
    [`${NAME}.dbn.zst`]: quotes([[1, at(1), 1]], { from: DAY, symbols }),
  })
  const root = await jobs({
    'OPRA-20250301-AAAAAAAAAA': { files: file(['TSLA.OPT', 'AAPL.OPT']) },
    'OPRA-20250302-AAAAAAAAAA': { files: file(['TSLA  250321C00250000', 'SPY.OPT']) },
  })
  const dataset = await discoverDataset(root)
  expect(() => filesOf(dataset, { schema: 'cbbo-1m' })).toThrow(
    expect.objectContaining({
      code: 'DATA_OVERLAP',
      message: expect.stringContaining('the same in part') as string,
    }) as Error,
  )
  expect(filesOf(dataset, { schema: 'statistics' })).toEqual([])
})

test.each([`${NAME}.v3.dbn.zst`, '2025-02-20.cbbo-1m.dbn.zst', 'renamed.dbn.zst'])(
  'the same day in two files of one folder is read once: %s',
  async (other) => {
    const bytes = quotes([[1, at(1), 1]], { from: DAY })
    const root = await jobs({ loose: { files: { [`${NAME}.dbn.zst`]: bytes, [other]: bytes } } })
    expect(await play(root)).toHaveLength(1)
  },
)

test('open interest of several files counts once, and volumes of venues add up over files', async () => {
  const interest = (ids: readonly number[]): Uint8Array =>
    dbn(
      (records) => {
        for (const id of ids)
          for (const publisherId of [22, 31])
            records.statistic({
              publisherId,
              instrumentId: id,
              receivedUs: us(at(1)),
              statType: 9,
              quantity: 500,
            })
      },
      { schema: 'statistics', from: DAY, to: DAY, symbols: ['TSLA.OPT'] },
    )
  const bars = (volume: number, minutes: readonly number[]): Uint8Array =>
    dbn(
      (records) => {
        for (const minute of minutes)
          for (const publisherId of [22, 31])
            records.ohlcv({
              rtype: 0x21,
              publisherId,
              instrumentId: 1,
              startUs: us(at(minute)),
              openMicros: 1e6,
              highMicros: 1e6,
              lowMicros: 1e6,
              closeMicros: 1e6,
              volume,
            })
      },
      { schema: 'ohlcv-1m', from: DAY, to: DAY, symbols: ['TSLA.OPT'] },
    )
  const root = await jobs({
    'OPRA-20250301-AAAAAAAAAA': {
      files: {
        'opra-pillar-20250220.statistics.1.dbn.zst': interest([1]),
        'opra-pillar-20250220.statistics.2.dbn.zst': interest([1, 3]),
        'opra-pillar-20250220.ohlcv-1m.1.dbn.zst': bars(5, [1, 2]),
        'opra-pillar-20250220.ohlcv-1m.2.dbn.zst': bars(7, [3]),
      },
    },
  })
  expect(await play(root, 'statistics')).toEqual([
    ['TSLA', at(1), 'open-interest', 500],
    ['AAPL', at(1), 'open-interest', 500],
  ])
  expect(await play(root, 'ohlcv-1m')).toEqual([
    ['TSLA', at(2), 'volume', 10],
    ['TSLA', at(3), 'volume', 20],
    ['TSLA', at(4), 'volume', 34],
  ])
})
