import {
  type AccountReader,
  type CalendarReader,
  createOptionId,
  type InstrumentIndex,
  InstrumentTable,
  type OrderIntent,
  type PositionReader,
  type PositionView,
  type QuoteReader,
  type Right,
  type Underlying,
  type Us,
} from '@scalp/canonical'
import type { AccountStatus, GateContext, UnderlyingFacts } from '../src/index.js'

/** 2024-01-03 15:00 UTC, 10:00 in New York: 30 minutes after the open. */
export const NOW_US: Us = Date.UTC(2024, 0, 3, 15) * 1_000

/** One state of a market with one contract; what is left out is in order. Prices in micro-dollars, ages in ms. */
export interface MarketState {
  readonly symbol?: string
  readonly right?: Right
  readonly bid?: number
  readonly ask?: number
  readonly spreadPercent?: number
  readonly quoteAgeMs?: number
  readonly sampleMs?: number
  readonly openInterest?: number
  readonly volume?: number
  readonly delta?: number
  readonly greeksAgeMs?: number
  readonly hasGreeks?: boolean
  /** `null`: none received. */
  readonly underlyingAgeMs?: number | null
  readonly cash?: number
  readonly equity?: number
  /** Held contracts, signed, of the contract under test. */
  readonly held?: number
  /** What is held in other contracts of the same underlying, micro-dollars. */
  readonly exposure?: number
  /** `null`: no calendar wired; undefined `openUs`: no session. */
  readonly session?: { readonly openUs: Us; readonly closeUs: Us } | 'none' | null
  readonly health?: { readonly killSwitch: boolean; readonly feedDegraded: boolean }
  readonly facts?: UnderlyingFacts
  /** Age of open interest and volume, ms. */
  readonly figuresAgeMs?: number
  /** `null`: the broker has not told. */
  readonly status?: Partial<AccountStatus> | null
  readonly nowUs?: Us
  /** The trading date in New York; the contract expires on 2024-01-05. */
  readonly today?: string
}

/** A context in which the contract is in order but for what is given. */
export function marketOf(state: MarketState = {}): { context: GateContext; instrument: InstrumentIndex } {
  const { symbol = 'TSLA', right = 'C', exposure = 0, held = 0, session } = state
  const instruments = new InstrumentTable()
  const root = symbol === '' ? 'X' : symbol
  const fields = { underlying: root, expiry: '2024-01-05', right }
  const instrument = instruments.option(createOptionId({ ...fields, strike: 250 }))
  const other = instruments.option(createOptionId({ ...fields, strike: 260 }))
  const openUs = NOW_US - 30 * 60e6
  const hours = session === undefined ? { openUs, closeUs: openUs + 390 * 60e6 } : session
  const views: PositionView[] = []
  if (held !== 0) views.push({ instrument, contracts: held, averageMicros: 1_000_000, openedUs: 0 })
  if (exposure !== 0)
    views.push({ instrument: other, contracts: 1, averageMicros: exposure / 100, openedUs: 0 })
  const context: GateContext = {
    nowUs: state.nowUs ?? NOW_US,
    instruments,
    quotes: quotesOf(instrument, state),
    prices: { get: (name) => (name === root ? underlyingOf(root, state) : undefined) },
    positions: positionsOf(views),
    account: accountOf(state),
    ...(state.hasGreeks === false ? {} : { greeks: greeksOf(state) }),
    ...(hours === null ? {} : { calendar: calendarOf(hours, state.today) }),
    ...(state.health === undefined ? {} : { health: state.health }),
    accountStatus: { get: () => statusOf(state) },
    ...(state.facts === undefined ? {} : { facts: { get: () => state.facts } }),
  }
  return { context, instrument }
}

/** An intent to buy one contract at the market, but for what is given. */
export function intentOf(instrument: InstrumentIndex, rest: Partial<OrderIntent> = {}): OrderIntent {
  return { instrument, side: 'buy', contracts: 1, ...rest }
}

function quotesOf(listed: InstrumentIndex, state: MarketState): QuoteReader {
  const { bid = 2_450_000, ask = 2_550_000, quoteAgeMs = 800, openInterest = 1_500, volume = 800 } = state
  const of = (value: number) => (index: InstrumentIndex) => (index === listed ? value : Number.NaN)
  const mid = (bid + ask) / 2
  const percent = mid > 0 ? ((ask - bid) / mid) * 100 : Number.NaN
  const sourceUs = NOW_US - quoteAgeMs * 1_000
  const figuresUs = NOW_US - (state.figuresAgeMs ?? 60_000) * 1_000
  return {
    has: (index) => index === listed,
    bidMicros: of(bid),
    askMicros: of(ask),
    bidSize: of(10),
    askSize: of(10),
    midMicros: of(mid),
    spreadMicros: of(ask - bid),
    spreadPercent: of(state.spreadPercent ?? percent),
    receivedUs: of(sourceUs),
    sourceUs: of(sourceUs),
    sampleUs: of((state.sampleMs ?? 0) * 1_000),
    openInterest: of(openInterest),
    volume: of(volume),
    openInterestUs: of(figuresUs),
    volumeUs: of(figuresUs),
    isTradable: (index) => index === listed && ask > 0 && ask >= bid,
    copy: () => undefined,
  }
}

function underlyingOf(symbol: string, { underlyingAgeMs = 300 }: MarketState): Underlying | undefined {
  if (underlyingAgeMs === null) return undefined
  const sourceUs = NOW_US - underlyingAgeMs * 1_000
  const instrument = 0 as InstrumentIndex
  const priceMicros = 248_000_000
  return { instrument, symbol, receivedUs: sourceUs, sourceUs, priceMicros, volume: 0, isDerived: false }
}

function positionsOf(views: readonly PositionView[]): PositionReader {
  const get = (index: InstrumentIndex) => views.find(({ instrument }) => instrument === index)
  return { get, open: () => views, contracts: (index) => get(index)?.contracts ?? 0 }
}

function statusOf({ status = {} }: MarketState): AccountStatus | undefined {
  if (status === null) return undefined
  const sourceUs = NOW_US - 2_000_000
  return { type: 'margin', settledCashMicros: 0, optionLevel: 3, dayTrades: 0, sourceUs, ...status }
}

function accountOf({ cash = 20_000e6, equity = 50_000e6 }: MarketState): AccountReader {
  return { cashMicros: cash, equityMicros: equity, sessionStartEquityMicros: equity }
}

function greeksOf({ delta = 0.42, greeksAgeMs = 12_000 }: MarketState): GateContext['greeks'] & object {
  return { delta: () => delta, sourceUs: () => NOW_US - greeksAgeMs * 1_000 }
}

function calendarOf(
  hours: { readonly openUs: Us; readonly closeUs: Us } | 'none',
  date = '2024-01-03',
): CalendarReader {
  const session = hours === 'none' ? undefined : { ...hours, date, isEarlyClose: false }
  return { session: () => session, tradingDate: () => date, isOpen: () => session !== undefined }
}
