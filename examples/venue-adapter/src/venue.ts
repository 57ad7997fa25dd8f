/** What a venue's own client library is like: its words, its units, answers by and by. Prices are cents here. */
export interface VenueMessage {
  readonly ref: string
  readonly state: 'open' | 'done' | 'killed' | 'refused'
  /** Contracts filled so far, and what they cost on average. */
  readonly filled: number
  readonly averageCents: number
  readonly why: string
}

/** A venue in memory that offers every symbol at 1.05. Nothing happens before `work`. */
export class ToyVenue {
  onMessage: (message: VenueMessage) => void = () => undefined
  readonly #open = new Map<string, { readonly contracts: number }>()
  #inbox: (() => void)[] = []

  place(ref: string, contracts: number, limitCents: number): void {
    this.#inbox.push(() => {
      if (!(contracts > 0)) return this.#say(ref, 'refused', { why: 'size' })
      this.#open.set(ref, { contracts })
      this.#say(ref, 'open')
      if (limitCents < 105) return
      for (let filled = 1; filled < contracts; filled++) this.#say(ref, 'open', { filled, averageCents: 105 })
      this.#open.delete(ref)
      this.#say(ref, 'done', { filled: contracts, averageCents: 105 })
    })
  }

  kill(ref: string): void {
    this.#inbox.push(() => {
      if (this.#open.delete(ref)) this.#say(ref, 'killed', { why: 'asked for' })
    })
  }

  /** Takes what was sent so far. */
  work(): void {
    for (const take of this.#inbox.splice(0)) take()
  }

  #say(ref: string, state: VenueMessage['state'], more: Partial<VenueMessage> = {}): void {
    this.onMessage({ ref, state, filled: 0, averageCents: 0, why: '', ...more })
  }
}
