import { expect, test } from 'vitest'
import * as alpaca from './index.js'

test('the public names', () => {
  expect(Object.keys(alpaca).sort()).toMatchInlineSnapshot(`
    [
      "AlpacaApiError",
      "AlpacaNetworkError",
      "AlpacaShapeError",
      "CancelUnconfirmedError",
      "ClientOrderIdTakenError",
      "DataClient",
      "Float64",
      "KillSwitch",
      "LiveTradingLockedError",
      "MarketDecoder",
      "OrderUnknownError",
      "SymbolTable",
      "TokenBucket",
      "TradingClient",
      "Uint32",
      "Uint64",
      "WireTimestamp",
      "atTheMoneyStrike",
      "authMessage",
      "backoffSeconds",
      "decimalMicros",
      "decodeMsgpack",
      "encodeMsgpack",
      "isFinal",
      "isPackageTrade",
      "likelyExpirations",
      "microsText",
      "optionTradeEffect",
      "parseTimestamp",
      "stockTradeEffect",
      "strikeInterval",
      "subscribeMessage",
      "timestampOfUs",
      "unsubscribeMessage",
      "withJitter",
    ]
  `)
})
