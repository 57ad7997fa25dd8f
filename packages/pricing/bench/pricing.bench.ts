import {
  black76GreeksInto,
  black76Value,
  impliedVolatilityValue,
  impliedVolatilityWarm,
} from '@scalp/pricing'

/** A day's chain as a scalper sees it: minutes to a month left, two deviations either side. */
const COUNT = 4_096
const ROUNDS = 60
const forward = 250
const strikes = new Float64Array(COUNT)
const years = new Float64Array(COUNT)
const volatilities = new Float64Array(COUNT)
const prices = new Float64Array(COUNT)
for (let i = 0; i < COUNT; i++) {
  years[i] = (5 + 43_200 * ((i * 0.618034) % 1) ** 3) / 525_600
  volatilities[i] = 0.2 + 0.8 * ((i * 0.414214) % 1)
  const deviations = 4 * ((i * 0.732051) % 1) - 2
  strikes[i] = forward * Math.exp(deviations * at(volatilities, i) * Math.sqrt(at(years, i)))
  prices[i] = black76Value(signAt(i), forward, at(strikes, i), at(years, i), at(volatilities, i), 1)
}

const price = measure('price', (i) =>
  black76Value(signAt(i), forward, at(strikes, i), at(years, i), at(volatilities, i), 1),
)
const out = new Float64Array(6)
measure('price and Greeks', (i) => {
  black76GreeksInto(out, signAt(i), forward, at(strikes, i), at(years, i), at(volatilities, i), 1)
  return at(out, 1)
})
const cold = measure('implied volatility', (i) =>
  impliedVolatilityValue(signAt(i), at(prices, i), forward, at(strikes, i), at(years, i), 1),
)
const warm = measure('implied volatility, warm', (i) =>
  impliedVolatilityWarm(
    at(volatilities, i) * 1.01,
    signAt(i),
    at(prices, i),
    forward,
    at(strikes, i),
    at(years, i),
    1,
  ),
)
const bisection = measure('implied volatility, bisection to 1e-12 (baseline)', (i) => bisect(i), 4)

console.log(`implied volatility costs ${(cold.ns / price.ns).toFixed(1)} prices`)
console.log(
  `bisection takes ${(bisection.ns / cold.ns).toFixed(1)} times as long as cold, ${(bisection.ns / warm.ns).toFixed(1)} as warm`,
)
for (const result of [cold, warm, bisection]) {
  if (Math.abs(result.mean / mean(volatilities) - 1) > 1e-10) throw new Error(`wrong result: ${result.mean}`)
}

function bisect(i: number): number {
  let low = 1e-4
  let high = 10
  while (high - low > 1e-12) {
    const middle = 0.5 * (low + high)
    const value = black76Value(signAt(i), forward, at(strikes, i), at(years, i), middle, 1)
    if (value < at(prices, i)) low = middle
    else high = middle
  }
  return low
}

function measure(name: string, run: (i: number) => number, rounds = ROUNDS): { ns: number; mean: number } {
  for (let i = 0; i < COUNT; i++) run(i)
  let sum = 0
  const start = process.hrtime.bigint()
  for (let round = 0; round < rounds; round++) for (let i = 0; i < COUNT; i++) sum += run(i)
  const ns = Number(process.hrtime.bigint() - start) / (rounds * COUNT)
  const average = sum / (rounds * COUNT)
  console.log(`${name}: ${ns.toFixed(0)} ns, mean ${average.toPrecision(15)}`)
  return { ns, mean: average }
}

function mean(column: Float64Array): number {
  return column.reduce((sum, value) => sum + value, 0) / column.length
}

function at(column: Float64Array, i: number): number {
  return column[i] as number
}

function signAt(i: number): 1 | -1 {
  return at(strikes, i) < forward ? -1 : 1
}
