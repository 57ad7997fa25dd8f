import {
  type ApprovedOrder,
  createRandom,
  type Fill,
  type InstrumentIndex,
  InstrumentTable,
  type JournalEntry,
  type MarketSink,
  type Quote,
  QuoteBuffer,
  type Settlement,
  type Tape,
  type Us,
} from '@scalp/canonical'
import { createEngine } from '@scalp/engine'
import { createGateKeeper } from '@scalp/gates'
import { createExchangeCalendar } from '@scalp/market-data'
import {
  alpacaCostSchedule,
  createOptionCosts,
  type FillModel,
  replay,
  SimulatedBroker,
} from '@scalp/simulator'
import { defineStrategy, type StrategyContext } from '@scalp/strategy'
import fc from 'fast-check'
import { expect, test } from 'vitest'

/** More in a long run: 400 take about 20 s. */
const RUNS = Number(process.env['SCALP_PROPERTY_RUNS'] ?? 60)
const CENT = 10_000
const calendar = createExchangeCalendar()
const START = 100_000_000_000
const SYMBOLS = ['AAPL  250220C00250000', 'AAPL  250220P00250000', 'AAPL  250228C00250000']
const { openUs: OPEN, closeUs: CLOSE } = calendar.sessionOn('2025-02-20') ?? expect.fail('no session')

interface Row {
  readonly us: Us
  readonly contract: number
  readonly quote: Pick<Quote, 'bidMicros' | 'askMicros' | 'bidSize' | 'askSize' | 'sampleUs'>
}

interface Scenario {
  readonly seed: number
  readonly fillModel: FillModel
  readonly latencyUs: number
  readonly responseUs: number
  readonly isSampled: boolean
  readonly rows: number
}

/** Quotes of three contracts, of which two expire today; sides go missing, sizes are small, some are crossed. */
function marketOf({ seed, rows, isSampled }: Scenario): Row[] {
  const random = createRandom(seed)
  const step = (CLOSE - OPEN) / rows
  return Array.from({ length: rows }, (_, at) => {
    const mid = 60 + Math.floor(random() * 40)
    const bidMicros = random() < 0.05 ? Number.NaN : (mid - Math.floor(random() * 4)) * CENT
    const askMicros = random() < 0.05 ? Number.NaN : (mid + Math.floor(random() * 4)) * CENT
    const us = Math.floor(OPEN + 1 + (isSampled ? Math.floor(at / 3) * 3 : at + random() * 0.9) * step)
    const sizes = { bidSize: Math.floor(random() * 8), askSize: Math.floor(random() * 8) }
    return {
      us,
      contract: isSampled ? at % 3 : Math.floor(random() * 3),
      quote: { bidMicros, askMicros, ...sizes, sampleUs: isSampled ? Math.floor(3 * step) : 0 },
    }
  })
}

/** Does whatever comes to its mind: orders of all kinds, cancels, flattens. */
function monkey(seed: number) {
  return defineStrategy<unknown>({
    contract: 1,
    name: 'monkey',
    config: { '~standard': { version: 1, vendor: 'test', validate: () => ({ value: {} }) } },
    create(_config, context: StrategyContext) {
      const random = createRandom(`${seed}:monkey`)
      const sent: string[] = []
      return {
        onQuote({ instrument, bidMicros, askMicros }) {
          const dice = random()
          const contracts = 1 + Math.floor(random() * 6)
          const limitMicros = random() < 0.5 || !(askMicros > 0) ? undefined : askMicros
          if (dice < 0.15) {
            const intent = { instrument, side: random() < 0.7 ? 'buy' : 'sell', contracts } as const
            const result = context.submit(
              limitMicros === undefined ? intent : { ...intent, limitMicros, timeoutMs: 400_000 },
            )
            if (result.status === 'submitted') sent.push(result.orderId)
          } else if (dice < 0.2 && bidMicros > 0 && askMicros >= bidMicros)
            context.manage({
              instrument,
              side: 'buy',
              contracts,
              opens: true,
              legs: [{ kind: 'walk', stepMicros: CENT, stepMs: 60_000 }],
              exits: [
                { kind: 'limit', limit: { percent: 5 } },
                { kind: 'stop', stop: { percent: -5 } },
              ],
            })
          else if (dice < 0.25) context.cancel(sent[Math.floor(random() * sent.length)] as never)
          else if (dice < 0.28) context.flatten()
        },
      }
    },
  })
}

/** A tape of rows, in blocks of a few. */
function tapeOf(rows: readonly Row[], table: InstrumentTable, block: number): Tape {
  const buffer = new QuoteBuffer()
  let at = 0
  let loaded = 0
  return {
    get receivedUs() {
      return at < loaded ? (rows[at] as Row).us : Number.POSITIVE_INFINITY
    },
    emit(sink: MarketSink) {
      const { us, contract, quote } = rows[at++] as Row
      const instrument = table.requireOption(SYMBOLS[contract] as string)
      sink.onQuote(Object.assign(buffer, quote, { instrument, receivedUs: us, sourceUs: us }))
    },
    refill() {
      loaded = Math.min(rows.length, loaded + block)
      return Promise.resolve(at < loaded)
    },
    close: () => Promise.resolve(),
  }
}

async function play(scenario: Scenario, block = 1_000) {
  const table = new InstrumentTable()
  const journal: JournalEntry[] = []
  const rows = marketOf(scenario)
  const broker = new SimulatedBroker({
    instruments: table,
    calendar,
    costs: createOptionCosts(alpacaCostSchedule),
    fillModel: scenario.fillModel,
    orderLatencyUs: scenario.latencyUs,
    responseLatencyUs: scenario.responseUs,
    maxQuoteAgeMs: 60_000,
  })
  const engine = createEngine({
    strategy: monkey(scenario.seed),
    config: {},
    underlyings: ['AAPL'],
    instruments: table,
    calendar,
    gates: createGateKeeper({ gates: [], idPrefix: 'm' }),
    broker,
    journal: { append: (entry): undefined => void journal.push(structuredClone(entry)) },
    startingCashMicros: START,
  })
  await replay({ engine, broker, tapes: [tapeOf(rows, table, block)] })
  const of = (type: string): unknown[] => journal.filter((entry) => entry.type === type)
  return {
    table,
    engine,
    journal,
    rows,
    fills: () => of('order-filled') as Fill[],
    settlements: () => of('position-settled') as Settlement[],
    orders: () => (of('order-submitted') as { readonly order: ApprovedOrder }[]).map(({ order }) => order),
  }
}

const scenarios = fc.record({
  seed: fc.integer({ min: 0, max: 1_000_000 }),
  fillModel: fc.constantFrom<FillModel>('nextQuote', 'queue', 'freshOnly', 'immediate'),
  latencyUs: fc.constantFrom(0, 50_000, 90_000_000),
  responseUs: fc.constantFrom(0, 50_000, 30_000_000),
  isSampled: fc.boolean(),
  rows: fc.integer({ min: 30, max: 400 }),
})

test('cash and positions reconcile with fills and settlements to the micro-dollar, and nothing is left open', async () => {
  let trades = 0
  await fc.assert(
    fc.asyncProperty(scenarios, async (scenario) => {
      const { engine, fills, settlements } = await play(scenario)
      let cash = START
      const held = new Map<number, number>()
      for (const { instrument, side, contracts, priceMicros, feesMicros } of fills()) {
        const signed = side === 'buy' ? contracts : -contracts
        held.set(instrument, (held.get(instrument) ?? 0) + signed)
        cash -= signed * priceMicros * 100 + feesMicros
      }
      for (const { instrument, contracts, priceMicros, feesMicros } of settlements()) {
        held.set(instrument, (held.get(instrument) ?? 0) - contracts)
        cash += contracts * priceMicros * 100 - feesMicros
      }
      const { grossMicros, feesMicros } = engine.tracker.realized()
      expect(engine.account.cashMicros).toBe(cash)
      expect(engine.account.equityMicros).toBe(cash)
      expect(cash).toBe(START + grossMicros - feesMicros)
      expect([...held.values()].every((contracts) => contracts === 0)).toBe(true)
      expect(engine.workingOrders).toBe(0)
      trades += engine.tracker.closed.length
    }),
    { numRuns: RUNS },
  )
  expect(trades).toBeGreaterThan(60)
})

test('no order fills twice, before its time or beyond what is displayed', async () => {
  let fills = 0
  await fc.assert(
    fc.asyncProperty(scenarios, async (scenario) => {
      const { fills: filledWith, orders: sent, rows, table } = await play(scenario)
      const orders = new Map(sent().map((order) => [order.id, order]))
      const filled = new Map<string, number>()
      const eaten = new Map<string, number>()
      const isAtOnce = scenario.fillModel === 'immediate' || scenario.fillModel === 'freshOnly'
      for (const fill of filledWith()) {
        fills++
        const { orderId, contracts, receivedUs, bidMicros, askMicros, isForced, side, quoteAgeUs } = fill
        const order = orders.get(orderId)
        if (order === undefined) expect.fail(`a fill of no order: ${String(orderId)}`)
        filled.set(orderId, (filled.get(orderId) ?? 0) + contracts)
        expect(filled.get(orderId)).toBeLessThanOrEqual(order.contracts)
        const arrivedUs = order.decidedUs + scenario.latencyUs
        expect(receivedUs).toBeGreaterThanOrEqual(arrivedUs + scenario.responseUs)
        if (isForced === true) continue
        const actedUs = receivedUs - scenario.responseUs
        const symbolOf = (contract: number): InstrumentIndex =>
          table.requireOption(SYMBOLS[contract] as string)
        /** The quote that it filled on: the latest one of the contract with these sides, of the age that it says. */
        const quote = rows.findLast(
          ({ us, contract, quote: shown }) =>
            us === actedUs - quoteAgeUs &&
            symbolOf(contract) === fill.instrument &&
            Object.is(shown.bidMicros, bidMicros) &&
            Object.is(shown.askMicros, askMicros),
        )
        if (quote === undefined) expect.fail(`a fill on no quote: ${JSON.stringify(fill)}`)
        if (!isAtOnce) expect(quote.us).toBeGreaterThan(arrivedUs)
        const key = `${rows.indexOf(quote)} ${String(side)}`
        eaten.set(key, (eaten.get(key) ?? 0) + contracts)
        const displayed = side === 'buy' ? quote.quote.askSize : quote.quote.bidSize
        expect(eaten.get(key)).toBeLessThanOrEqual(displayed)
        if (order.limitMicros !== undefined)
          expect(
            side === 'buy' ? fill.priceMicros <= order.limitMicros : fill.priceMicros >= order.limitMicros,
          ).toBe(true)
      }
    }),
    { numRuns: RUNS },
  )
  expect(fills).toBeGreaterThan(200)
})

test('any cut of the tape into blocks gives the same journal', async () => {
  await fc.assert(
    fc.asyncProperty(scenarios, fc.integer({ min: 1, max: 40 }), async (scenario, block) => {
      const whole = await play(scenario)
      const cut = await play(scenario, block)
      expect(cut.journal).toEqual(whole.journal)
    }),
    { numRuns: 20 },
  )
})
