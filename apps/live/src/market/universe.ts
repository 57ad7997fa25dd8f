import type { DataClient, OptionContract, TradingClient } from '@scalp/alpaca'
import {
  type InstrumentTable,
  type IsoDate,
  type MarketSink,
  type Micros,
  US_PER_DAY,
  type Us,
} from '@scalp/canonical'
import type { WatchedFeed } from './watched-feed.js'

/** Which contracts are watched. */
export interface UniverseRules {
  /** On each side of the money. */
  readonly strikes: number
  /** Days of the calendar to expiry. */
  readonly maxDte: number
}

/** The contracts around the money: `strikes` on each side of the nearest, of every expiry, both rights. */
export function aroundTheMoney(
  contracts: readonly OptionContract[],
  priceMicros: Micros,
  { strikes }: Pick<UniverseRules, 'strikes'>,
): readonly OptionContract[] {
  const byExpiry = new Map<string, OptionContract[]>()
  for (const contract of contracts)
    byExpiry.set(contract.expiry, [...(byExpiry.get(contract.expiry) ?? []), contract])
  return Array.from(byExpiry.values()).flatMap((listed) => {
    const grid = Array.from(new Set(listed.map(({ strikeMicros }) => strikeMicros))).sort((a, b) => a - b)
    let centre = 0
    for (const [at, strike] of grid.entries())
      if (Math.abs(strike - priceMicros) < Math.abs((grid[centre] as number) - priceMicros)) centre = at
    const low = grid[Math.max(0, centre - strikes)] as number
    const high = grid[Math.min(grid.length - 1, centre + strikes)] as number
    return listed.filter(({ strikeMicros }) => strikeMicros >= low && strikeMicros <= high)
  })
}

/** Keeps the contracts watched around the money, from the broker's own list; what is held stays watched. */
export class Universe {
  readonly #trading: TradingClient
  readonly #data: DataClient
  readonly #symbols: readonly string[]
  readonly #rules: UniverseRules
  readonly #instruments: InstrumentTable
  readonly #listed = new Map<string, { date: IsoDate; contracts: readonly OptionContract[] }>()
  readonly #centres = new Map<string, Micros>()
  readonly #told = new Set<string>()

  constructor(options: {
    readonly trading: TradingClient
    readonly data: DataClient
    readonly symbols: readonly string[]
    readonly rules: UniverseRules
    readonly instruments: InstrumentTable
  }) {
    this.#trading = options.trading
    this.#data = options.data
    this.#symbols = options.symbols
    this.#rules = options.rules
    this.#instruments = options.instruments
  }

  /** The contracts to begin with, by the prices that the data API knows. */
  async first(nowUs: Us, date: IsoDate): Promise<readonly string[]> {
    const trades = await this.#data.latestStockTrades(this.#symbols)
    return this.plan(nowUs, date, (symbol) => trades.get(symbol)?.priceMicros ?? Number.NaN)
  }

  /** The contracts to watch by the prices of now. Listings are asked for once a date. */
  async plan(nowUs: Us, date: IsoDate, priceOf: (symbol: string) => Micros): Promise<readonly string[]> {
    const wanted: string[] = []
    for (const symbol of this.#symbols) {
      const contracts = await this.#contracts(symbol, nowUs, date)
      const price = priceOf(symbol)
      /** Half a strike of hysteresis: a price that swings around a middle must not move the window to and fro. */
      const centre = this.#centre(symbol, contracts, price)
      const around = Number.isFinite(centre) ? aroundTheMoney(contracts, centre, this.#rules) : []
      for (const contract of around) wanted.push(contract.symbol)
    }
    for (const contract of wanted) this.#instruments.optionSymbol(contract)
    return wanted
  }

  /** Watches other contracts when the money has moved, or the date is another. */
  async follow(
    feed: Pick<WatchedFeed, 'watch'>,
    {
      nowUs,
      date,
      priceOf,
      held,
    }: { nowUs: Us; date: IsoDate; priceOf: (symbol: string) => Micros; held: readonly string[] },
  ): Promise<void> {
    const wanted = await this.plan(nowUs, date, priceOf)
    feed.watch(Array.from(new Set([...wanted, ...held])))
  }

  /** Tells open interest, once a contract and date. */
  tellInterest(sink: MarketSink, receivedUs: Us): void {
    for (const { date, contracts } of this.#listed.values())
      for (const { symbol, openInterest } of contracts) {
        const instrument = this.#instruments.find(symbol)?.index
        if (instrument === undefined || !Number.isFinite(openInterest) || this.#told.has(date + symbol))
          continue
        this.#told.add(date + symbol)
        sink.onStatistic({ instrument, kind: 'open-interest', value: openInterest, receivedUs })
      }
  }

  #centre(symbol: string, contracts: readonly OptionContract[], price: Micros): Micros {
    const before = this.#centres.get(symbol)
    if (!Number.isFinite(price)) return before ?? Number.NaN
    let nearest = Number.NaN
    for (const { strikeMicros } of contracts)
      if (!(Math.abs(nearest - price) <= Math.abs(strikeMicros - price))) nearest = strikeMicros
    if (before !== undefined && Math.abs(nearest - before) > 0) {
      const halfWay = (before + nearest) / 2
      const beyond = (price - halfWay) * Math.sign(nearest - before)
      if (beyond < Math.abs(nearest - before) / 4) return before
    }
    this.#centres.set(symbol, nearest)
    return nearest
  }

  async #contracts(symbol: string, nowUs: Us, date: IsoDate): Promise<readonly OptionContract[]> {
    const known = this.#listed.get(symbol)
    if (known?.date === date) return known.contracts
    const expiryTo = new Date((nowUs + this.#rules.maxDte * US_PER_DAY) / 1_000).toISOString().slice(0, 10)
    const contracts: OptionContract[] = []
    for await (const contract of this.#trading.contracts({
      underlyings: [symbol],
      expiryFrom: date,
      expiryTo,
    }))
      if (contract.isTradable) contracts.push(contract)
    this.#listed.set(symbol, { date, contracts })
    this.#told.clear()
    return contracts
  }
}
