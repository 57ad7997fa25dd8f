import { expect, test } from 'vitest'
import * as alpaca from './index.js'
import * as live from './live.js'
import * as testing from './testing.js'

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
      "OPTION_ORDER_RULES",
      "OrderRuleError",
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
      "checkOptionOrder",
      "decimalMicros",
      "decodeMsgpack",
      "encodeMsgpack",
      "formatDuration",
      "isFinal",
      "isPackageTrade",
      "likelyExpirations",
      "marketStatus",
      "microsText",
      "optionOrderRulesOn",
      "optionTickMicros",
      "optionTradeEffect",
      "parseTimestamp",
      "roundToTick",
      "secondBars",
      "stockTradeEffect",
      "strikeInterval",
      "subscribeMessage",
      "timestampOfUs",
      "unsubscribeMessage",
      "withJitter",
    ]
  `)
})

test('the public names of live', () => {
  expect(Object.keys(live).sort()).toMatchInlineSnapshot(`
    [
      "AlpacaBroker",
      "AlpacaFeed",
      "BarCache",
      "MarketStream",
      "StreamFatalError",
      "TradingStream",
      "createAlpacaBroker",
      "createAlpacaFeed",
      "createKeepAliveFetch",
      "streamErrorAction",
      "upgradeErrorAction",
    ]
  `)
})

test('the public names of testing', () => {
  expect(Object.keys(testing).sort()).toMatchInlineSnapshot(`
    [
      "FakeAlpaca",
      "RestFaults",
      "createFakeAlpaca",
      "playRows",
      "syntheticRows",
    ]
  `)
})
