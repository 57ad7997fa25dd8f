import {
  type BlockTape,
  type InstrumentIndex,
  InstrumentTable,
  type QuoteView,
  type Tape,
  type Us,
} from '@scalp/canonical'
import { createEngine, Market } from '@scalp/engine'
import { createGateKeeper } from '@scalp/gates'
import { createExchangeCalendar } from '@scalp/market-data'
import {
  createFlatCosts,
  type ReplayLane,
  type ReplayProgress,
  replayTogether,
  SimulatedBroker,
} from '@scalp/simulator'
import { defineStrategy, type StrategyContext, type StrategyHandlers } from '@scalp/strategy'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type BarRow, createBarTape, createRowTape, type Row, withoutBlocks } from './row-tape.js'

const calendar = createExchangeCalendar()
const schema = { '~standard': { version: 1, vendor: 'test', validate: () => ({ value: {} }) } } as const
const SECOND = 1_000_000
/** Half a minute before the close and after it, and the next opening: bells, expiry and a new date lie within. */
const DAYS = ['2025-02-20', '2025-02-21'] as const
const [FIRST, SECOND_DAY] = DAYS.map((date) => calendar.sessionOn(date) ?? expect.fail('no session'))
/** After it there are no quotes of the contracts that expire on the first day. */
const LAST_US = (FIRST?.closeUs ?? Number.NaN) + 3_600 * SECOND
const SYMBOLS = [
  'AAPL  250220C00250000',
  'AAPL  250220P00250000',
  'AAPL  250221C00250000',
  'AAPL  250221P00250000',
  'AAPL  250228C00255000',
]

/** Wishes orders, cancels and wakes by seeded chance, and writes down all that it sees. */
function createGambler(
  context: StrategyContext,
  write: (line: string) => undefined,
  scope: 'every' | 'held',
): StrategyHandlers {
  const { instruments } = context
  const nameOf = (instrument: InstrumentIndex): string => instruments.get(instrument).symbol
  const note = (what: string, us: Us): undefined => {
    const { positions, quotes, account, workingOrders } = context
    const book = instruments.options('AAPL').map((index) => `${nameOf(index)}:${quotes.bidMicros(index)}`)
    const held = positions.open().map(({ instrument, contracts }) => `${nameOf(instrument)}×${contracts}`)
    write(`${what} ${us} ${context.nowUs} ${book} ${held} ${account.equityMicros} ${workingOrders}`)
  }
  const gamble = (us: Us): undefined => {
    const chance = context.random()
    const chain = context.instruments.options('AAPL')
    const instrument = chain[Math.floor(context.random() * chain.length)]
    if (instrument === undefined) return
    if (chance < 0.2) context.submit({ instrument, side: 'buy', contracts: 2 })
    else if (chance < 0.3) context.submit({ instrument, side: 'buy', contracts: 1, limitMicros: 1_200_000 })
    else if (chance < 0.35) context.submit({ instrument, side: 'buy', contracts: 1, timeoutMs: 1_000 })
    else if (chance < 0.4) context.flatten()
    else if (chance < 0.5) context.wakeAt(us)
    else if (chance < 0.6) context.wakeAt(us + 3 * SECOND)
    else if (chance < 0.65)
      context.manage({
        instrument,
        side: 'buy',
        contracts: 2,
        opens: true,
        legs: [{ kind: 'walk', stepMicros: 10_000, stepMs: 700 }],
        exits: [
          { kind: 'limit', limit: { percent: 3 } },
          { kind: 'stop', stop: { percent: -3 }, guard: { holdOffMs: 500 } },
          { kind: 'trailing', distance: 20_000 },
        ],
      })
  }
  return {
    quoteScope: scope,
    onQuote({ instrument, receivedUs, bidMicros, askSize }: QuoteView) {
      note(`quote ${nameOf(instrument)} ${bidMicros} ${askSize}`, receivedUs)
      gamble(receivedUs)
    },
    onBar: ({ receivedUs, lengthUs, openMicros, highMicros, lowMicros, volume }) =>
      note(`bar ${lengthUs} ${openMicros} ${highMicros} ${lowMicros} ${volume}`, receivedUs),
    onUnderlying({ receivedUs, priceMicros }) {
      note(`underlying ${priceMicros}`, receivedUs)
      gamble(receivedUs)
    },
    onWake: (us) => note('wake', us),
    onFill: ({ instrument, contracts, priceMicros, receivedUs }) =>
      note(`fill ${nameOf(instrument)} ${contracts} ${priceMicros}`, receivedUs),
    onOrderEnd: ({ outcome, reason, receivedUs }) => note(`${outcome} ${reason}`, receivedUs),
    onManagedEnd: ({ id, outcome, filled, receivedUs }) => note(`${id} ${outcome} ${filled}`, receivedUs),
    onSettlement: ({ reason, receivedUs }) => note(reason, receivedUs),
    onSessionOpen: ({ openUs }) => note('open', openUs),
    onSessionClose: ({ closeUs }) => note('close', closeUs),
  }
}

interface Events {
  readonly lists: readonly (readonly Row[])[]
  /** Of the underlying; without any its price is implied by the quotes. */
  readonly bars: readonly BarRow[]
  readonly sampleUs: number
}

interface Gambler {
  readonly seed: string
  readonly latencyUs: number
  readonly scope: 'every' | 'held'
  /** The line of its log at which it breaks down. */
  readonly breaksAt?: number | undefined
}

/** Everything that the runs of some gamblers on one market showed and decided, and how far they came. */
async function play(
  { lists, bars, sampleUs }: Events,
  gamblers: readonly Gambler[],
  block: number,
  shape: (tape: BlockTape, at: number) => Tape,
): Promise<{ logs: string[][]; played: ReplayProgress }> {
  const instruments = new InstrumentTable()
  const market = new Market({
    underlyings: ['AAPL'],
    instruments,
    calendar,
    impliesUnderlyings: bars.length === 0,
  })
  /** The same contract may have another index in another run. */
  const named = (key: string, value: unknown): unknown =>
    key === 'instrument' ? instruments.get(value as InstrumentIndex).symbol : value
  const logs: string[][] = []
  const lanes = gamblers.map(({ seed, latencyUs, scope, breaksAt = Number.POSITIVE_INFINITY }) => {
    const log: string[] = []
    logs.push(log)
    const write = (line: string): undefined => {
      log.push(line)
      if (log.length >= breaksAt) throw new Error('broken')
    }
    const broker = new SimulatedBroker({
      instruments,
      calendar,
      costs: createFlatCosts(700_000),
      orderLatencyUs: latencyUs,
      responseLatencyUs: latencyUs,
    })
    const engine = createEngine({
      market,
      strategy: defineStrategy({
        contract: 1,
        name: 'gambler',
        config: schema,
        create: (_config: unknown, context) => createGambler(context, write, scope),
      }),
      config: {},
      gates: createGateKeeper({ gates: [], idPrefix: 'o' }),
      broker,
      journal: { append: (entry): undefined => write(JSON.stringify(entry, named)) },
      startingCashMicros: 10_000_000_000,
      seed,
      ...(Number.isFinite(breaksAt) ? { onFailure: (error) => void log.push(String(error)) } : {}),
    })
    return { engine, broker, onMinute: (us: Us): undefined => write(`minute ${us}`) }
  })
  const tapes = [
    createBarTape(bars, 'AAPL', instruments, block),
    ...lists.map((rows) => createRowTape(rows, instruments, { block, sampleUs })),
  ].map(shape)
  return { logs, played: await replayTogether({ lanes: lanes as [ReplayLane, ...ReplayLane[]], tapes }) }
}

const day = fc.constantFrom(
  ...[FIRST, SECOND_DAY].flatMap((session) =>
    session === undefined ? [] : [session.openUs, session.closeUs - 30 * SECOND],
  ),
)
const second = fc.integer({ min: 0, max: 40 })
const bars = fc
  .array(fc.record({ day, second, cents: fc.integer({ min: 24_900, max: 25_100 }) }), { maxLength: 60 })
  .map((list) =>
    list
      .map(({ day, second, cents }) => ({ us: day + second * SECOND, priceMicros: cents * 10_000 }))
      .sort((a, b) => a.us - b.us),
  )
const rows = fc.array(
  fc.record({
    day,
    second,
    symbol: fc.constantFrom(...SYMBOLS),
    bid: fc.constantFrom(1_000_000, 1_500_000, 1_200_000, 1_100_000, 900_000, 0, Number.NaN, -1),
    spread: fc.constantFrom(0, 50_000, 60_000, 100_000, -50_000),
    size: fc.constantFrom(0, 1, 10, 20),
  }),
  { maxLength: 60, size: 'max' },
)
const events: fc.Arbitrary<Events> = fc.record({
  lists: fc.array(rows, { minLength: 1, maxLength: 3 }).map((lists) =>
    lists.map((list) =>
      list
        .map(({ day, second, symbol, bid, spread, size }) => ({
          us: day + second * SECOND,
          symbol,
          bid,
          ask: bid + spread,
          size,
        }))
        .filter(({ us, symbol }) => !(us > LAST_US && symbol.includes('250220')))
        .sort((a, b) => a.us - b.us),
    ),
  ),
  bars: fc.oneof(fc.constant([]), bars),
  sampleUs: fc.constantFrom(0, SECOND),
})
const gambler: fc.Arbitrary<Gambler> = fc.record({
  seed: fc.string(),
  latencyUs: fc.constantFrom(0, 1, 50_000, 2 * SECOND),
  scope: fc.constantFrom('every' as const, 'held' as const),
})
const blockSize = fc.integer({ min: 1, max: 70 })
const hasQuotes = ({ lists }: Events): boolean => lists.some((list) => list.length > 0)
const asBlocks = (tape: BlockTape): Tape => tape

test('neither the size of blocks nor whether there are any changes what a run shows and decides', async () => {
  let orders = 0
  await fc.assert(
    fc.asyncProperty(events, gambler, blockSize, async (given, one, size) => {
      fc.pre(hasQuotes(given))
      const single = await play(given, [one], 1, withoutBlocks)
      orders += single.logs[0]?.filter((line) => line.includes('order-filled')).length ?? 0
      expect(await play(given, [one], size, asBlocks)).toEqual(single)
      const mixed = (tape: BlockTape, at: number): Tape => (at === 0 ? withoutBlocks(tape) : tape)
      expect(await play(given, [one], size, mixed)).toEqual(single)
    }),
    { numRuns: 200 },
  )
  expect(orders).toBeGreaterThan(100)
})

test('runs on one market show and decide what each does alone, also beside one that breaks down', async () => {
  let orders = 0
  let broken = 0
  const many = fc.array(gambler, { minLength: 2, maxLength: 5 })
  await fc.assert(
    fc.asyncProperty(
      events,
      many,
      fc.integer({ min: 1, max: 200 }),
      blockSize,
      async (given, them, breaksAt, size) => {
        fc.pre(hasQuotes(given))
        const alone = await Promise.all(them.map((one) => play(given, [one], size, asBlocks)))
        const together = await play(given, them, size, asBlocks)
        expect(together.logs).toEqual(alone.flatMap(({ logs }) => logs))
        for (const { played } of alone) expect(together.played).toEqual(played)
        orders += together.logs.flat().filter((line) => line.includes('order-filled')).length
        const [first, ...others] = them
        const beside = await play(given, [...others, { ...first, breaksAt } as Gambler], size, asBlocks)
        expect(beside.logs.slice(0, -1)).toEqual(together.logs.slice(1))
        const log = beside.logs.at(-1) ?? []
        if (log.at(-1) !== 'Error: broken') expect(log).toEqual(together.logs[0])
        else {
          broken++
          expect(log.slice(0, -1)).toEqual(together.logs[0]?.slice(0, breaksAt))
        }
      },
    ),
    { numRuns: 200 },
  )
  expect(orders).toBeGreaterThan(100)
  expect(broken).toBeGreaterThan(50)
})
