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
import type { Decision, Indicator, IndicatorClass, StrategyContext } from '@scalp/strategy'
import { scalpConfigSchema } from '../src/config.js'
import { closeOfExpiry } from '../src/contract-book.js'
import { momentumScalper } from '../src/strategy.js'

/** The opening bell of the day. */
export const OPEN: number = Date.parse('2024-01-03T14:30:00Z') * 1_000

/** A market of one call and one put a day out, and a context that fills nothing by itself. */
export function market(settings: Record<string, unknown> = {}) {
  const instruments = new InstrumentTable()
  const quotes = new QuoteColumns()
  const calendar = createExchangeCalendar()
  const underlying = instruments.underlying('TSLA')
  const calls = [250, 252, 254].map((strike) => instruments.requireOption(`TSLA240104C00${strike}000`))
  const puts = [250, 252, 254].map((strike) => instruments.requireOption(`TSLA240104P00${strike}000`))
  const intents: OrderIntent[] = []
  const decisions: Decision[] = []
  const wakes: number[] = []
  const held = new Map<number, number>()
  const cancelled: string[] = []
  let nowUs = OPEN
  const money = 100_000_000_000
  const indicators: Indicator[] = []
  const context: StrategyContext = {
    indicator<Settings, Kind extends Indicator>(
      kind: IndicatorClass<Settings, Kind>,
      settings: Settings,
    ): Kind {
      const made = new kind(settings, context)
      indicators.push(made)
      return made
    },
    get nowUs() {
      return nowUs
    },
    underlyings: ['TSLA'],
    instruments,
    quotes,
    calendar,
    account: { cashMicros: money, equityMicros: money, sessionStartEquityMicros: money },
    positions: { contracts: (instrument: number) => held.get(instrument) ?? 0 },
    isBusy: () => false,
    workingOrders: 0,
    submit(intent: OrderIntent) {
      intents.push(intent)
      return { status: 'submitted', orderId: toOrderId('t', intents.length) }
    },
    cancel: (orderId: string) => void cancelled.push(orderId),
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
    held,
    cancelled,
    calls,
    instruments,
    quotes,
    money: context.account as { equityMicros: number },
    quote,
    quoteAll,
    handlers,
    price(seconds: number, dollars: number) {
      nowUs = OPEN + seconds * US_PER_SECOND
      const tick = {
        instrument: underlying,
        symbol: 'TSLA',
        receivedUs: nowUs,
        sourceUs: nowUs,
        priceMicros: Math.round(dollars * 1e6),
        volume: 100,
        isDerived: false,
      }
      for (const indicator of indicators) {
        indicator.onDate?.(calendar.tradingDate(nowUs), calendar.session(nowUs))
        indicator.onUnderlying?.(tick)
      }
      handlers.onUnderlying?.(tick)
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

/** A market in which a burst has just bought a call. */
export function enter(settings: Record<string, unknown> = {}) {
  const world = market(settings)
  world.price(60, 250)
  world.price(69, 250)
  world.quoteAll(250)
  world.price(70, 252)
  for (const { instrument } of world.intents) world.quote(instrument, 1)
  return world
}
