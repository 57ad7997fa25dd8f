import type { LayoutName } from '../dbn/layouts.js'

/**
 * The columns of Databento's text encodings in their order, header fields included: `ts_recv` first,
 * then the header, then the rest, which is not the binary order. Source: dbn 0.54, CSV encoder.
 */

const MBO = `
  ts_recv ts_event rtype publisher_id instrument_id action side price size channel_id order_id flags
  ts_in_delta sequence`

const TRADE = `
  ts_recv ts_event rtype publisher_id instrument_id action side depth price size flags ts_in_delta
  sequence`

const MBP1 = `
  ts_recv ts_event rtype publisher_id instrument_id action side depth price size flags ts_in_delta
  sequence bid_px_00 ask_px_00 bid_sz_00 ask_sz_00 bid_ct_00 ask_ct_00`

const BBO = `
  ts_recv ts_event rtype publisher_id instrument_id side price size flags sequence bid_px_00 ask_px_00
  bid_sz_00 ask_sz_00 bid_ct_00 ask_ct_00`

const CMBP1 = `
  ts_recv ts_event rtype publisher_id instrument_id action side price size flags ts_in_delta bid_px_00
  ask_px_00 bid_sz_00 ask_sz_00 bid_pb_00 ask_pb_00`

const CBBO = `
  ts_recv ts_event rtype publisher_id instrument_id side price size flags bid_px_00 ask_px_00
  bid_sz_00 ask_sz_00 bid_pb_00 ask_pb_00`

const OHLCV = `
  ts_event rtype publisher_id instrument_id open high low close volume`

const STATUS = `
  ts_recv ts_event rtype publisher_id instrument_id action reason trading_event is_trading is_quoting
  is_short_sell_restricted`

const IMBALANCE = `
  ts_recv ts_event rtype publisher_id instrument_id ref_price auction_time cont_book_clr_price
  auct_interest_clr_price ssr_filling_price ind_match_price upper_collar lower_collar paired_qty
  total_imbalance_qty market_imbalance_qty unpaired_qty auction_type side auction_status freeze_status
  num_extensions unpaired_side significant_imbalance`

const STATISTICS_V1 = `
  ts_recv ts_event rtype publisher_id instrument_id ts_ref price quantity sequence ts_in_delta
  stat_type channel_id update_action stat_flags`

const DEFINITION_V1 = `
  ts_recv ts_event rtype publisher_id instrument_id raw_symbol security_update_action instrument_class
  min_price_increment display_factor expiration activation high_limit_price low_limit_price
  max_price_variation trading_reference_price unit_of_measure_qty min_price_increment_amount
  price_ratio inst_attrib_value underlying_id raw_instrument_id market_depth_implied market_depth
  market_segment_id max_trade_vol min_lot_size min_lot_size_block min_lot_size_round_lot min_trade_vol
  contract_multiplier decay_quantity original_contract_size trading_reference_date appl_id
  maturity_year decay_start_date channel_id currency settl_currency secsubtype group exchange asset
  cfi security_type unit_of_measure underlying strike_price_currency strike_price match_algorithm
  md_security_trading_status main_fraction price_display_format settl_price_type sub_fraction
  underlying_product maturity_month maturity_day maturity_week user_defined_instrument
  contract_multiplier_unit flow_schedule_type tick_rule`

const DEFINITION_V3 = `
  ts_recv ts_event rtype publisher_id instrument_id raw_symbol security_update_action instrument_class
  min_price_increment display_factor expiration activation high_limit_price low_limit_price
  max_price_variation unit_of_measure_qty min_price_increment_amount price_ratio inst_attrib_value
  underlying_id raw_instrument_id market_depth_implied market_depth market_segment_id max_trade_vol
  min_lot_size min_lot_size_block min_lot_size_round_lot min_trade_vol contract_multiplier
  decay_quantity original_contract_size appl_id maturity_year decay_start_date channel_id currency
  settl_currency secsubtype group exchange asset cfi security_type unit_of_measure underlying
  strike_price_currency strike_price match_algorithm main_fraction price_display_format sub_fraction
  underlying_product maturity_month maturity_day maturity_week user_defined_instrument
  contract_multiplier_unit flow_schedule_type tick_rule leg_count leg_index leg_instrument_id
  leg_raw_symbol leg_instrument_class leg_side leg_price leg_delta leg_ratio_price_numerator
  leg_ratio_price_denominator leg_ratio_qty_numerator leg_ratio_qty_denominator leg_underlying_id`

const ERROR_V1 = `
  ts_event rtype publisher_id instrument_id err`

const ERROR_V2 = `
  ts_event rtype publisher_id instrument_id err code is_last`

const SYMBOL_MAPPING_V1 = `
  ts_event rtype publisher_id instrument_id stype_in_symbol stype_out_symbol start_ts end_ts`

const SYMBOL_MAPPING_V2 = `
  ts_event rtype publisher_id instrument_id stype_in stype_in_symbol stype_out stype_out_symbol
  start_ts end_ts`

const SYSTEM_V1 = `
  ts_event rtype publisher_id instrument_id msg`

const SYSTEM_V2 = `
  ts_event rtype publisher_id instrument_id msg code`

const LEVELS = Array.from({ length: 10 }, (_, level) => {
  const number = String(level).padStart(2, '0')
  return ['bid_px', 'ask_px', 'bid_sz', 'ask_sz', 'bid_ct', 'ask_ct']
    .map((name) => `${name}_${number}`)
    .join(' ')
})

const COLUMNS: Readonly<Record<LayoutName, string>> = {
  mbo: MBO,
  trade: TRADE,
  mbp1: MBP1,
  mbp10: `${TRADE} ${LEVELS.join(' ')}`,
  bbo: BBO,
  cmbp1: CMBP1,
  cbbo: CBBO,
  ohlcv: OHLCV,
  status: STATUS,
  imbalance: IMBALANCE,
  statistics_v1: STATISTICS_V1,
  statistics_v3: STATISTICS_V1,
  definition_v1: DEFINITION_V1,
  definition_v2: DEFINITION_V1,
  definition_v3: DEFINITION_V3,
  error_v1: ERROR_V1,
  error_v2: ERROR_V2,
  symbol_mapping_v1: SYMBOL_MAPPING_V1,
  symbol_mapping_v2: SYMBOL_MAPPING_V2,
  system_v1: SYSTEM_V1,
  system_v2: SYSTEM_V2,
}

/** The names of a layout's text columns, in order, without `ts_out` and `symbol`. */
export function textColumns(layout: LayoutName): string[] {
  return COLUMNS[layout].trim().split(/\s+/)
}
