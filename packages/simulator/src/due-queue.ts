import type { Us } from '@scalp/canonical'

/** Things to do, in the order of time; equal times in the order they were added. */
export class DueQueue<Value> {
  /** When the first is due; `Infinity` when there is none. A field, since it is read before every event. */
  nextUs: Us = Number.POSITIVE_INFINITY
  readonly #items: { readonly atUs: Us; readonly value: Value }[] = []

  get size(): number {
    return this.#items.length
  }

  add(atUs: Us, value: Value): void {
    const at = this.#items.findLastIndex((item) => item.atUs <= atUs)
    this.#items.splice(at + 1, 0, { atUs, value })
    if (atUs < this.nextUs) this.nextUs = atUs
  }

  take(): { readonly atUs: Us; readonly value: Value } | undefined {
    const first = this.#items.shift()
    this.nextUs = this.#items[0]?.atUs ?? Number.POSITIVE_INFINITY
    return first
  }

  /** The time of the first that fits. */
  timeOf(fits: (value: Value) => boolean): Us | undefined {
    return this.#items.find(({ value }) => fits(value))?.atUs
  }
}
