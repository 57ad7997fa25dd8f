import type { TradingClient } from '@scalp/alpaca'
import {
  type InstrumentTable,
  type JournalEntry,
  type OrderEvent,
  type OrderId,
  type Us,
} from '@scalp/canonical'
import {
  type LedgerFill,
  type OrderLedger,
  Reconciler,
  type Reconciliation,
  type SyntheticFill,
} from '@scalp/reconciliation'
import { alpacaTruth } from './alpaca-truth.js'
import type { OwnBook } from './own-book.js'

/** What a desk is made of. */
export interface AccountDeskOptions {
  readonly client: TradingClient
  readonly ledger: OrderLedger
  readonly book: OwnBook
  readonly instruments: InstrumentTable
  readonly runId: string
  readonly record: (entry: JournalEntry) => void
  /** Hands a fill of ours to the engine; undefined before it runs. */
  readonly tell: () => ((event: OrderEvent) => void) | undefined
}

/** Keeps our orders and positions in agreement with the account. */
export class AccountDesk {
  readonly #options: AccountDeskOptions
  readonly #reconciler: Reconciler

  constructor(options: AccountDeskOptions) {
    this.#options = options
    const { client, ledger, book, record } = options
    this.#reconciler = new Reconciler({
      ledger,
      broker: alpacaTruth(client),
      positions: () => book.positions(),
      fillsOf: (symbol) => book.fillsOf(symbol),
      apply: (fill) => this.#apply(fill),
      record,
    })
  }

  /** Takes orders of runs before off the venue: nobody here watches them any more. Answers how many there were. */
  async cancelLeftovers(): Promise<number> {
    const { client, ledger } = this.#options
    let cancelled = 0
    for (const { clientOrderId } of ledger.open()) {
      const order = await client.orderByClientId(clientOrderId)
      if (
        order === undefined ||
        ['filled', 'canceled', 'expired', 'rejected', 'done_for_day'].includes(order.status)
      )
        continue
      await client.cancelAndConfirm(order.id)
      cancelled++
    }
    return cancelled
  }

  /** Compares once. */
  look(nowUs: Us): Promise<Reconciliation> {
    return this.#reconciler.look(Math.round(nowUs))
  }

  /** Follows what the engine wrote, so that the next look knows of it. */
  read(entry: JournalEntry): void {
    const { ledger, book, runId } = this.#options
    book.read(entry)
    const id = (orderId: unknown): string => `${runId}-${String(orderId)}`
    switch (entry.type) {
      case 'order-submitted': {
        const order = entry['order'] as Parameters<OrderLedger['announce']>[0] & { id: string }
        const clientOrderId = id(order.id)
        const symbol = String(entry['symbol'])
        if (!ledger.has(clientOrderId))
          ledger.announce({ ...order, clientOrderId, symbol, positionType: 'scalp' })
        return
      }
      case 'order-filled': {
        const clientOrderId = id(entry['orderId'])
        const row = ledger.open().find((order) => order.clientOrderId === clientOrderId)
        if (row === undefined) return
        /** Ours already when the ledger found the fill itself. */
        const missing = row.contracts - Number(entry['remaining']) - ledger.filled(clientOrderId)
        if (missing > 0)
          ledger.replayFill({ clientOrderId, contracts: missing, priceMicros: Number(entry['priceMicros']) })
        return
      }
      case 'order-cancelled':
        ledger.replayEnd(id(entry['orderId']), 'cancelled')
        return
      case 'order-rejected':
        ledger.replayEnd(id(entry['orderId']), 'rejected')
    }
  }

  #apply(fill: LedgerFill | SyntheticFill): void {
    const { instruments, runId, book, record } = this.#options
    const { fillId, symbol, side, contracts, priceMicros, receivedUs, positionType } = fill
    const tell = this.#options.tell()
    const clientOrderId = 'clientOrderId' in fill ? fill.clientOrderId : `reconciled ${fill.reason}`
    if (tell !== undefined && positionType === 'scalp') {
      const prefix = `${runId}-`
      const orderId = clientOrderId.startsWith(prefix) ? clientOrderId.slice(prefix.length) : clientOrderId
      tell({
        type: 'order-filled',
        fillId,
        orderId: orderId as OrderId,
        instrument: instruments.requireOption(symbol),
        side,
        contracts,
        priceMicros,
        feesMicros: 0,
        remaining: 'remaining' in fill ? fill.remaining : 0,
        receivedUs,
        quoteAgeUs: Number.NaN,
        bidMicros: Number.NaN,
        askMicros: Number.NaN,
      })
      return
    }
    const tag = 'tag' in fill ? fill.tag : undefined
    book.fill({ fillId, symbol, positionType, side, contracts, priceMicros, us: receivedUs, tag })
    record({
      type: 'order-filled',
      atUs: receivedUs,
      fillId,
      orderId: clientOrderId,
      clientOrderId,
      symbol,
      side,
      contracts,
      priceMicros,
      feesMicros: 0,
      remaining: 0,
      positionType,
      reason: 'reason' in fill ? fill.reason : 'found by reconciliation',
    })
  }
}
