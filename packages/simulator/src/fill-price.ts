import type { Micros, Quote, Side } from '@scalp/canonical'

/** How much worse than the touch a fill is. */
export type Slippage =
  /** Percent of the touch. */
  | { readonly kind: 'percent'; readonly percent: number }
  /** A fixed amount a share. */
  | { readonly kind: 'amount'; readonly micros: Micros }
  /** A fraction of the spread, beyond the touch. */
  | { readonly kind: 'spread'; readonly fraction: number }

/**
 * The price a marketable order gets on a quote: the far touch, made worse by slippage, never worse than
 * its limit. `NaN` when it does not fill: the side is empty, the quote is crossed, a bid is 0, or the touch
 * is beyond the limit.
 */
export function fillPriceMicros(
  side: Side,
  { bidMicros, askMicros }: Pick<Quote, 'bidMicros' | 'askMicros'>,
  limitMicros: Micros | undefined,
  slippage: Slippage,
): Micros {
  if (askMicros < bidMicros) return Number.NaN
  const touch = side === 'buy' ? askMicros : bidMicros
  if (!(touch > 0)) return Number.NaN
  const worse = slippageMicros(touch, askMicros - bidMicros, slippage)
  if (side === 'buy') {
    const price = Math.ceil(touch + worse - 1e-6)
    if (limitMicros === undefined) return price
    return touch <= limitMicros ? Math.min(price, limitMicros) : Number.NaN
  }
  const price = Math.max(0, Math.floor(touch - worse + 1e-6))
  if (limitMicros === undefined) return price
  return touch >= limitMicros ? Math.max(price, limitMicros) : Number.NaN
}

function slippageMicros(touch: Micros, spread: Micros, slippage: Slippage): Micros {
  switch (slippage.kind) {
    case 'percent':
      return (touch * slippage.percent) / 100
    case 'amount':
      return slippage.micros
    case 'spread':
      return Number.isFinite(spread) ? spread * slippage.fraction : 0
  }
}
