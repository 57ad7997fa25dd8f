import type { Side } from '@scalp/canonical'
import type { BrokerOrder, BrokerPosition, BrokerTruth } from '../src/index.js'

interface VenueOrder {
  readonly clientOrderId: string
  readonly symbol: string
  readonly side: Side
  readonly contracts: number
  filled: number
  value: number
  status: BrokerOrder['status']
}

/** The account as it really is: orders, positions at average cost and cash, in a share's micro-dollars. */
export class Venue implements BrokerTruth {
  readonly orders = new Map<string, VenueOrder>()
  readonly held = new Map<string, { contracts: number; cost: number }>()
  /** Of our orders alone. */
  cashMicros = 0
  /** Happens between the questions of a look. */
  meanwhile: (() => void) | undefined
  /** Every word it could have sent, oldest first. */
  readonly words: BrokerOrder[] = []

  /** Takes an order once; sales beyond what is held are rejected. */
  place(order: Omit<VenueOrder, 'filled' | 'value' | 'status'>): void {
    if (this.orders.has(order.clientOrderId)) throw new Error(`${order.clientOrderId} was sent twice`)
    const free = (this.held.get(order.symbol)?.contracts ?? 0) - this.#selling(order.symbol)
    const isShort = order.side === 'sell' && order.contracts > free
    this.orders.set(order.clientOrderId, {
      ...order,
      filled: 0,
      value: 0,
      status: isShort ? 'rejected' : 'working',
    })
    this.#tell(order.clientOrderId)
  }

  fill(clientOrderId: string, wanted: number, priceMicros: number): void {
    const order = this.orders.get(clientOrderId)
    if (order?.status !== 'working') return
    const contracts = Math.min(wanted, order.contracts - order.filled)
    order.filled += contracts
    order.value += contracts * priceMicros
    if (order.filled === order.contracts) order.status = 'filled'
    this.#move(order.symbol, order.side === 'buy' ? contracts : -contracts, priceMicros)
    if (!clientOrderId.startsWith('user'))
      this.cashMicros -= (order.side === 'buy' ? 1 : -1) * contracts * priceMicros
    this.#tell(clientOrderId)
  }

  cancel(clientOrderId: string): void {
    const order = this.orders.get(clientOrderId)
    if (order?.status !== 'working') return
    order.status = 'cancelled'
    this.#tell(clientOrderId)
  }

  orderByClientId(clientOrderId: string): Promise<BrokerOrder | undefined> {
    const order = this.orders.get(clientOrderId)
    return Promise.resolve(order === undefined ? undefined : wordOf(order))
  }

  ordersSince(): Promise<readonly BrokerOrder[]> {
    return Promise.resolve(Array.from(this.orders.values(), wordOf))
  }

  positions(): Promise<readonly BrokerPosition[]> {
    this.meanwhile?.()
    return Promise.resolve(
      Array.from(this.held, ([symbol, { contracts, cost }]) => ({
        symbol,
        contracts,
        averageMicros: cost / contracts,
      })),
    )
  }

  #selling(symbol: string): number {
    let contracts = 0
    for (const order of this.orders.values())
      if (order.symbol === symbol && order.side === 'sell' && order.status === 'working')
        contracts += order.contracts - order.filled
    return contracts
  }

  #move(symbol: string, signed: number, priceMicros: number): void {
    const before = this.held.get(symbol) ?? { contracts: 0, cost: 0 }
    const contracts = before.contracts + signed
    const cost =
      signed > 0 ? before.cost + signed * priceMicros : (before.cost / before.contracts) * contracts
    if (contracts === 0) this.held.delete(symbol)
    else this.held.set(symbol, { contracts, cost })
  }

  #tell(clientOrderId: string): void {
    this.words.push(wordOf(this.orders.get(clientOrderId) as VenueOrder))
  }
}

function wordOf({ filled, value, ...order }: VenueOrder): BrokerOrder {
  return { ...order, filledContracts: filled, filledAverageMicros: value / filled }
}
