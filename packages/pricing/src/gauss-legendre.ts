/** Points and weights of an integral from -1 to 1. */
export interface Quadrature {
  readonly points: Float64Array
  readonly weights: Float64Array
}

/** Gives Gauss and Legendre's rule of `count` points, found by Newton's method on the polynomial's recurrence. */
export function gaussLegendre(count: number): Quadrature {
  const points = new Float64Array(count)
  const weights = new Float64Array(count)
  for (let i = 0; i < count; i++) {
    let x = Math.cos((Math.PI * (i + 0.75)) / (count + 0.5))
    let slope = 0
    for (let step = 0; step < 8; step++) {
      let before = 1
      let value = x
      for (let n = 2; n <= count; n++) {
        const next = ((2 * n - 1) * x * value - (n - 1) * before) / n
        before = value
        value = next
      }
      slope = (count * (x * value - before)) / (x * x - 1)
      x -= value / slope
    }
    points[i] = x
    weights[i] = 2 / ((1 - x * x) * slope * slope)
  }
  return { points, weights }
}
