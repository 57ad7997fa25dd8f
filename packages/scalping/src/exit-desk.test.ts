import {
  type InstrumentIndex,
  type OrderIntent,
  parseAlpaca,
  QuoteBuffer,
  toOrderId,
  US_PER_MINUTE,
  US_PER_SECOND,
  type Us,
} from '@scalp/canonical'
import { createExchangeCalendar, QuoteColumns } from '@scalp/market-data'
import type { Decision, StrategyContext, SubmitResult } from '@scalp/strategy'
import { expect, test } from 'vitest'
import { scalpConfigSchema } from './config.js'
import { ExitDesk } from './exit-desk.js'
import { OpenTrade } from './open-trade.js'

const OPEN = Date.parse('2024-01-03T14:30:00Z') * 1_000
const CLOSE = Date.parse('2024-01-03T21:00:00Z') * 1_000
const NEXT_OPEN = OPEN + 24 * 60 * US_PER_MINUTE
const EXPIRY = Date.parse('2024-01-04T21:00:00Z') * 1_000
const ENTERED = OPEN + 60 * US_PER_SECOND
const CALL = 3 as InstrumentIndex

/** A desk and a trade of ten contracts at 1.00, entered a minute after the open. */
function desk(settings: Record<string, unknown> = {}, { sampleUs = 0 } = {}) {
  const quotes = new QuoteColumns()
  const intents: OrderIntent[] = []
  const decisions: Decision[] = []
  const wakes: Us[] = []
  const buffer = new QuoteBuffer()
  let answer: SubmitResult['status'] = 'submitted'
  let nowUs = ENTERED
  const context = {
    get nowUs() {
      return nowUs
    },
    quotes,
    calendar: createExchangeCalendar(),
    submit(intent: OrderIntent): SubmitResult {
      intents.push(intent)
      return answer === 'submitted'
        ? { status: answer, orderId: toOrderId('x', intents.length) }
        : { status: answer, refusals: [] }
    },
    wakeAt: (us: Us) => void wakes.push(us),
    log: (decision: Decision) => void decisions.push(decision),
  } as unknown as StrategyContext
  const off = { timeStopMinutes: null, maxHoldMinutes: null, maxQuoteSilenceSeconds: null }
  const config = scalpConfigSchema.parse({ ...off, ...settings })
  const exits = new ExitDesk(config, context)
  const opening = { instrument: CALL, receivedUs: ENTERED, priceMicros: 1_000_000 }
  const trade = new OpenTrade(opening, parseAlpaca('TSLA240104C00250000'), EXPIRY, config)
  trade.contracts = 10
  const at = (us: Us) => {
    nowUs = us
  }
  const quote = (us: Us, bidMicros: number, askMicros = bidMicros + 20_000) => {
    at(us)
    const sizes = { bidSize: 5, askSize: 5 }
    Object.assign(buffer, { instrument: CALL, receivedUs: us, sourceUs: us, bidMicros, askMicros, sampleUs })
    quotes.apply(Object.assign(buffer, sizes))
    exits.check(trade, Number.NaN)
  }
  const refuse = (): void => {
    answer = 'refused'
  }
  return { exits, trade, intents, decisions, wakes, at, quote, refuse }
}

test('an exit is sold whole, once, with its reason', () => {
  const { trade, intents, decisions, quote } = desk({ stopLossPct: 15 })
  quote(ENTERED + 1, 900_000)
  expect(intents).toEqual([])
  quote(ENTERED + 90 * US_PER_SECOND + 7, 800_000)
  quote(ENTERED + 91 * US_PER_SECOND, 790_000)
  expect(intents).toHaveLength(1)
  expect(intents[0]).toMatchObject({ instrument: CALL, side: 'sell', contracts: 10, tag: 'stop_loss' })
  expect(trade.exitOrder).toBe('x-1')
  expect(decisions).toHaveLength(1)
  expect(decisions[0]?.inputs).toEqual({
    entry: 1,
    bid: 0.8,
    velocityPct: null,
    pnlPct: -20,
    maxGainPct: 0,
    maxDrawdownPct: -20,
    trailingLevelPct: null,
    heldSeconds: 90,
    limit: -15,
    attempt: 1,
  })
})

test('a take profit waits at the bid, a stop takes any price', () => {
  const gain = desk({ takeProfitPct: 20, exitTimeoutMs: 700 })
  gain.quote(ENTERED + 1, 1_250_000)
  expect(gain.intents[0]).toMatchObject({ limitMicros: 1_250_000, timeoutMs: 700, tag: 'take_profit' })
  const trailed = desk({ takeProfitPct: 90, trailingActivationPct: 10, trailingDistancePct: 8 })
  trailed.quote(ENTERED + 1, 1_250_000)
  trailed.quote(ENTERED + 2, 1_100_000)
  expect(trailed.intents[0]).toMatchObject({ limitMicros: 1_100_000, tag: 'trailing_stop' })
  const loss = desk({ stopLossPct: 15 })
  loss.quote(ENTERED + 1, 700_000)
  expect(loss.intents[0]).not.toHaveProperty('limitMicros')
  expect(loss.intents[0]).not.toHaveProperty('timeoutMs')
})

test('on sampled quotes, and without a bid, nothing waits', () => {
  const sampled = desk({ takeProfitPct: 20 }, { sampleUs: US_PER_MINUTE })
  sampled.quote(ENTERED + 1, 1_250_000)
  expect(sampled.intents[0]).not.toHaveProperty('limitMicros')
  const gone = desk({ takeProfitPct: 20 })
  gone.trade.reason = 'take_profit'
  gone.quote(ENTERED + 1, Number.NaN, 2_000_000)
  expect(gone.intents[0]).toMatchObject({ tag: 'take_profit' })
  expect(gone.intents[0]).not.toHaveProperty('limitMicros')
})

test('a decided exit is pursued with the reason it had, whatever the market does then', () => {
  const { exits, trade, intents, quote } = desk({ stopLossPct: 15 })
  quote(ENTERED + 1, 800_000)
  exits.retryLater(trade)
  quote(ENTERED + 2 * US_PER_SECOND, 1_500_000)
  expect(intents.map(({ tag }) => tag)).toEqual(['stop_loss', 'stop_loss'])
})

test('pauses between tries double from a second to a minute, and nothing is sent within one', () => {
  const { exits, trade, wakes, intents, quote, at } = desk({ stopLossPct: 15 })
  const pauses = [0, 1, 2, 3, 6, 7, 20].map((attempts) => {
    at(ENTERED)
    trade.attempts = attempts
    exits.retryLater(trade)
    expect(wakes.at(-1)).toBe(trade.retryUs)
    return (trade.retryUs - ENTERED) / US_PER_SECOND
  })
  expect(pauses).toEqual([1, 1, 2, 4, 32, 60, 60])
  trade.retryUs = ENTERED + 1_000
  quote(ENTERED + 999, 800_000)
  expect(intents).toHaveLength(0)
  quote(ENTERED + 1_000, 800_000)
  expect(intents).toHaveLength(1)
})

test('a refused exit is tried again later and is no order', () => {
  const { trade, intents, decisions, wakes, quote, refuse } = desk({ stopLossPct: 15 })
  refuse()
  quote(ENTERED + 5, 800_000)
  expect(intents).toHaveLength(1)
  expect(decisions).toHaveLength(0)
  expect(trade.exitOrder).toBeUndefined()
  expect(wakes).toEqual([ENTERED + 5 + US_PER_SECOND])
  quote(ENTERED + 6, 800_000)
  expect(intents).toHaveLength(1)
})

test('nothing is sent while the market is closed, and the exit is sent at the open', () => {
  const { intents, quote } = desk({ stopLossPct: 15, marketCloseExitMinutes: 0 })
  quote(OPEN - 1, 700_000)
  quote(CLOSE, 700_000)
  quote(Date.parse('2024-01-01T15:00:00Z') * 1_000, 700_000)
  quote(NEXT_OPEN - 1, 700_000)
  expect(intents).toHaveLength(0)
  quote(NEXT_OPEN, 700_000)
  expect(intents).toHaveLength(1)
})

test('the last instant of a session still sells', () => {
  const { intents, quote } = desk({ stopLossPct: 15 })
  quote(CLOSE - 1, 1_000_000)
  expect(intents[0]).toMatchObject({ tag: 'market_close' })
})

test('wakes are asked for when rules without a quote may fire', () => {
  const { exits, trade, wakes } = desk({
    timeStopMinutes: 5,
    maxHoldMinutes: 15,
    marketCloseExitMinutes: 2,
    expirationExitMinutes: 7,
    maxQuoteSilenceSeconds: 90,
  })
  exits.planWakes(trade)
  expect(wakes).toEqual([
    ENTERED + 5 * US_PER_MINUTE,
    ENTERED + 15 * US_PER_MINUTE,
    CLOSE - 2 * US_PER_MINUTE,
    EXPIRY - 7 * US_PER_MINUTE,
    ENTERED + 90 * US_PER_SECOND,
  ])
})

test('rules that are off ask for no wake, and no wake is asked for in the past', () => {
  const plain = desk()
  plain.exits.planWakes(plain.trade)
  expect(plain.wakes).toEqual([CLOSE - US_PER_MINUTE, EXPIRY - 5 * US_PER_MINUTE])
  const late = desk({ timeStopMinutes: 5, maxHoldMinutes: 15 })
  late.at(EXPIRY)
  late.exits.planWakes(late.trade)
  expect(late.wakes).toEqual([])
})

test('a position opened outside a session has no closing bell to be woken for', () => {
  const { exits, wakes } = desk()
  const opening = {
    instrument: CALL,
    receivedUs: Date.parse('2024-01-06T15:00:00Z') * 1_000,
    priceMicros: 1e6,
  }
  const config = scalpConfigSchema.parse({})
  exits.planWakes(new OpenTrade(opening, parseAlpaca('TSLA240112C00250000'), EXPIRY, config))
  expect(wakes).toEqual([EXPIRY - 5 * US_PER_MINUTE])
})

test('silence is watched by one wake at a time, from the last usable quote', () => {
  const { wakes, trade, exits, at, quote } = desk({ maxQuoteSilenceSeconds: 60 })
  quote(ENTERED + 10, 1_000_000)
  expect(wakes).toEqual([ENTERED + 10 + 60 * US_PER_SECOND])
  quote(ENTERED + 20 * US_PER_SECOND, 1_000_000)
  quote(ENTERED + 30 * US_PER_SECOND, Number.NaN)
  expect(wakes).toHaveLength(1)
  at(ENTERED + 10 + 60 * US_PER_SECOND)
  exits.check(trade, Number.NaN)
  expect(wakes).toEqual([ENTERED + 10 + 60 * US_PER_SECOND, ENTERED + 80 * US_PER_SECOND])
})

test.each([
  ['take_profit', 11],
  ['stop_loss', -12],
  ['trailing_stop', 13],
  ['time_stop', 14],
  ['time_exit', 15],
  ['market_close', 16],
  ['expiration', 17],
  ['stale_quote', 18],
  ['momentum_reversal', 19],
  ['daily_loss_limit', 20],
  ['manual', null],
] as const)('an exit for %s is logged with its limit', (reason, limit) => {
  const { trade, decisions, quote } = desk({
    takeProfitPct: 11,
    stopLossPct: 12,
    trailingDistancePct: 13,
    timeStopMinutes: 14,
    maxHoldMinutes: 15,
    marketCloseExitMinutes: 16,
    expirationExitMinutes: 17,
    maxQuoteSilenceSeconds: 18,
    reversalThresholdPct: 19,
    dailyLossLimitPct: 20,
  })
  trade.reason = reason
  quote(ENTERED + 1, 1_000_000)
  expect(decisions[0]).toMatchObject({ kind: 'exit', code: reason, inputs: { limit } })
})

test('a crossed or one-sided quote is no mark and no sign of life', () => {
  const { trade, intents, quote } = desk({ takeProfitPct: 20, stopLossPct: 15, maxQuoteSilenceSeconds: 60 })
  quote(ENTERED + 1, 1_050_000)
  quote(ENTERED + 2, 2_000_000, 1_900_000)
  quote(ENTERED + 3, 100_000, Number.NaN)
  expect(trade.exit.snapshot()).toMatchObject({ maxDrawdownPct: 0 })
  expect(trade.exit.maxGainPct).toBeCloseTo(5, 9)
  expect(trade.quoteUs).toBe(ENTERED + 1)
  expect(intents).toHaveLength(0)
  quote(ENTERED + 1 + 60 * US_PER_SECOND, 2_000_000, 1_900_000)
  expect(intents[0]).toMatchObject({ tag: 'stale_quote' })
})
