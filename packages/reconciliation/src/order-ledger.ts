import type { Micros, Side, Us } from '@scalp/canonical'
import type { BrokerOrder } from './broker-truth.js'
import { OrderKnownError } from './errors.js'

/** An order as it was announced in the journal before it left. */
export interface LedgerOrder {
  readonly clientOrderId: string
  readonly symbol: string
  readonly side: Side
  readonly contracts: number
  readonly reduces: boolean
  readonly decidedUs: Us
  /** What the position is for: `scalp`, `regime`, or `external` for an order that is not ours. */
  readonly positionType: string
  readonly tag?: string
}

/**
 * What we know of an order.
 *
 * - `announced`: recorded, and perhaps sent.
 * - `unknown`: it may or may not be at the broker; never taken for rejected until the broker has told.
 * - `working`, `filled`, `cancelled`, `rejected`: the broker's word.
 * - `gone`: the broker has never heard of it, asked again and again for long enough.
 */
export type LedgerState = 'announced' | 'unknown' | 'working' | 'filled' | 'cancelled' | 'rejected' | 'gone'

/** A fill by its symbol, as positions take it. */
export interface LedgerFill {
  /** The client order id and the contracts filled so far: whoever tells of this fill, whenever, makes this id. */
  readonly fillId: string
  readonly clientOrderId: string
  readonly symbol: string
  readonly side: Side
  readonly contracts: number
  readonly priceMicros: Micros
  readonly remaining: number
  readonly receivedUs: Us
  readonly positionType: string
  readonly tag?: string
}

/** What a message changed; nothing when it was old, doubled or out of order. */
export interface LedgerNews {
  readonly fills: readonly LedgerFill[]
  /** The state it has now, when it is another. */
  readonly state?: LedgerState
  /** What does not fit: more filled than ordered, or a fill without a price. */
  readonly fault?: string
}

interface Row {
  readonly order: LedgerOrder
  state: LedgerState
  filled: number
  /** Price times contracts of the fills we told, so that roundings never add up. */
  value: number
  unknownUs: Us
}

const FINAL: ReadonlySet<LedgerState> = new Set(['filled', 'cancelled', 'rejected', 'gone'])
const NONE: LedgerNews = { fills: [] }

/**
 * Our orders, and what the broker said of them in whatever order it came.
 *
 * Messages are sums, so the ledger takes what is more than it knows and lets the rest pass: doubled, late and
 * lost messages change nothing in the end. A final state stays, but a fill found after it is still taken.
 */
export class OrderLedger {
  readonly #rows = new Map<string, Row>()

  /** @throws {@link OrderKnownError} When the id is in use. */
  announce(order: LedgerOrder): void {
    if (this.#rows.has(order.clientOrderId)) throw new OrderKnownError(order)
    this.#rows.set(order.clientOrderId, {
      order,
      state: 'announced',
      filled: 0,
      value: 0,
      unknownUs: Number.NaN,
    })
  }

  has(clientOrderId: string): boolean {
    return this.#rows.has(clientOrderId)
  }

  state(clientOrderId: string): LedgerState | undefined {
    return this.#rows.get(clientOrderId)?.state
  }

  filled(clientOrderId: string): number {
    return this.#rows.get(clientOrderId)?.filled ?? 0
  }

  /** Orders that may still fill or whose fate is not known, in the order they were announced. */
  open(): readonly LedgerOrder[] {
    return this.#select(({ state }) => !FINAL.has(state))
  }

  /** Orders whose fate is not known. */
  unknown(): readonly LedgerOrder[] {
    return this.#select(({ state }) => state === 'unknown' || state === 'announced')
  }

  /** Takes a fill that is recorded already, when the ledger is built from a journal. */
  replayFill({
    clientOrderId,
    contracts,
    priceMicros,
  }: Pick<LedgerFill, 'clientOrderId' | 'contracts' | 'priceMicros'>): void {
    const row = this.#rows.get(clientOrderId)
    if (row === undefined) return
    row.filled += contracts
    row.value += contracts * priceMicros
    if (row.filled >= row.order.contracts) row.state = 'filled'
    else if (row.state === 'announced' || row.state === 'unknown') row.state = 'working'
  }

  /** Takes an end that is recorded already. */
  replayEnd(clientOrderId: string, state: 'cancelled' | 'rejected'): void {
    const row = this.#rows.get(clientOrderId)
    if (row !== undefined && row.state !== 'filled') row.state = state
  }

  /** The answer to sending it did not come: its fate is unknown from now on. */
  lost(clientOrderId: string, atUs: Us): void {
    const row = this.#rows.get(clientOrderId)
    if (row === undefined || (row.state !== 'announced' && row.state !== 'unknown')) return
    row.state = 'unknown'
    if (Number.isNaN(row.unknownUs)) row.unknownUs = atUs
  }

  /** Takes the broker's word, from a stream or an answer. An order that is not in the ledger is none of its business. */
  learn(word: BrokerOrder, receivedUs: Us): LedgerNews {
    const row = this.#rows.get(word.clientOrderId)
    if (row === undefined) return NONE
    const before = row.state
    const fill = this.#fillOf(row, word, receivedUs)
    if (typeof fill === 'string') {
      /** Its fills are still to come: whatever the status says, the order has to be asked for again. */
      return { fills: [], fault: fill }
    }
    const state = stateOf(row, word)
    row.state = state
    const isOver = row.filled > row.order.contracts
    return {
      fills: fill === undefined ? [] : [fill],
      ...(state === before ? {} : { state }),
      ...(isOver ? { fault: `${row.filled} contracts filled of ${row.order.contracts} ordered` } : {}),
    }
  }

  /**
   * The broker does not know the order. It is `gone` only when its fate has been unknown for `graceUs`: an order can
   * surface late.
   */
  denied(clientOrderId: string, atUs: Us, graceUs: number): LedgerNews {
    const row = this.#rows.get(clientOrderId)
    if (row === undefined || FINAL.has(row.state) || row.filled > 0) return NONE
    this.lost(clientOrderId, atUs)
    if (row.state !== 'unknown' || atUs - row.unknownUs < graceUs) return NONE
    row.state = 'gone'
    return { fills: [], state: 'gone' }
  }

  #fillOf(row: Row, word: BrokerOrder, receivedUs: Us): LedgerFill | string | undefined {
    const { order } = row
    const contracts = word.filledContracts - row.filled
    if (!(contracts > 0)) return undefined
    if (!(word.filledAverageMicros >= 0)) return 'a fill without a price'
    const price = Math.round((word.filledAverageMicros * word.filledContracts - row.value) / contracts)
    const priceMicros = Math.max(0, price)
    row.filled = word.filledContracts
    row.value += priceMicros * contracts
    return {
      fillId: `${order.clientOrderId}.${row.filled}`,
      clientOrderId: order.clientOrderId,
      symbol: order.symbol,
      side: order.side,
      contracts,
      priceMicros,
      remaining: Math.max(0, order.contracts - row.filled),
      receivedUs,
      positionType: order.positionType,
      ...(order.tag === undefined ? {} : { tag: order.tag }),
    }
  }

  #select(isWanted: (row: Row) => boolean): readonly LedgerOrder[] {
    return [...this.#rows.values()].filter(isWanted).map(({ order }) => order)
  }
}

function stateOf({ state, filled, order }: Row, { status }: BrokerOrder): LedgerState {
  if (filled >= order.contracts) return 'filled'
  if (FINAL.has(state) && !(state === 'gone')) return state
  /** An old word of an order that is whole would say `filled` before its fills are known here: wait for them. */
  return status === 'filled' ? 'working' : status
}
