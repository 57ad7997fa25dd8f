import { expect, test } from 'vitest'
import { RecordAssembler } from '../dbn/assembler.js'
import { RTYPE } from '../dbn/enums.js'
import { createMetadata, encodeMetadata } from '../dbn/metadata.js'
import { RecordWriter } from '../dbn/record-writer.js'
import { DbnBatcher } from './decode-dbn.js'
import { emptyStats } from './event-batch.js'

const OPEN_US = Date.parse('2025-02-20T14:30:00Z') * 1_000
const symbolOf = (id: number): string =>
  `${id % 50 === 0 ? 'TSLA' : 'SPY'}`.padEnd(6) + `250221C${String(id).padStart(8, '0')}`
const metadata = createMetadata({
  dataset: 'OPRA.PILLAR',
  schema: 'cbbo-1m',
  start: BigInt(Date.parse('2025-02-20')) * 1_000_000n,
  stypeIn: 'parent',
  mappings: Array.from({ length: 2_000 }, (_, at) => ({
    rawSymbol: symbolOf(at + 1),
    intervals: [{ startDate: 20_250_220, endDate: 20_250_221, symbol: String((at + 1) * 13) }],
  })),
})

/** Every id of the mappings and some that no mapping names, in a scattered order, minute after minute. */
function day(minutes: number): Uint8Array {
  const records = new RecordWriter()
  for (let minute = 1; minute <= minutes; minute++)
    for (let at = 0; at < 2_100; at++)
      records.cbbo({
        rtype: RTYPE.cbbo1m,
        publisherId: 30,
        instrumentId: (((at * 997) % 2_100) + 1) * 13,
        receivedUs: OPEN_US + minute * 60_000_000,
        lastUs: Number.NaN,
        lastMicros: Number.NaN,
        lastSize: 0,
        flags: 0,
        bidMicros: 1_000_000,
        askMicros: 1_010_000,
        bidSize: 1,
        askSize: 1,
        bidPublisher: 30,
        askPublisher: 30,
      })
  return records.bytes()
}

const named = (id: number): string | undefined => (id > 2_000 * 13 ? symbolOf(id / 13) : undefined)

test.each([
  ['one underlying', { symbols: ['TSLA'] }, undefined, { kept: 40, filtered: 1_960, dropped: 100 }],
  ['all of them', {}, undefined, { kept: 2_000, filtered: 0, dropped: 100 }],
  [
    'one, with symbols from elsewhere',
    { symbols: ['TSLA'] },
    named,
    { kept: 42, filtered: 2_058, dropped: 0 },
  ],
])('each record is kept, left out or without a symbol: %s', (_, symbols, elsewhere, counts) => {
  const stats = emptyStats()
  const batcher = new DbnBatcher({
    source: 'test',
    schema: 'cbbo-1m',
    wanted: { options: true, ...symbols },
    stats,
    ...(elsewhere === undefined ? {} : { symbolOf: elsewhere }),
  })
  const assembler = new RecordAssembler(batcher)
  const minutes = 40
  assembler.push(encodeMetadata(metadata))
  assembler.push(day(minutes))
  assembler.end()
  const rows = batcher.take(true).reduce((sum, { count }) => sum + count, 0)
  expect(stats).toMatchObject({
    records: 2_100 * minutes,
    kept: counts.kept * minutes,
    filtered: counts.filtered * minutes,
    dropped: counts.dropped * minutes,
    droppedSymbols: counts.dropped > 0 ? ['(no symbol)'] : [],
  })
  expect(rows).toBe(counts.kept * minutes)
})
