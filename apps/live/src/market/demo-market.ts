import { createFakeAlpaca, type FakeAlpaca } from '@scalp/alpaca/testing'
import {
  createOptionId,
  createRandom,
  formatAlpaca,
  type IsoDate,
  type Random,
  US_PER_SECOND,
  type Us,
} from '@scalp/canonical'
import { calendarYears, type ExchangeCalendar } from '@scalp/market-data'
import { black76Value } from '@scalp/pricing'
import type { MarketClock } from '../clock/market-clock.js'

/** What a demo market is like. */
export interface DemoMarketOptions {
  readonly alpaca: FakeAlpaca
  readonly calendar: ExchangeCalendar
  readonly clock: MarketClock
  readonly symbol: string
  readonly seed: string
  readonly startPrice?: number
  /** Real time between two steps, ms; 200 unless told. */
  readonly stepMs?: number
  /** Mean market seconds between bursts; 75 unless told. */
  readonly burstSeconds?: number
  /** Strikes on each side of the money; 8 unless told. */
  readonly strikes?: number
}

interface Contract {
  readonly symbol: string
  readonly sign: 1 | -1
  readonly strike: number
  readonly expiryUs: Us
}

const VOLATILITY = 0.38
const STRIKE_STEP = 2.5
const EXPIRIES = 3

/**
 * Plays a market that never was on a simulated Alpaca: an underlying that walks and now and then bursts, and a chain
 * priced from it by Black's formula. What an account does there goes through Alpaca's own protocol.
 */
export class DemoMarket {
  readonly #options: Required<DemoMarketOptions>
  readonly #random: Random
  #price: number
  #atUs: Us
  #burst: { perSecond: number; turnsUs: Us; untilUs: Us } | undefined
  #nextBurstUs: Us
  #contracts: readonly Contract[] = []
  #date: IsoDate = ''
  #cursor = 0
  #timer: NodeJS.Timeout | undefined

  constructor(options: DemoMarketOptions) {
    this.#options = { startPrice: 250, stepMs: 200, burstSeconds: 75, strikes: 8, ...options }
    this.#random = createRandom(options.seed)
    this.#price = this.#options.startPrice
    this.#atUs = options.clock.nowUs()
    this.#nextBurstUs = this.#atUs + 20 * US_PER_SECOND
    this.#list()
  }

  /** Contracts of today, without padding. */
  get contracts(): readonly string[] {
    return this.#contracts.map(({ symbol }) => symbol)
  }

  start(): void {
    this.#timer = setInterval(() => this.step(), this.#options.stepMs)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  /** Moves the market to now, and shows it. */
  step(): void {
    const { alpaca, clock, calendar, symbol } = this.#options
    const nowUs = clock.nowUs()
    const session = calendar.session(nowUs)
    /** After the close the clock goes on to the next open: nobody watches a closed market. */
    if (session === undefined || nowUs >= session.closeUs + 5 * US_PER_SECOND) {
      const next = calendar.nextSession(calendar.tradingDate(nowUs))
      if (next !== undefined) clock.jumpTo(next.openUs - 2 * US_PER_SECOND)
      this.#atUs = clock.nowUs()
      this.#list()
      return
    }
    if (session.date !== this.#date) this.#list()
    alpaca.venue.session.isOpen = nowUs >= session.openUs && nowUs < session.closeUs
    if (!alpaca.venue.session.isOpen) return
    this.#walk(nowUs)
    const price = cents(this.#price)
    alpaca.quotes([
      { symbol, bid: cents(price - 0.01), ask: cents(price + 0.01), bidSize: 300, askSize: 200 },
      ...this.#quotes(nowUs),
    ])
    alpaca.trade(symbol, {
      price,
      size: 100 + Math.floor(this.#random() * 400 * (this.#burst === undefined ? 1 : 4)),
    })
    const traded = this.#contracts[Math.floor(this.#random() * this.#contracts.length)]
    if (traded !== undefined && this.#random() < 0.3)
      alpaca.trade(traded.symbol, {
        price: cents(this.#value(traded, nowUs)),
        size: 1 + Math.floor(this.#random() * 20),
      })
  }

  #walk(nowUs: Us): void {
    const seconds = Math.min(30, (nowUs - this.#atUs) / US_PER_SECOND)
    this.#atUs = nowUs
    if (this.#burst !== undefined && nowUs >= this.#burst.untilUs) this.#burst = undefined
    if (this.#burst === undefined && nowUs >= this.#nextBurstUs) {
      const percent = (0.55 + this.#random() * 0.5) * (this.#random() < 0.5 ? -1 : 1)
      const lasts = 12 + this.#random() * 16
      /** Half of the bursts turn back when they have drawn everybody in. */
      const turns = this.#random() < 0.5 ? 0.55 : 2
      this.#burst = {
        perSecond: (percent / 100 / lasts) * (turns < 1 ? 1.9 : 1.15),
        turnsUs: nowUs + lasts * turns * US_PER_SECOND,
        untilUs: nowUs + lasts * US_PER_SECOND,
      }
      this.#nextBurstUs =
        nowUs + (lasts + this.#options.burstSeconds * (0.5 + this.#random())) * US_PER_SECOND
    }
    const burst = this.#burst
    const drift = burst === undefined ? 0 : burst.perSecond * seconds * (nowUs < burst.turnsUs ? 1 : -0.8)
    /** Home is where it started, so that the strikes of the day stay near the money. */
    const home = Math.log(this.#options.startPrice / this.#price) * 0.0004 * seconds
    const shock = (this.#random() + this.#random() + this.#random() - 1.5) * 0.00016 * Math.sqrt(seconds)
    this.#price *= Math.exp(drift + home + shock)
  }

  /** A quarter of the chain at a time, so that every contract is quoted again within a second. */
  #quotes(nowUs: Us): { symbol: string; bid: number; ask: number; bidSize: number; askSize: number }[] {
    const share = Math.ceil(this.#contracts.length / 4)
    const quotes = []
    for (let i = 0; i < share; i++) {
      const contract = this.#contracts[this.#cursor++ % this.#contracts.length]
      if (contract === undefined) break
      const value = this.#value(contract, nowUs)
      const half = Math.max(0.01, value * 0.012)
      const bid = cents(value - half)
      quotes.push({
        symbol: contract.symbol,
        bid,
        ask: Math.max(cents(bid + 0.01), cents(value + half)),
        bidSize: 5 + Math.floor(this.#random() * 60),
        askSize: 5 + Math.floor(this.#random() * 60),
      })
    }
    return quotes
  }

  #value({ sign, strike, expiryUs }: Contract, nowUs: Us): number {
    return black76Value(sign, this.#price, strike, calendarYears(nowUs, expiryUs), VOLATILITY, 1)
  }

  /** Lists the next expiries around the money of today. */
  #list(): void {
    const { alpaca, clock, calendar, symbol, strikes } = this.#options
    const date = calendar.tradingDate(clock.nowUs())
    this.#date = date
    alpaca.venue.session.date = date
    const centre = Math.round(this.#price / STRIKE_STEP) * STRIKE_STEP
    const contracts: Contract[] = []
    let session = calendar.nextSession(date)
    for (let expiry = 0; expiry < EXPIRIES && session !== undefined; expiry++) {
      for (let step = -strikes; step <= strikes; step++)
        for (const right of ['C', 'P'] as const) {
          const strike = centre + step * STRIKE_STEP
          const option = createOptionId({ underlying: symbol, expiry: session.date, right, strike })
          const contract: Contract = {
            symbol: formatAlpaca(option),
            sign: right === 'C' ? 1 : -1,
            strike,
            expiryUs: session.closeUs,
          }
          alpaca.venue.list(contract.symbol, { openInterest: 500 + Math.floor(this.#random() * 5_000) })
          contracts.push(contract)
        }
      session = calendar.nextSession(session.date)
    }
    this.#contracts = contracts
  }
}

function cents(dollars: number): number {
  return Math.max(0, Math.round(dollars * 100) / 100)
}

/** Starts a simulated Alpaca whose time is the demo's. */
export function startDemoAlpaca(
  clock: MarketClock,
  keys: Readonly<Record<string, string>>,
): Promise<FakeAlpaca> {
  return createFakeAlpaca({ keys, nowUs: () => clock.nowUs(), requestsPerMinute: 100_000 })
}
