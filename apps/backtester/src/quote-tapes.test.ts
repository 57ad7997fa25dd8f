import { type BlockTape, createQuoteBlock, type Fill, type InstrumentIndex } from '@scalp/canonical'
import { expect, test } from 'vitest'
import { QuoteTapes, type QuoteTapesOptions } from './quote-tapes.js'

const SECOND = 1e6

/** A tape of `rows` quotes a second apart, of three contracts in turn, lent in blocks of 50. */
function tapeOf(rows: number): BlockTape {
  const block = createQuoteBlock({ rows, sampleUs: 0, indexes: Int32Array.of(0, 1, 2) })
  for (let row = 0; row < rows; row++) {
    block.place[row] = row % 3
    block.receivedUs[row] = row * SECOND
    block.bidMicros[row] = row * 1_000
    block.askMicros[row] = row * 1_000 + 500
    block.bidSize[row] = row
    block.askSize[row] = row + 1
  }
  let row = 0
  return {
    get receivedUs() {
      return row < rows ? (block.receivedUs[row] as number) : Number.POSITIVE_INFINITY
    },
    quotes: () => Object.assign(block, { from: row, to: Math.min(rows, row + 50) }),
    advanceTo: (to) => {
      row = to
    },
    intern: (place) => place as InstrumentIndex,
    emit: () => {},
    refill: () => Promise.resolve(false),
    close: () => Promise.resolve(),
  }
}

const fillOn = (row: number, side: 'buy' | 'sell'): Fill => ({
  fillId: `f${row}`,
  orderId: 'o' as Fill['orderId'],
  instrument: (row % 3) as InstrumentIndex,
  side,
  contracts: 1,
  priceMicros: row * 1_000,
  feesMicros: 0,
  remaining: 0,
  receivedUs: row * SECOND + 50_000,
  quoteAgeUs: 0,
  bidMicros: row * 1_000,
  askMicros: row * 1_000 + 500,
})

function trade(options: QuoteTapesOptions, trips: readonly (readonly [number, number])[], rows = 3_000) {
  const tapes = new QuoteTapes(options)
  const tape = tapes.tap(tapeOf(rows))
  const watches = new Map<number, ReturnType<QuoteTapes['open']>>()
  while (tape.receivedUs !== Number.POSITIVE_INFINITY) {
    const { from, to } = tape.quotes() ?? { from: 0, to: 0 }
    trips.forEach(([entry, exit], index) => {
      if (entry >= from && entry < to) watches.set(index, tapes.open(fillOn(entry, 'buy')))
      const watch = watches.get(index)
      if (watch === undefined || exit < from || exit >= to) return
      tapes.fill(watch, fillOn(exit, 'sell'))
      tapes.close(watch, index, fillOn(exit, 'sell').receivedUs)
    })
    tape.advanceTo(to)
  }
  return tapes.finish()
}

test('a trade keeps the quotes of its contract from before its entry until after its exit', () => {
  const [tape] = trade({ beforeUs: 60 * SECOND, afterUs: 30 * SECOND }, [[600, 900]])
  const times = (tape?.atMs ?? []).map((ms) => (tape?.startUs ?? 0) / SECOND + ms / 1_000)
  const expected = Array.from({ length: 3_000 }, (_, row) => row).filter(
    (row) =>
      row % 3 === 0 && row * SECOND >= 600.05 * SECOND - 60 * SECOND && row * SECOND <= 930.05 * SECOND,
  )
  expect(times).toEqual(expected)
  expect(tape?.bidMicros).toEqual(expected.map((row) => row * 1_000))
  expect(tape?.askSize).toEqual(expected.map((row) => row + 1))
})

test('the displayed sizes are those of the quotes that the fills met', () => {
  const [tape] = trade({}, [[600, 900]])
  expect(tape).toMatchObject({ trade: 0, entrySize: 601, exitSize: 900 })
})

test('a long trade is thinned out evenly and keeps within its share', () => {
  const [tape] = trade({ mostOfTrade: 32 }, [[600, 2_400]])
  const { atMs = [] } = tape ?? {}
  expect(atMs.length).toBeGreaterThan(16)
  expect(atMs.length).toBeLessThanOrEqual(33)
  const steps = new Set(atMs.slice(1).map((ms, at) => ms - (atMs[at] as number)))
  expect(steps.size).toBe(1)
})

test('all trades together keep within their share, none is lost', () => {
  const trips = Array.from({ length: 60 }, (_, index) => [300 + index * 30, 321 + index * 30] as const)
  const tapes = trade({ mostInAll: 1_000, mostOfTrade: 128 }, trips)
  expect(tapes.map((tape) => tape.trade)).toEqual(trips.map((_, index) => index))
  expect(tapes.reduce((sum, { atMs }) => sum + atMs.length, 0)).toBeLessThanOrEqual(1_000)
})

test('two trades of one contract at a time have a tape each', () => {
  const tapes = trade({ afterUs: 600 * SECOND }, [
    [600, 630],
    [660, 690],
  ])
  expect(tapes.map((tape) => [tape.trade, tape.entrySize, tape.exitSize])).toEqual([
    [0, 601, 630],
    [1, 661, 690],
  ])
})

test('a ring that does not reach back so far gives what it has', () => {
  const [tape] = trade({ ringRows: 64 }, [[600, 630]])
  expect((tape?.startUs ?? 0) / SECOND).toBeGreaterThanOrEqual(600 - 64)
})

test('a position that never closed has no tape', () => {
  const tapes = new QuoteTapes()
  const tape = tapes.tap(tapeOf(300))
  tape.quotes()
  tapes.open(fillOn(30, 'buy'))
  tape.advanceTo(50)
  expect(tapes.finish()).toEqual([])
})
