import { createRandom, type Random } from '@scalp/canonical'
import { normalCdf } from '@scalp/pricing'
import { meanOf, quantileOfSorted } from './moments.js'
import { normalQuantile } from './normal-quantile.js'

/** How samples are drawn anew. */
export interface BootstrapOptions {
  /** Samples drawn; 2,000 unless told. */
  readonly samples?: number
  /** Mean length of the blocks drawn whole, so that neighbours stay neighbours; 1 draws single values. */
  readonly meanBlock?: number
  readonly seed?: string
}

/** An interval that holds the true figure with a confidence. */
export interface Interval {
  readonly estimate: number
  readonly low: number
  readonly high: number
}

/**
 * Gives an interval for a figure of a sample, by drawing the sample anew.
 *
 * Source: bias-corrected and accelerated percentiles, B. Efron, "Better Bootstrap Confidence Intervals", JASA 82
 * (1987), with the acceleration of the jackknife; with `meanBlock` above 1 samples are those of the stationary
 * bootstrap and the percentiles are corrected for bias alone.
 *
 * @param figure Takes values drawn from the sample, `NaN` where they have none.
 */
export function bootstrapInterval(
  sample: ArrayLike<number>,
  figure: (values: Float64Array) => number,
  {
    confidence = 0.95,
    samples = 2_000,
    meanBlock = 1,
    seed = 'bootstrap',
  }: BootstrapOptions & { confidence?: number } = {},
): Interval {
  const values = Float64Array.from(sample)
  const estimate = figure(values)
  const random = createRandom(seed)
  const drawn = new Float64Array(values.length)
  const figures: number[] = []
  for (let i = 0; i < samples; i++) {
    drawBlocks(random, values.length, meanBlock, (at, from) => {
      drawn[at] = values[from] as number
    })
    const value = figure(drawn)
    if (!Number.isNaN(value)) figures.push(value)
  }
  figures.sort((a, b) => a - b)
  if (values.length < 2 || figures.length < samples / 2)
    return { estimate, low: Number.NaN, high: Number.NaN }
  const below = figures.filter((value) => value < estimate).length
  const equal = figures.filter((value) => value === estimate).length
  const share = Math.min(
    1 - 0.5 / figures.length,
    Math.max(0.5 / figures.length, (below + equal / 2) / figures.length),
  )
  const bias = normalQuantile(share)
  const acceleration = meanBlock > 1 ? 0 : accelerationOf(values, figure)
  const at = (p: number): number => {
    const z = bias + normalQuantile(p)
    return quantileOfSorted(figures, normalCdf(bias + z / (1 - acceleration * z)))
  }
  const tail = (1 - confidence) / 2
  return { estimate, low: at(tail), high: at(1 - tail) }
}

/**
 * Draws the places of one sample of the stationary bootstrap: blocks of random length with a given mean, wrapped
 * around the end.
 *
 * Source: D. Politis and J. Romano, "The Stationary Bootstrap", JASA 89 (1994).
 */
export function drawBlocks(
  random: Random,
  length: number,
  meanBlock: number,
  take: (at: number, from: number) => void,
): undefined {
  const restart = 1 / Math.max(1, meanBlock)
  let from = 0
  for (let at = 0; at < length; at++) {
    from = at === 0 || random() < restart ? Math.floor(random() * length) : (from + 1) % length
    take(at, from)
  }
}

/** Sixth of the skewness of the figures with one value left out. */
function accelerationOf(values: Float64Array, figure: (values: Float64Array) => number): number {
  const { length } = values
  const left = new Float64Array(length - 1)
  const figures = new Float64Array(length)
  left.set(values.subarray(1))
  for (let out = 0; out < length; out++) {
    if (out > 0) left[out - 1] = values[out - 1] as number
    figures[out] = figure(left)
  }
  const mean = meanOf(figures)
  let square = 0
  let cube = 0
  for (const value of figures) {
    square += (mean - value) ** 2
    cube += (mean - value) ** 3
  }
  const acceleration = cube / (6 * square ** 1.5)
  return Number.isFinite(acceleration) ? acceleration : 0
}
