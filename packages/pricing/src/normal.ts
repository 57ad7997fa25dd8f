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
  const tail = a > 38.6 ? 0 : 0.5 * erfcx(a * SQRT_HALF) * expMinusHalfSquare(a)
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
    (((1.85777706184603153e-1 * z + 3.1611237438705656) * z + 1.13864154151050156e2) * z +
      3.77485237685302021e2) *
      z +
    3.20937758913846947e3
  const bottom =
    (((z + 2.36012909523441209e1) * z + 2.44024637934444173e2) * z + 1.28261652607737228e3) * z +
    2.84423683343917062e3
  return (x * top) / bottom
}

/** `erfcx` for 0.46875 < y ≤ 4. */
function erfcxMiddle(y: number): number {
  let top = 2.15311535474403846e-8 * y + 5.64188496988670089e-1
  top = top * y + 8.88314979438837594
  top = top * y + 6.61191906371416295e1
  top = top * y + 2.98635138197400131e2
  top = top * y + 8.8195222124176909e2
  top = top * y + 1.71204761263407058e3
  top = top * y + 2.05107837782607147e3
  top = top * y + 1.23033935479799725e3
  let bottom = y + 1.57449261107098347e1
  bottom = bottom * y + 1.17693950891312499e2
  bottom = bottom * y + 5.37181101862009858e2
  bottom = bottom * y + 1.62138957456669019e3
  bottom = bottom * y + 3.29079923573345963e3
  bottom = bottom * y + 4.36261909014324716e3
  bottom = bottom * y + 3.43936767414372164e3
  bottom = bottom * y + 1.23033935480374942e3
  return top / bottom
}

/** `erfcx` for y > 4. */
function erfcxFar(y: number): number {
  const z = 1 / (y * y)
  let top = 1.63153871373020978e-2 * z + 3.05326634961232344e-1
  top = top * z + 3.60344899949804439e-1
  top = top * z + 1.25781726111229246e-1
  top = top * z + 1.60837851487422766e-2
  top = top * z + 6.58749161529837803e-4
  let bottom = z + 2.56852019228982242
  bottom = bottom * z + 1.87295284992346725
  bottom = bottom * z + 5.27905102951428412e-1
  bottom = bottom * z + 6.05183413124413191e-2
  bottom = bottom * z + 2.33520497626869185e-3
  return (INVERSE_SQRT_PI - (z * top) / bottom) / y
}

/** `exp(y²)` without the rounding of y²: y is split so that the larger square is exact. */
function expSquare(y: number): number {
  const head = Math.trunc(y * 16) / 16
  return Math.exp(head * head) * Math.exp((y - head) * (y + head))
}

/** `exp(-a²/2)` for a ≥ 0, split the same way. */
function expMinusHalfSquare(a: number): number {
  const head = Math.trunc(a * 16) / 16
  return Math.exp(-0.5 * head * head) * Math.exp(-0.5 * (a - head) * (a + head))
}
