import { black76Value } from './black76.js'
import { gaussLegendre } from './gauss-legendre.js'
import { normalCdf, normalPdf } from './normal.js'

/** Chebyshev points of the boundary, integration points beneath each, and of the price. */
const NODES = 10
const INNER = gaussLegendre(20)
const OUTER = gaussLegendre(64)
const INNER_COUNT = INNER.points.length
const MAX_ROUNDS = 24
/** What a strike earns at less is nothing, and has no boundary that doubles could hold. */
const NEGLIGIBLE_RATE = 1e-9
/** The logarithm of the boundary has settled. */
const SETTLED = 1e-7

/** Where in √time the collocation points lie, as a fraction of the whole; the last is 0. */
const fractions: Float64Array = Float64Array.from(
  { length: NODES + 1 },
  (_, i) => 0.5 * (1 + Math.cos((Math.PI * i) / NODES)),
)
/** `√u / √τ` at the inner and outer integration points, where `u = τ·(1 − (1+y)²/4)`. */
const innerRoots: Float64Array = INNER.points.map((y) => Math.sqrt(1 - 0.25 * (1 + y) * (1 + y)))
const outerRoots: Float64Array = OUTER.points.map((y) => Math.sqrt(1 - 0.25 * (1 + y) * (1 + y)))
/** Row (i, k): how the boundary at the k-th point beneath node i follows from its values at the nodes. */
const innerRows: Float64Array = interpolationRows(
  Array.from(fractions.subarray(0, NODES)).flatMap((f) => Array.from(innerRoots, (root) => f * root)),
)
const outerRows: Float64Array = interpolationRows(Array.from(outerRoots))

/** `ln²(B / X)` at the nodes, from which all between is interpolated; `ln(B / X)` and by how much it is off. */
const squares: Float64Array = new Float64Array(NODES + 1)
const logs: Float64Array = new Float64Array(NODES)
const residuals: Float64Array = new Float64Array(NODES)
const lastLogs: Float64Array = new Float64Array(NODES)
const lastResiduals: Float64Array = new Float64Array(NODES)

/** By integration point: deviations of the time since, its drift in d₊, and factors of the strike's and spot's parts. */
const steps: Float64Array = new Float64Array(NODES * INNER_COUNT)
const drifts: Float64Array = new Float64Array(NODES * INNER_COUNT)
const strikePull: Float64Array = new Float64Array(NODES * INNER_COUNT)
const spotPull: Float64Array = new Float64Array(NODES * INNER_COUNT)

/**
 * Prices an American put by its exercise boundary; writes price, delta and gamma into three slots of `out`. False when
 * the boundary does not settle, as with a rate far above the variance over years.
 *
 * The boundary B over the time left is a fixed point, and premium, delta and gamma are integrals along it.
 * Source: L. Andersen, M. Lake and D. Offengenden, "High-performance American option pricing" (2016), scheme A:
 * Chebyshev interpolation of `ln²(B/X)` in √τ, Gauss-Legendre in √ of the time since. The first boundary is that of
 * G. Barone-Adesi and R. Whaley (1987).
 */
export function americanPutInto(
  out: Float64Array,
  spot: number,
  strike: number,
  years: number,
  volatility: number,
  rate: number,
  dividendYield: number,
): boolean {
  const growth = Math.exp((rate - dividendYield) * years)
  const european = black76Value(-1, spot * growth, strike, years, volatility, Math.exp(-rate * years))
  const rootYears = Math.sqrt(years)
  const s = volatility * rootYears
  const d1 = (Math.log(spot / strike) + (rate - dividendYield) * years) / s + 0.5 * s
  const yieldDiscount = Math.exp(-dividendYield * years)
  out[0] = european
  out[1] = -yieldDiscount * normalCdf(-d1)
  out[2] = (yieldDiscount * normalPdf(d1)) / (spot * s)
  // A put is never exercised early when the strike earns nothing.
  if (!(rate > NEGLIGIBLE_RATE)) return true
  const highest = strike * Math.min(1, dividendYield > 0 ? rate / dividendYield : 1)
  if (!findBoundary(strike, highest, years, volatility, rate, dividendYield)) return false
  if (spot <= highest * Math.exp(-Math.sqrt(Math.max(squares[0] as number, 0)))) {
    out[0] = strike - spot
    out[1] = -1
    out[2] = 0
    return true
  }
  addPremium(out, spot, strike, highest, years, volatility, rate, dividendYield)
  return true
}

function addPremium(
  out: Float64Array,
  spot: number,
  strike: number,
  highest: number,
  years: number,
  volatility: number,
  rate: number,
  dividendYield: number,
): void {
  const logSpot = Math.log(spot / highest)
  let premium = 0
  let delta = 0
  let gamma = 0
  for (let k = 0; k < OUTER.points.length; k++) {
    const half = 0.5 * (1 + (OUTER.points[k] as number))
    const since = years * half * half
    const spread = volatility * Math.sqrt(since)
    const boundary = Math.sqrt(Math.max(interpolate(outerRows, k), 0))
    const center = (logSpot + boundary + (rate - dividendYield) * since) / spread
    const minus = center - 0.5 * spread
    const plus = center + 0.5 * spread
    const weight = (OUTER.weights[k] as number) * years * half
    const strikeEarns = rate * strike * Math.exp(-rate * since) * weight
    const spotEarns = dividendYield * Math.exp(-dividendYield * since) * weight
    const densityMinus = strikeEarns * normalPdf(minus)
    const densityPlus = spotEarns * normalPdf(plus)
    const below = spotEarns * normalCdf(-plus)
    premium += strikeEarns * normalCdf(-minus) - spot * below
    delta += -densityMinus / (spot * spread) - below + densityPlus / spread
    gamma +=
      (densityMinus * (minus / spread + 1)) / (spot * spot * spread) +
      (densityPlus * (1 - plus / spread)) / (spot * spread)
  }
  out[0] = (out[0] as number) + premium
  out[1] = (out[1] as number) + delta
  out[2] = (out[2] as number) + gamma
}

/** Leaves the boundary's `ln²(B/X)` in {@link squares}; false when it does not settle. */
function findBoundary(
  strike: number,
  highest: number,
  years: number,
  volatility: number,
  rate: number,
  dividendYield: number,
): boolean {
  squares[NODES] = 0
  for (let i = 0; i < NODES; i++) {
    const time = years * (fractions[i] as number) ** 2
    const guess = criticalPrice(strike, time, volatility, rate, dividendYield)
    squares[i] = Math.log(Math.min(guess, highest) / highest) ** 2
  }
  const carry = rate - dividendYield
  prepare(years, volatility, rate, dividendYield)
  for (let i = 0; i < NODES; i++) {
    logs[i] = -Math.sqrt(squares[i] as number)
    // Before the first round there is no last move, and nothing is to be left of another option's.
    lastLogs[i] = logs[i] as number
    lastResiduals[i] = 0
  }
  const logStrike = Math.log(strike / highest)
  for (let round = 0; round < MAX_ROUNDS; round++) {
    for (let i = 0; i < NODES; i++) {
      const time = years * (fractions[i] as number) ** 2
      const before = logs[i] as number
      const spread = volatility * Math.sqrt(time)
      const plus = (before - logStrike + carry * time) / spread + 0.5 * spread
      let top = normalPdf(plus - spread) / spread
      let bottom = normalPdf(plus) / spread + normalCdf(plus)
      for (let at = i * INNER_COUNT; at < (i + 1) * INNER_COUNT; at++) {
        const then = -Math.sqrt(Math.max(interpolate(innerRows, at), 0))
        const step = steps[at] as number
        const d = (before - then) / step + (drifts[at] as number)
        top += (strikePull[at] as number) * normalPdf(d - step)
        if (dividendYield === 0) continue
        bottom += (spotPull[at] as number) * (step * normalCdf(d) + normalPdf(d))
      }
      residuals[i] = logStrike - carry * time + Math.log(top / bottom) - before
    }
    if (mix(round) <= SETTLED) return true
  }
  return false
}

/** What of the integrands does not depend on the boundary. */
function prepare(years: number, volatility: number, rate: number, dividendYield: number): void {
  for (let i = 0; i < NODES; i++) {
    const time = years * (fractions[i] as number) ** 2
    for (let k = 0; k < INNER_COUNT; k++) {
      const at = i * INNER_COUNT + k
      const half = 0.5 * (1 + (INNER.points[k] as number))
      const since = time * half * half
      const step = volatility * Math.sqrt(since)
      const weight = ((INNER.weights[k] as number) * time * half) / step
      steps[at] = step
      drifts[at] = ((rate - dividendYield) * since) / step + 0.5 * step
      strikePull[at] = rate * Math.exp(rate * (time - since)) * weight
      spotPull[at] = dividendYield * Math.exp(dividendYield * (time - since)) * weight
    }
  }
}

/**
 * Moves the boundary by its residuals, corrected by what the last move taught (D. Anderson's mixing of depth one, 1965),
 * which also settles the rounds where plain iteration swings apart. Gives the largest move.
 */
function mix(round: number): number {
  let product = 0
  let square = 0
  for (let i = 0; i < NODES; i++) {
    const change = (residuals[i] as number) - (lastResiduals[i] as number)
    product += (residuals[i] as number) * change
    square += change * change
  }
  const share = round > 0 && square > 0 ? product / square : 0
  let moved = 0
  for (let i = 0; i < NODES; i++) {
    const residual = residuals[i] as number
    const before = logs[i] as number
    const mixed =
      before + residual - share * (before - (lastLogs[i] as number) + residual - (lastResiduals[i] as number))
    const next = Math.min(mixed, 0)
    lastLogs[i] = before
    lastResiduals[i] = residual
    logs[i] = next
    squares[i] = next * next
    moved = Math.max(moved, Math.abs(next - before))
  }
  return moved
}

/** The critical price after Barone-Adesi and Whaley, by Newton's method. */
function criticalPrice(
  strike: number,
  years: number,
  volatility: number,
  rate: number,
  dividendYield: number,
): number {
  const variance = volatility * volatility
  const kept = -Math.expm1(-rate * years)
  const drift = (2 * (rate - dividendYield)) / variance - 1
  const power = 0.5 * (-drift - Math.sqrt(drift * drift + (8 * rate) / (variance * kept)))
  const yieldDiscount = Math.exp(-dividendYield * years)
  const discount = Math.exp(-rate * years)
  const growth = yieldDiscount / discount
  const s = volatility * Math.sqrt(years)
  let price = strike * Math.exp(-0.5 * s)
  for (let step = 0; step < 30; step++) {
    const european = black76Value(-1, price * growth, strike, years, volatility, discount)
    const d1 = Math.log((price * growth) / strike) / s + 0.5 * s
    const delta = -yieldDiscount * normalCdf(-d1)
    // Value by exercise less value by holding, and its slope.
    const excess = strike - price - european + ((1 + delta) * price) / power
    const slope = -(1 + delta) * (1 - 1 / power) + (yieldDiscount * normalPdf(d1)) / (s * power)
    const next = Math.max(price - excess / slope, 0.5 * price)
    if (Math.abs(next - price) < 1e-8 * strike) return next
    price = next
  }
  return price
}

function interpolate(rows: Float64Array, row: number): number {
  let sum = 0
  const at = row * (NODES + 1)
  for (let j = 0; j <= NODES; j++) sum += (rows[at + j] as number) * (squares[j] as number)
  return sum
}

/** Barycentric weights of Chebyshev's points of the second kind, for each place as a fraction of the whole. */
function interpolationRows(places: readonly number[]): Float64Array {
  const rows = new Float64Array(places.length * (NODES + 1))
  places.forEach((place, row) => {
    const at = row * (NODES + 1)
    let sum = 0
    for (let j = 0; j <= NODES; j++) {
      const gap = place - (fractions[j] as number)
      const weight = (j % 2 === 0 ? 1 : -1) * (j === 0 || j === NODES ? 0.5 : 1)
      // No integration point coincides with a node: all of Gauss's lie strictly inside.
      rows[at + j] = weight / gap
      sum += weight / gap
    }
    for (let j = 0; j <= NODES; j++) rows[at + j] = (rows[at + j] as number) / sum
  })
  return rows
}
