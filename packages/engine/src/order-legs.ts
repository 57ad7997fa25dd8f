import type {
  Micros,
  OrderLeg,
  PricePoint,
  Quote,
  Side,
  StopLeg,
  TrailingLeg,
  Us,
  WalkLeg,
} from '@scalp/canonical'
import { StopWatch } from './stop-watch.js'

const CENT = 10_000

/** A price that may stand for a distance from the entry; `NaN` when that is needed and unknown. */
export function priceOf(point: PricePoint, entryMicros: Micros): Micros {
  return typeof point === 'number' ? point : Math.round(entryMicros * (1 + point.percent / 100))
}

/** A limit on the cent: down to buy, up to sell, so that it is never worse than what was meant. */
export function limitOf(point: PricePoint, entryMicros: Micros, side: Side): Micros {
  if (typeof point === 'number') return point
  const micros = priceOf(point, entryMicros)
  return side === 'buy' ? Math.floor(micros / CENT) * CENT : Math.ceil(micros / CENT) * CENT
}

/** Watches quotes for a leg that waits for a price. */
export interface LegWatch {
  readonly deadlineUs: Us
  /** The best price seen by a trailing stop; `NaN` otherwise. */
  readonly bestMicros: Micros
  see(quote: Quote): boolean
}

/** Makes the watch of a stop or trailing stop; undefined for legs that are sent at once. */
export function watchOf(
  leg: OrderLeg,
  side: Side,
  entryMicros: Micros,
  bestMicros: Micros,
): LegWatch | undefined {
  if (leg.kind === 'stop') return watchStop(leg, side, entryMicros)
  if (leg.kind === 'trailing') return watchTrailing(leg, side, entryMicros, bestMicros)
  return undefined
}

function watchStop({ stop, guard }: StopLeg, side: Side, entryMicros: Micros): LegWatch {
  const watch = new StopWatch(side, guard)
  const stopMicros = priceOf(stop, entryMicros)
  return {
    get deadlineUs() {
      return watch.deadlineUs
    },
    bestMicros: Number.NaN,
    see: (quote) => watch.see(quote, stopMicros),
  }
}

function watchTrailing(leg: TrailingLeg, side: Side, entryMicros: Micros, bestMicros: Micros): LegWatch {
  const watch = new StopWatch(side, leg.guard)
  const sign = side === 'sell' ? 1 : -1
  const activation = leg.activation === undefined ? undefined : priceOf(leg.activation, entryMicros)
  /** The best price for us so far: highest bid to sell, lowest ask to buy. */
  let best = bestMicros
  return {
    get deadlineUs() {
      return watch.deadlineUs
    },
    get bestMicros() {
      return best
    },
    see(quote) {
      const price = side === 'sell' ? quote.bidMicros : quote.askMicros
      /** A blown-out quote moves no stop. */
      if (watch.isSound(quote) && !(sign * price <= sign * best)) {
        const isActive = activation === undefined || !Number.isNaN(best) || sign * price >= sign * activation
        if (isActive) best = price
      }
      if (Number.isNaN(best)) return false
      const { distance } = leg
      const away = typeof distance === 'number' ? distance : (best * distance.percent) / 100
      return watch.see(quote, Math.round(best - sign * away))
    },
  }
}

/** The first limit of a walk: the mid, on the tick, rounded in our favour, within the cap; `NaN` without a mid. */
export function firstStep(
  leg: WalkLeg,
  side: Side,
  bidMicros: Micros,
  askMicros: Micros,
  entryMicros: Micros,
): Micros {
  if (!(bidMicros > 0 && askMicros >= bidMicros)) return Number.NaN
  const tick = leg.tickMicros ?? CENT
  const mid = (bidMicros + askMicros) / 2
  const cap = leg.cap === undefined ? Number.NaN : priceOf(leg.cap, entryMicros)
  if (side === 'buy') {
    const first = Math.floor(mid / tick) * tick
    return first > cap ? cap : first
  }
  const first = Math.ceil(mid / tick) * tick
  return first < cap ? cap : first
}

/** One step on towards the far touch, not beyond it nor beyond the cap; the same price when there is none left. */
export function nextStep(
  leg: WalkLeg,
  side: Side,
  limitMicros: Micros,
  touchMicros: Micros,
  entryMicros: Micros,
): Micros {
  const cap = leg.cap === undefined ? undefined : priceOf(leg.cap, entryMicros)
  const sign = side === 'buy' ? 1 : -1
  let next = limitMicros + sign * leg.stepMicros
  /** An empty far side bounds nothing; a market that has come to us does not push the limit back. */
  if (sign * next > sign * touchMicros)
    next = sign * touchMicros > sign * limitMicros ? touchMicros : limitMicros
  if (cap !== undefined && sign * next > sign * cap)
    next = sign * cap > sign * limitMicros ? cap : limitMicros
  return next
}
