import { createRandom } from '@scalp/canonical'
import { expect, test } from 'vitest'
import { createSyntheticMarket } from './index.js'
import { addBurstReturns, drawBursts } from './internal/bursts.js'

const market = createSyntheticMarket({ seed: 3, startDate: '2024-01-02', days: 30, quotesPerDay: 2_000 })
const days = [...market.days()]

test('every second has a bar whose high and low hold its open and close, in whole cents', () => {
  for (const day of days.slice(0, 3)) {
    const bars = day.underlyingBars1s()
    expect(bars.count).toBe(23_400)
    let faults = 0
    for (let i = 0; i < bars.count; i++) {
      const [open = 0, high = 0, low = 0, close = 0] = [
        bars.openMicros[i],
        bars.highMicros[i],
        bars.lowMicros[i],
        bars.closeMicros[i],
      ]
      const isWhole = [open, high, low, close].every((price) => price % 10_000 === 0 && price > 0)
      if (!isWhole || high < Math.max(open, close) || low > Math.min(open, close)) faults++
      if (!((bars.volume[i] as number) >= 1) || bars.startUs[i] !== day.session.openUs + i * 1e6) faults++
    }
    expect(faults).toBe(0)
  }
})

test('minutes are the sums of their seconds', () => {
  const [day] = days
  const seconds = day?.underlyingBars1s()
  const minutes = day?.underlyingBars1m()
  expect(minutes?.count).toBe(390)
  const of = (column: Float64Array | undefined) => [...(column ?? [])].slice(600, 660)
  expect(minutes?.openMicros[10]).toBe(seconds?.openMicros[600])
  expect(minutes?.highMicros[10]).toBe(Math.max(...of(seconds?.highMicros)))
  expect(minutes?.lowMicros[10]).toBe(Math.min(...of(seconds?.lowMicros)))
  expect(minutes?.closeMicros[10]).toBe(seconds?.closeMicros[659])
  expect(minutes?.volume[10]).toBe(of(seconds?.volume).reduce((sum, volume) => sum + volume, 0))
})

test('a day opens near the close before, and daily moves have a plausible size', () => {
  let squares = 0
  for (const [index, day] of days.entries()) {
    const close = day.underlyingBars1s().closeMicros.at(-1) as number
    const next = days[index + 1]?.underlyingBars1s().openMicros[0] ?? close
    expect(Math.abs(Math.log(next / close))).toBeLessThan(0.15)
    squares += Math.log(close / (day.underlyingBars1s().openMicros[0] as number)) ** 2
  }
  const deviation = Math.sqrt(squares / days.length)
  expect(deviation).toBeGreaterThan(0.015)
  expect(deviation).toBeLessThan(0.06)
})

test('the price runs half a percent within a minute several times on most days, and seldom otherwise', () => {
  const perDay = days.map((day) => {
    const { closeMicros, count } = day.underlyingBars1s()
    let runs = 0
    for (let second = 60; second < count; second++) {
      const run = Math.log((closeMicros[second] as number) / (closeMicros[second - 60] as number))
      if (Math.abs(run) < 0.005) continue
      runs++
      second += 300
    }
    return runs
  })
  const mean = perDay.reduce((sum, runs) => sum + runs, 0) / perDay.length
  expect(mean).toBeGreaterThan(2)
  expect(mean).toBeLessThan(20)
})

test('moves and volume are greater at the open than at noon', () => {
  const meanAbsolute = (from: number, to: number): number => {
    let sum = 0
    for (const day of days) {
      const { closeMicros } = day.underlyingBars1m()
      for (let minute = from; minute < to; minute++) {
        sum += Math.abs(Math.log((closeMicros[minute] as number) / (closeMicros[minute - 1] as number)))
      }
    }
    return sum / (to - from)
  }
  expect(meanAbsolute(1, 20)).toBeGreaterThan(1.3 * meanAbsolute(160, 220))
  const [day] = days
  const { volume } = day?.underlyingBars1m() ?? { volume: new Float64Array() }
  const mean = (part: Float64Array) => part.reduce((sum, value) => sum + value, 0) / part.length
  expect(mean(volume.subarray(0, 15))).toBeGreaterThan(1.5 * mean(volume.subarray(160, 220)))
})

test('bursts are several, apart, of their size, and some turn back while others go on', () => {
  let reversals = 0
  let continuations = 0
  for (let seed = 0; seed < 40; seed++) {
    const bursts = drawBursts(createRandom(seed), 23_400)
    expect(bursts.length).toBeGreaterThanOrEqual(3)
    const returns = new Float64Array(23_400)
    addBurstReturns(bursts, returns)
    let end = 0
    for (const { startSecond, lengthSeconds, size, echo, echoSeconds } of bursts) {
      expect(startSecond).toBeGreaterThan(end)
      end = startSecond + lengthSeconds + echoSeconds
      expect(lengthSeconds).toBeGreaterThanOrEqual(10)
      expect(lengthSeconds).toBeLessThanOrEqual(60)
      expect(Math.abs(size)).toBeGreaterThanOrEqual(0.004)
      expect(Math.abs(size)).toBeLessThanOrEqual(0.015)
      const moved = returns.subarray(startSecond, startSecond + lengthSeconds).reduce((sum, r) => sum + r, 0)
      expect(moved).toBeCloseTo(size, 12)
      if (echo * size < 0) reversals++
      if (echo * size > 0) continuations++
    }
  }
  expect(reversals).toBeGreaterThan(30)
  expect(continuations).toBeGreaterThan(30)
})
