import {
  type Fill,
  InstrumentTable,
  type OrderIntent,
  QuoteBuffer,
  toOrderId,
  US_PER_SECOND,
} from '@scalp/canonical'
import { createExchangeCalendar, QuoteColumns } from '@scalp/market-data'
import { black76Price } from '@scalp/pricing'
import type { Decision, StrategyContext } from '@scalp/strategy'
import { expect, test } from 'vitest'
import { scalpConfigSchema } from './config.js'
import { closeOfExpiry } from './option-delta.js'
import { momentumScalper } from './strategy.js'

const OPEN = Date.parse('2024-01-03T14:30:00Z') * 1_000

/** A market of one call and one put a day out, and a context that fills nothing by itself. */
function market(settings: Record<string, unknown> = {}) {
  const instruments = new InstrumentTable()
  const quotes = new QuoteColumns()
  const calendar = createExchangeCalendar()
  const underlying = instruments.underlying('TSLA')
  const calls = [250, 252, 254].map((strike) => instruments.requireOption(`TSLA240104C00${strike}000`))
  const puts = [250, 252, 254].map((strike) => instruments.requireOption(`TSLA240104P00${strike}000`))
  const intents: OrderIntent[] = []
  const decisions: Decision[] = []
  const wakes: number[] = []
  let nowUs = OPEN
  const money = 100_000_000_000
  const context = {
    get nowUs() {
      return nowUs
    },
    underlyings: ['TSLA'],
    instruments,
    quotes,
    calendar,
    account: { cashMicros: money, equityMicros: money, sessionStartEquityMicros: money },
    isBusy: () => false,
    workingOrders: 0,
    submit(intent: OrderIntent) {
      intents.push(intent)
      return { status: 'submitted', orderId: toOrderId('t', intents.length) }
    },
    cancel: () => undefined,
    flatten: () => undefined,
    wakeAt(us: number) {
      wakes.push(us)
    },
    log(decision: Decision) {
      decisions.push(decision)
    },
  } as unknown as StrategyContext
  const handlers = momentumScalper.create(scalpConfigSchema.parse(settings), context)
  const buffer = new QuoteBuffer()
  const quote = (instrument: number, mid: number) => {
    const half = 0.01
    Object.assign(buffer, { instrument, receivedUs: nowUs, sourceUs: nowUs, bidSize: 50, askSize: 50 })
    buffer.bidMicros = Math.round((mid - half) * 1e6)
    buffer.askMicros = Math.round((mid + half) * 1e6)
    quotes.apply(buffer)
    handlers.onQuote?.(buffer)
  }
  const quoteAll = (spot: number) => {
    const years = (closeOfExpiry(calendar, '2024-01-04') - nowUs) / 31_536_000e6
    for (const [at, strike] of [250, 252, 254].entries()) {
      const terms = { forward: spot, strike, years, volatility: 0.5 }
      quote(calls[at] as number, black76Price({ right: 'C', ...terms }))
      quote(puts[at] as number, black76Price({ right: 'P', ...terms }))
    }
  }
  return {
    intents,
    decisions,
    wakes,
    quote,
    quoteAll,
    handlers,
    price(seconds: number, dollars: number) {
      nowUs = OPEN + seconds * US_PER_SECOND
      handlers.onUnderlying?.({
        instrument: underlying,
        symbol: 'TSLA',
        receivedUs: nowUs,
        sourceUs: nowUs,
        priceMicros: Math.round(dollars * 1e6),
        volume: 100,
        isDerived: false,
      })
    },
    wake(seconds: number) {
      nowUs = OPEN + seconds * US_PER_SECOND
      handlers.onWake?.(nowUs)
    },
    fill(order: number, priceMicros: number): Fill {
      const { instrument, side, contracts } = intents[order - 1] as OrderIntent
      const fill: Fill = {
        fillId: `f${order}`,
        orderId: toOrderId('t', order),
        instrument,
        side,
        contracts,
        priceMicros,
        feesMicros: 650_000,
        remaining: 0,
        receivedUs: nowUs,
        quoteAgeUs: 0,
        bidMicros: Number.NaN,
        askMicros: Number.NaN,
      }
      handlers.onFill?.(fill)
      return fill
    },
  }
}

function enter(settings: Record<string, unknown> = {}) {
  const world = market(settings)
  world.price(60, 250)
  world.price(69, 250)
  world.quoteAll(250)
  world.price(70, 252)
  for (const { instrument } of world.intents) world.quote(instrument, 1)
  return world
}

test('a burst up buys a call at a limit not above the ask', () => {
  const { intents, decisions } = enter()
  expect(intents).toHaveLength(1)
  const [intent] = intents
  expect(intent).toMatchObject({ side: 'buy', tag: 'momentum_burst', timeoutMs: 2_000 })
  expect(intent?.inputs).toMatchObject({ trigger: 'momentum_burst', velocityPct: 0.8, dte: 1 })
  expect(String(intent?.inputs?.['contract'])).toMatch(/^TSLA240104C/)
  const delta = Number(intent?.inputs?.['delta'])
  expect(delta).toBeGreaterThanOrEqual(0.25)
  expect(delta).toBeLessThanOrEqual(0.55)
  expect(intent?.limitMicros).toBeLessThanOrEqual(Number(intent?.inputs?.['ask']) * 1e6)
  expect(decisions.at(-1)).toMatchObject({ kind: 'signal', code: 'momentum_burst' })
})

test('nothing is bought while a position is open, and a take-profit sells it at the bid', () => {
  const world = enter()
  const { instrument } = world.fill(1, 1_000_000)
  world.price(140, 254.5)
  expect(world.intents).toHaveLength(1)
  world.quote(instrument, 1.5)
  expect(world.intents[1]).toMatchObject({
    side: 'sell',
    tag: 'take_profit',
    limitMicros: 1_490_000,
    timeoutMs: 1_000,
  })
})

test('a loss starts the cooldown by its profit after fees', () => {
  const world = enter()
  const { instrument } = world.fill(1, 1_000_000)
  world.quote(instrument, 0.5)
  expect(world.intents[1]).toMatchObject({ tag: 'stop_loss' })
  world.fill(2, 500_000)
  world.price(150, 250)
  world.price(159, 250)
  world.quoteAll(250)
  world.price(160, 252)
  expect(world.intents).toHaveLength(2)
  expect(world.decisions.at(-1)).toMatchObject({ kind: 'abstain', code: 'LOSS_COOLDOWN' })
})

test('a rejected exit is tried again after a pause', () => {
  const world = enter()
  const { instrument } = world.fill(1, 1_000_000)
  world.quote(instrument, 0.5)
  world.handlers.onOrderEnd?.({
    orderId: toOrderId('t', 2),
    instrument,
    receivedUs: OPEN + 70 * US_PER_SECOND,
    outcome: 'rejected',
    reason: 'busy',
    filled: 0,
  })
  expect(world.intents).toHaveLength(2)
  expect(world.wakes).toContain(OPEN + 71 * US_PER_SECOND)
  world.wake(71)
  expect(world.intents[2]).toMatchObject({ side: 'sell', tag: 'stop_loss' })
})

test('silence closes a position at market when its wake comes', () => {
  const world = enter({ maxQuoteSilenceSeconds: 120, timeStopMinutes: null })
  world.fill(1, 1_000_000)
  world.wake(189)
  expect(world.intents).toHaveLength(1)
  world.wake(190)
  expect(world.intents[1]).toMatchObject({ tag: 'stale_quote' })
  expect(world.intents[1]).not.toHaveProperty('limitMicros')
})

test('a minute before the closing bell what is open is sold', () => {
  const world = enter({ timeStopMinutes: null, maxQuoteSilenceSeconds: null })
  world.fill(1, 1_000_000)
  world.wake(6.5 * 3_600 - 61)
  expect(world.intents).toHaveLength(1)
  world.wake(6.5 * 3_600 - 60)
  expect(world.intents[1]).toMatchObject({ tag: 'market_close' })
})
