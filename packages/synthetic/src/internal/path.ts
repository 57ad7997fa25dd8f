import { createRandom, US_PER_SECOND } from '@scalp/canonical'
import { createBars, type SyntheticBars } from '../bars.js'
import { addBurstReturns, drawBursts } from './bursts.js'
import type { DayPlan } from './day-plan.js'
import { NormalStream } from './normal-stream.js'

/** The underlying's day: its seconds, and how nervous each minute was. */
export interface Path {
  readonly bars: SyntheticBars
  /** Logarithm of the intraday volatility level at each minute's end, 0 on average. */
  readonly stress: Float64Array
}

const CENT = 10_000
const SESSIONS_PER_YEAR = 252
/** The intraday volatility level forgets over some fifteen minutes and has this standard deviation. */
const STRESS_SECONDS = 900
const STRESS_DEVIATION = 0.35
/** A burst lifts the level by this much at once. */
const BURST_STRESS = 0.8
const SHARES_PER_SECOND = 2_500

/**
 * Makes the seconds of a day. Returns are normal with a U-shaped, clustering volatility, plus bursts; a bridge in
 * variance time then leads the path to the planned close (a Brownian bridge plus a drift is Brownian again).
 */
export function createPath(seed: string | number, plan: DayPlan): Path {
  const { session, openMicros, closeMicros, volatility, index } = plan
  const bars = createBars(session, US_PER_SECOND)
  const random = createRandom(`${seed}:path:${index}`)
  const normal = new NormalStream(random)
  const bursts = drawBursts(random, bars.count)
  const returns = new Float64Array(bars.count)
  const clock = new Float64Array(bars.count)
  const activity = new Float64Array(bars.count)
  const stress = new Float64Array(bars.count / 60)
  const perSecond = (0.8 * volatility) / Math.sqrt(SESSIONS_PER_YEAR * 23_400)
  let level = STRESS_DEVIATION * normal.next()
  let variance = 0
  let nextBurst = 0
  for (let second = 0; second < bars.count; second++) {
    if (second === bursts[nextBurst]?.startSecond) {
      level += BURST_STRESS
      nextBurst++
    }
    level += -level / STRESS_SECONDS + STRESS_DEVIATION * Math.sqrt(2 / STRESS_SECONDS) * normal.next()
    const shape = uShape(second / bars.count)
    const deviation = perSecond * Math.sqrt(shape) * Math.exp(level - STRESS_DEVIATION ** 2)
    returns[second] = deviation * normal.next()
    variance += deviation * deviation
    clock[second] = variance
    activity[second] = shape * Math.exp(0.9 * level)
    if (second % 60 === 59) stress[(second - 59) / 60] = level
  }
  addBurstReturns(bursts, returns)
  const drift = Math.log(closeMicros / openMicros) - sum(returns)
  let logPrice = Math.log(openMicros)
  let close = openMicros
  for (let second = 0; second < bars.count; second++) {
    const passed = second === 0 ? at(clock, 0) : at(clock, second) - at(clock, second - 1)
    logPrice += at(returns, second) + (drift * passed) / variance
    const open = close
    close = Math.max(Math.round(Math.exp(logPrice) / CENT), 1) * CENT
    const wick = CENT * Math.floor(3 * random() ** 2 * Math.sqrt(at(activity, second)))
    const tail = CENT * Math.floor(3 * random() ** 2 * Math.sqrt(at(activity, second)))
    bars.openMicros[second] = open
    bars.highMicros[second] = Math.max(open, close) + wick
    bars.lowMicros[second] = Math.max(Math.min(open, close) - tail, CENT)
    bars.closeMicros[second] = close
    bars.volume[second] = 1 + Math.floor(SHARES_PER_SECOND * at(activity, second) * -Math.log(1 - random()))
  }
  return { bars, stress }
}

/** Relative variance and volume over the day, 1 on average: high at the open, low at noon, rising to the close. */
export function uShape(dayShare: number): number {
  return 0.6 + 2.6 * Math.exp(-12 * dayShare) + 1.1 * Math.exp(-8 * (1 - dayShare)) + 0.0462
}

function sum(column: Float64Array): number {
  let total = 0
  for (const value of column) total += value
  return total
}

function at(column: Float64Array, i: number): number {
  return column[i] as number
}
