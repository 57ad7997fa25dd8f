import {
  type AmericanInput,
  americanGreeks,
  americanImpliedVolatility,
  americanPrice,
  black76GreeksInto,
  black76Value,
  ChainColumns,
  evaluateChain,
  impliedVolatilityNear,
  impliedVolatilityValue,
  type RightSign,
} from '@scalp/pricing'
import blackScholes from 'black-scholes'
import npmVolatility from 'implied-volatility'

/**
 * What a scalper's pricing costs, beside the npm packages `black-scholes` and `implied-volatility`. Rounds of all
 * candidates are interleaved and the fastest of each counts, so that other work on the machine touches all alike.
 */
const COUNT = 512
const ROUNDS = 120
const forward = 250
const strikes = new Float64Array(COUNT)
const years = new Float64Array(COUNT)
const volatilities = new Float64Array(COUNT)
const prices = new Float64Array(COUNT)
/** The same as a market quotes it, and the volatility of that. */
const cents = new Float64Array(COUNT)
const centVolatilities = new Float64Array(COUNT)
// A day's options as a scalper sees them: minutes to a month left, two deviations either side.
for (let i = 0; i < COUNT; i++) {
  years[i] = (5 + 43_200 * ((i * 0.618034) % 1) ** 3) / 525_600
  volatilities[i] = 0.2 + 0.8 * ((i * 0.414214) % 1)
  const deviations = 4 * ((i * 0.732051) % 1) - 2
  strikes[i] = forward * Math.exp(deviations * at(volatilities, i) * Math.sqrt(at(years, i)))
  prices[i] = black76Value(signAt(i), forward, at(strikes, i), at(years, i), at(volatilities, i), 1)
  cents[i] = Math.max(Math.round(100 * at(prices, i)), 5) / 100
  centVolatilities[i] = impliedVolatilityValue(
    signAt(i),
    at(cents, i),
    forward,
    at(strikes, i),
    at(years, i),
    1,
  )
}

const greeks = new Float64Array(6)
const found = new Float64Array(COUNT)
interface Candidate {
  readonly name: string
  /** Every how many contracts, so that slow ones take no longer than others. */
  readonly every: number
  /** What is to come out, where that is known. */
  readonly exact?: Float64Array
  run(i: number): number
}
const candidates: readonly Candidate[] = [
  {
    name: 'price',
    every: 1,
    exact: prices,
    run: (i) => black76Value(signAt(i), forward, at(strikes, i), at(years, i), at(volatilities, i), 1),
  },
  {
    name: 'price and all Greeks',
    every: 1,
    run(i) {
      black76GreeksInto(greeks, signAt(i), forward, at(strikes, i), at(years, i), at(volatilities, i), 1)
      return at(greeks, 1)
    },
  },
  {
    name: 'implied volatility, cold',
    every: 1,
    exact: volatilities,
    run: (i) => impliedVolatilityValue(signAt(i), at(prices, i), forward, at(strikes, i), at(years, i), 1),
  },
  {
    name: 'implied volatility, warm',
    every: 1,
    exact: volatilities,
    run: (i) =>
      impliedVolatilityNear(
        at(volatilities, i) * (i % 2 === 0 ? 1.015 : 0.985),
        signAt(i),
        at(prices, i),
        forward,
        at(strikes, i),
        at(years, i),
        1,
      ),
  },
  {
    name: 'npm black-scholes, price',
    every: 8,
    exact: prices,
    run: (i) =>
      blackScholes.blackScholes(forward, at(strikes, i), at(years, i), at(volatilities, i), 0, rightAt(i)),
  },
  {
    name: 'npm implied-volatility, whole cents',
    every: 32,
    exact: centVolatilities,
    run: (i) =>
      npmVolatility.getImpliedVolatility(at(cents, i), forward, at(strikes, i), at(years, i), 0, rightAt(i)),
  },
  {
    name: 'npm implied-volatility, any price',
    every: 64,
    exact: volatilities,
    run: (i) =>
      npmVolatility.getImpliedVolatility(at(prices, i), forward, at(strikes, i), at(years, i), 0, rightAt(i)),
  },
]

const best = new Map<string, number>()
const worst = new Map<string, number>()
for (let round = 0; round < ROUNDS; round++) {
  for (const candidate of candidates) {
    const ns = time(candidate) / Math.ceil(COUNT / candidate.every)
    best.set(candidate.name, Math.min(best.get(candidate.name) ?? Number.POSITIVE_INFINITY, ns))
    const { exact } = candidate
    if (round > 0 || exact === undefined) continue
    let error = 0
    for (let i = 0; i < COUNT; i += candidate.every)
      error = Math.max(error, Math.abs(at(found, i) / at(exact, i) - 1))
    worst.set(candidate.name, error)
  }
}
for (const { name } of candidates) {
  const error = worst.get(name)
  console.log(
    `${name}: ${best.get(name)?.toFixed(0)} ns${error === undefined ? '' : `, worst relative error ${error.toExponential(1)}`}`,
  )
}
const cost = (name: string): number => best.get(name) ?? Number.NaN
const cold = cost('implied volatility, cold')
const warm = cost('implied volatility, warm')
console.log(
  `npm black-scholes takes ${(cost('npm black-scholes, price') / cost('price')).toFixed(0)} times as long as price`,
)
for (const kind of ['whole cents', 'any price']) {
  const ratio = cost(`npm implied-volatility, ${kind}`) / cold
  console.log(`npm implied-volatility, ${kind}, takes ${ratio.toFixed(0)} times as long as cold (target: 10)`)
}
console.log(`cold takes ${(cold / warm).toFixed(1)} times as long as warm (target: 3)`)
must((worst.get('implied volatility, cold') ?? 1) < 1e-12, 'a cold solve is exact')
must((worst.get('implied volatility, warm') ?? 1) < 2e-9, 'a warm step is within 2e-9')
must((worst.get('npm implied-volatility, any price') ?? 1) < 1e-6, 'the npm package solves the same problem')

benchChain()
benchAmerican()

/** A chain of 200 contracts, six hours before expiry, as its underlying ticks. */
function benchChain(): void {
  const chain = new ChainColumns(200)
  const exact = new Float64Array(chain.count)
  const time = 390 / 525_600
  for (let i = 0; i < chain.count; i++) {
    chain.strike[i] = 240 + (i >> 1) * 0.2
    chain.sign[i] = i % 2 === 0 ? 1 : -1
  }
  /** Quotes of turn k: the forward by a cent, volatility by up to one percent. */
  const quote = (k: number): number => {
    const now = forward + (k % 5) * 0.01
    for (let i = 0; i < chain.count; i++) {
      exact[i] = 0.5 * (1 + 0.005 * (k % 3)) + 4 * (at(chain.strike, i) / 250 - 1) ** 2
      chain.price[i] = black76Value(
        chain.sign[i] === 1 ? 1 : -1,
        now,
        at(chain.strike, i),
        time,
        at(exact, i),
        1,
      )
    }
    return now
  }
  const run = (fromNothing: 'cold' | 'warm'): { us: number; error: number } => {
    let us = Number.POSITIVE_INFINITY
    let error = 0
    evaluateChain(chain, quote(0), time, 1)
    for (let k = 1; k < 1_500; k++) {
      const now = quote(k)
      if (fromNothing === 'cold') chain.volatility.fill(Number.NaN)
      const start = process.hrtime.bigint()
      const known = evaluateChain(chain, now, time, 1)
      us = Math.min(us, Number(process.hrtime.bigint() - start) / 1_000)
      must(known === chain.count, 'all contracts have a volatility')
      for (let i = 0; i < chain.count; i++)
        error = Math.max(error, Math.abs(at(chain.volatility, i) / at(exact, i) - 1))
    }
    return { us, error }
  }
  const coldChain = run('cold')
  const warmChain = run('warm')
  must(warmChain.error < 2e-9 && coldChain.error < 1e-11, 'the chain is right')
  console.log(
    `chain of 200, volatility and Greeks: ${warmChain.us.toFixed(1)} µs warm (target: 200), ${coldChain.us.toFixed(1)} µs cold; worst relative error ${warmChain.error.toExponential(1)}`,
  )
  const before = process.memoryUsage().heapUsed
  for (let k = 0; k < 2_000; k++) evaluateChain(chain, forward, time, 1)
  const bytes = (process.memoryUsage().heapUsed - before) / 2_000 / chain.count
  console.log(`chain, heap per contract and turn: ${Math.max(bytes, 0).toFixed(2)} bytes`)
}

/** American options, with and without a dividend, beside a binomial tree of 1,000 steps. */
function benchAmerican(): void {
  const share = { spot: 100, years: 30 / 365, volatility: 0.35, rate: 0.045, right: 'P' } as const
  const dividends = [{ years: 10 / 365, amount: 1 }]
  const cases: readonly (readonly [string, (input: AmericanInput) => number])[] = [
    ['American price', americanPrice],
    ['American price over a dividend', (input) => americanPrice({ ...input, dividends })],
    ['American Greeks', (input) => americanGreeks(input).vega],
    [
      'American implied volatility',
      (input) => americanImpliedVolatility({ ...input, price: americanPrice(input) }),
    ],
    ['binomial tree of 1,000 steps (baseline)', (input) => tree(input, 1_000)],
  ]
  const us = cases.map(() => Number.POSITIVE_INFINITY)
  for (let round = 0; round < 20; round++) {
    cases.forEach(([, run], index) => {
      const start = process.hrtime.bigint()
      for (let i = 0; i < 5; i++) run({ ...share, strike: 96 + 2 * i })
      us[index] = Math.min(us[index] ?? 0, Number(process.hrtime.bigint() - start) / 5_000)
    })
  }
  cases.forEach(([name], index) => console.log(`${name}: ${us[index]?.toFixed(0)} µs`))
  const off = Math.abs(americanPrice({ ...share, strike: 100 }) - tree({ ...share, strike: 100 }, 5_000))
  must(off < 5e-4, 'the American price agrees with a tree')
}

/** J. Cox, S. Ross and M. Rubinstein (1979), for a put. */
function tree({ spot, strike, years: time, volatility, rate = 0 }: AmericanInput, steps: number): number {
  const dt = time / steps
  const up = Math.exp(volatility * Math.sqrt(dt))
  const p = (Math.exp(rate * dt) - 1 / up) / (up - 1 / up)
  const keep = Math.exp(-rate * dt)
  const values = Float64Array.from({ length: steps + 1 }, (_, j) =>
    Math.max(strike - spot * up ** (2 * j - steps), 0),
  )
  for (let i = steps - 1; i >= 0; i--) {
    let price = spot * up ** -i
    for (let j = 0; j <= i; j++) {
      const held = keep * (p * at(values, j + 1) + (1 - p) * at(values, j))
      values[j] = Math.max(held, strike - price)
      price *= up * up
    }
  }
  return at(values, 0)
}

function time({ every, run }: Candidate): number {
  const start = process.hrtime.bigint()
  for (let i = 0; i < COUNT; i += every) found[i] = run(i)
  return Number(process.hrtime.bigint() - start)
}

function must(isRight: boolean, what: string): void {
  if (!isRight) throw new Error(`Not so: ${what}.`)
}

function at(column: Float64Array, i: number): number {
  return column[i] as number
}

function signAt(i: number): RightSign {
  return at(strikes, i) < forward ? -1 : 1
}

function rightAt(i: number): 'call' | 'put' {
  return at(strikes, i) < forward ? 'put' : 'call'
}
