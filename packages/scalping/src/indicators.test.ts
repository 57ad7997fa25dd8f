import type { InstrumentIndex } from '@scalp/canonical'
import { expect, test } from 'vitest'
import { scalpConfigSchema } from './config.js'
import { type ContractRow, rankContracts } from './contract-choice.js'
import { PriceLevels } from './levels.js'
import { SweepDetector } from './sweeps.js'
import { VolumeAnalyzer } from './volume-analyzer.js'

const MINUTE = 60_000_000
const CALL = 7 as InstrumentIndex

test('an exclusive ratio compares with the half hour before, and is unknown without five minutes of it', () => {
  const analyzer = new VolumeAnalyzer()
  analyzer.add(0, CALL, 'C', 100)
  expect(analyzer.rightRatio('C', 6 * MINUTE)).toBeNaN()
  for (let minute = 1; minute < 10; minute++) analyzer.add(minute * MINUTE, CALL, 'C', 100)
  analyzer.add(12 * MINUTE, CALL, 'C', 4_500)
  expect(analyzer.rightRatio('C', 15 * MINUTE - 1)).toBeCloseTo(4_500 / 500, 6)
  expect(analyzer.rightRatio('P', 15 * MINUTE)).toBeNaN()
})

test('a sweep is told once per burst, and a single price is none', () => {
  const detector = new SweepDetector()
  const trade = { right: 'C', strikeMicros: 250e6, contracts: 60 } as const
  expect(detector.add({ ...trade, us: 0, priceMicros: 1e6 })).toBeUndefined()
  expect(detector.add({ ...trade, us: 1_000, priceMicros: 1e6 })).toBeUndefined()
  expect(detector.add({ ...trade, us: 2_000, priceMicros: 1.01e6 })).toMatchObject({
    direction: 'call_sweep',
    contracts: 180,
  })
  expect(detector.add({ ...trade, us: 3_000, priceMicros: 1.02e6 })).toBeUndefined()
})

test('many ticks a second make the levels that the last of each second makes', () => {
  const prices = [105, 103, 100, 102, 104, 106, 103, 101, 102]
  const [dense, sparse] = [new PriceLevels(), new PriceLevels()]
  for (const [second, price] of prices.entries()) {
    for (const [at, tick] of [90, 120, price].entries()) dense.add(second * 1e6 + at, tick)
    sparse.add(second * 1e6 + 500, price)
  }
  expect(dense.supports).toEqual(sparse.supports)
  expect(sparse.supports.map(({ priceMicros }) => priceMicros)).toEqual([100])
})

test('a level untouched for an hour is dropped', () => {
  const levels = new PriceLevels()
  for (const price of [105, 103, 100, 102, 104]) levels.addPoint(0, price)
  levels.prune(60 * MINUTE)
  expect(levels.supports).toHaveLength(1)
  levels.prune(60 * MINUTE + 1)
  expect(levels.supports).toHaveLength(0)
})

test('an unknown delta is no candidate, and equal scores go to the nearer strike', () => {
  const row = (strike: number): ContractRow => ({
    instrument: strike as InstrumentIndex,
    symbol: `K${strike}`,
    strikeMicros: strike * 1e6,
    dte: 1,
    bidMicros: 1e6,
    askMicros: 1.02e6,
    askSize: 10,
    openInterest: 500,
    volume: 500,
    quoteAgeMs: 0,
  })
  const rules = scalpConfigSchema.parse({})
  const rows = [row(256), row(252), row(250)]
  const { ranked, rejected } = rankContracts(
    rows,
    251e6,
    ({ symbol }) => (symbol === 'K250' ? Number.NaN : 0.4),
    rules,
  )
  expect(ranked.map((each) => each.row.symbol)).toEqual(['K252', 'K256'])
  expect(rejected).toEqual([{ symbol: 'K250', reason: 'delta_unknown' }])
})

test('a copy of levels knows the same, goes on the same, and what it loses the other keeps', () => {
  const prices = [250, 249, 247, 249, 251, 253, 251, 249, 246, 248, 250, 252, 255, 252, 250, 247, 250, 252]
  const levels = new PriceLevels()
  const feed = (to: PriceLevels, from: number, end: number): void => {
    for (let at = from; at < end; at++) to.add(at * 1_000_000, (prices[at] as number) * 1e6)
  }
  const known = (of: PriceLevels) => [of.supports, of.resistances, of.rejected]
  feed(levels, 0, 11)
  const copy = levels.copy()
  expect(known(copy)).toEqual(known(levels))
  feed(copy, 11, prices.length)
  feed(levels, 11, prices.length)
  expect(levels.supports.length).toBeGreaterThan(0)
  expect(known(copy)).toEqual(known(levels))
  const [lost] = copy.supports
  copy.remove(lost ?? expect.fail('no support'))
  expect(copy.supports).toEqual(levels.supports.slice(1))
})
