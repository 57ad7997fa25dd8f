import {
  type ApprovedOrder,
  type Broker,
  type Fill,
  type InstrumentIndex,
  InstrumentTable,
  type JournalEntry,
  type ManagedEnd,
  type ManagedOrder,
  type Micros,
  type OrderId,
  QuoteBuffer,
  type Us,
} from '@scalp/canonical'
import { cashGate, createGateKeeper, type Gate, spreadGate } from '@scalp/gates'
import { createExchangeCalendar } from '@scalp/market-data'
import { defineStrategy, type ManageResult, type OrderEnd, type StrategyContext } from '@scalp/strategy'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createEngine } from './engine.js'
import type { ManagedState } from './managed-orders.js'
import type { SharedLimits } from './order-desk.js'

const calendar = createExchangeCalendar()
const { openUs: OPEN, closeUs: CLOSE } = calendar.sessionOn('2025-02-20') ?? expect.fail('no session')
const SECOND = 1_000_000
const CENT = 10_000
const schema = { '~standard': { version: 1, vendor: 'test', validate: () => ({ value: {} }) } } as const

/** An engine before a venue that the test plays by hand. */
function setUp({
  gates = [],
  warmUpUs = 0,
  limits = {},
}: {
  gates?: Gate[]
  warmUpUs?: number
  limits?: SharedLimits
} = {}) {
  const instruments = new InstrumentTable()
  const option = instruments.requireOption('AAPL  250228C00250000')
  const sent: ApprovedOrder[] = []
  const cancels: string[] = []
  const ends: ManagedEnd[] = []
  const orderEnds: OrderEnd[] = []
  const journal: JournalEntry[] = []
  const broker: Broker = {
    connect: () => Promise.resolve(),
    submit: (order) => void sent.push(order),
    cancel: (id) => void cancels.push(id),
  }
  let context: StrategyContext | undefined
  const engine = createEngine({
    strategy: defineStrategy({
      contract: 1,
      name: 'test',
      config: schema,
      create(_config: unknown, given) {
        context = given
        return {
          onManagedEnd: (end): undefined => void ends.push(end),
          onOrderEnd: (end): undefined => void orderEnds.push(end),
        }
      },
    }),
    config: {},
    underlyings: ['AAPL'],
    instruments,
    calendar,
    gates: createGateKeeper({ gates, idPrefix: 'o' }),
    broker,
    journal: { append: (entry): undefined => void journal.push(entry) },
    startingCashMicros: 10_000_000_000,
    warmUpUs,
    limits,
  })
  const buffer = new QuoteBuffer()
  let us = OPEN
  let fills = 0
  const world = {
    engine,
    option,
    sent,
    cancels,
    ends,
    orderEnds,
    journal,
    at(seconds: number) {
      us = OPEN + seconds * SECOND
      engine.advanceTo(us)
      return world
    },
    quote(bid: Micros, ask: Micros) {
      Object.assign(buffer, {
        instrument: option,
        receivedUs: us,
        sourceUs: us,
        bidMicros: bid,
        askMicros: ask,
      })
      Object.assign(buffer, { bidSize: 50, askSize: 50, sampleUs: 0 })
      engine.onQuote(buffer)
      return world
    },
    /** Fills an order of the sent ones, by its place. */
    fill(at: number, contracts: number, priceMicros: Micros) {
      const order = sent[at] ?? expect.fail(`no order ${at}`)
      const before = journal
        .filter((entry) => entry.type === 'order-filled' && entry['orderId'] === order.id)
        .reduce((sum, entry) => sum + (entry['contracts'] as number), 0)
      fills++
      engine.onOrderEvent({
        type: 'order-filled',
        fillId: `f${fills}`,
        orderId: order.id,
        instrument: option,
        side: order.side,
        contracts,
        priceMicros,
        feesMicros: 0,
        remaining: order.contracts - before - contracts,
        receivedUs: us,
        quoteAgeUs: 0,
        bidMicros: priceMicros,
        askMicros: priceMicros,
      })
      return world
    },
    end(at: number, type: 'order-cancelled' | 'order-rejected' = 'order-cancelled') {
      const { id } = sent[at] ?? expect.fail(`no order ${at}`)
      engine.onOrderEvent({ type, orderId: id, receivedUs: us, reason: 'test' })
      return world
    },
    manage: (order: Partial<ManagedOrder> & Pick<ManagedOrder, 'legs'>): ManageResult =>
      world.context.manage({ instrument: option, side: 'sell', contracts: 1, ...order }),
    /** Buys and holds. */
    hold(contracts: number, priceMicros: Micros = 100 * CENT) {
      world.context.submit({ instrument: option, side: 'buy', contracts, limitMicros: priceMicros })
      flush()
      return world.fill(0, contracts, priceMicros)
    },
    flush() {
      flush()
      return world
    },
    get context() {
      return context ?? expect.fail('no context')
    },
  }
  /** Wishes of outside a turn leave with the next one. */
  const flush = (): undefined =>
    engine.onStatistic({ instrument: option, kind: 'volume', receivedUs: us, value: 1 })
  world.at(60).quote(99 * CENT, 101 * CENT)
  return world
}

test('a stop sells at market once the bid has fallen to it, under the tag of its leg', () => {
  const world = setUp().hold(2)
  expect(
    world.manage({ contracts: 2, legs: [{ kind: 'stop', stop: 85 * CENT, tag: 'stop_loss' }] }),
  ).toMatchObject({
    status: 'managed',
  })
  world.at(61).quote(86 * CENT, 88 * CENT)
  expect(world.sent).toHaveLength(1)
  world.at(62).quote(85 * CENT, 87 * CENT)
  expect(world.sent[1]).toMatchObject({ side: 'sell', contracts: 2, tag: 'stop_loss', reduces: true })
  expect(world.sent[1]).not.toHaveProperty('limitMicros')
  world.at(63).fill(1, 2, 85 * CENT)
  expect(world.ends).toMatchObject([{ outcome: 'filled', filled: 2 }])
})

test('a stop that only doubtful quotes tell of fires by the clock, without a further quote', () => {
  const world = setUp().hold(1)
  world.manage({ legs: [{ kind: 'stop', stop: 85 * CENT, guard: { holdOffMs: 3_000 } }] })
  world.at(61).quote(Number.NaN, 90 * CENT)
  expect(world.engine.nextWakeUs).toBe(OPEN + 64 * SECOND)
  world.at(63.9)
  expect(world.sent).toHaveLength(1)
  world.at(64)
  expect(world.sent[1]).toMatchObject({ side: 'sell', contracts: 1 })
})

test('a stop-limit rests at its limit', () => {
  const world = setUp().hold(1)
  world.manage({ legs: [{ kind: 'stop', stop: 85 * CENT, limit: 80 * CENT }] })
  world.at(61).quote(84 * CENT, 86 * CENT)
  expect(world.sent[1]).toMatchObject({ limitMicros: 80 * CENT })
})

test('a trailing stop follows the best sound bid, and no blown-out one', () => {
  const world = setUp().hold(1)
  world.manage({ legs: [{ kind: 'trailing', distance: 10 * CENT }] })
  world.at(61).quote(120 * CENT, 122 * CENT)
  /** 300 of a mid of 450 is 67 %: the stop stays at 120 - 10 = 110 cents. */
  world.at(62).quote(300 * CENT, 600 * CENT)
  world.at(63).quote(111 * CENT, 113 * CENT)
  expect(world.sent).toHaveLength(1)
  world.at(64).quote(110 * CENT, 112 * CENT)
  expect(world.sent).toHaveLength(2)
})

test('a trailing stop may wait for a gain before it follows', () => {
  const world = setUp().hold(1)
  world.manage({ legs: [{ kind: 'trailing', distance: { percent: 10 }, activation: 120 * CENT }] })
  world.at(61).quote(90 * CENT, 92 * CENT)
  world.at(62).quote(120 * CENT, 122 * CENT)
  world.at(63).quote(109 * CENT, 111 * CENT)
  expect(world.sent).toHaveLength(1)
  /** 120 less 10 % is 108. */
  world.at(64).quote(108 * CENT, 110 * CENT)
  expect(world.sent).toHaveLength(2)
})

test('one cancels the other: the stop is sent only when the end of the resting target is confirmed', () => {
  const world = setUp().hold(3)
  world.manage({
    contracts: 3,
    legs: [
      { kind: 'limit', limit: 120 * CENT, tag: 'take_profit' },
      { kind: 'stop', stop: 85 * CENT, tag: 'stop_loss' },
    ],
  })
  world.flush()
  expect(world.sent[1]).toMatchObject({ contracts: 3, limitMicros: 120 * CENT, tag: 'take_profit' })
  world.at(61).quote(84 * CENT, 86 * CENT)
  expect(world.cancels).toEqual([world.sent[1]?.id])
  expect(world.sent).toHaveLength(2)
  /** One contract of the target filled before the cancel arrived: two are left to sell. */
  world
    .at(62)
    .fill(1, 1, 120 * CENT)
    .end(1)
  expect(world.sent[2]).toMatchObject({ contracts: 2, tag: 'stop_loss' })
  expect(world.orderEnds).toEqual([])
})

test('one cancels the other: a target that fills whole ends the stop as well', () => {
  const world = setUp().hold(1)
  world.manage({
    legs: [
      { kind: 'limit', limit: 120 * CENT },
      { kind: 'stop', stop: 85 * CENT },
    ],
  })
  world
    .flush()
    .at(61)
    .fill(1, 1, 120 * CENT)
  world.at(62).quote(50 * CENT, 52 * CENT)
  expect(world.sent).toHaveLength(2)
  expect(world.ends).toMatchObject([{ outcome: 'filled', filled: 1 }])
})

test('a bracket guards what its entry fills, at once and for each part, in percent of the entry', () => {
  const world = setUp()
  world.manage({
    side: 'buy',
    contracts: 3,
    opens: true,
    legs: [{ kind: 'limit', limit: 101 * CENT }],
    exits: [
      { kind: 'limit', limit: { percent: 20 }, tag: 'take_profit' },
      { kind: 'stop', stop: { percent: -15 }, tag: 'stop_loss' },
    ],
  })
  world.flush()
  expect(world.sent[0]).toMatchObject({ side: 'buy', contracts: 3, reduces: false })
  world.at(61).fill(0, 1, 100 * CENT)
  expect(world.sent[1]).toMatchObject({ side: 'sell', contracts: 1, limitMicros: 120 * CENT })
  world.at(62).fill(0, 2, 100 * CENT)
  /** The target grows with the entry: the old one goes first. */
  expect(world.cancels).toEqual([world.sent[1]?.id])
  world.end(1)
  expect(world.sent[2]).toMatchObject({ contracts: 3, limitMicros: 120 * CENT })
  world.at(63).quote(84 * CENT, 86 * CENT)
  world.end(2)
  expect(world.sent[3]).toMatchObject({ contracts: 3, tag: 'stop_loss', reduces: true })
  world.at(64).fill(3, 3, 84 * CENT)
  expect(world.ends.map(({ outcome, filled }) => [outcome, filled])).toEqual([
    ['filled', 3],
    ['filled', 3],
  ])
})

test('a walk goes from the mid to the ask by steps, each after the end of the one before', () => {
  const world = setUp()
  world.at(61).quote(96 * CENT, 101 * CENT)
  /** The mid is 98.5 cents: 98 on the tick, in our favour. */
  world.manage({
    side: 'buy',
    opens: true,
    legs: [{ kind: 'walk', stepMicros: 2 * CENT, stepMs: 1_000 }],
  })
  world.flush()
  expect(world.sent[0]?.limitMicros).toBe(98 * CENT)
  world.at(62)
  expect(world.cancels).toHaveLength(1)
  expect(world.sent).toHaveLength(1)
  world.at(62.1).end(0)
  expect(world.sent[1]?.limitMicros).toBe(100 * CENT)
  world.at(63.1).end(1)
  expect(world.sent[2]?.limitMicros).toBe(101 * CENT)
  world.at(64.1)
  expect(world.cancels).toHaveLength(3)
  world.end(2)
  expect(world.sent).toHaveLength(3)
  expect(world.ends).toMatchObject([{ outcome: 'cancelled', reason: 'the walk came to its end', filled: 0 }])
})

test('a walk stops at its cap, and one that sells what is held takes any price in the end', () => {
  const world = setUp().hold(1)
  world.at(61).quote(90 * CENT, 100 * CENT)
  world.manage({ legs: [{ kind: 'walk', stepMicros: 3 * CENT, stepMs: 1_000, cap: 93 * CENT }] })
  world.flush()
  expect(world.sent[1]?.limitMicros).toBe(95 * CENT)
  world.at(62).end(1)
  expect(world.sent[2]?.limitMicros).toBe(93 * CENT)
  world.at(63).end(2)
  expect(world.sent[3]).not.toHaveProperty('limitMicros')
  expect(world.sent[3]).toMatchObject({ side: 'sell', contracts: 1 })
})

test('what fills while a step is being cancelled is not sent again', () => {
  const world = setUp()
  world.manage({
    side: 'buy',
    opens: true,
    contracts: 2,
    legs: [{ kind: 'walk', stepMicros: CENT, stepMs: 1_000 }],
  })
  world
    .flush()
    .at(61)
    .fill(0, 2, 100 * CENT)
  expect(world.sent).toHaveLength(1)
  expect(world.ends).toMatchObject([{ outcome: 'filled', filled: 2 }])
})

test('a walk that opens without two sides to start from is refused at once, and says what it waits for', () => {
  const world = setUp()
  world.at(61).quote(Number.NaN, 101 * CENT)
  const answer = world.manage({
    side: 'buy',
    opens: true,
    legs: [{ kind: 'walk', stepMicros: CENT, stepMs: 1_000 }],
  })
  expect(answer).toMatchObject({ status: 'refused', refusals: [{ code: 'NO_TWO_SIDED_QUOTE' }] })
  expect(world.ends).toEqual([])
})

test('an entry passes the gates when it is sent, also when a stop sends it later', () => {
  const world = setUp({ gates: [spreadGate({ maxPercent: 10 })] })
  world.manage({ side: 'buy', opens: true, legs: [{ kind: 'stop', stop: 110 * CENT }] })
  world.at(61).quote(100 * CENT, 112 * CENT)
  expect(world.sent).toEqual([])
  expect(world.ends).toMatchObject([{ outcome: 'refused', refusals: [{ code: 'SPREAD_TOO_WIDE' }] }])
})

test('an exit passes though every gate refuses, and never sells more than is held', () => {
  const world = setUp({ gates: [spreadGate({ maxPercent: 10 })] }).hold(2)
  world.manage({ contracts: 5, legs: [{ kind: 'stop', stop: 85 * CENT }] })
  world.at(61).quote(80 * CENT, 100 * CENT)
  expect(world.sent[1]).toMatchObject({ contracts: 2, reduces: true })
})

test('exits end with their position, however that was closed', () => {
  const world = setUp().hold(1)
  world.manage({
    legs: [
      { kind: 'limit', limit: 120 * CENT },
      { kind: 'stop', stop: 85 * CENT },
    ],
  })
  world.flush().at(61)
  world.engine.onOrderEvent({
    type: 'position-settled',
    instrument: world.option,
    contracts: 1,
    priceMicros: 0,
    feesMicros: 0,
    reason: 'expired',
    receivedUs: OPEN + 61 * SECOND,
  })
  expect(world.cancels).toEqual([world.sent[1]?.id])
  world.end(1)
  expect(world.ends).toMatchObject([{ outcome: 'cancelled', reason: 'the position is closed' }])
})

test('flatten takes the target off the venue first, and then sells at market', () => {
  const world = setUp().hold(2)
  world.manage({
    contracts: 2,
    legs: [
      { kind: 'limit', limit: 120 * CENT },
      { kind: 'stop', stop: 85 * CENT },
    ],
  })
  world.flush().context.flatten('halt')
  world.flush()
  expect(world.cancels).toEqual([world.sent[1]?.id])
  expect(world.sent).toHaveLength(2)
  world.at(61).end(1)
  expect(world.sent[2]).toMatchObject({ contracts: 2, tag: 'halt' })
  expect(world.sent[2]).not.toHaveProperty('limitMicros')
})

test('an exit that the venue rejects is tried again, later each time', () => {
  const world = setUp().hold(1)
  world.manage({ legs: [{ kind: 'stop', stop: 85 * CENT }] })
  world.at(61).quote(84 * CENT, 86 * CENT)
  world.end(1, 'order-rejected').at(61.9)
  expect(world.sent).toHaveLength(2)
  world.at(62)
  expect(world.sent).toHaveLength(3)
  world.end(2, 'order-rejected').at(63.9)
  expect(world.sent).toHaveLength(3)
  world.at(64)
  expect(world.sent).toHaveLength(4)
})

test('a target that ends with the session is sent again on the first quote of the next one', () => {
  const world = setUp().hold(1)
  world.manage({ legs: [{ kind: 'limit', limit: 120 * CENT }] })
  const closed = (CLOSE - OPEN) / SECOND
  world
    .flush()
    .at(closed)
    .end(1)
    .at(closed + 3_600)
  expect(world.sent).toHaveLength(2)
  world.at(86_400 + 1).quote(99 * CENT, 101 * CENT)
  expect(world.sent[2]).toMatchObject({ limitMicros: 120 * CENT })
})

test('what waits for a contract ends once that has expired, and the contract is forgotten', () => {
  const world = setUp()
  world.manage({ side: 'buy', opens: true, legs: [{ kind: 'stop', stop: 300 * CENT }] })
  world.at(86_400 * 8)
  expect(world.ends).toEqual([])
  /** The Monday after Friday 2025-02-28. */
  world.at(86_400 * 11)
  expect(world.ends).toMatchObject([{ outcome: 'cancelled', reason: 'the contract has expired' }])
  expect(world.engine.instruments.find('AAPL250228C00250000')).toBeUndefined()
})

test('a managed order ends when its time is up, or on request', () => {
  const world = setUp()
  world.manage({ side: 'buy', opens: true, timeoutMs: 5_000, legs: [{ kind: 'limit', limit: 90 * CENT }] })
  world.flush().at(65)
  expect(world.cancels).toHaveLength(1)
  world.end(0)
  expect(world.ends).toMatchObject([{ outcome: 'cancelled', reason: 'its time was up' }])
  const second = world.manage({ side: 'buy', opens: true, legs: [{ kind: 'stop', stop: 150 * CENT }] })
  expect(world.context.isBusy(world.option)).toBe(true)
  if (second.status === 'managed') world.context.cancelManaged(second.id)
  expect(world.ends).toHaveLength(2)
  expect(world.context.isBusy(world.option)).toBe(false)
})

test.each<[string, Partial<ManagedOrder> & Pick<ManagedOrder, 'legs'>]>([
  ['no leg', { legs: [] }],
  ['half a contract', { contracts: 0.5, legs: [{ kind: 'market' }] }],
  ['two legs at once', { legs: [{ kind: 'market' }, { kind: 'limit', limit: CENT }] }],
  ['exits of an exit', { legs: [{ kind: 'market' }], exits: [{ kind: 'market' }] }],
  ['percent of nothing', { legs: [{ kind: 'stop', stop: { percent: -15 } }] }],
  ['a stop of nothing', { legs: [{ kind: 'stop', stop: Number.NaN }] }],
  ['a trail of nothing', { legs: [{ kind: 'trailing', distance: 0 }] }],
  ['steps of no time', { legs: [{ kind: 'walk', stepMicros: CENT, stepMs: 0 }] }],
  ['a guard that waits for ever', { legs: [{ kind: 'stop', stop: CENT, guard: { holdOffMs: Infinity } }] }],
])('refuses %s with a typed error', (_name, order) => {
  expect(() => setUp().manage(order)).toThrow(expect.objectContaining({ code: 'ENGINE_INVALID_INTENT' }))
})

test('entries on their way share limits and cash, and exits are never counted', () => {
  const world = setUp({ gates: [cashGate()], limits: { maxOpenPositions: 1 } })
  const other = world.engine.instruments.requireOption('AAPL  250228P00250000')
  /** 10,000 dollars of cash: 60 contracts at 1.00 are 6,000, and 4,000 are left while they work. */
  const buy = (instrument: InstrumentIndex, contracts: number) =>
    world.context.submit({ instrument, side: 'buy', contracts, limitMicros: 100 * CENT })
  expect(buy(world.option, 60).status).toBe('submitted')
  expect(buy(world.option, 60)).toMatchObject({ status: 'refused', refusals: [{ gate: 'cash_available' }] })
  expect(buy(world.option, 40).status).toBe('submitted')
  expect(buy(other, 1)).toMatchObject({
    status: 'refused',
    refusals: [{ code: 'MAX_OPEN_POSITIONS', value: 1, limit: 1 }],
  })
  world
    .flush()
    .at(61)
    .fill(0, 60, 100 * CENT)
  expect(world.context.submit({ instrument: world.option, side: 'sell', contracts: 60 }).status).toBe(
    'submitted',
  )
})

test('during warm-up nothing is opened and everything may be closed', () => {
  const world = setUp({ warmUpUs: 3_600 * SECOND })
  expect(world.context.isWarmingUp).toBe(true)
  const { option } = world
  expect(world.context.submit({ instrument: option, side: 'buy', contracts: 1 })).toMatchObject({
    status: 'refused',
    refusals: [{ code: 'WARM_UP', unit: 's' }],
  })
  world.engine.tracker.apply({
    fillId: 'old',
    orderId: 'old' as OrderId,
    instrument: option,
    side: 'buy',
    contracts: 1,
    priceMicros: CENT,
    feesMicros: 0,
    remaining: 0,
    receivedUs: OPEN,
    quoteAgeUs: 0,
    bidMicros: CENT,
    askMicros: CENT,
  })
  expect(world.context.submit({ instrument: option, side: 'sell', contracts: 1 }).status).toBe('submitted')
  world.at(60 + 3_600)
  expect(world.context.isWarmingUp).toBe(false)
  expect(world.context.submit({ instrument: option, side: 'buy', contracts: 1 }).status).toBe('submitted')
})

test('exits survive a restart: the trailing stop at its height, the target on the next quote', () => {
  const world = setUp().hold(2)
  world.manage({
    contracts: 2,
    legs: [
      { kind: 'limit', limit: 150 * CENT, tag: 'take_profit' },
      { kind: 'trailing', distance: 10 * CENT, tag: 'trailing_stop' },
    ],
  })
  world.manage({ side: 'buy', opens: true, legs: [{ kind: 'stop', stop: 300 * CENT }] })
  world
    .flush()
    .at(61)
    .quote(130 * CENT, 132 * CENT)
  const managedState = JSON.parse(JSON.stringify(world.engine.managedState())) as ManagedState
  expect(managedState.exits).toHaveLength(1)
  const next = setUp()
  const bought = world.journal.find(({ type }) => type === 'order-filled') as unknown as Fill
  next.engine.restore({ us: OPEN + 62 * SECOND, holdings: [{ fill: bought }], managedState })
  next.at(63).quote(125 * CENT, 127 * CENT)
  expect(next.sent).toMatchObject([{ side: 'sell', contracts: 2, limitMicros: 150 * CENT }])
  /** 130 less 10 is 120: the height of before the restart. */
  next.at(64).quote(120 * CENT, 122 * CENT)
  expect(next.cancels).toEqual([next.sent[0]?.id])
  next.end(0)
  expect(next.sent[1]).toMatchObject({ contracts: 2, tag: 'trailing_stop' })
})

test('whatever a venue does, a bracket never sells more than it bought and never has two exits at work', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(9), { minLength: 5, maxLength: 60 }), (moves) => {
      const world = setUp()
      world.manage({
        side: 'buy',
        contracts: 4,
        opens: true,
        legs: [{ kind: 'walk', stepMicros: CENT, stepMs: 700 }],
        exits: [
          { kind: 'limit', limit: { percent: 5 } },
          { kind: 'stop', stop: { percent: -5 } },
          { kind: 'trailing', distance: 4 * CENT },
        ],
      })
      world.flush()
      const open = new Map<number, number>()
      let seen = 0
      let us: Us = 61
      for (const move of moves) {
        for (; seen < world.sent.length; seen++) open.set(seen, world.sent[seen]?.contracts ?? 0)
        us += move < 3 ? 1 : 0.2
        world.at(us)
        for (; seen < world.sent.length; seen++) open.set(seen, world.sent[seen]?.contracts ?? 0)
        const [first] = open.keys()
        if (move < 3) world.quote((92 + ((us * 7 + move) % 16)) * CENT, (94 + ((us * 7 + move) % 16)) * CENT)
        else if (first !== undefined && move < 6) {
          const left = (open.get(first) ?? 1) - 1
          if (left === 0) open.delete(first)
          else open.set(first, left)
          world.fill(first, 1, 100 * CENT)
        } else if (first !== undefined && (move < 8 || world.cancels.includes(world.sent[first]?.id ?? ''))) {
          open.delete(first)
          world.end(first, move === 7 ? 'order-rejected' : 'order-cancelled')
        }
        for (; seen < world.sent.length; seen++) open.set(seen, world.sent[seen]?.contracts ?? 0)
        const selling = [...open].filter(([at]) => world.sent[at]?.side === 'sell')
        const held = world.engine.positions.contracts(world.option)
        expect(held).toBeGreaterThanOrEqual(0)
        expect(selling.length).toBeLessThanOrEqual(1)
        expect(selling.reduce((sum, [, contracts]) => sum + contracts, 0)).toBeLessThanOrEqual(held)
      }
    }),
    { numRuns: 200 },
  )
})
