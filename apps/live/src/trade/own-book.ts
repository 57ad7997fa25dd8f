import type { JournalEntry, Micros, Side, Us } from '@scalp/canonical'
import type { OwnPosition } from '@scalp/reconciliation'

/** A position with when and why it was opened. */
export interface BookedPosition extends OwnPosition {
  readonly openedUs: Us
  readonly tag: string | undefined
}

interface Row {
  contracts: number
  /** Signed cost, a share times contracts. */
  cost: number
  openedUs: Us
  tag: string | undefined
}

/** Positions of every purpose by symbol, folded from fills of the journal, over restarts. */
export class OwnBook {
  readonly #rows = new Map<string, Row>()
  readonly #fills = new Map<string, number>()
  readonly #seen = new Set<string>()
  readonly #tags = new Map<string, string>()

  /** Takes an entry of the journal; others than fills and settlements change nothing. */
  read(entry: JournalEntry): void {
    if (entry.type === 'order-submitted') {
      const { id, tag } = entry['order'] as { id: string; tag?: string }
      if (tag !== undefined) this.#tags.set(id, tag)
    } else if (entry.type === 'order-filled') {
      const positionType = typeof entry['positionType'] === 'string' ? entry['positionType'] : 'scalp'
      this.fill({
        fillId: String(entry['fillId']),
        symbol: String(entry['symbol']),
        positionType,
        side: entry['side'] as Side,
        contracts: Number(entry['contracts']),
        priceMicros: Number(entry['priceMicros']),
        us: entry.atUs,
        tag: this.#tags.get(String(entry['orderId'])),
      })
    } else if (entry.type === 'position-settled' && typeof entry['symbol'] === 'string')
      this.#rows.delete(keyOf(entry['symbol'], 'scalp'))
  }

  fill(fill: {
    readonly fillId: string
    readonly symbol: string
    readonly positionType: string
    readonly side: Side
    readonly contracts: number
    readonly priceMicros: Micros
    readonly us: Us
    readonly tag: string | undefined
  }): void {
    if (this.#seen.has(fill.fillId)) return
    this.#seen.add(fill.fillId)
    const { symbol, positionType, side, contracts, priceMicros, us, tag } = fill
    this.#fills.set(symbol, (this.#fills.get(symbol) ?? 0) + 1)
    const key = keyOf(symbol, positionType)
    const row = this.#rows.get(key) ?? { contracts: 0, cost: 0, openedUs: us, tag }
    const signed = side === 'buy' ? contracts : -contracts
    const isReducing = row.contracts !== 0 && Math.sign(signed) !== Math.sign(row.contracts)
    row.cost += isReducing ? (row.cost / row.contracts) * signed : signed * priceMicros
    row.contracts += signed
    if (row.contracts === 0) this.#rows.delete(key)
    else this.#rows.set(key, row)
  }

  fillsOf(symbol: string): number {
    return this.#fills.get(symbol) ?? 0
  }

  positions(): readonly BookedPosition[] {
    return Array.from(this.#rows, ([key, { contracts, cost, openedUs, tag }]) => {
      const [symbol = '', positionType = 'scalp'] = key.split(' ')
      return { symbol, positionType, contracts, averageMicros: Math.round(cost / contracts), openedUs, tag }
    })
  }
}

function keyOf(symbol: string, positionType: string): string {
  return `${symbol} ${positionType}`
}
