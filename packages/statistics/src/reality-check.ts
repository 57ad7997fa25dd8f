import { createRandom } from '@scalp/canonical'
import { type BootstrapOptions, drawBlocks } from './bootstrap.js'
import { meanOf } from './moments.js'

/** How likely the best of many strategies is that good by luck. */
export interface RealityCheck {
  /** Place of the best strategy, by mean. */
  readonly best: number
  /** White's p-value: every strategy counts as if it were as good as the benchmark. Conservative. */
  readonly white: number
  /** Hansen's consistent p-value: strategies too bad to matter do not water the test down. */
  readonly spa: number
}

/**
 * Tests whether the best of many strategies beats a benchmark, given that so many were tried.
 *
 * Source: H. White, "A Reality Check for Data Snooping", Econometrica 68 (2000); P. R. Hansen, "A Test for Superior
 * Predictive Ability", JBES 23 (2005), with studentised means and the consistent recentring at
 * `−√(2·log log T / T)` deviations. Both take the samples of one stationary bootstrap.
 *
 * @param performances One series of returns over the benchmark for each strategy, all of the same periods.
 */
export function realityCheck(
  performances: readonly ArrayLike<number>[],
  { samples = 2_000, meanBlock = 10, seed = 'reality-check' }: BootstrapOptions = {},
): RealityCheck {
  const length = performances[0]?.length ?? 0
  const means = performances.map(meanOf)
  const best = means.reduce(
    (at, mean, index) => (mean > (means[at] ?? Number.NEGATIVE_INFINITY) ? index : at),
    0,
  )
  if (length < 2) return { best, white: Number.NaN, spa: Number.NaN }
  const random = createRandom(seed)
  const counts = new Float64Array(length)
  const drawn = performances.map(() => new Float64Array(samples))
  for (let sample = 0; sample < samples; sample++) {
    counts.fill(0)
    drawBlocks(random, length, meanBlock, (_, from) => {
      counts[from] = (counts[from] as number) + 1
    })
    performances.forEach((series, index) => {
      let sum = 0
      for (let t = 0; t < length; t++) sum += (counts[t] as number) * (series[t] as number)
      ;(drawn[index] as Float64Array)[sample] = sum / length
    })
  }
  const deviations = drawn.map((values, index) => {
    let square = 0
    for (const value of values) square += (value - (means[index] as number)) ** 2
    return Math.sqrt((square / samples) * length)
  })
  const root = Math.sqrt(length)
  const bound = Math.sqrt(2 * Math.log(Math.log(length)))
  let white = 0
  let spa = 0
  const observedWhite = root * (means[best] as number)
  const observedSpa = Math.max(
    0,
    ...means.map((mean, index) => studentised(root * mean, deviations[index] as number)),
  )
  for (let sample = 0; sample < samples; sample++) {
    let maxWhite = Number.NEGATIVE_INFINITY
    let maxSpa = 0
    for (let index = 0; index < performances.length; index++) {
      const mean = means[index] as number
      const deviation = deviations[index] as number
      const value = drawn[index]?.[sample] as number
      maxWhite = Math.max(maxWhite, root * (value - mean))
      const centre = studentised(root * mean, deviation) < -bound ? 0 : mean
      maxSpa = Math.max(maxSpa, studentised(root * (value - centre), deviation))
    }
    if (maxWhite >= observedWhite) white++
    if (maxSpa >= observedSpa) spa++
  }
  return { best, white: white / samples, spa: spa / samples }
}

function studentised(value: number, deviation: number): number {
  return deviation > 0 ? value / deviation : 0
}
