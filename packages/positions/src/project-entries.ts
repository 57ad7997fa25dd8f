import type { JournalEntry, Micros, Side, Us } from '@scalp/canonical'
import type { PositionBook } from './position-book.js'
import type { PositionType } from './position-tracker.js'

/** An entry read back from a journal. */
export interface ProjectedEntry {
  readonly run: number
  readonly entry: JournalEntry
}

interface Recorded {
  readonly order?: { readonly id: string; readonly tag?: string }
  readonly positionType?: PositionType
  readonly fillId?: string
  readonly orderId?: string
  readonly symbol?: string
  readonly side?: Side
  readonly contracts?: number
  readonly priceMicros?: Micros
  readonly feesMicros?: Micros
  readonly reason?: string
  readonly tag?: string
  readonly scalp?: unknown
  readonly bidMicros?: Micros | null
  readonly askMicros?: Micros | null
}

/** How entries are read. */
export interface ProjectionOptions {
  /** What the positions of a run are for; `scalp` unless told. */
  readonly positionTypeOf?: (run: number) => PositionType
}

/**
 * Folds journal entries into a book: fills, settlements and marks. The book is a projection: from the same entries
 * it comes out the same, so a store can always be rebuilt.
 */
export class BookProjection {
  readonly #book: PositionBook
  readonly #options: ProjectionOptions
  /** Tag and type of orders, by run and id. */
  readonly #orders = new Map<string, { readonly tag?: string; readonly positionType?: PositionType }>()

  constructor(book: PositionBook, options: ProjectionOptions = {}) {
    this.#book = book
    this.#options = options
  }

  /** Takes an entry; those that are not about positions pass. */
  take({ run, entry }: ProjectedEntry): void {
    const body = entry as Recorded & JournalEntry
    if (entry.type === 'order-submitted') this.#announce(run, body)
    else if (entry.type === 'order-filled') this.#fill(run, body)
    else if (entry.type === 'position-settled') this.#settle(body, entry.atUs)
    else if (entry.type === 'mark' && body.symbol !== undefined)
      this.#book.mark(body.symbol, body.bidMicros ?? Number.NaN, body.askMicros ?? Number.NaN)
  }

  #announce(run: number, { order, positionType }: Recorded): void {
    if (order === undefined) return
    this.#orders.set(`${run}:${order.id}`, {
      ...(order.tag === undefined ? {} : { tag: order.tag }),
      ...(positionType === undefined ? {} : { positionType }),
    })
  }

  #fill(run: number, body: Recorded & JournalEntry): void {
    const { fillId, symbol, side, contracts, priceMicros, feesMicros, orderId, scalp, atUs } = body
    if (fillId === undefined || symbol === undefined || side === undefined) return
    const order = this.#orders.get(`${run}:${orderId}`)
    const tag = body.tag ?? order?.tag
    const positionType = body.positionType ?? order?.positionType ?? this.#options.positionTypeOf?.(run)
    this.#book.apply({
      fillId,
      symbol,
      side,
      contracts: contracts ?? 0,
      priceMicros: priceMicros ?? Number.NaN,
      feesMicros: feesMicros ?? 0,
      receivedUs: atUs,
      ...(tag === undefined ? {} : { tag }),
      ...(positionType === undefined ? {} : { positionType }),
      ...(scalp === undefined ? {} : { scalp }),
    })
  }

  #settle({ symbol, priceMicros, feesMicros, reason }: Recorded, receivedUs: Us): void {
    if (symbol === undefined) return
    this.#book.settle({
      symbol,
      priceMicros: priceMicros ?? 0,
      feesMicros: feesMicros ?? 0,
      receivedUs,
      reason: reason ?? 'expired',
    })
  }
}
