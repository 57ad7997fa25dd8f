import { InstrumentTable, isBlockTape, type MarketSink } from '@scalp/canonical'
import { expect, test } from 'vitest'
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
