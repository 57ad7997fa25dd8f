import { expect, test } from 'vitest'
import { type DbnRecord, encodeRecord } from '../dbn/record.js'
import { CsvEncoder, type CsvOptions } from './csv-encoder.js'
import { JsonEncoder } from './json-encoder.js'
import type { TextOptions } from './text-encoder.js'

const UNDEF_PRICE = 0x7fff_ffff_ffff_ffffn
const UNDEF_TIME = 0xffff_ffff_ffff_ffffn
const plain: TextOptions = { version: 3, tsOut: false }
const pretty: TextOptions = { ...plain, prettyPrices: true, prettyTimes: true }
const named = (symbol: string | undefined): TextOptions => ({
  ...pretty,
  symbols: { symbolOf: () => symbol },
})

const header = { length: 0, publisher_id: 30, instrument_id: 16_783_963 } as const
const quote: DbnRecord = {
  ...header,
  record: 'cbbo',
  rtype: 0xc1,
  ts_event: 1_740_061_859_895_648_000n,
  price: 340_000_000n,
  size: 1,
  side: 'N',
  flags: 194,
  ts_recv: 1_740_061_860_000_000_000n,
  bid_px_00: 320_000_000n,
  ask_px_00: 340_000_000n,
  bid_sz_00: 104,
  ask_sz_00: 132,
  bid_pb_00: 29,
  ask_pb_00: 23,
}
const empty: DbnRecord = {
  ...quote,
  ts_event: UNDEF_TIME,
  price: UNDEF_PRICE,
  size: 0,
  bid_px_00: UNDEF_PRICE,
  bid_sz_00: 0,
}
const message = (err: string): DbnRecord => ({
  ...header,
  record: 'error_v2',
  rtype: 0x15,
  ts_event: 1n,
  err,
  code: 255,
  is_last: 1,
})

const viewOf = (record: DbnRecord): DataView => new DataView(encodeRecord(record).buffer)
const csvOf = (record: DbnRecord, options: CsvOptions): string =>
  new CsvEncoder(options).row(viewOf(record), 0)
const jsonOf = (record: DbnRecord, options: TextOptions): string =>
  new JsonEncoder(options).row(viewOf(record), 0)

// The lines of the specification, 8.8.
test('a quote is written as a batch job writes it', () => {
  expect(csvOf(quote, { ...named('AAPL  250221C00250000'), schema: 'cbbo-1m' })).toBe(
    `ts_recv,ts_event,rtype,publisher_id,instrument_id,side,price,size,flags,bid_px_00,ask_px_00,bid_sz_00,ask_sz_00,bid_pb_00,ask_pb_00,symbol
2025-02-20T14:31:00.000000000Z,2025-02-20T14:30:59.895648000Z,193,30,16783963,N,0.340000000,1,194,0.320000000,0.340000000,104,132,29,23,AAPL  250221C00250000
`,
  )
  expect(csvOf(quote, { ...plain, schema: 'cbbo-1m' }).split('\n')[1]).toBe(
    '1740061860000000000,1740061859895648000,193,30,16783963,N,340000000,1,194,320000000,340000000,104,132,29,23',
  )
  expect(jsonOf(quote, named('AAPL  250221C00250000'))).toBe(
    `{"ts_recv":"2025-02-20T14:31:00.000000000Z","hd":{"ts_event":"2025-02-20T14:30:59.895648000Z","rtype":193,"publisher_id":30,"instrument_id":16783963},"side":"N","price":"0.340000000","size":1,"flags":194,"levels":[{"bid_px":"0.320000000","ask_px":"0.340000000","bid_sz":104,"ask_sz":132,"bid_pb":29,"ask_pb":23}],"symbol":"AAPL  250221C00250000"}
`,
  )
})

test('what is undefined is blank or null when pretty, and its number when plain', () => {
  expect(csvOf(empty, named(undefined)).split('\n')[1]).toBe(
    '2025-02-20T14:31:00.000000000Z,,193,30,16783963,N,,0,194,,0.340000000,0,132,29,23,',
  )
  expect(jsonOf(empty, named(undefined))).toMatch(/"price":null,.*"bid_px":null,.*"symbol":null}/)
  expect(csvOf(empty, plain)).toContain(`,${UNDEF_TIME},193,`)
  expect(jsonOf(empty, plain)).toContain(`"price":"${UNDEF_PRICE}"`)
})

test('a time of 0 is blank when pretty', () => {
  expect(csvOf({ ...quote, ts_event: 0n }, pretty).split('\n')[1]).toMatch(/^2025[^,]*Z,,193/)
})

test('prices below zero and below a dollar keep nine digits', () => {
  const line = csvOf({ ...quote, price: -100_000n, bid_px_00: 9_223_372_036_854_775_806n }, pretty)
  expect(line).toContain(',-0.000100000,')
  expect(line).toContain(',9223372036.854775806,')
})

test('chars are escaped the same way in both forms', () => {
  expect(csvOf({ ...quote, side: '\xff' }, plain)).toContain(',\\xff,')
  expect(csvOf({ ...quote, side: '"' }, plain)).toContain(',"\\""",')
  expect(csvOf({ ...quote, side: ',' }, plain)).toContain(',",",')
  expect(csvOf({ ...quote, side: '\t' }, plain)).toContain(',\\t,')
  expect(jsonOf({ ...quote, side: '\0' }, plain)).toContain('"side":null')
  expect(jsonOf({ ...quote, side: "'" }, plain)).toContain(`"side":"\\'"`)
})

test('texts are quoted in CSV and escaped in JSON', () => {
  const record = message('say "a/b",\nthen\u0001 é')
  expect(csvOf(record, plain)).toContain(',"say ""a/b"",\nthen\u0001 é",255,1\n')
  expect(jsonOf(record, plain)).toContain('"err":"say \\"a\\/b\\",\\nthen\\u0001 é"')
})

test('a text with no end, or that is not UTF-8, is empty', () => {
  const bytes = encodeRecord(message(''))
  const view = new DataView(bytes.buffer)
  bytes.fill(0x41, 16, 16 + 302)
  expect(new JsonEncoder(plain).row(view, 0)).toContain('"err":""')
  bytes[20] = 0
  expect(new JsonEncoder(plain).row(view, 0)).toContain('"err":"AAAA"')
  bytes[17] = 0xff
  expect(new JsonEncoder(plain).row(view, 0)).toContain('"err":""')
})

test('the time of sending follows the fields of the record', () => {
  const sent = { ...quote, ts_out: 1_740_061_860_000_001_000n }
  const lines = csvOf(sent, { ...plain, tsOut: true }).split('\n')
  expect(lines[0]).toMatch(/,ask_pb_00,ts_out$/)
  expect(lines[1]).toMatch(/,23,1740061860000001000$/)
})

test('a header is written once, also when there are no records', () => {
  const csv = new CsvEncoder({ ...plain, schema: 'ohlcv-1d' })
  expect(csv.header()).toBe('ts_event,rtype,publisher_id,instrument_id,open,high,low,close,volume\n')
  expect(csv.header()).toBe('')
  expect(new CsvEncoder(plain).header()).toBe('')
})

test('CSV refuses mixed streams unless a schema is named', () => {
  expect(() => new CsvEncoder({ ...plain, schema: null })).toThrow(
    expect.objectContaining({ code: 'DBN_MIXED_RECORDS' }),
  )
  const csv = new CsvEncoder({ ...plain, schema: 'cbbo-1m' })
  csv.row(viewOf(quote), 0)
  expect(() => csv.row(viewOf(message('no')), 0)).toThrow(
    expect.objectContaining({ code: 'DBN_MIXED_RECORDS' }),
  )
  const chosen = new CsvEncoder({ ...plain, schema: null, onlySchema: 'cbbo-1m' })
  chosen.header()
  expect(chosen.row(viewOf(message('left out')), 0)).toBe('')
  expect(chosen.row(viewOf(quote), 0)).toMatch(/^1740061860/)
})

test('a record of unknown type is refused, or left out and counted', () => {
  const bytes = new Uint8Array(24)
  bytes.set([6, 0x7f])
  const view = new DataView(bytes.buffer)
  expect(() => new JsonEncoder(plain).row(view, 0)).toThrow(
    expect.objectContaining({ code: 'DBN_UNKNOWN_RECORD_TYPE' }),
  )
  const json = new JsonEncoder({ ...plain, skipUnknown: true })
  expect(json.row(view, 0)).toBe('')
  expect(json.skipped).toBe(1)
})

test('definitions are written as stored, or in the columns of version 3', () => {
  const record: DbnRecord = {
    ...header,
    record: 'definition_v1',
    rtype: 0x13,
    ts_event: 1n,
    raw_symbol: 'AAPL',
    asset: 'AAPL',
  }
  const columns = (upgrade: boolean): number[] =>
    csvOf(record, { version: 1, tsOut: false, upgrade })
      .trim()
      .split('\n')
      .map((line) => line.split(',').length)
  expect(columns(false)).toEqual([64, 64])
  expect(columns(true)).toEqual([73, 73])
})
