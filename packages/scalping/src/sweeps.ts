import { type Micros, type Right, US_PER_MS, type Us } from '@scalp/canonical'

/** A buyer taking several prices at once. */
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
}

interface Burst {
  startUs: Us
  contracts: number
  premiumMicros: Micros
  readonly prices: Set<string>
  readonly strikes: Set<Micros>
  isTold: boolean
}

const SHARES = 100

/** Finds sweeps: buyers' trades of one right and underlying within half a second, at two prices or more. */
export class SweepDetector {
  readonly #minContracts: number
  readonly #windowUs: number
  readonly #bursts: Readonly<Record<Right, Burst>> = { C: emptyBurst(), P: emptyBurst() }

  constructor({
    minContracts = 100,
    windowMs = 500,
  }: { readonly minContracts?: number; readonly windowMs?: number } = {}) {
    this.#minContracts = minContracts
    this.#windowUs = windowMs * US_PER_MS
  }

  /** Takes a trade; gives the sweep it completes, once per burst. */
  add({ us, right, strikeMicros, priceMicros, contracts }: BuyerTrade): Sweep | undefined {
    const burst = this.#bursts[right]
    if (!(us - burst.startUs <= this.#windowUs)) restart(burst, us)
    burst.contracts += contracts
    burst.premiumMicros += priceMicros * contracts * SHARES
    burst.prices.add(`${strikeMicros} ${priceMicros}`)
    burst.strikes.add(strikeMicros)
    if (burst.isTold || burst.contracts < this.#minContracts || burst.prices.size < 2) return undefined
    burst.isTold = true
    return {
      direction: right === 'C' ? 'call_sweep' : 'put_sweep',
      contracts: burst.contracts,
      premiumMicros: burst.premiumMicros,
      strikesMicros: [...burst.strikes],
      us,
    }
  }
}

function emptyBurst(): Burst {
  return {
    startUs: Number.NaN,
    contracts: 0,
    premiumMicros: 0,
    prices: new Set(),
    strikes: new Set(),
    isTold: false,
  }
}

function restart(burst: Burst, us: Us): undefined {
  burst.startUs = us
  burst.contracts = 0
  burst.premiumMicros = 0
  burst.prices.clear()
  burst.strikes.clear()
  burst.isTold = false
}
