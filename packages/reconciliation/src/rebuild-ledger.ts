import type { JournalEntry, Side } from '@scalp/canonical'
import { OrderLedger } from './order-ledger.js'

/** An entry read back from a journal, and the run that wrote it. */
export interface RecordedEntry {
  readonly run: number
  readonly entry: JournalEntry
}

/** How entries are read. */
export interface RebuildOptions {
  /** The client order id of an order of a run, where the entry does not name it: prefix and id. */
  readonly clientIdOf: (run: number, orderId: string) => string
  /** What positions of a run are for; `scalp` unless told. */
  readonly positionTypeOf?: (run: number) => string
}

interface Recorded {
  readonly symbol?: string
  readonly order?: {
    readonly id: string
    readonly side: Side
    readonly contracts: number
    readonly reduces: boolean
    readonly decidedUs: number
    readonly tag?: string
  }
  readonly orderId?: string
  readonly clientOrderId?: string
  readonly positionType?: string
  readonly contracts?: number
  readonly priceMicros?: number
}

/** The ledger as the journal tells it: orders announced, filled and ended; the rest is for the broker to say. */
export function rebuildLedger(entries: Iterable<RecordedEntry>, options: RebuildOptions): OrderLedger {
  const ledger = new OrderLedger()
  for (const { run, entry } of entries) {
    const body = entry as Recorded & JournalEntry
    const id = body.clientOrderId ?? options.clientIdOf(run, body.order?.id ?? body.orderId ?? '')
    if (entry.type === 'order-submitted' && body.order !== undefined && !ledger.has(id)) {
      const { side, contracts, reduces, decidedUs, tag } = body.order
      ledger.announce({
        clientOrderId: id,
        symbol: body.symbol ?? '',
        side,
        contracts,
        reduces,
        decidedUs,
        positionType: body.positionType ?? options.positionTypeOf?.(run) ?? 'scalp',
        ...(tag === undefined ? {} : { tag }),
      })
    } else if (entry.type === 'order-filled')
      ledger.replayFill({
        clientOrderId: id,
        contracts: body.contracts ?? 0,
        priceMicros: body.priceMicros ?? 0,
      })
    else if (entry.type === 'order-cancelled') ledger.replayEnd(id, 'cancelled')
    else if (entry.type === 'order-rejected') ledger.replayEnd(id, 'rejected')
  }
  return ledger
}
