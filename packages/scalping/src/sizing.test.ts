import fc from 'fast-check'
import { expect, test } from 'vitest'
import { positionSize, riskSize, type SizingInput, tieredRiskPct } from './sizing.js'

/** 100 000 of equity, 2 % at risk, 1.00 a share, stop at 20 %: a contract risks 20, so 100 contracts. */
const input: SizingInput = {
  equityMicros: 100_000_000_000,
  riskPct: 2,
  priceMicros: 1_000_000,
  stopLossPct: 20,
  maxContracts: 1_000,
}

test('the size is what loses the risk at the stop, rounded down', () => {
  expect(riskSize(input)).toBe(100)
  expect(riskSize({ ...input, riskPct: 1.999 })).toBe(99)
  expect(riskSize({ ...input, stopLossPct: 10 })).toBe(200)
  expect(riskSize({ ...input, multiplier: 10 })).toBe(1_000)
})

test('the size is at most the highest wanted, and none when not one contract fits', () => {
  expect(riskSize({ ...input, maxContracts: 50 })).toBe(50)
  expect(riskSize({ ...input, equityMicros: 1_000_000_000 })).toBe(1)
  expect(riskSize({ ...input, equityMicros: 999_000_000 })).toBe(0)
})

test.each([
  ['a price of 0', { priceMicros: 0 }],
  ['a negative price', { priceMicros: -1_000_000 }],
  ['a stop of 0', { stopLossPct: 0 }],
  ['an unknown price', { priceMicros: Number.NaN }],
  ['unknown equity', { equityMicros: Number.NaN }],
  ['negative equity', { equityMicros: -100_000_000_000 }],
  ['equity and price both negative', { equityMicros: -100_000_000_000, priceMicros: -1_000_000 }],
])('%s refuses', (_what, wrong) => {
  expect(riskSize({ ...input, ...wrong })).toBe(0)
  expect(positionSize({ ...input, ...wrong })).toBe(0)
})

test('cash bounds the size with its fees', () => {
  expect(positionSize(input, { cashMicros: 1_000_000_000 })).toBe(10)
  expect(positionSize(input, { cashMicros: 1_000_000_000, feePerContractMicros: 1 })).toBe(9)
  expect(positionSize(input, { cashMicros: 1_010_000_000, feePerContractMicros: 1_000_000 })).toBe(10)
  expect(positionSize(input, { cashMicros: 100_000_000 })).toBe(1)
  expect(positionSize(input, { cashMicros: 99_999_999 })).toBe(0)
  expect(positionSize(input, { cashMicros: Number.NaN })).toBe(0)
  expect(positionSize({ ...input, multiplier: 10 }, { cashMicros: 1_000_000_000 })).toBe(100)
})

test('the share of equity bounds the size', () => {
  expect(positionSize(input, { positionSizePct: 5 })).toBe(50)
  expect(positionSize(input, { positionSizePct: 0.1 })).toBe(1)
  expect(positionSize(input, { positionSizePct: 0.05 })).toBe(0)
})

test('the size shown at the ask bounds the size, by the share of it that we take', () => {
  expect(positionSize(input, { askSize: 30 })).toBe(30)
  expect(positionSize(input, { askSize: 30, participation: 0.5 })).toBe(15)
  expect(positionSize(input, { askSize: 30, participation: 0.05 })).toBe(1)
  expect(positionSize(input, { askSize: 10, participation: 0.05 })).toBe(0)
  expect(positionSize(input, { askSize: 0 })).toBe(0)
})

test('bounds that are absent or wide leave the size', () => {
  expect(positionSize(input)).toBe(100)
  const wide = { cashMicros: 1e12, positionSizePct: 100, askSize: 1_000, participation: 1 }
  expect(positionSize(input, wide)).toBe(100)
})

test('a bound never raises a size, and the tightest decides', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 20_000_000_000 }),
      fc.double({ min: 0, max: 20, noNaN: true }),
      fc.integer({ min: 0, max: 200 }),
      (cashMicros, positionSizePct, askSize) => {
        const alone = [
          positionSize(input),
          positionSize(input, { cashMicros }),
          positionSize(input, { positionSizePct }),
          positionSize(input, { askSize }),
        ]
        expect(positionSize(input, { cashMicros, positionSizePct, askSize })).toBe(Math.min(...alone))
      },
    ),
    { numRuns: 100 },
  )
})

test('faster moves risk more, until the third loss in a row', () => {
  const tiers = [0, 0.399, 0.4, 0.599, 0.6, 0.799, 0.8, 3].map((speed) => tieredRiskPct(speed, 2))
  expect(tiers).toEqual([2, 2, 3, 3, 4, 4, 5, 5])
  expect(tieredRiskPct(-0.8, 0)).toBe(5)
  expect(tieredRiskPct(0.8, 3)).toBe(2)
  expect(tieredRiskPct(Number.NaN, 0)).toBe(2)
})
