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
