import { createOptionId, type InstrumentIndex, InstrumentTable, type IsoDate } from '@scalp/canonical'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createExchangeCalendar } from './exchange-calendar.js'
import { StrikeSlice, type StrikeSliceOptions } from './strike-slice.js'

const calendar = createExchangeCalendar()
const OPEN = Date.UTC(2025, 1, 18, 14, 30) * 1_000
const SECOND = 1_000_000
const dollars = (amount: number): number => Math.round(amount * 1_000_000)

/** A table with strikes every 5 dollars from 150 to 350, for some expiries. */
function list(expiries: readonly IsoDate[] = ['2025-02-21']): InstrumentTable {
  const instruments = new InstrumentTable()
  for (const expiry of expiries) {
    for (let strike = 150; strike <= 350; strike += 5) {
      for (const right of ['C', 'P'])
        instruments.option(createOptionId({ underlying: 'TSLA', expiry, right, strike }))
    }
  }
  return instruments
}

function slice(options: Partial<StrikeSliceOptions> = {}): StrikeSlice {
  return new StrikeSlice({
    instruments: list(),
    underlying: 'TSLA',
    calendar,
    strikesEachSide: 2,
    maxDte: 7,
    ...options,
  })
}

/** The strikes of the members in dollars, each once. */
function strikes(of: StrikeSlice, instruments: InstrumentTable): number[] {
  const found = of.members().map((index) => {
    const listed = instruments.get(index)
    return listed.kind === 'option' ? listed.option.strikeThousandths / 1_000 : Number.NaN
  })
  return [...new Set(found)]
}

test('holds n strikes on either side of the money, calls and puts', () => {
  const instruments = list()
  const around = slice({ instruments })
  expect(around.update(OPEN, dollars(251.2))).toBe(true)
  expect(strikes(around, instruments)).toEqual([240, 245, 250, 255, 260])
  expect(around.members()).toHaveLength(10)
  expect(around.has(around.members()[3] as InstrumentIndex)).toBe(true)
  expect(around.has(0 as InstrumentIndex)).toBe(false)
  around.update(OPEN + 10 * SECOND, dollars(149))
  expect(strikes(around, instruments)).toEqual([150, 155, 160])
})

test('does not flap while the underlying dithers about the middle of two strikes', () => {
  const around = slice({ cooldownMs: 0 })
  around.update(OPEN, dollars(252))
  const before = around.members()
  for (let i = 1; i < 1_000; i++)
    expect(around.update(OPEN + i * SECOND, dollars(i % 2 === 0 ? 251.5 : 253.5))).toBe(false)
  expect(around.members()).toBe(before)
  expect(around.update(OPEN + 1_000 * SECOND, dollars(253.76))).toBe(true)
  expect(around.moves).toBe(1)
})

test('waits for the cooldown between two moves, unless the underlying left the slice', () => {
  const instruments = list()
  const around = slice({ instruments, cooldownMs: 5_000 })
  around.update(OPEN, dollars(250))
  expect(around.update(OPEN + 4 * SECOND, dollars(256))).toBe(false)
  expect(around.update(OPEN + 5 * SECOND, dollars(256))).toBe(true)
  expect(around.update(OPEN + 6 * SECOND, dollars(262))).toBe(false)
  expect(around.update(OPEN + 6.5 * SECOND, dollars(266))).toBe(true)
  expect(strikes(around, instruments)).toEqual([255, 260, 265, 270, 275])
})

test('takes expiries by days to expiry, and a new day with new ones', () => {
  const instruments = list(['2025-02-18', '2025-02-19', '2025-02-21', '2025-02-28'])
  const around = slice({ instruments, minDte: 1, maxDte: 3, strikesEachSide: 0 })
  const expiries = (): unknown[] =>
    around.members().map((index) => {
      const listed = instruments.get(index)
      return listed.kind === 'option' ? listed.option.expiry : ''
    })
  around.update(OPEN, dollars(250))
  expect(expiries()).toEqual(['2025-02-19', '2025-02-19', '2025-02-21', '2025-02-21'])
  expect(around.update(OPEN + 86_400 * SECOND, dollars(250))).toBe(true)
  expect(expiries()).toEqual(['2025-02-21', '2025-02-21'])
})

test('takes in a newly listed strike at once, and keeps its center', () => {
  const instruments = list()
  const around = slice({ instruments, strikesEachSide: 1 })
  around.update(OPEN, dollars(251))
  const added = instruments.option(
    createOptionId({ underlying: 'TSLA', expiry: '2025-02-21', right: 'C', strike: 252.5 }),
  )
  expect(around.update(OPEN + 1, dollars(251))).toBe(true)
  expect(around.has(added)).toBe(true)
  expect(strikes(around, instruments)).toEqual([245, 250, 252.5])
})

const walk = fc.array(
  fc.record({
    waitUs: fc.integer({ min: 0, max: 3 * SECOND }),
    // A third of a cent off, so that no price lies in the very middle of two strikes.
    spot: fc.integer({ min: 16_000, max: 34_000 }).map((cents) => cents * 10_000 + 3_333),
  }),
  { maxLength: 60 },
)

test('without hysteresis and cooldown a stream of prices ends where the last price alone would', () => {
  fc.assert(
    fc.property(walk, (steps) => {
      const instruments = list(['2025-02-18', '2025-02-21'])
      const options = { instruments, hysteresis: 0, cooldownMs: 0 }
      const streamed = slice(options)
      let nowUs = OPEN
      for (const { waitUs, spot } of steps) {
        nowUs += waitUs
        streamed.update(nowUs, spot)
        const batch = slice(options)
        batch.update(nowUs, spot)
        expect(streamed.members()).toEqual(batch.members())
        for (const index of batch.members()) expect(streamed.has(index)).toBe(true)
      }
    }),
    { numRuns: 40 },
  )
})

test('two moves are never closer than the cooldown, unless the underlying left the slice', () => {
  fc.assert(
    fc.property(walk, (steps) => {
      const instruments = list()
      const around = slice({ instruments })
      let nowUs = OPEN
      let movedUs = OPEN
      around.update(nowUs, dollars(250))
      for (const { waitUs, spot } of steps) {
        nowUs += waitUs
        const held = strikes(around, instruments)
        const hasLeft = spot < dollars(held[0] ?? 0) || spot > dollars(held.at(-1) ?? 0)
        const hasMoved = around.update(nowUs, spot)
        if (hasMoved) {
          expect(hasLeft || nowUs - movedUs >= 5 * SECOND).toBe(true)
          movedUs = nowUs
        }
        // Whenever it may move, the price is within reach of the middle strike.
        if (nowUs - movedUs >= 5 * SECOND) {
          const now = strikes(around, instruments)
          expect(Math.min(...now.map((strike) => Math.abs(dollars(strike) - spot)))).toBeLessThanOrEqual(
            dollars(3.75),
          )
        }
      }
    }),
  )
})

test('prices that are none, and old ones, never enter and are counted', () => {
  const bad = fc.constantFrom(Number.NaN, 0, -1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY)
  fc.assert(
    fc.property(walk, fc.array(bad, { maxLength: 20 }), (steps, faults) => {
      const clean = slice()
      const dirty = slice()
      let nowUs = OPEN
      let old = 0
      for (const [i, { waitUs, spot }] of steps.entries()) {
        nowUs += waitUs
        clean.update(nowUs, spot)
        dirty.update(nowUs, spot)
        const fault = faults[i]
        if (fault !== undefined) dirty.update(nowUs, fault)
        if (i % 3 === 0) {
          dirty.update(nowUs - 1, dollars(330))
          old++
        }
      }
      expect(dirty.members()).toEqual(clean.members())
      expect([dirty.malformed, dirty.outOfOrder]).toEqual([Math.min(faults.length, steps.length), old])
      expect(dirty.update(Number.NaN, dollars(250))).toBe(false)
    }),
  )
})
