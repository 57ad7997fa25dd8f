import { type InstrumentIndex, QuoteBuffer } from '@scalp/canonical'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ContractMoves } from './contract-moves.js'

const SECOND = 1_000_000
const index = (at: number): InstrumentIndex => at as InstrumentIndex

function quote(instrument: number, receivedUs: number, bidMicros: number, size = 10): QuoteBuffer {
  const fields = { instrument: index(instrument), receivedUs, bidMicros, askMicros: bidMicros + 20_000 }
  return Object.assign(new QuoteBuffer(), fields, { bidSize: size, askSize: size })
}

test('a move is measured from the oldest of three quotes within the window', () => {
  const moves = new ContractMoves({ windowMs: 120_000 })
  moves.add(quote(3, 0, 990_000))
  expect(moves.changePct(index(3))).toBeNaN()
  moves.add(quote(3, 60 * SECOND, 1_090_000))
  expect(moves.changePct(index(3))).toBeCloseTo(10, 10)
  moves.add(quote(3, 120 * SECOND, 1_190_000))
  expect(moves.changePct(index(3))).toBeCloseTo(20, 10)
  moves.add(quote(3, 300 * SECOND, 1_290_000))
  expect(moves.changePct(index(3))).toBeNaN()
})

test('a quote without a mid or a size is no sample', () => {
  const moves = new ContractMoves()
  expect(moves.add(quote(0, 0, Number.NaN))).toBe(false)
  expect(moves.add(quote(0, 0, 1_000_000, 0))).toBe(false)
  expect(moves.averageMicros(index(0))).toBeNaN()
  expect(moves.averageMicros(index(9_999))).toBeNaN()
})

test('agrees with plain lists, however many contracts there are, and forgets what it is told to', () => {
  const quotes = fc.array(
    fc.record({
      instrument: fc.constantFrom(0, 1, 1_023, 1_024, 5_000),
      step: fc.integer({ min: 0, max: 80 }),
      bid: fc.integer({ min: 1, max: 500 }),
      size: fc.integer({ min: 0, max: 20 }),
    }),
    { maxLength: 80 },
  )
  fc.assert(
    fc.property(quotes, (list) => {
      const moves = new ContractMoves({ windowMs: 100_000 })
      const plain = new Map<number, { us: number; mid: number; weight: number }[]>()
      let us = 0
      for (const { instrument, step, bid, size } of list) {
        us += step * SECOND
        const isSample = moves.add(quote(instrument, us, bid * 10_000, size))
        expect(isSample).toBe(size > 0)
        if (!isSample) continue
        const samples = plain.get(instrument) ?? []
        samples.push({ us, mid: bid * 10_000 + 10_000, weight: size * 2 })
        plain.set(instrument, samples)
        const oldest = samples.slice(-3).find((sample) => sample.us >= us - 100 * SECOND)
        const newest = samples.at(-1)
        if (oldest === undefined || newest === undefined) throw new Error('no sample')
        const change = samples.length > 1 && oldest !== newest ? (newest.mid / oldest.mid - 1) * 100 : NaN
        expect(moves.changePct(index(instrument))).toBe(change)
        const weight = samples.reduce((sum, sample) => sum + sample.weight, 0)
        const weighted = samples.reduce((sum, sample) => sum + sample.weight * sample.mid, 0)
        expect(moves.averageMicros(index(instrument))).toBe(weighted / weight)
      }
      moves.reset(index(0))
      expect(moves.averageMicros(index(0))).toBeNaN()
      moves.clear()
      for (const instrument of plain.keys()) expect(moves.averageMicros(index(instrument))).toBeNaN()
    }),
  )
})
