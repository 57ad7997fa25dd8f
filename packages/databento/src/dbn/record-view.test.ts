import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Block, RecordAssembler } from './assembler.js'
import { RTYPE } from './enums.js'
import { createMetadata, encodeMetadata, type Metadata } from './metadata.js'
import { type DbnRecord, decodeRecord, encodeRecord } from './record.js'
import { CbboView, Cmbp1View, OhlcvView, TradeView } from './record-view.js'
import { RecordWriter } from './record-writer.js'

const metadata = createMetadata({
  dataset: 'OPRA.PILLAR',
  schema: 'cbbo-1m',
  symbols: ['AAPL  250221C00250000'],
  mappings: [
    {
      rawSymbol: 'AAPL  250221C00250000',
      intervals: [{ startDate: 20250220, endDate: 20250221, symbol: '7' }],
    },
  ],
})

/** The first record of a stream, as a block. */
function blockOf(records: Uint8Array): Block {
  let block: Block | undefined
  const sink = { onMetadata: () => undefined, onBlock: (found: Block) => void (block = found) }
  new RecordAssembler(sink, 'test', { isFragment: true }).push(records)
  return block as Block
}

const price = fc.oneof(fc.constant(Number.NaN), fc.integer({ min: -9e12, max: 9e12 }))
const time = fc.oneof(fc.constant(Number.NaN), fc.integer({ min: 0, max: 4e15 }))
const size = fc.integer({ min: 0, max: 0xffff_ffff })
const publisher = fc.integer({ min: 0, max: 0xffff })

test('a view reads back exactly what the writer wrote of any quote', () => {
  const quote = fc.record({
    publisherId: publisher,
    instrumentId: size,
    receivedUs: time,
    lastUs: time,
    lastMicros: price,
    lastSize: size,
    flags: fc.integer({ min: 0, max: 255 }),
    bidMicros: price,
    askMicros: price,
    bidSize: size,
    askSize: size,
    bidPublisher: publisher,
    askPublisher: publisher,
  })
  fc.assert(
    fc.property(quote, (fields) => {
      const writer = new RecordWriter()
      writer.cbbo({ rtype: RTYPE.cbbo1m, ...fields })
      const view = new CbboView().bind(blockOf(writer.bytes())).moveTo(0)
      const { publisherId, instrumentId, receivedUs, eventUs, lastMicros, lastSize, flags } = view
      const { bidMicros, askMicros, bidSize, askSize, bidPublisher, askPublisher } = view
      const { lastUs, ...rest } = fields
      expect(eventUs).toBe(lastUs)
      expect({
        publisherId,
        instrumentId,
        receivedUs,
        lastMicros,
        lastSize,
        flags,
        bidMicros,
        askMicros,
        bidSize,
        askSize,
        bidPublisher,
        askPublisher,
      }).toEqual(rest)
      expect(view.length).toBe(80)
    }),
    { numRuns: 200 },
  )
})

test('times that no double holds are rounded down to the µs', () => {
  const record = {
    record: 'trade',
    length: 12,
    rtype: 0,
    publisher_id: 30,
    instrument_id: 7,
    ts_event: 1_740_061_859_895_648_999n,
    price: 340_000_000n,
    size: 3,
    side: 'B',
    flags: 194,
    ts_recv: 1_740_061_859_999_999_999n,
  } satisfies DbnRecord
  const view = new TradeView().bind(blockOf(encodeRecord(record))).moveTo(0)
  expect(view.eventUs).toBe(1_740_061_859_895_648)
  expect(view.receivedUs).toBe(1_740_061_859_999_999)
  expect(view.receivedNs).toBe(1_740_061_859_999_999_999n)
  expect([view.priceMicros, view.priceNano, view.size, view.side, view.flags]).toEqual([
    340_000,
    340_000_000n,
    3,
    66,
    194,
  ])
})

test('bars and events have views of their own', () => {
  const bar = {
    record: 'ohlcv',
    length: 14,
    rtype: RTYPE.ohlcv1m,
    publisher_id: 95,
    instrument_id: 7,
    ts_event: 60_000_000_000n,
    open: 1_000n,
    high: 4_000n,
    low: -1_000n,
    close: 2_000n,
    volume: 5_000_000_000n,
  } satisfies DbnRecord
  const { openMicros, highMicros, lowMicros, closeMicros, volume, eventUs } = new OhlcvView()
    .bind(blockOf(encodeRecord(bar)))
    .moveTo(0)
  expect([eventUs, openMicros, highMicros, lowMicros, closeMicros, volume]).toEqual([
    60_000_000, 1, 4, -1, 2, 5_000_000_000,
  ])
  const event = {
    record: 'cmbp1',
    length: 20,
    rtype: RTYPE.cmbp1,
    publisher_id: 30,
    instrument_id: 7,
    ts_event: 1n,
    price: 1n,
    action: 'T',
    ask_pb_00: 22,
    bid_px_00: 5_000n,
  } satisfies DbnRecord
  const view = new Cmbp1View().bind(blockOf(encodeRecord(event))).moveTo(0)
  expect([view.action, view.askPublisher, view.bidMicros, view.bidNano]).toEqual([0x54, 22, 5, 5_000n])
})

test('a stream may be cut anywhere', () => {
  const writer = new RecordWriter()
  for (let i = 0; i < 5; i++)
    writer.statistic({ publisherId: 22, instrumentId: i, receivedUs: i, statType: 9, quantity: i })
  const stream = Buffer.concat([encodeMetadata(metadata), writer.bytes()])
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: stream.length }), { maxLength: 12 }), (cuts) => {
      const ids: number[] = []
      let found: Metadata | undefined
      const assembler = new RecordAssembler({
        onMetadata: (decoded) => void (found = decoded),
        onBlock: ({ view, length }) => {
          for (let at = 0; at < length; at += 80)
            ids.push(decodeRecord(view, at, { version: 3, tsOut: false }).instrument_id)
        },
      })
      let from = 0
      for (const to of [...cuts.toSorted((a, b) => a - b), stream.length]) {
        // A copy that is spoilt afterwards, as readers use their buffers again.
        const piece = new Uint8Array(stream.subarray(from, to))
        assembler.push(piece)
        piece.fill(0xee)
        from = to
      }
      assembler.end()
      expect(found).toEqual(metadata)
      expect(ids).toEqual([0, 1, 2, 3, 4])
    }),
    { numRuns: 100 },
  )
})

test('a stream that ends early says where, at every byte', () => {
  const writer = new RecordWriter()
  for (let i = 0; i < 2; i++)
    writer.statistic({ publisherId: 22, instrumentId: i, receivedUs: i, statType: 9, quantity: i })
  const head = encodeMetadata(metadata)
  const stream = Buffer.concat([head, writer.bytes()])
  for (let length = 0; length < stream.length; length++) {
    const assembler = new RecordAssembler({ onMetadata: () => undefined, onBlock: () => undefined })
    assembler.push(stream.subarray(0, length))
    const isBetweenRecords = length >= head.length && (length - head.length) % 80 === 0
    if (isBetweenRecords) assembler.end()
    else
      expect(() => assembler.end()).toThrow(
        expect.objectContaining({
          code: 'DBN_TRUNCATED',
          details: expect.objectContaining({ offset: length }),
        }),
      )
  }
})
