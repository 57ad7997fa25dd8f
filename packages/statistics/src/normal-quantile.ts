import { normalCdf, normalPdf } from '@scalp/pricing'

/**
 * Gives the `x` below which a standard normal variable lies with probability `p`; `NaN` outside [0, 1].
 *
 * Source: a logistic first guess, refined by Halley's method on {@link normalCdf} until it stands still; the tail
 * above one half is taken from the one below, where the probability keeps its digits.
 *
 * @example
 * normalQuantile(0.975) // 1.959963984540054
 */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) return Number.NaN
  if (p > 0.5) return -normalQuantile(1 - p)
  if (p === 0) return Number.NEGATIVE_INFINITY
  if (p === 0.5) return 0
  let x = p > 0.02 ? Math.log(p / (1 - p)) / 1.702 : -Math.sqrt(-2 * Math.log(p))
  for (let round = 0; round < 40; round++) {
    const step = (normalCdf(x) - p) / normalPdf(x)
    const next = x - step / (1 + (x * step) / 2)
    if (!(Math.abs(next - x) > 1e-15 * Math.abs(x))) return next
    x = next
  }
  return x
}
