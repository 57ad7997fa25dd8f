import { expect, test } from 'vitest'
import * as gates from '../src/index.js'
import { intentOf, marketOf } from './market.js'

/** Names, stages, severities and reasons are what logs, screens and reports match: they never change by accident. */
const factories = Object.entries(gates).filter(
  (entry): entry is [string, () => gates.Gate] =>
    entry[0].endsWith('Gate') && !['defineGate', 'eventBlackoutGate'].includes(entry[0]),
)

test('what every gate is called, where it stands, and what it refuses for', () => {
  const rows = factories.map(([factory, create]) => {
    const { name, stage, severity, reason } = create()
    return `${factory}: ${name}, ${stage}, ${severity}, ${reason}`
  })
  expect(rows.sort()).toMatchInlineSnapshot(`
    [
      "accountFreshGate: account_fresh, account_rules, hard, STALE_DATA",
      "bearMarketGate: price_sentiment_divergence, risk_management, hard, GATES_FAILED",
      "cashGate: cash_available, portfolio_constraints, hard, PORTFOLIO_CONSTRAINT",
      "dataGate: data_received, health, hard, NO_DATA",
      "deltaGate: delta_in_range, strategy_fit, hard, GATES_FAILED",
      "earningsGate: earnings_blackout, risk_management, hard, GATES_FAILED",
      "expiryDayGate: expiry_day, account_rules, hard, EXPIRY_DAY",
      "feedDegradedGate: feed_healthy, health, hard, FEED_DEGRADED",
      "greeksFreshGate: greeks_fresh, data_freshness, hard, STALE_DATA",
      "ivRankGate: iv_rank_extremes, strategy_fit, soft, GATES_FAILED",
      "killSwitchGate: kill_switch, health, hard, KILL_SWITCH_ACTIVE",
      "mentionsBoostGate: high_mentions_boost, sentiment, soft, GATES_FAILED",
      "minimumMentionsGate: minimum_mentions, signal_quality, hard, INSUFFICIENT_MENTIONS",
      "openInterestGate: open_interest_sufficient, liquidity, hard, LIQUIDITY_INSUFFICIENT",
      "optionLevelGate: option_level, account_rules, hard, ACCOUNT_RULE",
      "patternDayTraderGate: pattern_day_trader, account_rules, hard, ACCOUNT_RULE",
      "positionSizeGate: position_size_limit, portfolio_constraints, hard, PORTFOLIO_CONSTRAINT",
      "quoteFreshGate: quote_fresh, data_freshness, hard, STALE_DATA",
      "retailMomentumGate: retail_momentum, sentiment, soft, SENTIMENT_MISALIGNED",
      "rsiGate: rsi_overbought, technical, hard, GATES_FAILED",
      "sectorConcentrationGate: sector_concentration, portfolio_constraints, soft, PORTFOLIO_CONSTRAINT",
      "sentimentAlignmentGate: sentiment_alignment, signal_quality, soft, SENTIMENT_MISALIGNED",
      "sentimentDirectionGate: sentiment_direction, sentiment, soft, SENTIMENT_MISALIGNED",
      "sentimentRecencyGate: sentiment_recency, sentiment, soft, STALE_DATA",
      "settledCashGate: settled_cash, account_rules, hard, ACCOUNT_RULE",
      "signalEnabledGate: signal_enabled, signal_quality, hard, SYMBOL_DISABLED",
      "spreadGate: spread_acceptable, liquidity, hard, SPREAD_TOO_WIDE",
      "strongSentimentGate: strong_sentiment_boost, sentiment, soft, GATES_FAILED",
      "tradingHoursBoostGate: trading_hours_boost, position_modifiers, soft, GATES_FAILED",
      "tradingHoursGate: trading_hours, risk_management, hard, GATES_FAILED",
      "underlyingFreshGate: underlying_price_fresh, data_freshness, hard, STALE_DATA",
      "vixPanicGate: vix_panic, risk_management, hard, GATES_FAILED",
      "vixSizeGate: vix_elevated_modifier, position_modifiers, soft, GATES_FAILED",
      "volumeGate: volume_sufficient, liquidity, hard, LIQUIDITY_INSUFFICIENT",
    ]
  `)
})

test('the default pipelines hold these gates, in this order', () => {
  const stagesOf = (pipeline: gates.Pipeline): readonly string[] =>
    pipeline.stages.map(({ name, gates: held }) => `${name}: ${held.map((gate) => gate.name).join(', ')}`)
  expect(stagesOf(gates.scalpPipeline())).toMatchInlineSnapshot(`
    [
      "health: kill_switch, feed_healthy, data_received",
      "data_freshness: underlying_price_fresh, quote_fresh, greeks_fresh",
      "liquidity: spread_acceptable, open_interest_sufficient, volume_sufficient",
      "strategy_fit: delta_in_range",
      "portfolio_constraints: cash_available, position_size_limit, sector_concentration",
      "risk_management: trading_hours",
    ]
  `)
  expect(stagesOf(gates.regimePipeline())).toMatchInlineSnapshot(`
    [
      "health: kill_switch, feed_healthy, data_received",
      "data_freshness: underlying_price_fresh, quote_fresh, greeks_fresh",
      "liquidity: spread_acceptable, open_interest_sufficient, volume_sufficient",
      "strategy_fit: iv_rank_extremes, delta_in_range",
      "portfolio_constraints: cash_available, position_size_limit, sector_concentration",
      "signal_quality: signal_enabled, sentiment_alignment, minimum_mentions",
      "sentiment: sentiment_direction, retail_momentum, high_mentions_boost, strong_sentiment_boost, sentiment_recency",
      "technical: rsi_overbought",
      "risk_management: earnings_blackout, vix_panic, trading_hours, price_sentiment_divergence",
      "position_modifiers: vix_elevated_modifier, trading_hours_boost",
    ]
  `)
})

test('the limits of the scalp pipeline reach their gates', () => {
  const limits = gates
    .scalpPipeline({
      maxUnderlyingAgeMs: 1_000,
      maxQuoteAgeMs: 2_000,
      maxGreeksAgeMs: 3_000,
      maxSpreadPercent: 4,
      minOpenInterest: 5,
      minVolume: 6,
      delta: { min: 0.7, max: 0.8 },
      maxPositionPercent: 9,
      maxUnderlyingPercent: 10,
      skipOpenMinutes: 11,
      skipCloseMinutes: 12,
    })
    .stages.flatMap(({ gates: held }) =>
      held.map((gate) => {
        const { context, instrument } = marketOf({ facts: {} })
        const { limit, unit } = gate.check(intentOf(instrument), context)
        return `${gate.name}: ${limit} ${unit ?? ''}`
      }),
    )
  expect(limits).toMatchInlineSnapshot(`
    [
      "kill_switch: null ",
      "feed_healthy: null ",
      "data_received: null ",
      "underlying_price_fresh: 1 s",
      "quote_fresh: 2 s",
      "greeks_fresh: 3 s",
      "spread_acceptable: 4 %",
      "open_interest_sufficient: 5 contracts",
      "volume_sufficient: 6 contracts",
      "delta_in_range: 0.7 to 0.8 ",
      "cash_available: 255 USD",
      "position_size_limit: 9 %",
      "sector_concentration: 10 %",
      "trading_hours: 11 min",
    ]
  `)
})

test('a limit of null leaves its gate out', () => {
  const none = gates.scalpPipeline({
    maxUnderlyingAgeMs: null,
    maxQuoteAgeMs: null,
    maxGreeksAgeMs: null,
    maxSpreadPercent: null,
    minOpenInterest: null,
    minVolume: null,
    delta: null,
    maxPositionPercent: null,
    maxUnderlyingPercent: null,
  })
  expect(none.stages.flatMap(({ gates: held }) => held.map(({ name }) => name))).toMatchInlineSnapshot(`
    [
      "kill_switch",
      "feed_healthy",
      "data_received",
      "cash_available",
      "trading_hours",
    ]
  `)
})
