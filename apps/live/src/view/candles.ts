import { type Micros, toDollars, US_PER_SECOND, type Us } from '@scalp/canonical'
import type { Candle } from '@scalp/protocol'
import type { SessionVwap } from '@scalp/scalping'
import { usd } from './wire.js'

const LENGTH_S = 5
/** A day and a half of five-second candles of regular sessions. */
const MOST = 7_200

/** Candles of five seconds, and of a minute made of them. */
export class CandleBook {
  readonly #candles: Candle[] = []

  add(us: Us, priceMicros: Micros, volume: number, vwap: SessionVwap): void {
    const time = Math.floor(us / US_PER_SECOND / LENGTH_S) * LENGTH_S
    const price = toDollars(priceMicros)
    const bands = vwap.bands()
    const now = {
      vwap: usd(vwap.vwapMicros),
      upperBand: usd(bands?.upperMicros),
      lowerBand: usd(bands?.lowerMicros),
    }
    const last = this.#candles.at(-1)
    const size = volume > 0 ? volume : 0
    if (last === undefined || last.time < time) {
      this.#candles.push({ time, open: price, high: price, low: price, close: price, volume: size, ...now })
      if (this.#candles.length > MOST) this.#candles.splice(0, MOST / 4)
      return
    }
    last.high = Math.max(last.high, price)
    last.low = Math.min(last.low, price)
    last.close = price
    last.volume += size
    Object.assign(last, now)
  }

  /** The newest, oldest first. */
  list(intervalSeconds: number, limit: number): readonly Candle[] {
    if (intervalSeconds <= LENGTH_S) return this.#candles.slice(-limit)
    const merged: Candle[] = []
    for (const candle of this.#candles) {
      const time = Math.floor(candle.time / intervalSeconds) * intervalSeconds
      const last = merged.at(-1)
      if (last?.time !== time) merged.push({ ...candle, time })
      else {
        last.high = Math.max(last.high, candle.high)
        last.low = Math.min(last.low, candle.low)
        last.close = candle.close
        last.volume += candle.volume
        last.vwap = candle.vwap
        last.upperBand = candle.upperBand
        last.lowerBand = candle.lowerBand
      }
    }
    return merged.slice(-limit)
  }
}
