import { expect, test } from 'vitest'
import { LAYOUTS, type LayoutName } from './layouts.js'
import { type DbnRecord, decodeRecord, encodeRecord } from './record.js'
import { upgradeRecord } from './upgrade.js'

function upgraded(
  record: LayoutName,
  rtype: number,
  fields: Record<string, number | bigint | string>,
  tsOut = false,
): DbnRecord {
  const whole: DbnRecord = {
    record,
    length: 0,
    rtype,
    publisher_id: 2,
    instrument_id: 7,
    ts_event: 1n,
    ...fields,
  }
  const version = record.endsWith('v2') ? 2 : 1
  const newer = upgradeRecord(new DataView(encodeRecord(whole).buffer), 0, { version, tsOut })
  return decodeRecord(new DataView((newer as Uint8Array).buffer), 0, { version: 3, tsOut })
}

test('a definition gains legs that are none, and keeps what both versions have', () => {
  const fields = {
    raw_symbol: 'AAPL',
    asset: 'AAPL',
    strike_price: 250n,
    raw_instrument_id: 0x7fff_ffff,
    trading_reference_price: 5n,
  }
  for (const record of ['definition_v1', 'definition_v2'] as const) {
    const newer = upgraded(record, 0x13, fields)
    expect(newer).toMatchObject({
      length: 130,
      raw_symbol: 'AAPL',
      asset: 'AAPL',
      strike_price: 250n,
      raw_instrument_id: 0x7fff_ffffn,
      leg_price: 0x7fff_ffff_ffff_ffffn,
      leg_delta: 0x7fff_ffff_ffff_ffffn,
      leg_side: 'N',
      leg_instrument_class: '\0',
      leg_count: 0,
    })
    expect(newer).not.toHaveProperty('trading_reference_price')
  }
})

test('an undefined quantity is widened, another one is kept', () => {
  expect(upgraded('statistics_v1', 0x18, { quantity: 2_147_483_647 })['quantity']).toBe(
    0x7fff_ffff_ffff_ffffn,
  )
  expect(upgraded('statistics_v1', 0x18, { quantity: -5 })['quantity']).toBe(-5n)
})

test('the time of sending stays the last field', () => {
  expect(upgraded('statistics_v1', 0x18, { quantity: 1, ts_out: 99n }, true)).toMatchObject({
    length: 22,
    ts_out: 99n,
  })
})

test.each([
  ['User or API key deactivated', 2],
  ['User has reached their open connection limit', 3],
  ['Failed to resolve symbol X', 4],
  ['Internal error', 6],
  ['Internal error.', 255],
  ['Slow client detected for 5 s', 7],
])('the error "%s" has code %i', (err, code) => {
  expect(upgraded('error_v1', 0x15, { err })).toMatchObject({ err, code, is_last: 255, length: 80 })
})

test.each([
  ['Heartbeat', 0],
  ['Subscription request 1 for trades data succeeded', 1],
  ['Subscription request 1 failed', 255],
  ['Warning: slow reading, 3 s', 2],
  ['Finished trades replay', 3],
  ['End of interval for cbbo-1m', 4],
])('the system message "%s" has code %i', (msg, code) => {
  expect(upgraded('system_v1', 0x17, { msg })).toMatchObject({ msg, code, length: 80 })
})

test('a message that fills its field has no code', () => {
  const bytes = new Uint8Array(LAYOUTS.system_v1.bytes).fill(0x20, 16)
  bytes.set([20, 0x17])
  bytes.set(new TextEncoder().encode('Warning: slow reading'), 16)
  const newer = upgradeRecord(new DataView(bytes.buffer), 0, { version: 1, tsOut: false }) as Uint8Array
  expect(decodeRecord(new DataView(newer.buffer), 0, { version: 3, tsOut: false })['code']).toBe(255)
})

test('a record whose layout did not change is left alone', () => {
  const bytes = encodeRecord({
    record: 'trade',
    length: 12,
    rtype: 0,
    publisher_id: 1,
    instrument_id: 1,
    ts_event: 1n,
  })
  expect(upgradeRecord(new DataView(bytes.buffer), 0, { version: 1, tsOut: false })).toBeUndefined()
})

test('a record shorter than its layout is corrupt', () => {
  const bytes = new Uint8Array(32)
  bytes.set([8, 0x13])
  const view = new DataView(bytes.buffer)
  expect(() => upgradeRecord(view, 0, { version: 1, tsOut: false })).toThrow(
    expect.objectContaining({ code: 'DBN_CORRUPT' }),
  )
  expect(() => decodeRecord(view, 0, { version: 1, tsOut: false })).toThrow(
    expect.objectContaining({ code: 'DBN_CORRUPT' }),
  )
})
