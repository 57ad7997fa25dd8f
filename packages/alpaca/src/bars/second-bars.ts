import type { RestBar, RestTrade } from '../rest/data-schemas.js'
import { stockTradeEffect, type TradeEffect } from '../wire/trade-conditions.js'

/** What one-second bars are made of. */
export interface SecondBarsOptions {
  /** Half-open span in µs, such as a regular session; everything unless told. */
  readonly fromUs?: number
  readonly toUs?: number
  /** What a trade may update; by the tapes' stock conditions unless told. */
  readonly effect?: (conditions: string) => TradeEffect
}

/**
 * Makes bars of one second from trades, in the order of exchange time whatever the order they come in.
 *
 * Only seconds with a trade that moves the price have a bar. Volume and VWAP count every trade but void ones;
 * the VWAP of trades that only count as volume is theirs too, as the tapes have it.
 */
export function secondBars(
  trades: Iterable<RestTrade>,
  {
    fromUs = Number.NEGATIVE_INFINITY,
    toUs = Number.POSITIVE_INFINITY,
    effect = stockTradeEffect,
  }: SecondBarsOptions = {},
): RestBar[] {
  const seconds = new Map<number, RestTrade[]>()
  for (const trade of trades) {
    const { us, seconds: second } = trade.at
    if (us < fromUs || us >= toUs || effect(trade.conditions) === 'nothing') continue
    const known = seconds.get(second)
    if (known === undefined) seconds.set(second, [trade])
    else known.push(trade)
  }
  return Array.from(seconds.entries())
    .sort(([a], [b]) => a - b)
    .flatMap(([second, all]) => {
      all.sort((a, b) => a.at.nanos - b.at.nanos)
      const prices = all
        .filter(({ conditions }) => effect(conditions) === 'price-and-volume')
        .map(({ priceMicros }) => priceMicros)
      const [open] = prices
      const close = prices.at(-1)
      if (open === undefined || close === undefined) return []
      const volume = all.reduce((sum, { size }) => sum + size, 0)
      const value = all.reduce((sum, { size, priceMicros }) => sum + size * priceMicros, 0)
      return [
        {
          startUs: second * 1_000_000,
          openMicros: open,
          highMicros: prices.reduce((high, price) => Math.max(high, price)),
          lowMicros: prices.reduce((low, price) => Math.min(low, price)),
          closeMicros: close,
          volume,
          trades: all.length,
          vwapMicros: volume > 0 ? Math.round(value / volume) : Number.NaN,
        },
      ]
    })
}
