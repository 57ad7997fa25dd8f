import { InstrumentTable, type MarketSink } from '@scalp/canonical'
import { expect, test } from 'vitest'
import { createDatasetTape, type DatasetTape, discoverDataset, filesOf } from '../src/node.js'
import { MIDNIGHT_NS, quoteRows, SYMBOLS, toDbn, writeFiles } from './dataset-files.js'

const OPEN_NS = MIDNIGHT_NS + 52_200_000_000_000n
const TRADE = 0x54
const ADD = 0x41

/** An event of a contract: a trade of so many contracts, or an order that changed the quote. */
interface EventRow {
  readonly id: number
  readonly action: number
  readonly size: number
}

/** Records of 80 bytes of a type that carries action, price and size before the quote. */
function eventDbn(rtype: number, rows: readonly EventRow[]): Uint8Array {
  const bytes = toDbn(
    quoteRows(rows.length).map((row, at) => ({
      ...row,
      id: rows[at]?.id ?? 7,
      ns: OPEN_NS + BigInt(at) * 1_000_000n,
    })),
  )
  const view = new DataView(bytes.buffer)
  const head = bytes.length - rows.length * 80
  rows.forEach(({ action, size }, at) => {
    const offset = head + at * 80
    bytes[offset + 1] = rtype
    view.setBigUint64(offset + 8, OPEN_NS + BigInt(at) * 1_000_000n - 250_000n, true)
    view.setBigInt64(offset + 16, 1_250_000_000n + BigInt(at) * 10_000_000n, true)
    view.setUint32(offset + 24, size, true)
    bytes[offset + 28] = action
  })
  return bytes
}

function eventCsv(rows: readonly EventRow[]): Uint8Array {
  const lines = rows.map(({ id, action, size }, at) =>
    [
      OPEN_NS + BigInt(at) * 1_000_000n,
      OPEN_NS + BigInt(at) * 1_000_000n - 250_000n,
      id,
      String.fromCharCode(action),
      `${1.25 + at / 100}`,
      size,
      '1.20',
      '1.30',
      4,
      5,
      SYMBOLS[id],
    ].join(','),
  )
  const header =
    'ts_recv,ts_event,instrument_id,action,price,size,bid_px_00,ask_px_00,bid_sz_00,ask_sz_00,symbol'
  return new TextEncoder().encode(`${[header, ...lines].join('\n')}\n`)
}

const ROWS: readonly EventRow[] = [
  { id: 7, action: ADD, size: 0 },
  { id: 7, action: TRADE, size: 3 },
  { id: 70_000, action: TRADE, size: 9 },
  { id: 9, action: TRADE, size: 4 },
  { id: 5, action: TRADE, size: 4 },
]

async function play(tape: DatasetTape, instruments: InstrumentTable): Promise<unknown[]> {
  const seen: unknown[] = []
  const nameOf = (index: Parameters<InstrumentTable['get']>[0]) => instruments.get(index).symbol
  const sink: MarketSink = {
    onQuote: ({ instrument }) => void seen.push(['quote', nameOf(instrument)]),
    onTrade: ({ instrument, receivedUs, sourceUs, priceMicros, size }) =>
      void seen.push(['trade', nameOf(instrument), receivedUs - sourceUs, priceMicros, size]),
    onBar: () => undefined,
    onStatistic: () => undefined,
  }
  while (await tape.refill()) while (tape.receivedUs !== Number.POSITIVE_INFINITY) tape.emit(sink)
  await tape.close()
  return seen
}

const CALL = 'TSLA250221C00250000'
const PUT = 'TSLA250321P00200000'
const TRADES = [
  ['trade', CALL, 250, 1_260_000, 3],
  ['trade', PUT, 250, 1_280_000, 4],
]

async function filesWith(name: string, bytes: Uint8Array) {
  const schema = name.includes('tcbbo') ? 'tcbbo' : 'cmbp-1'
  return filesOf(await discoverDataset(await writeFiles({ [name]: bytes })), { schema })
}

test.each([
  ['opra-pillar-20250220.cmbp-1.dbn', eventDbn(0xb1, ROWS)],
  ['opra-pillar-20250220.cmbp-1.csv', eventCsv(ROWS)],
])(
  'a trade comes before the quote that follows from it, and counts once where it is left out: %s',
  async (name, bytes) => {
    const files = await filesWith(name, bytes)
    const instruments = new InstrumentTable()
    const tape = createDatasetTape({ files, instruments, symbols: ['TSLA'] })
    expect(await play(tape, instruments)).toEqual([
      ['quote', CALL],
      TRADES[0],
      ['quote', CALL],
      TRADES[1],
      ['quote', PUT],
    ])
    /** One of another root, one whose symbol is no option's. */
    expect(tape.stats).toMatchObject({ records: 5, kept: 5, filtered: 1, dropped: 1, skipped: 0 })
  },
)

test.each([
  ['opra-pillar-20250220.tcbbo.dbn', eventDbn(0xc2, ROWS.slice(1))],
  ['opra-pillar-20250220.tcbbo.csv', eventCsv(ROWS.slice(1))],
])('trades with the quote that they met are trades: %s', async (name, bytes) => {
  const files = await filesWith(name, bytes)
  const instruments = new InstrumentTable()
  const tape = createDatasetTape({ files, instruments, symbols: ['TSLA'] })
  expect((await play(tape, instruments)).map((row) => (row as unknown[]).slice(0, 2))).toEqual(
    TRADES.map((row) => row.slice(0, 2)),
  )
})

test('only the trades of a file with quotes are read', async () => {
  const files = await filesWith('opra-pillar-20250220.cmbp-1.dbn', eventDbn(0xb1, ROWS))
  const alone = new InstrumentTable()
  expect(
    await play(createDatasetTape({ files, instruments: alone, symbols: ['TSLA'], only: 'trades' }), alone),
  ).toEqual(TRADES)
})
