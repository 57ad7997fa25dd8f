import type { Us } from '@scalp/canonical'

/** A bar's close stands for the price until this many of its lengths after its start. */
const VALID_LENGTHS = 5

/** When a bar is too old to tell the price: 5 s after the start of a 1-s bar, 5 minutes after that of a 1-min bar. */
export function barValidUntilUs(startUs: Us, lengthUs: number): Us {
  return startUs + VALID_LENGTHS * lengthUs
}

/**
 * Finds the bar that tells the price at an instant without looking ahead: the newest that is complete,
 * `start + length <= at`, and young enough, `at - start < maxAge`.
 *
 * @param startsUs Start times, ascending.
 * @returns Its position in `startsUs`; -1 when the price is unknown.
 */
export function previousBar(
  startsUs: ArrayLike<number>,
  lengthUs: number,
  atUs: Us,
  maxAgeUs: number = VALID_LENGTHS * lengthUs,
): number {
  let low = 0
  let high = startsUs.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((startsUs[middle] as number) + lengthUs <= atUs) low = middle + 1
    else high = middle
  }
  const found = low - 1
  return found >= 0 && atUs - (startsUs[found] as number) < maxAgeUs ? found : -1
}
