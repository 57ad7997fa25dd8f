import { InstrumentTable, isBlockTape, type MarketSink } from '@scalp/canonical'
import { expect, test } from 'vitest'
import { createMetadata, encodeMetadata } from '../src/dbn/metadata.js'
import { RecordWriter } from '../src/dbn/record-writer.js'
import { createDatasetTape, type DatasetTape, discoverDataset, filesOf } from '../src/node.js'
import { quoteRows, toDbn, writeFiles, zstd } from './dataset-files.js'

const rows = quoteRows(20_000)

async function tape(): Promise<DatasetTape> {
  const folder = await writeFiles({ 'opra-pillar-20250220.cbbo-1m.dbn.zst': zstd(toDbn(rows)) })
  const files = filesOf(await discoverDataset(folder), { schema: 'cbbo-1m' })
  return createDatasetTape({ files, instruments: new InstrumentTable() })
}

/** Reads `byColumns` of every so many rows out of the columns, and emits the others. */
async function play(isColumn: (row: number) => boolean): Promise<unknown[][]> {
  const reader = await tape()
  expect(isBlockTape(reader)).toBe(true)
  const seen: unknown[][] = []
  const sink: MarketSink = {
    onQuote({ instrument, receivedUs, sourceUs, bidMicros, askMicros, bidSize, askSize, sampleUs }) {
      seen.push([instrument, receivedUs, sourceUs, bidMicros, askMicros, bidSize, askSize, sampleUs])
    },
    onTrade: () => undefined,
    onBar: () => undefined,
    onStatistic: () => undefined,
  }
  while (await reader.refill())
    while (reader.receivedUs !== Number.POSITIVE_INFINITY) {
      const block = isColumn(seen.length) ? reader.quotes() : undefined
      if (block === undefined) {
        reader.emit(sink)
        continue
      }
      let row = block.from
      for (; row < block.to && isColumn(seen.length); row++) {
        const place = block.place[row] as number
        const known = block.indexes[place] as number
        const instrument = known < 0 ? reader.intern(place) : known
        const { receivedUs, sourceUs, bidMicros, askMicros, bidSize, askSize } = block
        const columns = [receivedUs, sourceUs, bidMicros, askMicros, bidSize, askSize]
        seen.push([instrument, ...columns.map((column) => column[row]), block.sampleUs])
      }
      reader.advanceTo(row)
    }
  expect(reader.quotes()).toBeUndefined()
  await reader.close()
  return seen
}

test('quotes read in columns are those that are emitted, also when the two take turns', async () => {
  const emitted = await play(() => false)
  expect(emitted).toHaveLength(15_000)
  expect(await play(() => true)).toEqual(emitted)
  expect(await play((row) => row % 1_000 < 700)).toEqual(emitted)
})

test('bars read in columns are those that are emitted, also when the two take turns', async () => {
  const records = new RecordWriter()
  const startUs = Date.parse('2025-02-20T14:30:00Z') * 1_000
  for (let row = 0; row < 9_000; row++) {
    const closeMicros = 250_000_000 + row * 10_000
    records.ohlcv({
      rtype: 0x20,
      publisherId: 1,
      instrumentId: 1,
      startUs: startUs + row * 1_000_000,
      openMicros: closeMicros - 10_000,
      highMicros: closeMicros + 20_000,
      lowMicros: closeMicros - 30_000,
      closeMicros,
      volume: row,
    })
  }
  const metadata = createMetadata({
    dataset: 'EQUS.MINI',
    schema: 'ohlcv-1s',
    start: BigInt(startUs) * 1_000n,
    end: BigInt(startUs + 9_000e6) * 1_000n,
    mappings: [{ rawSymbol: 'TSLA', intervals: [{ startDate: 20250220, endDate: 20250221, symbol: '1' }] }],
  })
  const bytes = zstd(Buffer.concat([encodeMetadata(metadata), records.bytes()]))
  const folder = await writeFiles({ 'equs-mini-20250220.ohlcv-1s.dbn.zst': bytes })
  const files = filesOf(await discoverDataset(folder), { schema: 'ohlcv-1s' })
  const playBars = async (isColumn: (row: number) => boolean): Promise<unknown[][]> => {
    const reader = createDatasetTape({ files, instruments: new InstrumentTable() })
    const seen: unknown[][] = []
    const sink: MarketSink = {
      onQuote: () => undefined,
      onTrade: () => undefined,
      onStatistic: () => undefined,
      onBar({ instrument, receivedUs, startUs, openMicros, highMicros, lowMicros, closeMicros, volume }) {
        const prices = [openMicros, highMicros, lowMicros, closeMicros]
        seen.push([instrument, receivedUs, startUs, ...prices, volume])
      },
    }
    while (await reader.refill())
      while (reader.receivedUs !== Number.POSITIVE_INFINITY) {
        expect(reader.quotes()).toBeUndefined()
        const block = isColumn(seen.length) ? reader.bars() : undefined
        if (block === undefined) {
          reader.emit(sink)
          continue
        }
        let row = block.from
        for (; row < block.to && isColumn(seen.length); row++) {
          const place = block.place[row] as number
          const known = block.indexes[place] as number
          const { receivedUs, startUs, openMicros, highMicros, lowMicros, closeMicros, volume } = block
          const columns = [receivedUs, startUs, openMicros, highMicros, lowMicros, closeMicros, volume]
          seen.push([known < 0 ? reader.intern(place) : known, ...columns.map((column) => column[row])])
        }
        reader.advanceTo(row)
      }
    expect(reader.bars()).toBeUndefined()
    await reader.close()
    return seen
  }
  const emitted = await playBars(() => false)
  expect(emitted).toHaveLength(9_000)
  expect(await playBars(() => true)).toEqual(emitted)
  expect(await playBars((row) => row % 1_000 < 700)).toEqual(emitted)
})
