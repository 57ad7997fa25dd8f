import type { RightSign } from './black76.js'

/** A cash dividend, per share. */
export interface CashDividend {
  /** Years until the share trades without it; one at 0 or earlier, or after expiry, does not count. */
  readonly years: number
  /** Dollars. */
  readonly amount: number
}

/** When an option may be exercised: any time, or at expiry only. */
export type ExerciseStyle = 'american' | 'european'

/** What the grid prices. */
export interface GridOption {
  readonly sign: RightSign
  readonly spot: number
  readonly strike: number
  readonly years: number
  readonly volatility: number
  readonly rate: number
  readonly dividendYield: number
  readonly dividends: readonly CashDividend[]
  readonly exercise: ExerciseStyle
}

/** Nodes of log price, and steps of time between two dividends at least; twice both is four times as exact. */
export interface GridSize {
  readonly nodes: number
  readonly steps: number
}

const DEFAULT_SIZE: GridSize = { nodes: 600, steps: 120 }
/** The grid reaches this many deviations beyond spot and strike. */
const REACH = 5.5
/** Steps after each kink taken as two implicit halves, before Crank-Nicolson (R. Rannacher, 1984). */
const SMOOTHING = 3

/**
 * Prices an option on a grid; writes price, delta and gamma into three slots of `out`.
 *
 * The share falls by each dividend when it goes ex, and moves with the given volatility in between (the spot model).
 * Formula: the Black-Scholes equation in ln S, Crank-Nicolson with Rannacher's start. An American option's early
 * exercise is solved exactly per step by elimination towards the exercise region (M. Brennan and E. Schwartz, 1977).
 */
export function gridInto(out: Float64Array, option: GridOption, size: GridSize = DEFAULT_SIZE): void {
  const { spot, years } = option
  const dividends = option.dividends
    .filter(({ years: at, amount }) => at > 0 && at < years && amount > 0)
    .sort((a, b) => b.years - a.years)
  const grid = new Grid(option, dividends, size.nodes)
  let from = years
  for (const { years: at, amount } of dividends) {
    grid.stepBack(from - at, stepsOf(from - at, years, size.steps))
    grid.fallBy(amount)
    from = at
  }
  grid.stepBack(from, stepsOf(from, years, size.steps))
  grid.readInto(out, spot)
}

function stepsOf(length: number, years: number, steps: number): number {
  return Math.max(10, Math.ceil((steps * length) / years))
}

/** Values by log price at one instant, moved back in time. */
class Grid {
  readonly #option: GridOption
  readonly #count: number
  readonly #spacing: number
  readonly #lowest: number
  readonly #spotNode: number
  readonly #prices: Float64Array
  readonly #payoff: Float64Array
  readonly #right: Float64Array
  readonly #pivots: Float64Array
  #values: Float64Array
  #spare: Float64Array

  constructor(option: GridOption, dividends: readonly CashDividend[], nodes: number) {
    const { sign, spot, strike, years, volatility } = option
    const paid = dividends.reduce((sum, { amount }) => sum + amount, 0)
    const reach = REACH * volatility * Math.sqrt(years)
    const low = Math.log(Math.min(Math.max(spot - paid, 0.05 * spot), strike)) - reach
    const high = Math.log(Math.max(spot, strike)) + reach
    this.#option = option
    this.#spacing = (high - low) / nodes
    // The spot falls on a node, so that its value and slopes are read and not interpolated.
    this.#spotNode = Math.round((Math.log(spot) - low) / this.#spacing)
    this.#lowest = Math.log(spot) - this.#spotNode * this.#spacing
    this.#count = nodes + 1
    this.#prices = Float64Array.from({ length: this.#count }, (_, i) =>
      Math.exp(this.#lowest + i * this.#spacing),
    )
    this.#payoff = this.#prices.map((price) => Math.max(sign * (price - strike), 0))
    this.#values = this.#prices.map((price, i) =>
      Math.abs(Math.log(price / strike)) > 0.5 * this.#spacing
        ? (this.#payoff[i] as number)
        : cellMean(sign, Math.log(price), Math.log(strike), this.#spacing),
    )
    this.#spare = new Float64Array(this.#count)
    this.#right = new Float64Array(this.#count)
    this.#pivots = new Float64Array(this.#count)
  }

  /** Moves back by `length` years, in steps that grow from the kink at their start, where the boundary moves fastest. */
  stepBack(length: number, steps: number): void {
    let from = 0
    for (let i = 1; i <= steps; i++) {
      const to = length * (i / steps) ** 2
      if (i <= SMOOTHING) {
        this.#step(0.5 * (to - from), 1)
        this.#step(0.5 * (to - from), 1)
      } else this.#step(to - from, 0.5)
      from = to
    }
  }

  /** Moves to just before a dividend: a share at S is about to be one at S − amount. */
  fallBy(amount: number): void {
    const before = this.#spare
    for (let i = 0; i < this.#count; i++) {
      const price = this.#prices[i] as number
      const value = this.#valueAt(price - amount)
      before[i] = this.#option.exercise === 'american' ? Math.max(value, this.#payoff[i] as number) : value
    }
    this.#spare = this.#values
    this.#values = before
  }

  readInto(out: Float64Array, spot: number): void {
    const at = this.#spotNode
    const v = (offset: number): number => this.#values[at + offset] as number
    const dx = this.#spacing
    const slope = (8 * (v(1) - v(-1)) - (v(2) - v(-2))) / (12 * dx)
    const bend = (16 * (v(1) + v(-1)) - 30 * v(0) - (v(2) + v(-2))) / (12 * dx * dx)
    out[0] = v(0)
    out[1] = slope / spot
    out[2] = (bend - slope) / (spot * spot)
  }

  /** One step back in time, `weight` of it implicit. */
  #step(time: number, weight: number): void {
    const { volatility, rate, dividendYield, sign, exercise } = this.#option
    const dx = this.#spacing
    const spread = (0.5 * volatility * volatility) / (dx * dx)
    const drift = (rate - dividendYield - 0.5 * volatility * volatility) / (2 * dx)
    const below = (spread - drift) * time
    const above = (spread + drift) * time
    const middle = -(2 * spread + rate) * time
    const values = this.#values
    const next = this.#spare
    const right = this.#right
    const count = this.#count
    const explicit = 1 - weight
    for (let i = 1; i < count - 1; i++) {
      const value = values[i] as number
      right[i] =
        value +
        explicit * (below * (values[i - 1] as number) + middle * value + above * (values[i + 1] as number))
    }
    // Far out the payoff, discounted as what it pays, is the value; an American one's at least the payoff itself.
    this.#setEnds(next, time)
    if (sign === -1) this.#eliminateDown(next, -weight * below, 1 - weight * middle, -weight * above)
    else this.#eliminateUp(next, -weight * below, 1 - weight * middle, -weight * above)
    if (exercise === 'american') {
      next[0] = Math.max(next[0] as number, this.#payoff[0] as number)
      next[count - 1] = Math.max(next[count - 1] as number, this.#payoff[count - 1] as number)
    }
    this.#spare = values
    this.#values = next
  }

  #setEnds(next: Float64Array, time: number): void {
    const { rate, dividendYield } = this.#option
    for (const i of [0, this.#count - 1]) {
      const inner = i === 0 ? 1 : this.#count - 2
      const price = this.#prices[i] as number
      const slope =
        ((this.#values[inner] as number) - (this.#values[i] as number)) /
        ((this.#prices[inner] as number) - price)
      const cash = (this.#values[i] as number) - slope * price
      next[i] = cash * Math.exp(-rate * time) + slope * price * Math.exp(-dividendYield * time)
    }
  }

  /** For a put: eliminates from the top, then solves from the bottom up, where it is exercised. */
  #eliminateDown(next: Float64Array, below: number, middle: number, above: number): void {
    const count = this.#count
    const pivots = this.#pivots
    const right = this.#right
    const isAmerican = this.#option.exercise === 'american'
    right[count - 2] = (right[count - 2] as number) - above * (next[count - 1] as number)
    pivots[count - 2] = middle
    for (let i = count - 3; i >= 1; i--) {
      const factor = above / (pivots[i + 1] as number)
      pivots[i] = middle - factor * below
      right[i] = (right[i] as number) - factor * (right[i + 1] as number)
    }
    for (let i = 1; i < count - 1; i++) {
      const value = ((right[i] as number) - below * (next[i - 1] as number)) / (pivots[i] as number)
      const payoff = this.#payoff[i] as number
      next[i] = isAmerican && value < payoff ? payoff : value
    }
  }

  /** For a call: the mirror image. */
  #eliminateUp(next: Float64Array, below: number, middle: number, above: number): void {
    const count = this.#count
    const pivots = this.#pivots
    const right = this.#right
    const isAmerican = this.#option.exercise === 'american'
    right[1] = (right[1] as number) - below * (next[0] as number)
    pivots[1] = middle
    for (let i = 2; i < count - 1; i++) {
      const factor = below / (pivots[i - 1] as number)
      pivots[i] = middle - factor * above
      right[i] = (right[i] as number) - factor * (right[i - 1] as number)
    }
    for (let i = count - 2; i >= 1; i--) {
      const value = ((right[i] as number) - above * (next[i + 1] as number)) / (pivots[i] as number)
      const payoff = this.#payoff[i] as number
      next[i] = isAmerican && value < payoff ? payoff : value
    }
  }

  /** The value at any share price, by the cubic through the four nodes around it. */
  #valueAt(price: number): number {
    const values = this.#values
    const lowest = this.#prices[0] as number
    if (price <= lowest) {
      const slope = ((values[1] as number) - (values[0] as number)) / ((this.#prices[1] as number) - lowest)
      return (values[0] as number) + slope * (Math.max(price, 0) - lowest)
    }
    const place = (Math.log(price) - this.#lowest) / this.#spacing
    const at = Math.min(Math.max(Math.floor(place), 1), this.#count - 3)
    const u = place - at
    const [a, b, c, d] = [values[at - 1], values[at], values[at + 1], values[at + 2]] as [
      number,
      number,
      number,
      number,
    ]
    return (
      (-u * (u - 1) * (u - 2) * a) / 6 +
      ((u + 1) * (u - 1) * (u - 2) * b) / 2 -
      ((u + 1) * u * (u - 2) * c) / 2 +
      ((u + 1) * u * (u - 1) * d) / 6
    )
  }
}

/** The mean payoff over the cell of the node nearest the strike, whose kink a point value would misplace. */
function cellMean(sign: RightSign, node: number, strike: number, spacing: number): number {
  const low = node - 0.5 * spacing
  const high = node + 0.5 * spacing
  const k = Math.exp(strike)
  const mean =
    sign === 1 ? Math.exp(high) - k - k * (high - strike) : k * (strike - low) - (k - Math.exp(low))
  return mean / spacing
}
