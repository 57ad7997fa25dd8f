import { createRandom } from '@scalp/canonical'
import { quantileOfSorted } from './moments.js'

/** How deep the same trades could have fallen in another order. */
export interface TradeOrder {
  /** Deepest fall in the order in which they came. */
  readonly drawdown: number
  /** Of all shuffled orders: the middle one, and that which one in twenty exceeds. */
  readonly median: number
  readonly worst5: number
  /** Share of the orders whose fall was at most the one that came: near 0, the order was lucky. */
  readonly rank: number
}

/** Shuffles trades and measures the deepest fall of their running sum, in the unit of the results. */
export function shuffleTrades(
  results: ArrayLike<number>,
  { samples = 2_000, seed = 'trade-order' }: { readonly samples?: number; readonly seed?: string } = {},
): TradeOrder {
  const random = createRandom(seed)
  const drawdown = deepestFall(results)
  const order = Float64Array.from(results)
  const falls = Float64Array.from({ length: samples }, () => {
    for (let i = order.length - 1; i > 0; i--) {
      const j = Math.floor(random() * (i + 1))
      const held = order[i] as number
      order[i] = order[j] as number
      order[j] = held
    }
    return deepestFall(order)
  }).sort()
  let atMost = 0
  for (const fall of falls) if (fall <= drawdown) atMost++
  return {
    drawdown,
    median: quantileOfSorted(falls, 0.5),
    worst5: quantileOfSorted(falls, 0.95),
    rank: atMost / samples,
  }
}

/** The deepest fall of a running sum below its highest value so far; the start counts as 0. */
export function deepestFall(results: ArrayLike<number>): number {
  let sum = 0
  let peak = 0
  let deepest = 0
  for (let i = 0; i < results.length; i++) {
    sum += results[i] as number
    peak = Math.max(peak, sum)
    deepest = Math.max(deepest, peak - sum)
  }
  return deepest
}
