/** Schema names by their number in DBN metadata. Source: dbn, Schema. */
export const SCHEMAS = [
  'mbo',
  'mbp-1',
  'mbp-10',
  'tbbo',
  'trades',
  'ohlcv-1s',
  'ohlcv-1m',
  'ohlcv-1h',
  'ohlcv-1d',
  'definition',
  'statistics',
  'status',
  'imbalance',
  'ohlcv-eod',
  'cmbp-1',
  'cbbo-1s',
  'cbbo-1m',
  'tcbbo',
  'bbo-1s',
  'bbo-1m',
] as const

/** A record schema of Databento. */
export type Schema = (typeof SCHEMAS)[number]

/** Symbology names by their number. Source: dbn, SType. */
export const STYPES = [
  'instrument_id',
  'raw_symbol',
  'smart',
  'continuous',
  'parent',
  'nasdaq_symbol',
  'cms_symbol',
  'isin',
  'us_code',
  'bbg_comp_id',
  'bbg_comp_ticker',
  'figi',
  'figi_ticker',
  'listing_id',
  'issuer_id',
  'security_id',
] as const

/** A symbology of Databento. */
export type SType = (typeof STYPES)[number]

/** Record types that this package reads by name. */
export const RTYPE = {
  trade: 0x00,
  definition: 0x13,
  statistics: 0x18,
  ohlcv1s: 0x20,
  ohlcv1m: 0x21,
  ohlcv1h: 0x22,
  ohlcv1d: 0x23,
  cmbp1: 0xb1,
  cbbo1s: 0xc0,
  cbbo1m: 0xc1,
  tcbbo: 0xc2,
} as const

/** "No price": the largest 64-bit signed integer. */
export const UNDEF_PRICE = 9_223_372_036_854_775_807n
/** "No time": the largest 64-bit unsigned integer. */
export const UNDEF_TIMESTAMP = 18_446_744_073_709_551_615n
