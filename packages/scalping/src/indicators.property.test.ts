import { type InstrumentIndex, type Right, US_PER_MINUTE, US_PER_SECOND } from '@scalp/canonical'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PriceLevels } from './levels.js'
import { SessionVwap } from './session-vwap.js'
import { SmoothedPrice } from './smoothed-price.js'
import { type BuyerTrade, type Sweep, SweepDetector } from './sweeps.js'
import { VelocityTracker } from './velocity-tracker.js'
import { VolumeAnalyzer } from './volume-analyzer.js'

const RUNS = { numRuns: 60 }
const price = fc.integer({ min: 90_000_000, max: 110_000_000 })
const stepUs = fc.integer({ min: 0, max: 4 * US_PER_SECOND })
const ticks = fc
  .array(fc.tuple(stepUs, price, fc.integer({ min: 0, max: 500 })), { minLength: 1, maxLength: 120 })
  .map((steps) => {
    let us = 0
    return steps.map(([step, priceMicros, size]) => {
      us += step
      return { us, priceMicros, size }
    })
  })

/** Equal but for the dust of floating point. */
function near(actual: number, wanted: number, tolerance = 1e-9): void {
  if (Number.isNaN(wanted)) expect(actual).toBeNaN()
  else expect(Math.abs(actual - wanted)).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(wanted)))
}

describe('streaming equals batch', () => {
  test('VelocityTracker, with both anchors', () => {
    fc.assert(
      fc.property(ticks, fc.constantFrom('inWindow', 'asOf'), (all, anchor) => {
        const tracker = new VelocityTracker({ windows: [5, 30], anchor: anchor as 'asOf' })
        for (const [at, { us, priceMicros }] of all.entries()) {
          tracker.add(us, priceMicros)
          for (const window of [5, 30]) {
            near(tracker.changePct(window), batchVelocity(all.slice(0, at + 1), window, anchor === 'asOf'))
          }
        }
      }),
      RUNS,
    )
  })

  test('VolumeAnalyzer, in both modes, of a contract and of a right', () => {
    const steps = fc.array(
      fc.tuple(
        fc.integer({ min: 0, max: 3 * US_PER_MINUTE }),
        fc.integer({ min: 0, max: 2 }),
        fc.constantFrom('C', 'P'),
        fc.integer({ min: 1, max: 500 }),
      ),
      { minLength: 1, maxLength: 100 },
    )
    fc.assert(
      fc.property(steps, fc.constantFrom('inclusive', 'exclusive'), (all, mode) => {
        const analyzer = new VolumeAnalyzer({ mode: mode as 'inclusive' })
        const seen: { us: number; id: number; right: Right; size: number }[] = []
        let us = 0
        for (const [step, id, right, size] of all) {
          us += step
          seen.push({ us, id: right === 'C' ? id : id + 10, right: right as Right, size })
          const last = seen.at(-1) as (typeof seen)[number]
          expect(analyzer.add(us, last.id as InstrumentIndex, last.right, size)).toBe(true)
          const ofRight = seen.filter((trade) => trade.right === right)
          const ofContract = seen.filter((trade) => trade.id === last.id)
          near(analyzer.rightRatio(last.right, us), batchRatio(ofRight, us, mode))
          near(analyzer.ratio(last.id as InstrumentIndex), batchRatio(ofContract, us, mode))
          near(analyzer.ratio(last.id as InstrumentIndex, 1), batchRatio(ofContract, us, mode, 1))
        }
      }),
      RUNS,
    )
  })

  test('SweepDetector', () => {
    const steps = fc.array(
      fc.record({
        stepUs: fc.integer({ min: 0, max: 400_000 }),
        right: fc.constantFrom<Right>('C', 'P'),
        strikeMicros: fc.constantFrom(250e6, 251e6),
        priceMicros: fc.constantFrom(1e6, 1.01e6),
        contracts: fc.integer({ min: 1, max: 90 }),
        venue: fc.integer({ min: 1, max: 2 }),
      }),
      { maxLength: 60 },
    )
    fc.assert(
      fc.property(steps, (all) => {
        const detector = new SweepDetector()
        const trades: BuyerTrade[] = []
        const found: Sweep[] = []
        let us = 0
        for (const { stepUs: step, ...rest } of all) {
          us += step
          trades.push({ us, ...rest })
          const sweep = detector.add(trades.at(-1) as BuyerTrade)
          if (sweep !== undefined) found.push(sweep)
        }
        const wanted = [...batchSweeps(trades, 'C'), ...batchSweeps(trades, 'P')].sort((a, b) => a.us - b.us)
        expect(found.map((sweep) => ({ us: sweep.us, contracts: sweep.contracts }))).toEqual(wanted)
      }),
      RUNS,
    )
  })

  test('SessionVwap, with session bands and with rolling ones', () => {
    fc.assert(
      fc.property(ticks, (all) => {
        const [session, rolling] = [new SessionVwap(), new SessionVwap({ mode: 'rolling100' })]
        const kept: { priceMicros: number; size: number; deviation: number }[] = []
        for (const { priceMicros, size } of all) {
          session.add(priceMicros, size)
          rolling.add(priceMicros, size)
          if (size > 0) kept.push({ priceMicros, size, deviation: 0 })
          const volume = kept.reduce((sum, each) => sum + each.size, 0)
          const vwap = kept.reduce((sum, each) => sum + each.size * each.priceMicros, 0) / volume
          near(session.vwapMicros, vwap, 1e-12)
          if (size > 0) (kept.at(-1) as (typeof kept)[number]).deviation = priceMicros - vwap
          if (kept.length < 2) {
            expect(session.bands()).toBeUndefined()
            continue
          }
          const variance =
            kept.reduce((sum, each) => sum + each.size * (each.priceMicros - vwap) ** 2, 0) / volume
          near(session.bands()?.upperMicros ?? Number.NaN, vwap + Math.sqrt(variance), 1e-9)
          const last = kept.slice(-100)
          const square = last.reduce((sum, each) => sum + each.deviation ** 2, 0) / last.length
          near(rolling.bands()?.upperMicros ?? Number.NaN, vwap + Math.sqrt(square), 1e-9)
        }
        near(session.highMicros, Math.max(...all.map((tick) => tick.priceMicros)))
        near(session.lowMicros, Math.min(...all.map((tick) => tick.priceMicros)))
        near(session.openMicros, all[0]?.priceMicros ?? Number.NaN)
      }),
      RUNS,
    )
  })

  test('PriceLevels', () => {
    fc.assert(
      fc.property(ticks, (all) => {
        const levels = new PriceLevels()
        for (const { us, priceMicros } of all) levels.add(us, priceMicros)
        const plain = ({ priceMicros, strength }: { priceMicros: number; strength: number }) => [
          priceMicros,
          strength,
        ]
        const seconds = lastOfEachSecond(all)
        expect(levels.supports.map(plain)).toEqual(batchLevels(seconds, -1))
        expect(levels.resistances.map(plain)).toEqual(batchLevels(seconds, 1))
      }),
      RUNS,
    )
  })

  test('SmoothedPrice', () => {
    fc.assert(
      fc.property(ticks, (all) => {
        const smoothed = new SmoothedPrice({ spanSeconds: 10 })
        for (const { us, priceMicros } of all) smoothed.add(us, priceMicros)
        const [first] = all
        const endUs = all.at(-1)?.us ?? 0
        const decay = (us: number) => Math.exp((us - endUs) / (10 * US_PER_SECOND))
        /** Each price weighs what the exponential holds over the time it stood. */
        let wanted = (first?.priceMicros ?? 0) * decay(first?.us ?? 0)
        for (let at = 1; at < all.length; at++) {
          const before = all[at - 1] as (typeof all)[number]
          wanted += before.priceMicros * (decay((all[at] as (typeof all)[number]).us) - decay(before.us))
        }
        near(smoothed.priceMicros, wanted, 1e-9)
      }),
      RUNS,
    )
  })
})

describe('tick density changes nothing', () => {
  /** The same prices, each told again and again while it stands. */
  const dense = (all: readonly { us: number; priceMicros: number; size: number }[]) =>
    all.flatMap((tick, at) => {
      const nextUs = all[at + 1]?.us ?? tick.us
      return [0, 0.3, 0.7].map((share) => ({ ...tick, us: Math.floor(tick.us + (nextUs - tick.us) * share) }))
    })

  test('a velocity measured asOf', () => {
    fc.assert(
      fc.property(ticks, (all) => {
        const of = (list: typeof all) => {
          const tracker = new VelocityTracker({ windows: [30], anchor: 'asOf' })
          for (const { us, priceMicros } of list) tracker.add(us, priceMicros)
          return tracker.changePct(30)
        }
        const sparse = of(all)
        fc.pre(!Number.isNaN(sparse))
        near(of(dense(all)), sparse)
      }),
      RUNS,
    )
  })

  test('levels', () => {
    fc.assert(
      fc.property(ticks, (all) => {
        const ends = all.filter(
          ({ us }, at) =>
            all[at + 1] === undefined || Math.floor(us / 1e6) !== Math.floor((all[at + 1]?.us ?? 0) / 1e6),
        )
        const [few, many] = [new PriceLevels(), new PriceLevels()]
        for (const { us, priceMicros } of ends) few.add(us, priceMicros)
        for (const { us, priceMicros } of all) many.add(us, priceMicros)
        expect(many.supports).toEqual(few.supports)
        expect(many.resistances).toEqual(few.resistances)
      }),
      RUNS,
    )
  })

  test('a VWAP and its session bands, when trades come in parts', () => {
    fc.assert(
      fc.property(ticks, (all) => {
        const [whole, parts] = [new SessionVwap(), new SessionVwap()]
        for (const { priceMicros, size } of all) {
          whole.add(priceMicros, size * 4)
          for (let part = 0; part < 4; part++) parts.add(priceMicros, size)
        }
        near(parts.vwapMicros, whole.vwapMicros, 1e-12)
        const upper = whole.bands()?.upperMicros
        if (upper !== undefined) near(parts.bands()?.upperMicros ?? Number.NaN, upper)
      }),
      RUNS,
    )
  })

  test('a volume ratio, when trades come in parts', () => {
    fc.assert(
      fc.property(ticks, (all) => {
        const [whole, parts] = [new VolumeAnalyzer(), new VolumeAnalyzer()]
        let us = 0
        for (const tick of all) {
          us = tick.us * 30
          whole.add(us, 1 as InstrumentIndex, 'C', tick.size * 4)
          for (let part = 0; part < 4; part++) parts.add(us, 1 as InstrumentIndex, 'C', tick.size)
        }
        near(parts.rightRatio('C', us), whole.rightRatio('C', us))
      }),
      RUNS,
    )
  })

  test('a smoothed price', () => {
    fc.assert(
      fc.property(ticks, (all) => {
        const [few, many] = [new SmoothedPrice({ spanSeconds: 5 }), new SmoothedPrice({ spanSeconds: 5 })]
        for (const { us, priceMicros } of all) few.add(us, priceMicros)
        for (const { us, priceMicros } of dense(all)) many.add(us, priceMicros)
        near(many.priceMicros, few.priceMicros, 1e-9)
      }),
      RUNS,
    )
  })
})

describe('input that is none enters no state and is counted', () => {
  const bad = fc.constantFrom(Number.NaN, 0, -1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY)
  const poisoned = fc.tuple(ticks, fc.array(fc.tuple(fc.nat(), bad), { minLength: 1, maxLength: 20 }))

  /** Feeds a clean stream to one of two twins and the same with bad input in between to the other. */
  function twins<Part extends { readonly rejected: number }>(
    make: () => Part,
    feed: (part: Part, us: number, value: number, size: number) => unknown,
    read: (part: Part, us: number) => unknown,
  ): void {
    fc.assert(
      fc.property(poisoned, ([all, faults]) => {
        const [clean, dirty] = [make(), make()]
        let wrong = 0
        for (const [at, { us, priceMicros, size }] of all.entries()) {
          feed(clean, us, priceMicros, size + 1)
          feed(dirty, us, priceMicros, size + 1)
          for (const [place, value] of faults) {
            if (place % all.length !== at) continue
            feed(dirty, us, value, 1)
            feed(dirty, Number.NaN, priceMicros, 1)
            feed(dirty, us - 1, priceMicros, 1)
            wrong += 3
          }
        }
        const endUs = all.at(-1)?.us ?? 0
        expect(read(dirty, endUs)).toEqual(read(clean, endUs))
        expect(dirty.rejected).toBe(wrong)
        expect(clean.rejected).toBe(0)
      }),
      RUNS,
    )
  }

  test('VelocityTracker', () => {
    twins(
      () => new VelocityTracker(),
      (tracker, us, value) => tracker.add(us, value),
      (tracker) => [tracker.velocity(5), tracker.velocity(60), tracker.momentumScore(), tracker.length],
    )
  })

  test('PriceLevels', () => {
    twins(
      () => new PriceLevels(),
      (levels, us, value) => levels.add(us, value),
      (levels) => [levels.supports, levels.resistances],
    )
  })

  test('SmoothedPrice', () => {
    twins(
      () => new SmoothedPrice({ spanSeconds: 7 }),
      (smoothed, us, value) => smoothed.add(us, value),
      (smoothed) => smoothed.priceMicros,
    )
  })

  test('VolumeAnalyzer', () => {
    twins(
      () => new VolumeAnalyzer(),
      (analyzer, us, value) => analyzer.add(us * 60, 3 as InstrumentIndex, 'P', value),
      (analyzer, us) => [analyzer.rightRatio('P', us * 60), analyzer.volume('P', 60)],
    )
  })

  test('SweepDetector', () => {
    const detector = new SweepDetector()
    const trade: BuyerTrade = { us: 10, right: 'C', strikeMicros: 250e6, priceMicros: 1e6, contracts: 60 }
    expect(detector.add(trade)).toBeUndefined()
    for (const wrong of [Number.NaN, 0, -1, Number.POSITIVE_INFINITY]) {
      expect(detector.add({ ...trade, priceMicros: wrong })).toBeUndefined()
      expect(detector.add({ ...trade, priceMicros: 1.01e6, contracts: wrong })).toBeUndefined()
    }
    expect(detector.add({ ...trade, us: 9, priceMicros: 1.01e6 })).toBeUndefined()
    expect(detector.rejected).toBe(9)
    expect(detector.add({ ...trade, priceMicros: 1.01e6 })).toMatchObject({ contracts: 120 })
  })

  test('SessionVwap, whose volumes may be 0 but not negative', () => {
    const session = new SessionVwap()
    session.add(100e6, 10)
    for (const wrong of [Number.NaN, 0, -1, Number.POSITIVE_INFINITY]) session.add(wrong, 10)
    for (const wrong of [Number.NaN, -1, Number.POSITIVE_INFINITY]) session.add(100e6, wrong)
    expect(session.rejected).toBe(7)
    expect(session.add(101e6, 0)).toBe(true)
    expect([session.vwapMicros, session.volume, session.highMicros]).toEqual([100e6, 10, 101e6])
  })
})

type Tick = { readonly us: number; readonly priceMicros: number }

function batchVelocity(all: readonly Tick[], windowSeconds: number, isAsOf: boolean): number {
  const end = all.at(-1) as Tick
  const fromUs = end.us - windowSeconds * US_PER_SECOND
  const inside = all.filter(({ us }) => us >= fromUs)
  const standing = all.filter(({ us }) => us <= fromUs && us >= fromUs - windowSeconds * US_PER_SECOND)
  const isExact = inside[0]?.us === fromUs
  const start = isAsOf && !isExact ? (standing.at(-1) ?? inside[0]) : inside[0]
  if (start === undefined || start === end) return Number.NaN
  return ((end.priceMicros - start.priceMicros) / start.priceMicros) * 100
}

function batchRatio(
  trades: readonly { us: number; size: number }[],
  nowUs: number,
  mode: string,
  minutes = 5,
): number {
  /** What is older than an hour before the series' newest trade is forgotten. */
  const newestUs = trades.at(-1)?.us ?? 0
  const kept = trades.filter(({ us }) => us >= newestUs - 60 * US_PER_MINUTE)
  const fromUs = nowUs - minutes * US_PER_MINUTE
  const sum = (list: readonly { size: number }[]) => list.reduce((total, { size }) => total + size, 0)
  const recent = sum(kept.filter(({ us }) => us >= fromUs))
  if (mode === 'inclusive') {
    const base = kept.filter(({ us }) => us >= nowUs - 30 * US_PER_MINUTE)
    const span = (newestUs - (base[0]?.us ?? newestUs)) / US_PER_MINUTE
    return kept.length < 2 || !(span > 0) ? 1 : recent / ((sum(base) / span) * minutes)
  }
  const base = kept.filter(({ us }) => us >= fromUs - 30 * US_PER_MINUTE && us < fromUs)
  const span = fromUs - (base[0]?.us ?? Number.NaN)
  if (!(span >= 5 * US_PER_MINUTE)) return Number.NaN
  return recent / ((sum(base) / (span / US_PER_MINUTE)) * minutes)
}

function batchSweeps(trades: readonly BuyerTrade[], right: Right): { us: number; contracts: number }[] {
  const found: { us: number; contracts: number }[] = []
  let quietUs = Number.NEGATIVE_INFINITY
  const own = trades.filter((trade) => trade.right === right)
  for (const [at, { us }] of own.entries()) {
    if (us <= quietUs) continue
    const inside = own.slice(0, at + 1).filter((trade) => trade.us >= us - 500_000 && trade.us > quietUs)
    const contracts = inside.reduce((sum, trade) => sum + trade.contracts, 0)
    const levels = new Set(inside.map((trade) => `${trade.strikeMicros} ${trade.priceMicros}`))
    const venues = new Set(inside.map(({ venue }) => venue))
    if (contracts < 100 || (levels.size < 2 && venues.size < 2)) continue
    found.push({ us, contracts })
    quietUs = (inside[0] as BuyerTrade).us + 500_000
  }
  return found
}

/** Points as they become known: a second's last price, once a later second begins. */
function lastOfEachSecond(all: readonly Tick[]): number[] {
  const points: number[] = []
  for (const [at, { us, priceMicros }] of all.entries()) {
    const next = all[at + 1]
    if (next !== undefined && Math.floor(next.us / 1e6) > Math.floor(us / 1e6)) points.push(priceMicros)
  }
  return points
}

/** Levels of one side, `sign` 1 for resistance: every pivot of the whole list, in order, none an hour old. */
function batchLevels(points: readonly number[], sign: number): [number, number][] {
  let levels: [number, number][] = []
  for (let at = 2; at < points.length - 2; at++) {
    const pivot = points[at] as number
    const around = [at - 2, at - 1, at + 1, at + 2].map((index) => points[index] as number)
    if (!around.every((other) => (pivot - other) * sign > 0)) continue
    const near = levels.find(([level]) => Math.abs(level - pivot) / pivot <= 0.3 / 100)
    if (near !== undefined) near[1]++
    else levels = [...levels, [pivot, 1] as [number, number]].sort((a, b) => b[1] - a[1]).slice(0, 5)
  }
  return levels.toSorted((a, b) => b[1] - a[1])
}
