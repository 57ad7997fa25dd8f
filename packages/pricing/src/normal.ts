/** √(1/2). */
const SQRT_HALF = Math.SQRT1_2
const INVERSE_SQRT_TWO_PI = 0.3989422804014327
const INVERSE_SQRT_PI = 0.5641895835477563
/** Below this `erfcx` is beyond the largest double. */
const ERFCX_LOWEST = -26.628

/**
 * Gives the probability that a standard normal variable is below `x`, to full double precision, far tail included.
 *
 * @example
 * normalCdf(-1.96) // 0.024997895148220435
 */
export function normalCdf(x: number): number {
  const a = Math.abs(x)
  if (a < 0.66) return 0.5 * (1 + erfCentral(x * SQRT_HALF))
  const tail = 0.5 * erfcx(a * SQRT_HALF) * expMinusHalfSquare(a)
  return x > 0 ? 1 - tail : tail
}

/** Gives the standard normal density at `x`. */
export function normalPdf(x: number): number {
  return INVERSE_SQRT_TWO_PI * expMinusHalfSquare(Math.abs(x))
}

/**
 * Gives the scaled complementary error function `exp(x²) · erfc(x)`; `Infinity` below -26.6.
 *
 * Source: W. J. Cody, "Rational Chebyshev approximations for the error function", Math. Comp. 23 (1969).
 */
export function erfcx(x: number): number {
  const y = Math.abs(x)
  if (y <= 0.46875) return Math.exp(y * y) * (1 - erfCentral(x))
  if (x < ERFCX_LOWEST) return Number.POSITIVE_INFINITY
  const tail = y <= 4 ? erfcxMiddle(y) : erfcxFar(y)
  return x < 0 ? 2 * expSquare(y) - tail : tail
}

/** `erf` for |x| ≤ 0.46875. */
function erfCentral(x: number): number {
  const z = x * x
  const top =
    (((0.18577770618460315 * z + 3.1611237438705655) * z + 113.86415415105016) * z + 377.485237685302) * z +
    3209.3775891384694
  const bottom =
    (((z + 23.601290952344122) * z + 244.02463793444417) * z + 1282.6165260773723) * z + 2844.236833439171
  return (x * top) / bottom
}

/** `erfcx` for 0.46875 < y ≤ 4. */
function erfcxMiddle(y: number): number {
  let top = 2.1531153547440383e-8 * y + 0.5641884969886701
  top = top * y + 8.883149794388377
  top = top * y + 66.11919063714163
  top = top * y + 298.6351381974001
  top = top * y + 881.952221241769
  top = top * y + 1712.0476126340707
  top = top * y + 2051.0783778260716
  top = top * y + 1230.3393547979972
  let bottom = y + 15.744926110709835
  bottom = bottom * y + 117.6939508913125
  bottom = bottom * y + 537.1811018620099
  bottom = bottom * y + 1621.3895745666903
  bottom = bottom * y + 3290.7992357334597
  bottom = bottom * y + 4362.619090143247
  bottom = bottom * y + 3439.3676741437216
  bottom = bottom * y + 1230.3393548037495
  return top / bottom
}

/** `erfcx` for y > 4. */
function erfcxFar(y: number): number {
  const z = 1 / (y * y)
  let top = 0.016315387137302097 * z + 0.30532663496123236
  top = top * z + 0.36034489994980445
  top = top * z + 0.12578172611122926
  top = top * z + 0.016083785148742275
  top = top * z + 0.0006587491615298378
  let bottom = z + 2.568520192289822
  bottom = bottom * z + 1.8729528499234673
  bottom = bottom * z + 0.5279051029514285
  bottom = bottom * z + 0.06051834131244132
  bottom = bottom * z + 0.0023352049762686918
  return (INVERSE_SQRT_PI - (z * top) / bottom) / y
}

/** `exp(y²)` without the rounding of y²: y is split so that the larger square is exact. */
function expSquare(y: number): number {
  const head = Math.trunc(y * 16) / 16
  return Math.exp(head * head) * Math.exp((y - head) * (y + head))
}

/** `exp(-a²/2)` for a ≥ 0, split the same way. */
function expMinusHalfSquare(a: number): number {
  if (a > 39) return 0
  const head = Math.trunc(a * 16) / 16
  return Math.exp(-0.5 * head * head) * Math.exp(-0.5 * (a - head) * (a + head))
}
