import type { Micros, Side } from '@scalp/canonical'

const THREE_DOLLARS = 3_000_000

/** The smallest step of an option's price. Penny classes step 0.01 below 3.00 and 0.05 above, others 0.05 and 0.10. */
export function tickSizeMicros(priceMicros: Micros, isPennyClass: boolean): Micros {
  if (priceMicros < THREE_DOLLARS) return isPennyClass ? 10_000 : 50_000
  return isPennyClass ? 50_000 : 100_000
}

/** Rounds a limit to the tick: up for a buy, down for a sell. */
export function roundToTick(priceMicros: Micros, side: Side, isPennyClass: boolean): Micros {
  const tick = tickSizeMicros(priceMicros, isPennyClass)
  /** Within a micro-dollar of a tick is on it: percentages leave float dust. */
  const steps = priceMicros / tick
  const nearest = Math.round(steps)
  if (Math.abs(nearest * tick - priceMicros) < 1) return nearest * tick
  return (side === 'buy' ? Math.ceil(steps) : Math.floor(steps)) * tick
}
