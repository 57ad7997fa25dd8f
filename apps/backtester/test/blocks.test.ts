import { type BlockTape, InstrumentTable, type QuoteView, type Tape, type Us } from '@scalp/canonical'
import { createEngine } from '@scalp/engine'
import { createGateKeeper } from '@scalp/gates'
import { createExchangeCalendar } from '@scalp/market-data'
import { createFlatCosts, type ReplayProgress, replay, SimulatedBroker } from '@scalp/simulator'
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
const SYMBOLS = [
  'AAPL  250220C00250000',
  'AAPL  250220P00250000',
  'AAPL  250221C00250000',
  'AAPL  250221P00250000',
  'AAPL  250228C00255000',
]

/** Wishes orders, cancels and wakes by seeded chance, and writes down all that it sees. */
function createGambler(context: StrategyContext, log: string[], scope: 'every' | 'held'): StrategyHandlers {
  const note = (what: string, us: Us): undefined => {
    const { instruments, positions, quotes, account, workingOrders } = context
    const book = [...instruments.options('AAPL')].map((index) => `${index}:${quotes.bidMicros(index)}`)
    const held = positions.open().map(({ instrument, contracts }) => `${instrument}×${contracts}`)
    log.push(`${what} ${us} ${context.nowUs} ${book} ${held} ${account.equityMicros} ${workingOrders}`)
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
      note(`quote ${instrument} ${bidMicros} ${askSize}`, receivedUs)
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
      note(`fill ${instrument} ${contracts} ${priceMicros}`, receivedUs),
    onOrderEnd: ({ outcome, reason, receivedUs }) => note(`${outcome} ${reason}`, receivedUs),
    onManagedEnd: ({ id, outcome, filled, receivedUs }) => note(`${id} ${outcome} ${filled}`, receivedUs),
    onSettlement: ({ reason, receivedUs }) => note(reason, receivedUs),
    onSessionOpen: ({ openUs }) => note('open', openUs),
    onSessionClose: ({ closeUs }) => note('close', closeUs),
  }
}

interface Market {
  readonly lists: readonly (readonly Row[])[]
  /** Of the underlying; without any its price is implied by the quotes. */
  readonly bars: readonly BarRow[]
  readonly seed: string
  readonly latencyUs: number
  readonly sampleUs: number
  readonly scope: 'every' | 'held'
}

/** Everything that a run showed and decided, and how far it came. */
async function play(
  { lists, bars, seed, latencyUs, sampleUs, scope }: Market,
  block: number,
  shape: (tape: BlockTape, at: number) => Tape,
): Promise<{ log: string[]; played: ReplayProgress }> {
  const log: string[] = []
  const instruments = new InstrumentTable()
  const broker = new SimulatedBroker({
    instruments,
    calendar,
    costs: createFlatCosts(700_000),
    orderLatencyUs: latencyUs,
    responseLatencyUs: latencyUs,
  })
  const engine = createEngine({
    strategy: defineStrategy({
      contract: 1,
      name: 'gambler',
      config: schema,
      create: (_config: unknown, context) => createGambler(context, log, scope),
    }),
    config: {},
    underlyings: ['AAPL'],
    instruments,
    calendar,
    gates: createGateKeeper({ gates: [], idPrefix: 'o' }),
    broker,
    journal: {
      append: (entry): undefined => void log.push(JSON.stringify(entry)),
    },
    startingCashMicros: 10_000_000_000,
    seed,
    impliesUnderlyings: bars.length === 0,
  })
  const tapes = [
    createBarTape(bars, 'AAPL', instruments, block),
    ...lists.map((rows) => createRowTape(rows, instruments, { block, sampleUs })),
  ].map(shape)
  const played = await replay({ engine, broker, tapes, onMinute: (us) => void log.push(`minute ${us}`) })
  return { log, played }
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
const market: fc.Arbitrary<Market> = fc.record({
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
        .sort((a, b) => a.us - b.us),
    ),
  ),
  bars: fc.oneof(fc.constant([]), bars),
  seed: fc.string(),
  latencyUs: fc.constantFrom(0, 1, 50_000, 2 * SECOND),
  sampleUs: fc.constantFrom(0, SECOND),
  scope: fc.constantFrom('every' as const, 'held' as const),
})

test('neither the size of blocks nor whether there are any changes what a run shows and decides', async () => {
  let orders = 0
  await fc.assert(
    fc.asyncProperty(market, fc.integer({ min: 1, max: 70 }), async (given, size) => {
      fc.pre(given.lists.some((list) => list.length > 0))
      const one = await play(given, 1, withoutBlocks)
      orders += one.log.filter((line) => line.includes('order-filled')).length
      expect(await play(given, size, (tape) => tape)).toEqual(one)
      expect(await play(given, size, (tape, at) => (at === 0 ? withoutBlocks(tape) : tape))).toEqual(one)
    }),
    { numRuns: 200 },
  )
  expect(orders).toBeGreaterThan(100)
})
