/** Up to this the series below is exact to the last digit. */
const NEAR = 0.06

/** `ln(a / b)` of two positive numbers, to full relative precision also where they are nearly equal. */
export function logRatio(a: number, b: number): number {
  const z = (a - b) / (a + b)
  if (z < NEAR && z > -NEAR) {
    // 2·artanh(z), with neither a call nor a table.
    const q = z * z
    const tail = 1 / 3 + q * (1 / 5 + q * (1 / 7 + q * (1 / 9 + q * (1 / 11 + q * (1 / 13)))))
    return 2 * z + 2 * z * q * tail
  }
  const ratio = a / b
  return ratio > 0.5 && ratio < 2 ? Math.log1p((a - b) / b) : Math.log(ratio)
}
