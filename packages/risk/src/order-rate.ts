import type { Us } from '@scalp/canonical'

/** Remembers when orders left, for limits on their rate. */
export class OrderRate {
  /** Ascending; older than a day is forgotten. */
  #sentUs: Us[] = []

  record(atUs: Us): void {
    this.#sentUs.push(atUs)
    const oldest = this.#sentUs[0]
    if (oldest !== undefined && atUs - oldest > 2 * 86_400_000_000)
      this.#sentUs = this.#sentUs.filter((us) => atUs - us <= 86_400_000_000)
  }

  /** Orders after an instant. */
  since(us: Us): number {
    const at = this.#sentUs.findLastIndex((sent) => sent <= us)
    return this.#sentUs.length - 1 - at
  }
}
