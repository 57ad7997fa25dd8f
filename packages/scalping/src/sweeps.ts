import { type Micros, type Right, US_PER_MS, type Us } from '@scalp/canonical'

/** A buyer taking several prices or venues at once. */
export interface Sweep {
  readonly direction: 'call_sweep' | 'put_sweep'
  readonly contracts: number
  /** Σ price × size × 100. */
  readonly premiumMicros: Micros
  readonly strikesMicros: readonly Micros[]
  readonly us: Us
}

/** A trade at or above the ask of its moment. */
export interface BuyerTrade {
  readonly us: Us
  readonly right: Right
  readonly strikeMicros: Micros
  readonly priceMicros: Micros
  readonly contracts: number
  /** The exchange's number, where the feed tells it. */
  readonly venue?: number
  /** True when the trade carries the intermarket-sweep condition. */
  readonly isIntermarketSweep?: boolean
}

interface Window {
  trades: BuyerTrade[]
  contracts: number
  /** Trades up to then belong to the sweep told last. */
  quietUs: Us
}

const SHARES = 100

/**
 * Finds sweeps: buyers' trades of one right and underlying within any half second, at two prices or two venues or
 * more. The trades of a sweep are told once; what follows within half a second of the first of them belongs to it.
 */
export class SweepDetector {
  readonly #minContracts: number
  readonly #windowUs: number
  readonly #windows: Readonly<Record<Right, Window>> = { C: emptyWindow(), P: emptyWindow() }
  #lastUs: Us = Number.NEGATIVE_INFINITY
  #rejected = 0

  constructor({
    minContracts = 100,
    windowMs = 500,
  }: { readonly minContracts?: number; readonly windowMs?: number } = {}) {
    this.#minContracts = minContracts
    this.#windowUs = windowMs * US_PER_MS
  }

  /** Trades refused: a price or size that is not positive, or a time before the newest. */
  get rejected(): number {
    return this.#rejected
  }

  /** Takes a trade; gives the sweep it completes. */
  add(trade: BuyerTrade): Sweep | undefined {
    const { us, right, priceMicros, contracts } = trade
    if (!(isPositive(priceMicros) && isPositive(contracts) && Number.isFinite(us) && us >= this.#lastUs)) {
      this.#rejected++
      return undefined
    }
    this.#lastUs = us
    const window = this.#windows[right]
    if (us <= window.quietUs) return undefined
    const { trades } = window
    let old = 0
    while (old < trades.length && us - (trades[old] as BuyerTrade).us > this.#windowUs) {
      window.contracts -= (trades[old] as BuyerTrade).contracts
      old++
    }
    if (old > 0) trades.splice(0, old)
    trades.push(trade)
    window.contracts += contracts
    if (window.contracts < this.#minContracts || !isSpread(trades)) return undefined
    const sweep: Sweep = {
      direction: right === 'C' ? 'call_sweep' : 'put_sweep',
      contracts: window.contracts,
      premiumMicros: trades.reduce((sum, each) => sum + each.priceMicros * each.contracts * SHARES, 0),
      strikesMicros: [...new Set(trades.map(({ strikeMicros }) => strikeMicros))],
      us,
    }
    window.quietUs = (trades[0] as BuyerTrade).us + this.#windowUs
    window.contracts = 0
    trades.length = 0
    return sweep
  }
}

/** True for two prices of contracts, two venues, or a trade that says itself that it is part of a sweep. */
function isSpread(trades: readonly BuyerTrade[]): boolean {
  const [first] = trades
  return trades.some(
    ({ priceMicros, strikeMicros, venue, isIntermarketSweep }) =>
      isIntermarketSweep === true ||
      priceMicros !== first?.priceMicros ||
      strikeMicros !== first.strikeMicros ||
      (venue !== undefined && first.venue !== undefined && venue !== first.venue),
  )
}

function isPositive(value: number): boolean {
  return value > 0 && value < Number.POSITIVE_INFINITY
}

function emptyWindow(): Window {
  return { trades: [], contracts: 0, quietUs: Number.NEGATIVE_INFINITY }
}
