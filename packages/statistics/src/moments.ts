/** The shape of a sample of returns. All but `count` are `NaN` where the sample is too small or does not vary. */
export interface Moments {
  readonly count: number
  readonly mean: number
  /** With `count - 1` in the denominator. */
  readonly deviation: number
  /** Third standardised moment; 0 of a normal distribution. */
  readonly skewness: number
  /** Fourth standardised moment; 3 of a normal distribution. */
  readonly kurtosis: number
}

/** Computes the {@link Moments} of returns; the standardised moments divide by `count`. */
export function momentsOf(returns: ArrayLike<number>): Moments {
  const count = returns.length
  const mean = meanOf(returns)
  let square = 0
  let cube = 0
  let fourth = 0
  for (let i = 0; i < count; i++) {
    const off = (returns[i] as number) - mean
    square += off * off
    cube += off * off * off
    fourth += off * off * off * off
  }
  const variance = square / count
  /** What differs from the mean by rounding alone does not vary. */
  const varies = count > 1 && Math.sqrt(variance) > 1e-13 * Math.abs(mean)
  return {
    count,
    mean,
    deviation: varies ? Math.sqrt(square / (count - 1)) : Number.NaN,
    skewness: varies ? cube / count / variance ** 1.5 : Number.NaN,
    kurtosis: varies ? fourth / count / variance ** 2 : Number.NaN,
  }
}

/** The mean of numbers; `NaN` of none. */
export function meanOf(values: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i] as number
  return sum / values.length
}

/** The value below which a share `p` of sorted numbers lies, interpolated linearly; `NaN` of none. */
export function quantileOfSorted(sorted: ArrayLike<number>, p: number): number {
  const at = (sorted.length - 1) * Math.min(1, Math.max(0, p))
  const low = Math.floor(at)
  const from = sorted[low] ?? Number.NaN
  const to = sorted[Math.min(low + 1, sorted.length - 1)] ?? Number.NaN
  return from + (to - from) * (at - low)
}
