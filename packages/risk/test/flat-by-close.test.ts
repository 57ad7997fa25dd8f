import { createOptionId, InstrumentTable, type OrderId, type QuoteReader } from '@scalp/canonical'
import { createExchangeCalendar } from '@scalp/market-data'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type CloseAction, type ClosingPosition, FlatByClose } from '../src/index.js'

const SECOND = 1_000_000
const MINUTE = 60 * SECOND
const calendar = createExchangeCalendar()
const at = (text: string): number => Date.parse(text) * 1_000
/** The day after Thanksgiving closes at 13:00. */
const NORMAL_CLOSE = at('2026-11-24T21:00:00Z')
const EARLY_CLOSE = at('2026-11-27T18:00:00Z')
const instrument = new InstrumentTable().option(
  createOptionId({ underlying: 'TSLA', expiry: '2026-12-04', right: 'C', strike: 250 }),
)

/** A venue that accepts, and fills when it is told to. */
class Floor {
  bidMicros = 2_000_000
  contracts = 5
  fills = false
  rejects = false
  readonly working = new Map<OrderId, { contracts: number; limitMicros: number | undefined }>()
  readonly log: string[] = []
  alerts = 0
  #orders = 0

  get quotes(): QuoteReader {
    return {
      bidMicros: () => this.bidMicros,
      askMicros: () => this.bidMicros + 100_000,
      isTradable: () => this.bidMicros > 0,
    } as unknown as QuoteReader
  }

  positions(): ClosingPosition[] {
    const working = Array.from(this.working, ([orderId, { contracts }]) => ({
      orderId,
      reduces: true,
      contracts,
    }))
    return [{ instrument, contracts: this.contracts, working }]
  }

  do(actions: readonly CloseAction[]): void {
    for (const action of actions) {
      if (action.kind === 'alert') this.alerts++
      else if (action.kind === 'cancel') this.working.delete(action.orderId)
      else {
        const { contracts, limitMicros } = action.intent
        const working = [...this.working.values()].reduce((sum, order) => sum + order.contracts, 0)
        expect(working + contracts, 'never more sold than held').toBeLessThanOrEqual(this.contracts)
        this.log.push(`${action.stage} ${limitMicros ?? 'market'}`)
        if (!this.rejects) this.working.set(`o${++this.#orders}` as OrderId, { contracts, limitMicros })
      }
    }
    if (!this.fills) return
    for (const { contracts } of this.working.values()) this.contracts -= contracts
    this.working.clear()
  }
}

function closeOut(floor: Floor, closeUs: number, stepUs = SECOND, fromUs = closeUs - 12 * MINUTE): void {
  const planner = new FlatByClose({ quotes: floor.quotes, calendar })
  for (let us = fromUs; us < closeUs + MINUTE; us += stepUs) floor.do(planner.plan(us, floor.positions()))
}

test.each([NORMAL_CLOSE, EARLY_CLOSE])(
  'an order that never fills is made harder and harder until the bell, early ones too (%i)',
  (closeUs) => {
    const floor = new Floor()
    closeOut(floor, closeUs)
    const stages = floor.log.map((line) => line.split(' ')[0])
    expect([...new Set(stages)]).toEqual(['limit', 'walk', 'market', 'alert'])
    const walks = floor.log
      .filter((line) => line.startsWith('walk'))
      .map((line) => Number(line.split(' ')[1]))
    expect(walks.slice(0, 4)).toEqual([1_900_000, 1_800_000, 1_700_000, 1_600_000])
    expect(floor.log.filter((line) => line.startsWith('market')).length).toBeGreaterThan(8)
    expect(floor.alerts).toBe(1)
  },
)

test('one that fills is one order, at the bid', () => {
  const floor = new Floor()
  floor.fills = true
  closeOut(floor, NORMAL_CLOSE)
  expect(floor.log).toEqual(['limit 2000000'])
  expect([floor.contracts, floor.alerts]).toEqual([0, 0])
})

test('without a bid only a market order is left', () => {
  const floor = new Floor()
  floor.bidMicros = Number.NaN
  closeOut(floor, NORMAL_CLOSE)
  expect(floor.log.every((line) => line.endsWith('market'))).toBe(true)
})

test('orders that are rejected at once are tried again a second later, not within the turn', () => {
  const floor = new Floor()
  floor.rejects = true
  closeOut(floor, NORMAL_CLOSE, SECOND / 10)
  expect(floor.log.length).toBeGreaterThan(550)
  expect(floor.log.length).toBeLessThan(605)
})

test('an entry that rests is cancelled, also where nothing is held', () => {
  const planner = new FlatByClose({ quotes: new Floor().quotes, calendar })
  const working = [{ orderId: 'e1' as OrderId, reduces: false, contracts: 1 }]
  expect(planner.plan(NORMAL_CLOSE - 9 * MINUTE, [{ instrument, contracts: 0, working }])).toEqual([
    { kind: 'cancel', stage: 'limit', orderId: 'e1' },
  ])
})

test('a short is bought back, above the ask', () => {
  const planner = new FlatByClose({ quotes: new Floor().quotes, calendar })
  const [action] = planner.plan(NORMAL_CLOSE - 6 * MINUTE, [{ instrument, contracts: -3, working: [] }])
  expect(action).toMatchObject({ intent: { side: 'buy', contracts: 3, limitMicros: 2_250_000 } })
})

test('nothing happens before its time, after the bell and on a holiday', () => {
  const planner = new FlatByClose({ quotes: new Floor().quotes, calendar })
  const held = new Floor().positions()
  for (const us of [NORMAL_CLOSE - 10 * MINUTE - 1, NORMAL_CLOSE, at('2026-11-26T17:55:00Z')])
    expect(planner.plan(us, held)).toEqual([])
  expect(planner.nextWakeUs(NORMAL_CLOSE - 60 * MINUTE)).toBe(NORMAL_CLOSE - 10 * MINUTE)
  expect(planner.nextWakeUs(NORMAL_CLOSE)).toBe(Number.POSITIVE_INFINITY)
})

test('whatever fills, is rejected or stays, never more is sold than held, and what can fill is flat by the bell', () => {
  const moments = fc.array(
    fc.record({
      fills: fc.boolean(),
      rejects: fc.boolean(),
      bid: fc.constantFrom(2_000_000, 50_000, Number.NaN),
    }),
    {
      minLength: 30,
      maxLength: 30,
    },
  )
  fc.assert(
    fc.property(moments, (list) => {
      const floor = new Floor()
      const planner = new FlatByClose({ quotes: floor.quotes, calendar })
      for (let us = NORMAL_CLOSE - 11 * MINUTE; us < NORMAL_CLOSE - MINUTE; us += SECOND) {
        const { fills, rejects, bid } = list[
          Math.floor((us - NORMAL_CLOSE + 11 * MINUTE) / (20 * SECOND))
        ] as { fills: boolean; rejects: boolean; bid: number }
        Object.assign(floor, { fills, rejects, bidMicros: bid })
        floor.do(planner.plan(us, floor.positions()))
      }
      Object.assign(floor, { fills: true, rejects: false })
      for (let us = NORMAL_CLOSE - MINUTE; us < NORMAL_CLOSE; us += SECOND)
        floor.do(planner.plan(us, floor.positions()))
      expect(floor.contracts).toBe(0)
    }),
    { numRuns: 100 },
  )
})
