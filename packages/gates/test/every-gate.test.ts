import { expect, test } from 'vitest'
import * as gates from '../src/index.js'
import { intentOf, type MarketState, marketOf, NOW_US } from './market.js'

const MINUTE = 60e6
const TREND = { daysBelowSma200: 0, isDeathCross: false }
const MOOD = { mentions: 10, isTrending: true }
const events: gates.EventCalendar = {
  asOfUs: NOW_US - 3_600e6,
  fromUs: NOW_US - 1e12,
  untilUs: NOW_US + 1e12,
  earningsOf: ['*'],
  events: [{ kind: 'cpi', atUs: NOW_US + 10 * MINUTE, beforeMinutes: 30, afterMinutes: 60 }],
}
const lastHour = { openUs: NOW_US - 360 * MINUTE, closeUs: NOW_US + 30 * MINUTE }

interface Row {
  readonly gate: gates.Gate
  /** A state it refuses, and what it says then. */
  readonly refused: MarketState
  /** A state in which what it asks for is unknown. */
  readonly unknown?: MarketState
}

/** Every gate that can refuse or mark, each with a state in which it does. */
const rows: readonly Row[] = [
  { gate: gates.killSwitchGate(), refused: { health: { killSwitch: true, feedDegraded: false } } },
  { gate: gates.feedDegradedGate(), refused: { health: { killSwitch: false, feedDegraded: true } } },
  { gate: gates.dataGate(), refused: { underlyingAgeMs: null }, unknown: { underlyingAgeMs: null } },
  {
    gate: gates.underlyingFreshGate(),
    refused: { underlyingAgeMs: 5_001 },
    unknown: { underlyingAgeMs: Number.NaN },
  },
  { gate: gates.quoteFreshGate(), refused: { quoteAgeMs: 6_000 }, unknown: { quoteAgeMs: Number.NaN } },
  { gate: gates.greeksFreshGate(), refused: { greeksAgeMs: 91_000 }, unknown: { hasGreeks: false } },
  { gate: gates.spreadGate(), refused: { spreadPercent: 12.34 }, unknown: { bid: Number.NaN } },
  { gate: gates.openInterestGate(), refused: { openInterest: 499 }, unknown: { openInterest: Number.NaN } },
  { gate: gates.volumeGate(), refused: { volume: 99 }, unknown: { volume: Number.NaN } },
  { gate: gates.ivRankGate(), refused: { facts: { ivRank: 45 } }, unknown: {} },
  { gate: gates.deltaGate(), refused: { delta: -0.05 }, unknown: { delta: Number.NaN } },
  { gate: gates.cashGate(), refused: { cash: 100e6 }, unknown: { cash: Number.NaN } },
  { gate: gates.positionSizeGate(), refused: { equity: 1_000e6 }, unknown: { ask: Number.NaN } },
  { gate: gates.sectorConcentrationGate(), refused: { exposure: 15_000e6 }, unknown: { ask: Number.NaN } },
  {
    gate: gates.patternDayTraderGate(),
    refused: { equity: 24_999e6, status: { dayTrades: 3 } },
    unknown: { status: null },
  },
  {
    gate: gates.settledCashGate(),
    refused: { status: { type: 'cash', settledCashMicros: 254e6 } },
    unknown: { status: { type: 'cash', settledCashMicros: Number.NaN } },
  },
  {
    gate: gates.optionLevelGate(),
    refused: { status: { optionLevel: 1 } },
    unknown: { status: { optionLevel: Number.NaN } },
  },
  {
    gate: gates.accountFreshGate(),
    refused: { status: { sourceUs: NOW_US - 61e6 } },
    unknown: { status: { sourceUs: Number.NaN } },
  },
  {
    gate: gates.expiryDayGate({ minutes: 45 }),
    refused: { today: '2024-01-05', session: lastHour },
    unknown: { today: '2024-01-05', session: null },
  },
  { gate: gates.signalEnabledGate({ disabled: ['TSLA', 'GME'] }), refused: {} },
  {
    gate: gates.sentimentAlignmentGate(),
    refused: { facts: { sentiment: { ...MOOD, news: -11, wsb: 5 } } },
    unknown: { facts: { sentiment: { ...MOOD, news: Number.NaN, wsb: 5 } } },
  },
  {
    gate: gates.minimumMentionsGate(),
    refused: { facts: { sentiment: { ...MOOD, mentions: 4 } } },
    unknown: { facts: { sentiment: { ...MOOD, mentions: Number.NaN } } },
  },
  {
    gate: gates.sentimentDirectionGate(),
    refused: { facts: { sentiment: { ...MOOD, combined: -30 } } },
  },
  {
    gate: gates.retailMomentumGate(),
    refused: { facts: { sentiment: { ...MOOD, wsb: -20 } } },
    unknown: { facts: { sentiment: { ...MOOD, wsb: Number.NaN } } },
  },
  { gate: gates.rsiGate(), refused: { facts: { rsi: 70.1 } }, unknown: { facts: { rsi: Number.NaN } } },
  {
    gate: gates.earningsGate(),
    refused: { facts: { daysUntilEarnings: 5 } },
    unknown: { facts: { daysUntilEarnings: Number.NaN } },
  },
  { gate: gates.vixPanicGate(), refused: { facts: { vix: 35 } }, unknown: { facts: { vix: Number.NaN } } },
  {
    gate: gates.tradingHoursGate(),
    refused: { session: { openUs: NOW_US - 12.5 * MINUTE, closeUs: NOW_US + 60 * MINUTE } },
    unknown: { session: null },
  },
  {
    gate: gates.bearMarketGate(),
    refused: { facts: { trend: { ...TREND, vsSma50Percent: -1, vs52WeekHighPercent: -20.5 } } },
    unknown: { facts: { trend: { ...TREND, vsSma50Percent: Number.NaN } } },
  },
  { gate: gates.eventBlackoutGate({ calendar: events }), refused: {} },
  { gate: gates.eventBlackoutGate(), refused: {}, unknown: {} },
]

/** They report or add points and never fail; the fact they report is unknown without harm. */
const NEVER_REFUSES = [
  gates.mentionsBoostGate(),
  gates.strongSentimentGate(),
  gates.sentimentRecencyGate(),
  gates.vixSizeGate(),
  gates.tradingHoursBoostGate(),
]

function evaluate(gate: gates.Gate, state: MarketState): gates.Evaluation {
  const { context, instrument } = marketOf(state)
  const [evaluation] = gates
    .createPipeline([{ name: gate.stage, gates: [gate] }])
    .run(intentOf(instrument), context).results
  return evaluation as gates.Evaluation
}

test('the table names every gate that this package exports', () => {
  const makers = Object.keys(gates).filter((name) => name.endsWith('Gate') && name !== 'defineGate')
  const names = new Set([...rows.map(({ gate }) => gate.name), ...NEVER_REFUSES.map(({ name }) => name)])
  expect(names.size).toBe(makers.length)
})

test('every refusal says code, value, limit, unit, age, and what would let it pass', () => {
  for (const { gate, refused } of rows) {
    const found = evaluate(gate, refused)
    expect(found.passed, gate.name).toBe(false)
    expect(found.reason, gate.name).toMatch(/^[A-Z_]+$/)
    expect(found.limit, gate.name).not.toBeNull()
    for (const field of ['value', 'limit', 'unit', 'ageMs', 'message', 'resumes'])
      expect(found, gate.name).toHaveProperty(field)
    expect(found.message, gate.name).not.toMatch(/NaN|undefined|^OK|^$/)
    expect(found.resumes, gate.name).not.toMatch(/NaN|undefined|^$/)
    expect(JSON.parse(JSON.stringify(found)), gate.name).toEqual(found)
  }
})

test('what is unknown refuses, and never reads as a number', () => {
  for (const { gate, unknown } of rows) {
    if (unknown === undefined) continue
    const found = evaluate(gate, unknown)
    expect(found.passed, gate.name).toBe(false)
    expect(found.message, gate.name).not.toContain('NaN')
    expect(found.resumes, gate.name).not.toMatch(/NaN|^$/)
    expect(JSON.parse(JSON.stringify(found)), gate.name).toEqual(found)
  }
})

test('what every refusal says', () => {
  const lines = rows.map(({ gate, refused }) => say(evaluate(gate, refused)))
  expect(lines).toMatchInlineSnapshot(`
    [
      "kill_switch (health, hard, KILL_SWITCH_ACTIVE) fail: on of off [] age null points undefined: the kill switch is on / when the kill switch is reset",
      "feed_healthy (health, hard, FEED_DEGRADED) fail: degraded of healthy [] age null points undefined: the feed is degraded / when the feed is back",
      "data_received (health, hard, NO_DATA) fail: null of received [] age null points undefined: no price of TSLA yet / with the first price of TSLA",
      "underlying_price_fresh (data_freshness, hard, STALE_DATA) fail: 5.001 of 5 [s] age 5001 points undefined: underlying price age 5.0 s, allowed at most 5 s / with underlying price at most 5 s old",
      "quote_fresh (data_freshness, hard, STALE_DATA) fail: 6 of 5 [s] age 6000 points undefined: quote age 6.0 s, allowed at most 5 s / with quote at most 5 s old",
      "greeks_fresh (data_freshness, hard, STALE_DATA) fail: 91 of 90 [s] age 91000 points undefined: Greeks age 91.0 s, allowed at most 90 s / with Greeks at most 90 s old",
      "spread_acceptable (liquidity, hard, SPREAD_TOO_WIDE) fail: 12.34 of 10 [%] age 800 points undefined: spread 12.3 %, allowed at most 10 % / when the spread narrows to 10 %",
      "open_interest_sufficient (liquidity, hard, LIQUIDITY_INSUFFICIENT) fail: 499 of 500 [contracts] age 60000 points undefined: open interest 499 contracts, allowed at least 500 contracts / with open interest of at least 500: try nearby strikes",
      "volume_sufficient (liquidity, hard, LIQUIDITY_INSUFFICIENT) fail: 99 of 100 [contracts] age 60000 points undefined: volume 99 contracts, allowed at least 100 contracts / with a volume of at least 100: try nearby strikes",
      "iv_rank_extremes (strategy_fit, soft, GATES_FAILED) fail: 45 of below 30 or above 60 [] age null points -5: IV rank 45.0, allowed below 30 or above 60 / with an IV rank below 30 or above 60",
      "delta_in_range (strategy_fit, hard, GATES_FAILED) fail: 0.05 of 0.1 to 0.8 [] age 12000 points undefined: delta 0.05, allowed 0.1 to 0.8 / with a delta of 0.1 to 0.8: try another strike",
      "cash_available (portfolio_constraints, hard, PORTFOLIO_CONSTRAINT) fail: 100 of 255 [USD] age null points undefined: cash 100 dollars, needed 255 dollars / with 255 dollars of cash: reduce the size",
      "position_size_limit (portfolio_constraints, hard, PORTFOLIO_CONSTRAINT) fail: 25.5 of 20 [%] age null points undefined: position of equity 25.5 %, allowed at most 20 % / with at most 20 % of equity: reduce the size",
      "sector_concentration (portfolio_constraints, soft, PORTFOLIO_CONSTRAINT) fail: 30.51 of 25 [%] age null points undefined: exposure to TSLA 30.5 %, allowed at most 25 % / with at most 25 % of equity in TSLA: reduce the size",
      "pattern_day_trader (account_rules, hard, ACCOUNT_RULE) fail: 3 of 2 [day trades] age 2000 points undefined: 3 day trades in five days below 25000 USD of equity / when a day trade is five trading days old, or with 25000 USD of equity",
      "settled_cash (account_rules, hard, ACCOUNT_RULE) fail: 254 of 255 [USD] age 2000 points undefined: settled cash 254 USD, needed 255 USD / with 255 USD of settled cash: sales settle on the next trading day",
      "option_level (account_rules, hard, ACCOUNT_RULE) fail: 1 of 2 [level] age 2000 points undefined: option level 1 level, allowed at least 2 level / with option level 2: ask the broker",
      "account_fresh (account_rules, hard, STALE_DATA) fail: 61 of 60 [s] age 61000 points undefined: age of the account 61.0 s, allowed at most 60 s / with a new answer of the broker",
      "expiry_day (account_rules, hard, EXPIRY_DAY) fail: 30 of 45 [min] age null points undefined: 30.0 min until the close of expiry day, allowed more than 45 / with a later expiry",
      "signal_enabled (signal_quality, hard, SYMBOL_DISABLED) fail: TSLA of TSLA,GME [] age null points undefined: TSLA is disabled / when TSLA is enabled",
      "sentiment_alignment (signal_quality, soft, SENTIMENT_MISALIGNED) fail: news -11.0, crowd 5.0, misaligned of 10 [] age null points -15: news -11.0, crowd 5.0, misaligned, allowed at most 10 against the action / when news and crowd lean at most 10 against the action",
      "minimum_mentions (signal_quality, hard, INSUFFICIENT_MENTIONS) fail: 4 of 5 [a day] age null points undefined: mentions 4 a day, allowed at least 5 a day / with at least 5 mentions in a day",
      "sentiment_direction (sentiment, soft, SENTIMENT_MISALIGNED) fail: -30 of -30 [] age null points undefined: combined sentiment -30.0, allowed above -30 / with combined sentiment above -30",
      "retail_momentum (sentiment, soft, SENTIMENT_MISALIGNED) fail: -20 of -20 [] age null points undefined: crowd sentiment -20.0, allowed above -20 / with crowd sentiment above -20",
      "rsi_overbought (technical, hard, GATES_FAILED) fail: 70.1 of 70 [] age null points undefined: RSI 70.1, allowed at most 70 / with an RSI of at most 70",
      "earnings_blackout (risk_management, hard, GATES_FAILED) fail: 5 of 5 [days] age null points undefined: earnings in 5 days / after the earnings",
      "vix_panic (risk_management, hard, GATES_FAILED) fail: 35 of 35 [] age null points undefined: VIX 35.0, allowed below 35 / with a VIX below 35",
      "trading_hours (risk_management, hard, GATES_FAILED) fail: 12.5 of 30 [min] age null points undefined: 12.5 min since the open, allowed at least 30 / 30 min after the open",
      "price_sentiment_divergence (risk_management, hard, GATES_FAILED) fail: -20.5 of no bear market [%] age null points undefined: bear market: more than 20 % under the 52-week high / when the bear market has ended",
      "event_blackout (risk_management, hard, EVENT_BLACKOUT) fail: 10 of 30 [min] age 3600000 points undefined: cpi in 10.0 min / 60 min after the event, in 70.0 min",
      "event_blackout (risk_management, hard, EVENT_BLACKOUT) fail: null of known [] age null points undefined: no calendar of events / with a calendar of events that covers now",
    ]
  `)
})

test('what every gate says of the unknown', () => {
  const lines = rows.flatMap(({ gate, unknown }) =>
    unknown === undefined ? [] : [say(evaluate(gate, unknown))],
  )
  expect(lines).toMatchInlineSnapshot(`
    [
      "data_received (health, hard, NO_DATA) fail: null of received [] age null points undefined: no price of TSLA yet / with the first price of TSLA",
      "underlying_price_fresh (data_freshness, hard, STALE_DATA) fail: null of 5 [s] age null points undefined: underlying price age is unknown / with underlying price at most 5 s old",
      "quote_fresh (data_freshness, hard, STALE_DATA) fail: null of 5 [s] age null points undefined: quote age is unknown / with quote at most 5 s old",
      "greeks_fresh (data_freshness, hard, STALE_DATA) fail: null of 90 [s] age null points undefined: Greeks age is unknown / with Greeks at most 90 s old",
      "spread_acceptable (liquidity, hard, SPREAD_TOO_WIDE) fail: null of 10 [%] age 800 points undefined: spread is unknown / when the spread narrows to 10 %",
      "open_interest_sufficient (liquidity, hard, LIQUIDITY_INSUFFICIENT) fail: null of 500 [contracts] age 60000 points undefined: open interest is unknown / with open interest of at least 500: try nearby strikes",
      "volume_sufficient (liquidity, hard, LIQUIDITY_INSUFFICIENT) fail: null of 100 [contracts] age 60000 points undefined: volume is unknown / with a volume of at least 100: try nearby strikes",
      "iv_rank_extremes (strategy_fit, soft, GATES_FAILED) fail: null of below 30 or above 60 [] age null points -5: IV rank is unknown / with an IV rank below 30 or above 60",
      "delta_in_range (strategy_fit, hard, GATES_FAILED) fail: null of 0.1 to 0.8 [] age 12000 points undefined: delta is unknown / with a delta of 0.1 to 0.8: try another strike",
      "cash_available (portfolio_constraints, hard, PORTFOLIO_CONSTRAINT) fail: null of 255 [USD] age null points undefined: cash an unknown amount, needed 255 dollars / with 255 dollars of cash: reduce the size",
      "position_size_limit (portfolio_constraints, hard, PORTFOLIO_CONSTRAINT) fail: null of 20 [%] age null points undefined: position of equity is unknown / with at most 20 % of equity: reduce the size",
      "sector_concentration (portfolio_constraints, soft, PORTFOLIO_CONSTRAINT) fail: null of 25 [%] age null points undefined: exposure to TSLA is unknown / with at most 25 % of equity in TSLA: reduce the size",
      "pattern_day_trader (account_rules, hard, ACCOUNT_RULE) fail: null of 2 [day trades] age null points undefined: the account status is unknown / when the broker has told the account status",
      "settled_cash (account_rules, hard, ACCOUNT_RULE) fail: null of 255 [USD] age 2000 points undefined: settled cash unknown, needed 255 USD / with 255 USD of settled cash: sales settle on the next trading day",
      "option_level (account_rules, hard, ACCOUNT_RULE) fail: null of 2 [level] age 2000 points undefined: option level is unknown / with option level 2: ask the broker",
      "account_fresh (account_rules, hard, STALE_DATA) fail: null of 60 [s] age null points undefined: age of the account unknown, allowed at most 60 s / with a new answer of the broker",
      "expiry_day (account_rules, hard, EXPIRY_DAY) fail: null of 45 [min] age null points undefined: the trading date is unknown / with a calendar",
      "sentiment_alignment (signal_quality, soft, SENTIMENT_MISALIGNED) fail: news unknown, crowd 5.0, misaligned of 10 [] age null points -15: news unknown, crowd 5.0, misaligned, allowed at most 10 against the action / when news and crowd lean at most 10 against the action",
      "minimum_mentions (signal_quality, hard, INSUFFICIENT_MENTIONS) fail: null of 5 [a day] age null points undefined: mentions is unknown / with at least 5 mentions in a day",
      "retail_momentum (sentiment, soft, SENTIMENT_MISALIGNED) fail: null of -20 [] age null points undefined: crowd sentiment is unknown / with crowd sentiment above -20",
      "rsi_overbought (technical, hard, GATES_FAILED) fail: null of 70 [] age null points undefined: RSI is unknown / with an RSI of at most 70",
      "earnings_blackout (risk_management, hard, GATES_FAILED) fail: null of 5 [days] age null points undefined: the day of earnings is unknown / after the earnings",
      "vix_panic (risk_management, hard, GATES_FAILED) fail: null of 35 [] age null points undefined: VIX is unknown / with a VIX below 35",
      "trading_hours (risk_management, hard, GATES_FAILED) fail: null of 30 [min] age null points undefined: no session now / in the next session",
      "price_sentiment_divergence (risk_management, hard, GATES_FAILED) fail: null of no bear market [%] age null points undefined: bear market: not to be ruled out, as the distance to the 50-day average is unknown / when the bear market has ended",
      "event_blackout (risk_management, hard, EVENT_BLACKOUT) fail: null of known [] age null points undefined: no calendar of events / with a calendar of events that covers now",
    ]
  `)
})

test('what every gate says when it passes', () => {
  const fine: MarketState = {
    facts: {
      ivRank: 20,
      rsi: 50,
      vix: 15,
      daysUntilEarnings: 30,
      sentiment: { ...MOOD, mentions: 40, news: 35, wsb: 33, ageHours: 1 },
      trend: { ...TREND, vsSma50Percent: 1 },
    },
    status: { type: 'cash', settledCashMicros: 255e6 },
  }
  const all = rows.filter(({ refused }) => Object.keys(refused).length > 0).map(({ gate }) => gate)
  expect([...all, ...NEVER_REFUSES].map((gate) => say(evaluate(gate, fine)))).toMatchInlineSnapshot(`
    [
      "kill_switch (health, hard, KILL_SWITCH_ACTIVE) pass: null of null [] age null points undefined: OK / ",
      "feed_healthy (health, hard, FEED_DEGRADED) pass: null of null [] age null points undefined: OK / ",
      "data_received (health, hard, NO_DATA) pass: null of null [] age null points undefined: OK / ",
      "underlying_price_fresh (data_freshness, hard, STALE_DATA) pass: 0.3 of 5 [s] age 300 points undefined: OK / with underlying price at most 5 s old",
      "quote_fresh (data_freshness, hard, STALE_DATA) pass: 0.8 of 5 [s] age 800 points undefined: OK / with quote at most 5 s old",
      "greeks_fresh (data_freshness, hard, STALE_DATA) pass: 12 of 90 [s] age 12000 points undefined: OK / with Greeks at most 90 s old",
      "spread_acceptable (liquidity, hard, SPREAD_TOO_WIDE) pass: 4 of 10 [%] age 800 points undefined: OK / when the spread narrows to 10 %",
      "open_interest_sufficient (liquidity, hard, LIQUIDITY_INSUFFICIENT) pass: 1500 of 500 [contracts] age 60000 points undefined: OK / with open interest of at least 500: try nearby strikes",
      "volume_sufficient (liquidity, hard, LIQUIDITY_INSUFFICIENT) pass: 800 of 100 [contracts] age 60000 points undefined: OK / with a volume of at least 100: try nearby strikes",
      "iv_rank_extremes (strategy_fit, soft, GATES_FAILED) pass: 20 of below 30 or above 60 [] age null points 5: OK / with an IV rank below 30 or above 60",
      "delta_in_range (strategy_fit, hard, GATES_FAILED) pass: 0.42 of 0.1 to 0.8 [] age 12000 points undefined: OK / with a delta of 0.1 to 0.8: try another strike",
      "cash_available (portfolio_constraints, hard, PORTFOLIO_CONSTRAINT) pass: 20000 of 255 [USD] age null points undefined: OK / with 255 dollars of cash: reduce the size",
      "position_size_limit (portfolio_constraints, hard, PORTFOLIO_CONSTRAINT) pass: 0.51 of 20 [%] age null points undefined: OK / with at most 20 % of equity: reduce the size",
      "sector_concentration (portfolio_constraints, soft, PORTFOLIO_CONSTRAINT) pass: 0.51 of 25 [%] age null points undefined: OK / with at most 25 % of equity in TSLA: reduce the size",
      "pattern_day_trader (account_rules, hard, ACCOUNT_RULE) pass: 0 of 2 [day trades] age 2000 points undefined: OK / when a day trade is five trading days old, or with 25000 USD of equity",
      "settled_cash (account_rules, hard, ACCOUNT_RULE) pass: 255 of 255 [USD] age 2000 points undefined: OK / with 255 USD of settled cash: sales settle on the next trading day",
      "option_level (account_rules, hard, ACCOUNT_RULE) pass: 3 of 2 [level] age 2000 points undefined: OK / with option level 2: ask the broker",
      "account_fresh (account_rules, hard, STALE_DATA) pass: 2 of 60 [s] age 2000 points undefined: OK / with a new answer of the broker",
      "expiry_day (account_rules, hard, EXPIRY_DAY) pass: null of 45 [] age null points undefined: OK: it expires later / ",
      "sentiment_alignment (signal_quality, soft, SENTIMENT_MISALIGNED) pass: news 35.0, crowd 33.0, aligned of 10 [] age null points 10: OK / when news and crowd lean at most 10 against the action",
      "minimum_mentions (signal_quality, hard, INSUFFICIENT_MENTIONS) pass: 40 of 5 [a day] age null points undefined: OK / with at least 5 mentions in a day",
      "sentiment_direction (sentiment, soft, SENTIMENT_MISALIGNED) pass: 34 of -30 [] age null points undefined: OK / with combined sentiment above -30",
      "retail_momentum (sentiment, soft, SENTIMENT_MISALIGNED) pass: 33 of -20 [] age null points undefined: OK / with crowd sentiment above -20",
      "rsi_overbought (technical, hard, GATES_FAILED) pass: 50 of 70 [] age null points undefined: OK / with an RSI of at most 70",
      "earnings_blackout (risk_management, hard, GATES_FAILED) pass: 30 of 5 [days] age null points undefined: OK / ",
      "vix_panic (risk_management, hard, GATES_FAILED) pass: 15 of 35 [] age null points undefined: OK / with a VIX below 35",
      "trading_hours (risk_management, hard, GATES_FAILED) pass: 30 of 30 [min] age null points undefined: OK / ",
      "price_sentiment_divergence (risk_management, hard, GATES_FAILED) pass: null of no bear market [%] age null points undefined: OK / when the bear market has ended",
      "high_mentions_boost (sentiment, soft, GATES_FAILED) pass: 40 of 30 [] age null points 5: OK / ",
      "strong_sentiment_boost (sentiment, soft, GATES_FAILED) pass: 34 of 30 [] age null points undefined: OK: strong sentiment / ",
      "sentiment_recency (sentiment, soft, STALE_DATA) pass: 1 of 4 [h] age null points 10: OK / ",
      "vix_elevated_modifier (position_modifiers, soft, GATES_FAILED) pass: 1 of null [x] age null points undefined: OK / ",
      "trading_hours_boost (position_modifiers, soft, GATES_FAILED) pass: 5 of null [points] age null points undefined: OK / ",
    ]
  `)
})

test('what every gate says where nobody supplies its facts', () => {
  const bare = [...rows.map(({ gate }) => gate), ...NEVER_REFUSES].map((gate) => evaluate(gate, {}))
  expect(bare.filter(({ value }) => value === null).map(say)).toMatchInlineSnapshot(`
    [
      "kill_switch (health, hard, KILL_SWITCH_ACTIVE) pass: null of null [] age null points undefined: OK / ",
      "feed_healthy (health, hard, FEED_DEGRADED) pass: null of null [] age null points undefined: OK / ",
      "data_received (health, hard, NO_DATA) pass: null of null [] age null points undefined: OK / ",
      "iv_rank_extremes (strategy_fit, soft, GATES_FAILED) fail: null of below 30 or above 60 [] age null points -5: IV rank is unknown / with an IV rank below 30 or above 60",
      "settled_cash (account_rules, hard, ACCOUNT_RULE) pass: null of null [] age null points undefined: OK: a margin account / ",
      "expiry_day (account_rules, hard, EXPIRY_DAY) pass: null of 45 [] age null points undefined: OK: it expires later / ",
      "sentiment_alignment (signal_quality, soft, SENTIMENT_MISALIGNED) pass: null of 10 [] age null points undefined: OK: no pair of sentiment scores supplied / ",
      "minimum_mentions (signal_quality, hard, INSUFFICIENT_MENTIONS) pass: null of 5 [] age null points undefined: OK: no sentiment supplied / ",
      "sentiment_direction (sentiment, soft, SENTIMENT_MISALIGNED) pass: null of 30 [] age null points undefined: OK: no sentiment supplied / ",
      "retail_momentum (sentiment, soft, SENTIMENT_MISALIGNED) pass: null of 20 [] age null points undefined: OK: no crowd sentiment supplied / ",
      "rsi_overbought (technical, hard, GATES_FAILED) pass: null of 70 [] age null points undefined: OK: no RSI supplied / ",
      "earnings_blackout (risk_management, hard, GATES_FAILED) pass: null of 5 [] age null points undefined: OK: no coming earnings date supplied / ",
      "vix_panic (risk_management, hard, GATES_FAILED) pass: null of 35 [] age null points undefined: OK: no VIX supplied / ",
      "price_sentiment_divergence (risk_management, hard, GATES_FAILED) pass: null of null [] age null points undefined: OK: no trend supplied / ",
      "event_blackout (risk_management, hard, EVENT_BLACKOUT) fail: null of known [] age null points undefined: no calendar of events / with a calendar of events that covers now",
      "strong_sentiment_boost (sentiment, soft, GATES_FAILED) pass: null of 30 [] age null points undefined: OK / ",
      "sentiment_recency (sentiment, soft, STALE_DATA) pass: null of 4 [h] age null points 0: OK / ",
    ]
  `)
})

function say({ gate, stage, severity, reason, ...found }: gates.Evaluation): string {
  const { passed, value, limit, unit, ageMs, message, resumes, points } = found
  const verdict = passed ? 'pass' : 'fail'
  const head = `${gate} (${stage}, ${severity}, ${reason}) ${verdict}`
  return `${head}: ${value} of ${limit} [${unit}] age ${ageMs} points ${points}: ${message} / ${resumes}`
}
