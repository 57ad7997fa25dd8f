import { US_PER_MINUTE, US_PER_SECOND } from '@scalp/canonical'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EXIT_PRIORITY, type ExitEntry, ExitManager, type ExitRules, type ExitTick } from './exit-manager.js'

const OPENED = 1_700_000_000_000_000
const CLOSE = OPENED + 120 * US_PER_MINUTE
const EXPIRY = CLOSE + 24 * 60 * US_PER_MINUTE
const entry: ExitEntry = { openedUs: OPENED, priceMicros: 1_000_000, direction: 'up', expiryUs: EXPIRY }

/** Every rule off, so that each test turns on the one it is about. */
const off: ExitRules = {
  takeProfitPct: 1e9,
  stopLossPct: 1e9,
  trailingActivationPct: null,
  trailingDistancePct: 8,
  momentumReversal: false,
  reversalThresholdPct: 0.05,
  reversalMinHoldSeconds: 0,
  timeStopMinutes: null,
  maxHoldMinutes: null,
  marketCloseExitMinutes: 1,
  expirationExitMinutes: 5,
  maxQuoteSilenceSeconds: null,
  exitPriority: EXIT_PRIORITY,
}

function watch(rules: Partial<ExitRules>, opened: Partial<ExitEntry> = {}) {
  const manager = new ExitManager({ ...off, ...rules }, { ...entry, ...opened })
  const check = (tick: Partial<ExitTick> = {}) =>
    manager.check({
      nowUs: OPENED,
      bidMicros: 1_000_000,
      velocityPct: Number.NaN,
      closeUs: CLOSE,
      quoteUs: tick.nowUs ?? OPENED,
      ...tick,
    })
  return { manager, check }
}

describe('rules of the clock', () => {
  test('the market close is left its minutes before the bell, not a microsecond earlier', () => {
    const { check } = watch({ marketCloseExitMinutes: 3 })
    expect(check({ nowUs: CLOSE - 3 * US_PER_MINUTE - 1 })).toBeUndefined()
    expect(check({ nowUs: CLOSE - 3 * US_PER_MINUTE })).toBe('market_close')
    expect(check({ nowUs: CLOSE, bidMicros: Number.NaN })).toBe('market_close')
  })

  test('without a session there is no market close', () => {
    expect(watch({}).check({ nowUs: CLOSE + US_PER_MINUTE, closeUs: Number.NaN })).toBeUndefined()
  })

  test('expiration is left its minutes before the contract stops trading', () => {
    const { check } = watch({ expirationExitMinutes: 5 }, { expiryUs: OPENED + 60 * US_PER_MINUTE })
    expect(check({ nowUs: OPENED + 55 * US_PER_MINUTE - 1 })).toBeUndefined()
    expect(check({ nowUs: OPENED + 55 * US_PER_MINUTE })).toBe('expiration')
  })

  test('quotes are missed from the last one, and from the entry while none has come since', () => {
    const { check } = watch({ maxQuoteSilenceSeconds: 60 })
    const due = OPENED + 60 * US_PER_SECOND
    expect(check({ nowUs: due - 1, quoteUs: OPENED - US_PER_MINUTE })).toBeUndefined()
    expect(check({ nowUs: due, quoteUs: OPENED - US_PER_MINUTE })).toBe('stale_quote')
    expect(check({ nowUs: due, quoteUs: Number.NaN })).toBe('stale_quote')
    expect(check({ nowUs: due, quoteUs: OPENED + 1 })).toBeUndefined()
    expect(check({ nowUs: due + 1, quoteUs: OPENED + 1 })).toBe('stale_quote')
  })

  test('silence without a limit is borne', () => {
    expect(watch({}).check({ nowUs: OPENED + 100 * US_PER_MINUTE, quoteUs: OPENED })).toBeUndefined()
  })

  test('the time stop leaves what is not in profit, from its minute on', () => {
    const { check } = watch({ timeStopMinutes: 5 })
    const due = OPENED + 5 * US_PER_MINUTE
    expect(check({ nowUs: due - 1 })).toBeUndefined()
    expect(check({ nowUs: due, bidMicros: 1_000_001 })).toBeUndefined()
    expect(check({ nowUs: due, bidMicros: Number.NaN })).toBeUndefined()
    expect(check({ nowUs: due })).toBe('time_stop')
    expect(watch({}).check({ nowUs: due, bidMicros: 500_000 })).toBeUndefined()
  })

  test('the longest hold ends whatever stands', () => {
    const { check } = watch({ maxHoldMinutes: 15 })
    const due = OPENED + 15 * US_PER_MINUTE
    expect(check({ nowUs: due - 1, bidMicros: 1_100_000 })).toBeUndefined()
    expect(check({ nowUs: due, bidMicros: 1_100_000 })).toBe('time_exit')
    expect(check({ nowUs: due, bidMicros: Number.NaN })).toBe('time_exit')
    expect(watch({}).check({ nowUs: due })).toBeUndefined()
  })
})

describe('rules of the mark', () => {
  test('take profit and stop loss hold at their percent and not below', () => {
    const { check } = watch({ takeProfitPct: 20, stopLossPct: 15 })
    expect(check({ bidMicros: 1_199_999 })).toBeUndefined()
    expect(check({ bidMicros: 1_200_000 })).toBe('take_profit')
    expect(check({ bidMicros: 850_001 })).toBeUndefined()
    expect(check({ bidMicros: 850_000 })).toBe('stop_loss')
  })

  test('a worthless bid of 0 is a mark and stops the loss', () => {
    const { manager, check } = watch({ stopLossPct: 15 })
    expect(check({ bidMicros: 0 })).toBe('stop_loss')
    expect(manager.pnlPct).toBe(-100)
  })

  test.each([Number.NaN, -1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'a bid of %d is no mark: it moves nothing and fires nothing',
    (bidMicros) => {
      const rules = { takeProfitPct: 0, stopLossPct: 0, trailingActivationPct: 0, timeStopMinutes: 0 }
      const { manager, check } = watch(rules)
      expect(check({ bidMicros })).toBeUndefined()
      expect(manager.snapshot()).toEqual(watch(rules).manager.snapshot())
    },
  )

  test('an unknown entry price marks nothing', () => {
    const { manager, check } = watch({ stopLossPct: 15 }, { priceMicros: Number.NaN })
    expect(check({ bidMicros: 1 })).toBeUndefined()
    expect(manager.pnlPct).toBe(0)
  })

  test('a trailing stop arms at its activation, rises with the gain and fires at its level', () => {
    const { manager, check } = watch({ trailingActivationPct: 10, trailingDistancePct: 8 })
    check({ bidMicros: 1_099_999 })
    expect([manager.isTrailing, manager.trailingLevelPct]).toEqual([false, 0])
    check({ bidMicros: 1_100_000 })
    expect(manager.isTrailing).toBe(true)
    expect(manager.trailingLevelPct).toBeCloseTo(2, 9)
    check({ bidMicros: 1_150_000 })
    expect(manager.trailingLevelPct).toBeCloseTo(7, 9)
    expect(check({ bidMicros: 1_080_000 })).toBeUndefined()
    expect(manager.trailingLevelPct).toBeCloseTo(7, 9)
    expect(check({ bidMicros: 1_060_000 })).toBe('trailing_stop')
  })

  test('a trailing stop fires at its level exactly', () => {
    const { check } = watch({ trailingActivationPct: 50, trailingDistancePct: 25 })
    expect(check({ bidMicros: 1_500_000 })).toBeUndefined()
    expect(check({ bidMicros: 1_250_001 })).toBeUndefined()
    expect(check({ bidMicros: 1_250_000 })).toBe('trailing_stop')
  })

  test('without an activation nothing trails', () => {
    const { manager, check } = watch({})
    check({ bidMicros: 2_000_000 })
    expect(check({ bidMicros: 1_000_000 })).toBeUndefined()
    expect(manager.isTrailing).toBe(false)
  })

  test('gain and drawdown are the furthest marks, and never cross 0', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 3_000_000 }), { maxLength: 40 }), (bids) => {
        const { manager, check } = watch({})
        for (const bidMicros of bids) check({ bidMicros })
        const marks = bids.map((bid) => ((bid - 1e6) / 1e6) * 100)
        expect(manager.maxGainPct).toBe(Math.max(0, ...marks))
        expect(manager.maxDrawdownPct).toBe(Math.min(0, ...marks))
        expect(manager.pnlPct).toBe(marks.at(-1) ?? 0)
      }),
      { numRuns: 50 },
    )
  })

  test('a better known entry price moves the marks that follow, not the opening', () => {
    const { manager, check } = watch({ takeProfitPct: 20 })
    manager.reprice(1_100_000)
    expect(check({ bidMicros: 1_200_000 })).toBeUndefined()
    expect(check({ bidMicros: 1_320_000 })).toBe('take_profit')
    expect(manager.entry).toEqual({ ...entry, priceMicros: 1_100_000 })
  })
})

describe('momentum reversal', () => {
  test('a move against the entry beyond the threshold leaves; one with it, a flat or an unknown one stays', () => {
    const { check } = watch({ momentumReversal: true, reversalThresholdPct: 0.2 })
    for (const velocityPct of [0.5, 0.2, -0.2, Number.NaN]) expect(check({ velocityPct })).toBeUndefined()
    expect(check({ velocityPct: -0.21 })).toBe('momentum_reversal')
  })

  test('for a put the way up is the wrong one', () => {
    const { check } = watch({ momentumReversal: true }, { direction: 'down' })
    expect(check({ velocityPct: -1 })).toBeUndefined()
    expect(check({ velocityPct: 1 })).toBe('momentum_reversal')
  })

  test('it waits its minimum hold, and needs to be on', () => {
    const { check } = watch({ momentumReversal: true, reversalMinHoldSeconds: 30 })
    const due = OPENED + 30 * US_PER_SECOND
    expect(check({ nowUs: due - 1, velocityPct: -1 })).toBeUndefined()
    expect(check({ nowUs: due, velocityPct: -1 })).toBe('momentum_reversal')
    expect(watch({}).check({ nowUs: due, velocityPct: -1 })).toBeUndefined()
  })
})

describe('priority', () => {
  const everything: Partial<ExitRules> = {
    takeProfitPct: 0,
    stopLossPct: 0,
    trailingActivationPct: 0,
    trailingDistancePct: 0,
    momentumReversal: true,
    timeStopMinutes: 0,
    maxHoldMinutes: 0,
    maxQuoteSilenceSeconds: 0,
  }
  const tick = { nowUs: EXPIRY, velocityPct: -1, quoteUs: OPENED }

  test('is this unless told otherwise', () => {
    expect(EXIT_PRIORITY).toEqual([
      'market_close',
      'expiration',
      'stale_quote',
      'momentum_reversal',
      'take_profit',
      'trailing_stop',
      'stop_loss',
      'time_stop',
      'time_exit',
    ])
  })

  test.each(EXIT_PRIORITY)('when all hold, %s is the reason where it stands first', (first) => {
    const others = EXIT_PRIORITY.filter((reason) => reason !== first)
    expect(watch({ ...everything, exitPriority: [first, ...others] }).check(tick)).toBe(first)
    expect(watch({ ...everything, exitPriority: [first] }).check(tick)).toBe(first)
    expect(watch({ ...everything, exitPriority: [] }).check(tick)).toBeUndefined()
  })
})

test('a snapshot taken back goes on where the other stopped', () => {
  const rules = { trailingActivationPct: 10, trailingDistancePct: 8 }
  const { manager, check } = watch(rules)
  check({ bidMicros: 900_000 })
  check({ bidMicros: 1_150_000 })
  const after = watch(rules)
  after.manager.restore(JSON.parse(JSON.stringify(manager.snapshot())))
  expect(after.manager.snapshot()).toEqual(manager.snapshot())
  expect(after.manager.maxDrawdownPct).toBe(-10)
  expect(after.check({ bidMicros: 1_060_000 })).toBe('trailing_stop')
})
