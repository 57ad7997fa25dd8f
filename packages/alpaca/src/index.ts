export { type SecondBarsOptions, secondBars } from './bars/second-bars.js'
export {
  AlpacaApiError,
  AlpacaNetworkError,
  AlpacaShapeError,
  type ApiErrorKind,
  CancelUnconfirmedError,
  ClientOrderIdTakenError,
  LiveTradingLockedError,
  OrderRuleError,
  OrderUnknownError,
} from './errors.js'
export { formatDuration, type MarketStatus, marketStatus } from './orders/market-status.js'
export {
  checkOptionOrder,
  OPTION_ORDER_RULES,
  type OptionOrderRules,
  optionOrderRulesOn,
  optionTickMicros,
  type RuleMoment,
  roundToTick,
  type TickFacts,
} from './orders/option-rules.js'
export {
  type BarQuery,
  DataClient,
  type DataClientOptions,
  type HistoryQuery,
  type Row,
  type SnapshotRow,
} from './rest/data-client.js'
export type { OptionSnapshot, RestBar, RestGreeks, RestQuote, RestTrade } from './rest/data-schemas.js'
export { decimalMicros, microsText } from './rest/fields.js'
export type { Credentials, HttpOptions } from './rest/http.js'
export { TokenBucket, type TokenBucketOptions } from './rest/token-bucket.js'
export {
  type ContractQuery,
  type OrderQuery,
  type OrderRequest,
  type ReplaceRequest,
  TradingClient,
  type TradingClientOptions,
} from './rest/trading-client.js'
export {
  type Account,
  type Activity,
  type CalendarDay,
  isFinal,
  type MarketClock,
  type OptionContract,
  type Order,
  type Position,
} from './rest/trading-schemas.js'
export { type BackoffOptions, backoffSeconds, withJitter } from './stream/backoff.js'
export { KillSwitch, type KillSwitchOptions } from './stream/kill-switch.js'
export { atTheMoneyStrike, likelyExpirations, strikeInterval } from './universe/strike-grid.js'
export {
  authMessage,
  type Channel,
  type Codec,
  type Subscription,
  subscribeMessage,
  unsubscribeMessage,
} from './wire/client-messages.js'
export {
  type FrameFault,
  MarketDecoder,
  type MarketMessage,
  type MarketMessageSink,
} from './wire/market-decoder.js'
export type { WireQuote, WireTrade } from './wire/market-views.js'
export { decodeMsgpack } from './wire/msgpack-reader.js'
export { encodeMsgpack, Float64, type MsgpackValue, Uint32, Uint64 } from './wire/msgpack-writer.js'
export { SymbolTable } from './wire/symbol-table.js'
export { parseTimestamp, timestampOfUs, WireTimestamp } from './wire/timestamp.js'
export {
  isPackageTrade,
  optionTradeEffect,
  stockTradeEffect,
  type TradeEffect,
} from './wire/trade-conditions.js'
