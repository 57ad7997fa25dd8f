import type { Candle } from '@scalp/protocol'

/** Candles of one underlying, kept up with prices as they come; bounded, so that a day is the most it holds. */
export class CandleSeries {
  readonly candles: Candle[]
  readonly #intervalSeconds: number
  readonly #most: number

  constructor(candles: readonly Candle[], intervalSeconds: number, most = 10_000) {
    this.candles = candles.slice(-most)
    this.#intervalSeconds = intervalSeconds
    this.#most = most
  }

  /** Takes a price and answers the candle it is in; undefined for a price older than the last candle. */
  add(
    seconds: number,
    price: number,
    bands: Pick<Candle, 'vwap' | 'upperBand' | 'lowerBand'>,
  ): Candle | undefined {
    const time = Math.floor(seconds / this.#intervalSeconds) * this.#intervalSeconds
    const last = this.candles.at(-1)
    if (last !== undefined && time < last.time) return undefined
    if (last === undefined || time > last.time) {
      const candle = { time, open: price, high: price, low: price, close: price, volume: 0, ...bands }
      this.candles.push(candle)
      if (this.candles.length > this.#most) this.candles.shift()
      return candle
    }
    last.high = Math.max(last.high, price)
    last.low = Math.min(last.low, price)
    last.close = price
    Object.assign(last, bands)
    return last
  }
}
