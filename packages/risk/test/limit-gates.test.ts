import { createOptionId, InstrumentTable, type OrderIntent } from '@scalp/canonical'
import { createGateKeeper, type GateContext } from '@scalp/gates'
import { expect, test } from 'vitest'
import { limitGates, OrderRate, type RiskLimits } from '../src/index.js'

const instruments = new InstrumentTable()
const list = (underlying: string, strike: number) =>
  instruments.option(createOptionId({ underlying, expiry: '2024-01-05', right: 'C', strike }))
const [call, other, held] = [list('TSLA', 250), list('SPY', 470), list('TSLA', 260)]
const OPEN_US = 1_704_292_200_000_000

function market(quote: { bid?: number; ask?: number } = {}): GateContext {
  const { bid = 1_000_000, ask = 1_100_000 } = quote
  const positions = [{ instrument: held, contracts: 2, averageMicros: 1_500_000, openedUs: 0 }]
  return {
    nowUs: OPEN_US + 3_600_000_000,
    instruments,
    prices: { get: () => undefined },
    quotes: {
      bidMicros: () => bid,
      askMicros: () => ask,
      midMicros: () => (bid + ask) / 2,
      sourceUs: () => OPEN_US,
    },
    positions: {
      open: () => positions,
      contracts: (index: number) => (index === held ? 2 : 0),
      get: () => undefined,
    },
    calendar: { session: () => ({ openUs: OPEN_US }) },
  } as unknown as GateContext
}

function refused(
  limits: RiskLimits,
  intent: Partial<OrderIntent>,
  options: { orders?: OrderRate; context?: GateContext } = {},
) {
  const gates = limitGates(limits, options.orders ?? new OrderRate())
  const keeper = createGateKeeper({ gates })
  const whole: OrderIntent = { instrument: call, side: 'buy', contracts: 1, ...intent }
  const review = keeper.review(whole, options.context ?? market())
  return review.approved ? 'passed' : `${review.refusals[0]?.gate} ${review.refusals[0]?.value}`
}

test.each<[string, RiskLimits, Partial<OrderIntent>, string]>([
  ['contracts', { maxContracts: 10 }, { contracts: 10 }, 'passed'],
  ['contracts', { maxContracts: 10 }, { contracts: 11 }, 'max_contracts 11'],
  ['notional at the ask', { maxNotionalMicros: 330_000_000 }, { contracts: 3 }, 'passed'],
  ['notional at the ask', { maxNotionalMicros: 329_999_999 }, { contracts: 3 }, 'max_notional 330'],
  [
    'notional at the limit',
    { maxNotionalMicros: 200_000_000 },
    { contracts: 2, limitMicros: 1_000_000 },
    'passed',
  ],
  ['a limit a little above the ask', { fatFingerPct: 5 }, { limitMicros: 1_150_000 }, 'passed'],
  [
    'a limit far above the ask',
    { fatFingerPct: 5 },
    { limitMicros: 11_000_000 },
    'fat_finger 942.8571428571429',
  ],
  [
    'a sale far below the bid',
    { fatFingerPct: 5 },
    { side: 'sell', limitMicros: 100_000 },
    'fat_finger 85.71428571428571',
  ],
  ['a market order has no finger', { fatFingerPct: 5 }, {}, 'passed'],
  ['positions', { maxOpenPositions: 2 }, {}, 'passed'],
  ['positions', { maxOpenPositions: 1 }, {}, 'max_open_positions 2'],
  ['adding to a position opens none', { maxOpenPositions: 1 }, { instrument: held }, 'passed'],
  ['exposure in all', { maxExposureMicros: 410_000_000 }, {}, 'passed'],
  ['exposure in all', { maxExposureMicros: 409_999_999 }, {}, 'max_exposure 410'],
  [
    'exposure of the underlying',
    { maxExposurePerUnderlyingMicros: 400_000_000 },
    {},
    'max_exposure_per_underlying 410',
  ],
  [
    'exposure of another underlying',
    { maxExposurePerUnderlyingMicros: 400_000_000 },
    { instrument: other },
    'passed',
  ],
])('%s: %j, %j', (_, limits, intent, expected) => {
  expect(refused(limits, intent)).toBe(expected)
})

test('an unknown price refuses, and what only reduces passes all the same', () => {
  const context = market({ ask: Number.NaN })
  expect(refused({ maxNotionalMicros: 1e12 }, {}, { context })).toBe('max_notional null')
  expect(refused({ fatFingerPct: 5 }, { limitMicros: 1 }, { context })).toBe('fat_finger null')
  const all: RiskLimits = {
    maxContracts: 1,
    maxNotionalMicros: 1,
    fatFingerPct: 1,
    maxExposureMicros: 1,
    maxOrdersPerDay: 1,
  }
  expect(refused(all, { instrument: held, side: 'sell', contracts: 2 }, { context })).toBe('passed')
})

test('orders are counted by the minute and by the session', () => {
  const { nowUs } = market()
  const orders = new OrderRate()
  orders.record(OPEN_US - 1_000_000)
  orders.record(OPEN_US + 1)
  orders.record(nowUs - 60_000_000)
  orders.record(nowUs - 59_999_999)
  expect(refused({ maxOrdersPerMinute: 2 }, {}, { orders })).toBe('passed')
  expect(refused({ maxOrdersPerMinute: 1 }, {}, { orders })).toBe('orders_per_minute 2')
  expect(refused({ maxOrdersPerDay: 4 }, {}, { orders })).toBe('passed')
  expect(refused({ maxOrdersPerDay: 3 }, {}, { orders })).toBe('orders_per_day 4')
})

test('a limit that is no positive number is refused', () => {
  for (const wrong of [{ maxContracts: 0 }, { fatFingerPct: -1 }, { maxExposureMicros: Number.NaN }])
    expect(() => limitGates(wrong, new OrderRate())).toThrow(expect.objectContaining({ code: 'RISK_LIMIT' }))
})
