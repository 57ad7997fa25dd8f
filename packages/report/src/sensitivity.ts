import { toDollars } from '@scalp/canonical'
import type { BacktestResult, TradeRecord } from './result.js'

/** Net profit if costs had been other than they were, with the same trades. Dollars. */
export interface CostCase {
  readonly name: string
  readonly pnl: number
}

/** How much worse costs may get. */
export interface CostSensitivity {
  readonly cases: readonly CostCase[]
  /** Multiple of the fees at which the profit is gone; null without a profit before fees, or without fees. */
  readonly breakEvenFees: number | null
  /** Dollars a share, each way, that fills may be worse until the profit is gone; null without a net profit. */
  readonly breakEvenSlippage: number | null
}

/**
 * Asks what costs of another size would have left of the same trades: fees times two and three, and fills worse by
 * half the spread that the entry met, on both ways. Entries whose spread is unknown are left as they were.
 */
export function measureCosts(trades: readonly TradeRecord[]): CostSensitivity {
  const gross = toDollars(sum(trades.map(({ grossMicros }) => grossMicros)))
  const fees = toDollars(sum(trades.map(({ feesMicros }) => feesMicros)))
  const half = toDollars(
    sum(
      trades.map(({ entryBidMicros, entryAskMicros, contracts, multiplier = 100 }) =>
        entryBidMicros === null || entryAskMicros === null
          ? 0
          : (entryAskMicros - entryBidMicros) * contracts * multiplier,
      ),
    ),
  )
  /** Shares that changed hands, both ways. */
  const shares = sum(trades.map(({ contracts, multiplier = 100 }) => 2 * contracts * multiplier))
  const net = gross - fees
  return {
    cases: [
      { name: 'No fees', pnl: gross },
      { name: 'As it was', pnl: net },
      { name: 'Fees × 2', pnl: gross - 2 * fees },
      { name: 'Fees × 3', pnl: gross - 3 * fees },
      { name: 'Fills one cent worse', pnl: net - 0.01 * shares },
      { name: 'Fills half a spread worse', pnl: net - half },
      { name: 'Fees × 2 and half a spread', pnl: gross - 2 * fees - half },
    ],
    breakEvenFees: gross > 0 && fees > 0 ? gross / fees : null,
    breakEvenSlippage: net > 0 && shares > 0 ? net / shares : null,
  }
}

/** How many of the trades the displayed sizes would have filled, at a multiple of their contracts. */
export interface CapacityStep {
  readonly multiple: number
  /** Share of the trades with known sizes that fit whole into the sizes their entry and exit met. */
  readonly fits: number
  /** Net dollars if each trade had grown by the multiple, but no further than what was displayed. */
  readonly pnl: number
}

/** What was displayed where the trades filled. */
export interface Capacity {
  /** Trades whose displayed sizes are known. */
  readonly known: number
  /** Middle one and lowest tenth of the displayed contracts, the smaller of entry and exit. */
  readonly medianSize: number
  readonly thinSize: number
  readonly steps: readonly CapacityStep[]
}

const MULTIPLES = [1, 2, 5, 10, 20, 50] as const

/**
 * Measures how far a run could have grown on the sizes displayed where it filled; null where none is known.
 *
 * Results grow with the contracts, costs included; nothing is assumed below the top of the book.
 */
export function measureCapacity({
  trades,
  quoteTapes = [],
}: Pick<BacktestResult, 'trades' | 'quoteTapes'>): Capacity | null {
  const known = quoteTapes.flatMap(({ trade, entrySize, exitSize }) => {
    const record = trades[trade]
    return record === undefined || entrySize === null
      ? []
      : [{ ...record, size: Math.min(entrySize, exitSize ?? entrySize) }]
  })
  if (known.length === 0) return null
  const sizes = known.map(({ size }) => size).sort((a, b) => a - b)
  const at = (share: number): number => sizes[Math.floor((sizes.length - 1) * share)] ?? 0
  return {
    known: known.length,
    medianSize: at(0.5),
    thinSize: at(0.1),
    steps: MULTIPLES.map((multiple) => ({
      multiple,
      fits: known.filter(({ contracts, size }) => contracts * multiple <= size).length / known.length,
      pnl: toDollars(
        sum(
          known.map(({ netMicros, contracts, size }) =>
            Math.round(netMicros * Math.max(1, Math.min(multiple, size / contracts))),
          ),
        ),
      ),
    })),
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
