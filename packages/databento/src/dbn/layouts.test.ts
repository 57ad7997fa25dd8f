import { expect, test } from 'vitest'
import { SCHEMAS } from './enums.js'
import { HEADER_BYTES, LAYOUTS, type LayoutName, layoutOf, RTYPE_OF_SCHEMA } from './layouts.js'

/** Bytes, count of fields, and `name@offset` of some of them, from the published record structs. */
const PINS: Record<LayoutName, readonly [bytes: number, fields: number, places: string]> = {
  mbo: [56, 10, 'order_id@16 action@38 sequence@52'],
  trade: [48, 9, 'price@16 flags@30 sequence@44'],
  mbp1: [80, 15, 'price@16 ts_in_delta@40 ask_ct_00@76'],
  mbp10: [368, 69, 'price@16 sequence@44 bid_px_00@48 ask_sz_01@100 ask_ct_09@364'],
  bbo: [80, 12, 'price@16 bid_px_00@48 ask_ct_00@76'],
  cmbp1: [80, 13, 'price@16 ts_in_delta@40 ask_pb_00@76'],
  cbbo: [80, 11, 'price@16 bid_px_00@48 ask_pb_00@76'],
  ohlcv: [56, 5, 'open@16 low@32 volume@48'],
  status: [40, 7, 'ts_recv@16 trading_event@28 is_short_sell_restricted@32'],
  imbalance: [112, 20, 'ts_recv@16 total_imbalance_qty@92 significant_imbalance@110'],
  statistics_v1: [64, 10, 'ts_recv@16 ts_in_delta@48 stat_flags@57'],
  statistics_v3: [80, 10, 'ts_recv@16 ts_in_delta@52 stat_flags@61'],
  definition_v1: [
    360,
    60,
    'min_price_increment@24 raw_instrument_id@120 trading_reference_date@176 appl_id@178 currency@186 raw_symbol@200 asset@248 underlying@300 instrument_class@325 strike_price@328 tick_rule@356',
  ],
  definition_v2: [
    400,
    60,
    'min_price_increment@24 strike_price@112 raw_instrument_id@128 trading_reference_date@176 appl_id@178 currency@186 raw_symbol@200 asset@297 underlying@349 instrument_class@374 tick_rule@389',
  ],
  definition_v3: [
    520,
    69,
    'min_price_increment@24 strike_price@104 raw_instrument_id@112 appl_id@212 currency@224 raw_symbol@238 asset@335 underlying@391 leg_raw_symbol@416 instrument_class@487 tick_rule@500',
  ],
  error_v1: [80, 1, 'err@16'],
  error_v2: [320, 3, 'err@16 code@318 is_last@319'],
  symbol_mapping_v1: [80, 4, 'stype_in_symbol@16 start_ts@64 end_ts@72'],
  symbol_mapping_v2: [176, 6, 'stype_in@16 stype_out_symbol@89 end_ts@168'],
  system_v1: [80, 1, 'msg@16'],
  system_v2: [320, 2, 'msg@16 code@319'],
}

test.each(Object.entries(PINS))(
  '%s has the bytes and fields of the specification',
  (name, [bytes, fields, places]) => {
    const layout = LAYOUTS[name as LayoutName]
    expect(layout.bytes).toBe(bytes)
    expect(layout.fields.length).toBe(fields)
    const found = new Map(layout.fields.map((field) => [field.name, field.offset]))
    for (const place of places.split(' ')) {
      const [field = '', offset] = place.split('@')
      expect([field, found.get(field)]).toEqual([field, Number(offset)])
    }
  },
)

test('fields lie in order after the header, do not overlap and stay within their record', () => {
  for (const { name, bytes, fields } of Object.values(LAYOUTS)) {
    let end = HEADER_BYTES
    for (const field of fields) {
      expect(field.offset, `${name}.${field.name}`).toBeGreaterThanOrEqual(end)
      expect(field.bytes, `${name}.${field.name}`).toBeGreaterThan(0)
      end = field.offset + field.bytes
    }
    expect(end, name).toBeLessThanOrEqual(bytes)
    expect(bytes % 8, name).toBe(0)
  }
})

test('every schema has a layout in every version, and an unknown type has none', () => {
  for (const schema of SCHEMAS) {
    for (const version of [1, 2, 3]) expect(layoutOf(RTYPE_OF_SCHEMA[schema], version)).toBeDefined()
  }
  expect(layoutOf(0x7f, 3)).toBeUndefined()
  expect(layoutOf(0x13, 2)?.name).toBe('definition_v2')
  expect(layoutOf(0x18, 2)?.name).toBe('statistics_v1')
})
