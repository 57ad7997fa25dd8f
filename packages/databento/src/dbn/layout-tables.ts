/**
 * The fields of every record layout after the 16-byte header: offset, name and type, one a line.
 *
 * Types: `price` (i64, 1e-9 units), `time` (u64, ns since 1970), `char` (one ASCII byte), `text[n]` (NUL
 * padded), and plain integers. Bytes between fields are reserved. Source: dbn 0.54, record structs.
 */

const MBO = `
  16 order_id u64
  24 price price
  32 size u32
  36 flags u8
  37 channel_id u8
  38 action char
  39 side char
  40 ts_recv time
  48 ts_in_delta i32
  52 sequence u32`

const TRADE = `
  16 price price
  24 size u32
  28 action char
  29 side char
  30 flags u8
  31 depth u8
  32 ts_recv time
  40 ts_in_delta i32
  44 sequence u32`

const MBP1 = `
  16 price price
  24 size u32
  28 action char
  29 side char
  30 flags u8
  31 depth u8
  32 ts_recv time
  40 ts_in_delta i32
  44 sequence u32
  48 bid_px_00 price
  56 ask_px_00 price
  64 bid_sz_00 u32
  68 ask_sz_00 u32
  72 bid_ct_00 u32
  76 ask_ct_00 u32`

const BBO = `
  16 price price
  24 size u32
  29 side char
  30 flags u8
  32 ts_recv time
  44 sequence u32
  48 bid_px_00 price
  56 ask_px_00 price
  64 bid_sz_00 u32
  68 ask_sz_00 u32
  72 bid_ct_00 u32
  76 ask_ct_00 u32`

const CMBP1 = `
  16 price price
  24 size u32
  28 action char
  29 side char
  30 flags u8
  32 ts_recv time
  40 ts_in_delta i32
  48 bid_px_00 price
  56 ask_px_00 price
  64 bid_sz_00 u32
  68 ask_sz_00 u32
  72 bid_pb_00 u16
  76 ask_pb_00 u16`

const CBBO = `
  16 price price
  24 size u32
  29 side char
  30 flags u8
  32 ts_recv time
  48 bid_px_00 price
  56 ask_px_00 price
  64 bid_sz_00 u32
  68 ask_sz_00 u32
  72 bid_pb_00 u16
  76 ask_pb_00 u16`

const OHLCV = `
  16 open price
  24 high price
  32 low price
  40 close price
  48 volume u64`

const STATUS = `
  16 ts_recv time
  24 action u16
  26 reason u16
  28 trading_event u16
  30 is_trading char
  31 is_quoting char
  32 is_short_sell_restricted char`

const IMBALANCE = `
  16 ts_recv time
  24 ref_price price
  32 auction_time time
  40 cont_book_clr_price price
  48 auct_interest_clr_price price
  56 ssr_filling_price price
  64 ind_match_price price
  72 upper_collar price
  80 lower_collar price
  88 paired_qty u32
  92 total_imbalance_qty u32
  96 market_imbalance_qty u32
  100 unpaired_qty u32
  104 auction_type char
  105 side char
  106 auction_status u8
  107 freeze_status u8
  108 num_extensions u8
  109 unpaired_side char
  110 significant_imbalance char`

const STATISTICS_V1 = `
  16 ts_recv time
  24 ts_ref time
  32 price price
  40 quantity i32
  44 sequence u32
  48 ts_in_delta i32
  52 stat_type u16
  54 channel_id u16
  56 update_action u8
  57 stat_flags u8`

const STATISTICS_V3 = `
  16 ts_recv time
  24 ts_ref time
  32 price price
  40 quantity i64
  48 sequence u32
  52 ts_in_delta i32
  56 stat_type u16
  58 channel_id u16
  60 update_action u8
  61 stat_flags u8`

const DEFINITION_V1 = `
  16 ts_recv time
  24 min_price_increment price
  32 display_factor price
  40 expiration time
  48 activation time
  56 high_limit_price price
  64 low_limit_price price
  72 max_price_variation price
  80 trading_reference_price price
  88 unit_of_measure_qty price
  96 min_price_increment_amount price
  104 price_ratio price
  112 inst_attrib_value i32
  116 underlying_id u32
  120 raw_instrument_id u32
  124 market_depth_implied i32
  128 market_depth i32
  132 market_segment_id u32
  136 max_trade_vol u32
  140 min_lot_size i32
  144 min_lot_size_block i32
  148 min_lot_size_round_lot i32
  152 min_trade_vol u32
  160 contract_multiplier i32
  164 decay_quantity i32
  168 original_contract_size i32
  176 trading_reference_date u16
  178 appl_id i16
  180 maturity_year u16
  182 decay_start_date u16
  184 channel_id u16
  186 currency text[4]
  190 settl_currency text[4]
  194 secsubtype text[6]
  200 raw_symbol text[22]
  222 group text[21]
  243 exchange text[5]
  248 asset text[7]
  255 cfi text[7]
  262 security_type text[7]
  269 unit_of_measure text[31]
  300 underlying text[21]
  321 strike_price_currency text[4]
  325 instrument_class char
  328 strike_price price
  342 match_algorithm char
  343 md_security_trading_status u8
  344 main_fraction u8
  345 price_display_format u8
  346 settl_price_type u8
  347 sub_fraction u8
  348 underlying_product u8
  349 security_update_action char
  350 maturity_month u8
  351 maturity_day u8
  352 maturity_week u8
  353 user_defined_instrument char
  354 contract_multiplier_unit i8
  355 flow_schedule_type i8
  356 tick_rule u8`

const DEFINITION_V2 = `
  16 ts_recv time
  24 min_price_increment price
  32 display_factor price
  40 expiration time
  48 activation time
  56 high_limit_price price
  64 low_limit_price price
  72 max_price_variation price
  80 trading_reference_price price
  88 unit_of_measure_qty price
  96 min_price_increment_amount price
  104 price_ratio price
  112 strike_price price
  120 inst_attrib_value i32
  124 underlying_id u32
  128 raw_instrument_id u32
  132 market_depth_implied i32
  136 market_depth i32
  140 market_segment_id u32
  144 max_trade_vol u32
  148 min_lot_size i32
  152 min_lot_size_block i32
  156 min_lot_size_round_lot i32
  160 min_trade_vol u32
  164 contract_multiplier i32
  168 decay_quantity i32
  172 original_contract_size i32
  176 trading_reference_date u16
  178 appl_id i16
  180 maturity_year u16
  182 decay_start_date u16
  184 channel_id u16
  186 currency text[4]
  190 settl_currency text[4]
  194 secsubtype text[6]
  200 raw_symbol text[71]
  271 group text[21]
  292 exchange text[5]
  297 asset text[7]
  304 cfi text[7]
  311 security_type text[7]
  318 unit_of_measure text[31]
  349 underlying text[21]
  370 strike_price_currency text[4]
  374 instrument_class char
  375 match_algorithm char
  376 md_security_trading_status u8
  377 main_fraction u8
  378 price_display_format u8
  379 settl_price_type u8
  380 sub_fraction u8
  381 underlying_product u8
  382 security_update_action char
  383 maturity_month u8
  384 maturity_day u8
  385 maturity_week u8
  386 user_defined_instrument char
  387 contract_multiplier_unit i8
  388 flow_schedule_type i8
  389 tick_rule u8`

const DEFINITION_V3 = `
  16 ts_recv time
  24 min_price_increment price
  32 display_factor price
  40 expiration time
  48 activation time
  56 high_limit_price price
  64 low_limit_price price
  72 max_price_variation price
  80 unit_of_measure_qty price
  88 min_price_increment_amount price
  96 price_ratio price
  104 strike_price price
  112 raw_instrument_id u64
  120 leg_price price
  128 leg_delta price
  136 inst_attrib_value i32
  140 underlying_id u32
  144 market_depth_implied i32
  148 market_depth i32
  152 market_segment_id u32
  156 max_trade_vol u32
  160 min_lot_size i32
  164 min_lot_size_block i32
  168 min_lot_size_round_lot i32
  172 min_trade_vol u32
  176 contract_multiplier i32
  180 decay_quantity i32
  184 original_contract_size i32
  188 leg_instrument_id u32
  192 leg_ratio_price_numerator i32
  196 leg_ratio_price_denominator i32
  200 leg_ratio_qty_numerator i32
  204 leg_ratio_qty_denominator i32
  208 leg_underlying_id u32
  212 appl_id i16
  214 maturity_year u16
  216 decay_start_date u16
  218 channel_id u16
  220 leg_count u16
  222 leg_index u16
  224 currency text[4]
  228 settl_currency text[4]
  232 secsubtype text[6]
  238 raw_symbol text[71]
  309 group text[21]
  330 exchange text[5]
  335 asset text[11]
  346 cfi text[7]
  353 security_type text[7]
  360 unit_of_measure text[31]
  391 underlying text[21]
  412 strike_price_currency text[4]
  416 leg_raw_symbol text[71]
  487 instrument_class char
  488 match_algorithm char
  489 main_fraction u8
  490 price_display_format u8
  491 sub_fraction u8
  492 underlying_product u8
  493 security_update_action char
  494 maturity_month u8
  495 maturity_day u8
  496 maturity_week u8
  497 user_defined_instrument char
  498 contract_multiplier_unit i8
  499 flow_schedule_type i8
  500 tick_rule u8
  501 leg_instrument_class char
  502 leg_side char`

const ERROR_V1 = `
  16 err text[64]`

const ERROR_V2 = `
  16 err text[302]
  318 code u8
  319 is_last u8`

const SYMBOL_MAPPING_V1 = `
  16 stype_in_symbol text[22]
  38 stype_out_symbol text[22]
  64 start_ts time
  72 end_ts time`

const SYMBOL_MAPPING_V2 = `
  16 stype_in u8
  17 stype_in_symbol text[71]
  88 stype_out u8
  89 stype_out_symbol text[71]
  160 start_ts time
  168 end_ts time`

const SYSTEM_V1 = `
  16 msg text[64]`

const SYSTEM_V2 = `
  16 msg text[303]
  319 code u8`

/** The trade fields, then ten levels of 32 bytes each. */
const MBP10 = TRADE + Array.from({ length: 10 }, (_, level) => mbpLevel(level)).join('')

function mbpLevel(level: number): string {
  const at = 48 + 32 * level
  const number = String(level).padStart(2, '0')
  return `
  ${at} bid_px_${number} price
  ${at + 8} ask_px_${number} price
  ${at + 16} bid_sz_${number} u32
  ${at + 20} ask_sz_${number} u32
  ${at + 24} bid_ct_${number} u32
  ${at + 28} ask_ct_${number} u32`
}

/** The name of a record layout; a suffix names the first version that has it. */
export type LayoutName =
  | 'mbo'
  | 'trade'
  | 'mbp1'
  | 'mbp10'
  | 'bbo'
  | 'cmbp1'
  | 'cbbo'
  | 'ohlcv'
  | 'status'
  | 'imbalance'
  | 'statistics_v1'
  | 'statistics_v3'
  | 'definition_v1'
  | 'definition_v2'
  | 'definition_v3'
  | 'error_v1'
  | 'error_v2'
  | 'symbol_mapping_v1'
  | 'symbol_mapping_v2'
  | 'system_v1'
  | 'system_v2'

/** Bytes and fields of each layout, by name; a suffix names the first version that has it. */
export const LAYOUT_TABLES: Readonly<Record<LayoutName, readonly [bytes: number, fields: string]>> = {
  mbo: [56, MBO],
  trade: [48, TRADE],
  mbp1: [80, MBP1],
  mbp10: [368, MBP10],
  bbo: [80, BBO],
  cmbp1: [80, CMBP1],
  cbbo: [80, CBBO],
  ohlcv: [56, OHLCV],
  status: [40, STATUS],
  imbalance: [112, IMBALANCE],
  statistics_v1: [64, STATISTICS_V1],
  statistics_v3: [80, STATISTICS_V3],
  definition_v1: [360, DEFINITION_V1],
  definition_v2: [400, DEFINITION_V2],
  definition_v3: [520, DEFINITION_V3],
  error_v1: [80, ERROR_V1],
  error_v2: [320, ERROR_V2],
  symbol_mapping_v1: [80, SYMBOL_MAPPING_V1],
  symbol_mapping_v2: [176, SYMBOL_MAPPING_V2],
  system_v1: [80, SYSTEM_V1],
  system_v2: [320, SYSTEM_V2],
}
