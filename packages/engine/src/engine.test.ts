import {
  type ApprovedOrder,
  BarBuffer,
  type Broker,
  type Fill,
  type InstrumentIndex,
  InstrumentTable,
  type JournalEntry,
  type OrderId,
  QuoteBuffer,
  type Us,
} from '@scalp/canonical'
import { createGateKeeper, type Gate, spreadGate } from '@scalp/gates'
import { createExchangeCalendar } from '@scalp/market-data'
import { defineStrategy, type StrategyContext, type StrategyHandlers } from '@scalp/strategy'
import { expect, test } from 'vitest'
import { createEngine } from './engine.js'

const calendar = createExchangeCalendar()
const { openUs: OPEN, closeUs: CLOSE } = calendar.sessionOn('2025-02-20') ?? expect.fail('no session')
const SECOND = 1_000_000
const schema = { '~standard': { version: 1, vendor: 'test', validate: () => ({ value: {} }) } } as const

/** An engine round handlers that a test gives, and what left it. */
function setUp(
  make: (context: StrategyContext, log: string[]) => StrategyHandlers,
  { gates = [], implies = false }: { gates?: Gate[]; implies?: boolean } = {},
) {
  const log: string[] = []
  const sent: ApprovedOrder[] = []
  const journal: JournalEntry[] = []
  const instruments = new InstrumentTable()
  const option = instruments.requireOption('AAPL  250221C00250000')
  const put = instruments.requireOption('AAPL  250221P00250000')
  const broker: Broker = {
    connect: () => Promise.resolve(),
    submit: (order) => {
      log.push(`sent ${order.id}`)
      sent.push(order)
    },
    cancel: (id) => void log.push(`cancel ${id}`),
  }
  let context: StrategyContext | undefined
  const engine = createEngine({
    strategy: defineStrategy({
      contract: 1,
      name: 'test',
      config: schema,
      create: (_config: unknown, given) => {
        context = given
        return make(given, log)
      },
    }),
    config: {},
    underlyings: ['AAPL'],
    instruments,
    calendar,
    gates: createGateKeeper({ gates, idPrefix: 'o' }),
    broker,
    journal: {
      append: (entry): undefined => {
        log.push(`journal ${entry.type}`)
        journal.push(entry)
      },
    },
    startingCashMicros: 10_000_000_000,
    impliesUnderlyings: implies,
  })
  const quote = (
    us: Us,
    bid: number,
    ask: number,
    instrument: InstrumentIndex = option,
    sampleUs = 0,
  ): void => {
    const buffer = new QuoteBuffer()
    Object.assign(buffer, {
      instrument,
      receivedUs: us,
      sourceUs: us,
      bidMicros: bid,
      askMicros: ask,
      bidSize: 10,
      askSize: 10,
      sampleUs,
    })
    engine.advanceTo(us)
    engine.onQuote(buffer)
  }
  const fill = (orderId: string, us: Us, fields: Partial<Fill> = {}): undefined =>
    engine.onOrderEvent({
      type: 'order-filled',
      fillId: `${orderId}.1`,
      orderId: orderId as OrderId,
      instrument: option,
      side: 'buy',
      contracts: 1,
      priceMicros: 450_000,
      feesMicros: 700_000,
      remaining: 0,
      receivedUs: us,
      quoteAgeUs: 0,
      bidMicros: 430_000,
      askMicros: 450_000,
      ...fields,
    })
  return {
    engine,
    log,
    sent,
    journal,
    option,
    put,
    quote,
    fill,
    context: context as unknown as StrategyContext,
  }
}

test('an order leaves after the strategy has returned and the decision is journaled', () => {
  const { log, quote, sent } = setUp((context, lines) => ({
    onQuote({ instrument, askMicros }) {
      lines.push('handler starts')
      context.submit({ instrument, side: 'buy', contracts: 1, limitMicros: askMicros })
      lines.push('handler ends')
    },
  }))
  quote(OPEN + SECOND, 430_000, 450_000)
  expect(log.filter((line) => !line.includes('session'))).toEqual([
    'handler starts',
    'journal order-submitted',
    'handler ends',
    'sent o-1',
  ])
  expect(sent[0]).toMatchObject({ decidedUs: OPEN + SECOND, reduces: false, limitMicros: 450_000 })
})

test('a refusal comes back at once with what would let it pass, and nothing leaves', () => {
  const answers: unknown[] = []
  const { quote, sent, journal } = setUp(
    (context) => ({
      onQuote({ instrument }) {
        answers.push(context.submit({ instrument, side: 'buy', contracts: 1 }))
      },
    }),
    { gates: [spreadGate({ maxPercent: 1 })] },
  )
  quote(OPEN + SECOND, 430_000, 450_000)
  expect(answers).toMatchObject([
    { status: 'refused', refusals: [{ gate: 'spread_acceptable', limit: 1, resumes: expect.any(String) }] },
  ])
  expect(sent).toEqual([])
  expect(journal.at(-1)).toMatchObject({ type: 'intent-refused', symbol: 'AAPL250221C00250000' })
})

test('cash, position and round trip follow the fills, each counted once', () => {
  const { engine, quote, fill, option, context, journal } = setUp(() => ({}))
  quote(OPEN + SECOND, 430_000, 450_000)
  context.submit({ instrument: option, side: 'buy', contracts: 1, tag: 'in' })
  expect(context.isBusy(option)).toBe(true)
  fill('o-1', OPEN + 2 * SECOND)
  fill('o-1', OPEN + 2 * SECOND)
  expect(engine.positions.contracts(option)).toBe(1)
  // 10,000 - 0.45 × 100 - 0.70 dollars
  expect(engine.account.cashMicros).toBe(9_954_300_000)
  // + 0.43 × 100 at the bid
  expect(engine.account.equityMicros).toBe(9_997_300_000)
  context.submit({ instrument: option, side: 'sell', contracts: 1, tag: 'out' })
  fill('o-2', OPEN + 3 * SECOND, { side: 'sell', priceMicros: 500_000 })
  expect(context.isBusy(option)).toBe(false)
  expect(journal.find(({ type }) => type === 'position-closed')?.['trade']).toMatchObject({
    grossMicros: 5_000_000,
    feesMicros: 1_400_000,
    netMicros: 3_600_000,
    entryTag: 'in',
    exitReason: 'out',
  })
})

test('what only reduces passes though every gate refuses, but not more of it than is held', () => {
  const { sent, quote, fill, option, context } = setUp(() => ({}), { gates: [spreadGate({ maxPercent: 5 })] })
  quote(OPEN + SECOND, 440_000, 450_000)
  context.submit({ instrument: option, side: 'buy', contracts: 1 })
  fill('o-1', OPEN + 2 * SECOND)
  quote(OPEN + 3 * SECOND, 100_000, 900_000)
  expect(context.submit({ instrument: option, side: 'sell', contracts: 1 }).status).toBe('submitted')
  quote(OPEN + 4 * SECOND, 100_000, 900_000)
  expect(sent.at(-1)).toMatchObject({ side: 'sell', reduces: true })
  expect(context.submit({ instrument: option, side: 'sell', contracts: 1 }).status).toBe('refused')
})

test('flatten closes what is held once, and cancels entries that rest', () => {
  const { log, sent, quote, fill, option, put, context, engine } = setUp(() => ({
    onWake: () => context.flatten('bell'),
  }))
  quote(OPEN + SECOND, 430_000, 450_000)
  context.submit({ instrument: option, side: 'buy', contracts: 2 })
  context.submit({ instrument: put, side: 'buy', contracts: 1 })
  fill('o-1', OPEN + 2 * SECOND, { contracts: 2 })
  context.wakeAt(OPEN + 3 * SECOND)
  context.wakeAt(OPEN + 4 * SECOND)
  engine.advanceTo(OPEN + 5 * SECOND)
  expect(log.filter((line) => line.startsWith('cancel'))).toEqual(['cancel o-2'])
  expect(sent.slice(2)).toMatchObject([{ side: 'sell', contracts: 2, tag: 'bell', reduces: true }])
})

test('an order that waits too long is cancelled on time', () => {
  const { log, quote, option, context, engine } = setUp(() => ({}))
  quote(OPEN + SECOND, 430_000, 450_000)
  context.submit({ instrument: option, side: 'buy', contracts: 1, timeoutMs: 2_000 })
  expect(engine.nextWakeUs).toBe(OPEN + 3 * SECOND)
  engine.advanceTo(OPEN + 3 * SECOND - 1)
  expect(log.some((line) => line.startsWith('cancel '))).toBe(false)
  engine.advanceTo(OPEN + 3 * SECOND)
  expect(log).toContain('cancel o-1')
  expect(engine.nextWakeUs).toBe(CLOSE + 1)
})

test('hears both bells, the closing one after a sample that is stamped with it', () => {
  const { log, quote, engine } = setUp((_context, lines) => ({
    onSessionOpen: ({ date }): undefined => void lines.push(`open ${date}`),
    onSessionClose: ({ date }): undefined => void lines.push(`close ${date}`),
    onQuote: ({ receivedUs }): undefined => void lines.push(receivedUs === CLOSE ? 'last sample' : 'quote'),
  }))
  quote(OPEN - SECOND, 430_000, 450_000)
  quote(CLOSE, 430_000, 450_000)
  engine.advanceTo(CLOSE + SECOND)
  expect(log.filter((line) => !line.startsWith('journal'))).toEqual([
    'quote',
    'open 2025-02-20',
    'last sample',
    'close 2025-02-20',
  ])
})

test('a start in the middle of a session opens it first', () => {
  const { log, quote } = setUp((_context, lines) => ({
    onSessionOpen: (): undefined => void lines.push('open'),
    onQuote: (): undefined => void lines.push('quote'),
  }))
  quote(OPEN + 3_600 * SECOND, 430_000, 450_000)
  expect(log.filter((line) => !line.startsWith('journal'))).toEqual(['open', 'quote'])
})

test('forgets expired contracts and yesterday’s quotes on a new date, but not what a position was worth', () => {
  const { engine, quote, fill, option, put, context } = setUp(() => ({}))
  quote(OPEN + SECOND, 430_000, 450_000)
  quote(OPEN + SECOND, 430_000, 450_000, put)
  context.submit({ instrument: option, side: 'buy', contracts: 1 })
  fill('o-1', OPEN + 2 * SECOND)
  const { openUs } = calendar.sessionOn('2025-02-24') ?? expect.fail('no session')
  const { equityMicros } = engine.account
  engine.advanceTo(openUs)
  expect(engine.quotes.has(option)).toBe(false)
  expect(engine.quotes.has(put)).toBe(false)
  expect(engine.account.equityMicros).toBe(equityMicros)
  expect(engine.account.sessionStartEquityMicros).toBe(equityMicros)
  expect(engine.instruments.find('AAPL250221P00250000')).toBeUndefined()
  expect(engine.instruments.find('AAPL250221C00250000')).toBeDefined()
})

test('derives the underlying from a whole sample of quotes, once each is in', () => {
  const prices: [number, boolean][] = []
  const { quote, put, engine } = setUp(
    () => ({
      onUnderlying: ({ priceMicros, isDerived }): undefined => void prices.push([priceMicros, isDerived]),
    }),
    { implies: true },
  )
  quote(OPEN + 60 * SECOND, 2_000_000, 2_020_000, undefined, 60 * SECOND)
  expect(prices).toEqual([])
  quote(OPEN + 60 * SECOND, 1_000_000, 1_020_000, put, 60 * SECOND)
  engine.advanceTo(OPEN + 61 * SECOND)
  // 250 + 2.01 - 1.01
  expect(prices).toEqual([[251_000_000, true]])
})

test('takes a bar of the underlying as its price from the end of the bar', () => {
  const seen: number[] = []
  const { engine, context } = setUp(() => ({
    onUnderlying: ({ priceMicros }): undefined => void seen.push(priceMicros),
  }))
  const bar = new BarBuffer()
  Object.assign(bar, {
    instrument: engine.instruments.underlying('AAPL'),
    startUs: OPEN,
    receivedUs: OPEN + SECOND,
    lengthUs: SECOND,
    closeMicros: 245_500_000,
    volume: 10,
  })
  engine.onBar(bar)
  expect(seen).toEqual([245_500_000])
  expect(context.prices.get('AAPL')).toMatchObject({
    receivedUs: OPEN + SECOND,
    volume: 10,
    isDerived: false,
  })
})

test('refuses an event from the past, and orders that nobody could understand', () => {
  const { quote, engine, context, option } = setUp(() => ({}))
  quote(OPEN + 2 * SECOND, 430_000, 450_000)
  expect(() =>
    engine.onQuote(Object.assign(new QuoteBuffer(), { instrument: option, receivedUs: OPEN + SECOND })),
  ).toThrowError(expect.objectContaining({ code: 'ENGINE_CLOCK_BACKWARDS' }))
  for (const wrong of [
    { contracts: 0 },
    { contracts: 1.5 },
    { contracts: 1, limitMicros: 0 },
    { contracts: 1, limitMicros: Number.NaN },
  ]) {
    expect(() => context.submit({ instrument: option, side: 'buy', ...wrong })).toThrowError(
      expect.objectContaining({ code: 'ENGINE_INVALID_INTENT' }),
    )
  }
})

test('takes over positions and state after a restart, without paying again, and flattens when told', () => {
  const restored: unknown[] = []
  const { engine, option, sent, journal } = setUp((context) => ({
    snapshot: () => ({ held: context.positions.contracts(option) }),
    restore: (state): undefined => {
      restored.push(state, context.positions.contracts(option), context.nowUs)
    },
    onSessionOpen: (): undefined => {
      restored.push('bell')
    },
  }))
  const cash = engine.account.cashMicros
  const us = OPEN + 60 * SECOND
  const fill: Fill = {
    fillId: 'before',
    orderId: 'before' as OrderId,
    instrument: option,
    side: 'buy',
    contracts: 2,
    priceMicros: 1_000_000,
    feesMicros: 0,
    remaining: 0,
    receivedUs: OPEN,
    quoteAgeUs: Number.NaN,
    bidMicros: Number.NaN,
    askMicros: Number.NaN,
  }
  engine.restore({
    us,
    holdings: [{ fill, tag: 'signal' }],
    strategyState: { held: 2 },
    sessionStartEquityMicros: 123,
  })
  expect(restored).toEqual([{ held: 2 }, 2, us, 'bell'])
  expect(engine.account.cashMicros).toBe(cash)
  expect(engine.account.sessionStartEquityMicros).toBe(123)
  expect(engine.snapshot()).toEqual({ held: 2 })
  engine.flatten(us + SECOND, 'manual')
  expect(sent).toMatchObject([{ side: 'sell', contracts: 2, tag: 'manual', reduces: true }])
  expect(journal.map(({ type }) => type)).toContain('engine-restored')
})
