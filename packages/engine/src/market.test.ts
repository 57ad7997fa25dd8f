import {
  BarBuffer,
  type InstrumentIndex,
  InstrumentTable,
  QuoteBuffer,
  type QuoteView,
  type Underlying,
  type Us,
} from '@scalp/canonical'
import { createGateKeeper } from '@scalp/gates'
import { createExchangeCalendar } from '@scalp/market-data'
import { defineStrategy, type Indicator, type StrategyContext, type StrategyHandlers } from '@scalp/strategy'
import { expect, test } from 'vitest'
import { createEngine, type Engine } from './engine.js'
import { Market } from './market.js'
import { settingsKey } from './settings-key.js'

const calendar = createExchangeCalendar()
const schema = { '~standard': { version: 1, vendor: 'test', validate: () => ({ value: {} }) } } as const
const { openUs: OPEN } = calendar.sessionOn('2025-02-20') ?? expect.fail('no session')
const SECOND = 1_000_000

/** Writes down the prices it was told. */
class Prices implements Indicator {
  readonly seen: number[] = []
  readonly opened: string[] = []
  readonly settings: unknown

  constructor(settings: unknown) {
    this.settings = settings
  }

  onUnderlying({ priceMicros }: Underlying): void {
    this.seen.push(priceMicros)
  }

  onSessionOpen({ date }: { readonly date: string }): void {
    this.opened.push(date)
  }
}

function setUp() {
  const instruments = new InstrumentTable()
  const market = new Market({ underlyings: ['AAPL'], instruments, calendar })
  const join = (
    make: (context: StrategyContext) => StrategyHandlers,
    onFailure?: (error: unknown) => void,
  ): Engine =>
    createEngine({
      market,
      strategy: defineStrategy({
        contract: 1,
        name: 'test',
        config: schema,
        create: (_config: unknown, context) => make(context),
      }),
      config: {},
      gates: createGateKeeper({ gates: [], idPrefix: 'o' }),
      broker: { connect: () => Promise.resolve(), submit() {}, cancel() {} },
      startingCashMicros: 10_000_000_000,
      ...(onFailure === undefined ? {} : { onFailure }),
    })
  const buffer = new BarBuffer()
  const bar = (us: Us, closeMicros: number): undefined => {
    Object.assign(buffer, {
      instrument: instruments.underlying('AAPL'),
      receivedUs: us,
      startUs: us - SECOND,
    })
    Object.assign(buffer, { lengthUs: SECOND, closeMicros, volume: 1 })
    market.onBar(buffer)
  }
  return { market, instruments, join, bar }
}

test('strategies that ask for the same class with the same settings share one, which is told before they are', () => {
  const { join, bar } = setUp()
  const shown: (readonly number[])[] = []
  const indicators: Prices[] = []
  class Others extends Prices {}
  for (const [kind, settings] of [
    [Prices, { a: 1, b: [2, null, true] }],
    [Prices, { b: [2, null, true], a: 1 }],
    [Prices, { a: '1', b: [2, null, true] }],
    [Others, { a: 1, b: [2, null, true] }],
  ] as const)
    join((context) => {
      const prices = context.indicator(kind, settings)
      indicators.push(prices)
      return { onUnderlying: (): undefined => void shown.push([...prices.seen]) }
    })
  bar(OPEN - SECOND, 250_000_000)
  bar(OPEN + SECOND, 251_000_000)
  expect(indicators[1]).toBe(indicators[0])
  expect(new Set(indicators).size).toBe(3)
  expect(indicators[2]?.settings).toEqual({ a: '1', b: [2, null, true] })
  expect(shown).toEqual([
    ...Array.from({ length: 4 }, () => [250_000_000]),
    ...Array.from({ length: 4 }, () => [250_000_000, 251_000_000]),
  ])
})

test.each([
  ['a function', { of: { f: () => 1 } }, 'settings.of.f'],
  ['an instance', { list: [1, new Map()] }, 'settings.list[1]'],
  ['a bigint', 1n, 'settings'],
])(
  '%s among settings is refused, for nobody could tell whether two are the same',
  (_what, settings, path) => {
    const { join } = setUp()
    expect(() =>
      join((context) => {
        context.indicator(Prices, settings)
        return {}
      }),
    ).toThrowError(
      expect.objectContaining({ code: 'ENGINE_INDICATOR_SETTINGS', details: { indicator: 'Prices', path } }),
    )
  },
)

test('settings that are no number differ from those that are unknown', () => {
  const numbers = [
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    0,
    -0,
    null,
    undefined,
    'NaN',
  ]
  const keys = numbers.map((value) => settingsKey('any', { value }))
  expect(new Set(keys).size).toBe(numbers.length)
})

test('an indicator that throws ends the part of those who asked for it, and of nobody else', () => {
  const { join, bar } = setUp()
  const broken = new Error('broken')
  const failures: string[] = []
  let heard = 0
  class Moody extends Prices {
    override onUnderlying(): void {
      if (this.settings === 'bad') throw broken
    }
  }
  const ask = (name: string, mood: string): Engine =>
    join(
      (context) => {
        context.indicator(Moody, mood)
        return { onUnderlying: (): undefined => void heard++ }
      },
      (error) => void failures.push(`${name}: ${String(error)}`),
    )
  const engines = [ask('first', 'bad'), ask('second', 'bad'), ask('third', 'good')]
  bar(OPEN, 250_000_000)
  bar(OPEN + SECOND, 250_000_000)
  expect(failures).toEqual(['first: Error: broken', 'second: Error: broken'])
  expect(engines.map(({ hasFailed }) => hasFailed)).toEqual([true, true, false])
  expect(heard).toBe(2)
})

test('indicators are told in the order they were made in, so that one may read another', () => {
  const { join, bar } = setUp()
  const told: string[] = []
  class Named extends Prices {
    override onUnderlying(): void {
      told.push(String(this.settings))
    }
  }
  join((context) => {
    for (const name of ['one', 'two', 'three']) context.indicator(Named, name)
    return { onUnderlying: (): undefined => void told.push('strategy') }
  })
  bar(OPEN, 250_000_000)
  expect(told).toEqual(['one', 'two', 'three', 'strategy'])
})

test('an indicator hears the opening bell before the strategies', () => {
  const { join, market, bar } = setUp()
  const heard: number[] = []
  join((context) => {
    const prices = context.indicator(Prices, null)
    return { onSessionOpen: (): undefined => void heard.push(prices.opened.length) }
  })
  bar(OPEN - SECOND, 250_000_000)
  expect(market.nextUs).toBe(OPEN)
  market.advance()
  expect(heard).toEqual([1])
})

test('an indicator that asks for quotes hears all of them, though no strategy does', () => {
  const { join, market, instruments } = setUp()
  const seen: InstrumentIndex[] = []
  class Quotes implements Indicator {
    onQuote({ instrument }: QuoteView): void {
      seen.push(instrument)
    }
  }
  join((context) => {
    context.indicator(Quotes, null)
    return {}
  })
  const quote = new QuoteBuffer()
  const instrument = instruments.requireOption('AAPL  250228C00250000')
  Object.assign(quote, { instrument, receivedUs: OPEN + SECOND, sourceUs: OPEN, bidMicros: 1, askMicros: 2 })
  market.onQuote(quote)
  expect(seen).toEqual([instrument])
})

test('an indicator that is asked for after the first event is refused, for it would have missed it', () => {
  const { join, bar } = setUp()
  join((context) => ({
    onUnderlying(): undefined {
      context.indicator(Prices, null)
    },
  }))
  expect(() => bar(OPEN, 250_000_000)).toThrowError(
    expect.objectContaining({ code: 'ENGINE_LATE_INDICATOR', details: { indicator: 'Prices' } }),
  )
})

test('what a strategy throws goes to who feeds the market, or ends only its own part when somebody takes it', () => {
  const { join, market, bar } = setUp()
  const failures: unknown[] = []
  let heard = 0
  const broken = new Error('broken')
  const failing = join(
    () => ({
      onUnderlying(): undefined {
        throw broken
      },
    }),
    (error) => void failures.push(error),
  )
  join(() => ({ onUnderlying: (): undefined => void heard++ }))
  bar(OPEN, 250_000_000)
  bar(OPEN + SECOND, 250_000_000)
  expect(failures).toEqual([broken])
  expect(failing.hasFailed).toBe(true)
  expect(heard).toBe(2)
  join(() => ({
    onUnderlying(): undefined {
      throw broken
    },
  }))
  expect(() => bar(OPEN + 2 * SECOND, 250_000_000)).toThrow(broken)
  expect(market.nowUs).toBe(OPEN + 2 * SECOND)
})
