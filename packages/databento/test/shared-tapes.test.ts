import { InstrumentTable, type MarketSink } from '@scalp/canonical'
import { expect, test } from 'vitest'
import {
  createDatasetTape,
  createSharedTapes,
  type DatasetTape,
  discoverDataset,
  filesOf,
} from '../src/node.js'
import { quoteRows, toDbn, writeFiles, zstd } from './dataset-files.js'

async function filesOfDay() {
  const folder = await writeFiles({
    'opra-pillar-20250220.cbbo-1m.dbn.zst': zstd(toDbn(quoteRows(20_000))),
  })
  return filesOf(await discoverDataset(folder), { schema: 'cbbo-1m' })
}

/** Plays a tape to its end, or up to so many quotes. */
async function play(tape: DatasetTape, limit = Number.POSITIVE_INFINITY): Promise<unknown[]> {
  const seen: unknown[] = []
  const sink: MarketSink = {
    onQuote: (quote) => void seen.push({ ...quote.copy() }),
    onTrade: () => undefined,
    onBar: () => undefined,
    onStatistic: () => undefined,
  }
  while (seen.length < limit && (await tape.refill()))
    while (seen.length < limit && tape.receivedUs !== Number.POSITIVE_INFINITY) tape.emit(sink)
  await tape.close()
  return seen
}

test('tapes that share one decode each give what a tape of its own gives', async () => {
  const files = await filesOfDay()
  const alone = await play(createDatasetTape({ files, instruments: new InstrumentTable() }))
  expect(alone).toHaveLength(15_000)
  const ended: string[] = []
  const tapes = createSharedTapes({
    files,
    instruments: [1, 2, 3].map(() => new InstrumentTable()),
    onFileEnd: ({ schema }) => void ended.push(schema),
  })
  const [first, second, third] = await Promise.all(tapes.map((tape) => play(tape)))
  expect(first).toEqual(alone)
  expect(second).toEqual(alone)
  expect(third).toEqual(alone)
  expect(ended).toEqual(['cbbo-1m'])
})

test('a reader that ends early holds up nobody', async () => {
  const files = await filesOfDay()
  const tapes = createSharedTapes({ files, instruments: [1, 2].map(() => new InstrumentTable()) })
  const [first, second] = await Promise.all([
    play(tapes[0] as DatasetTape, 100),
    play(tapes[1] as DatasetTape),
  ])
  expect(first).toHaveLength(100)
  expect(second).toHaveLength(15_000)
})
