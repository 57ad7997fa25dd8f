/**
 * A day of one root's chain from a columnar slice, one thread, decompression included: 3,000 contracts, 1.17 M quotes.
 *
 * Each case reads the file anew, and every round must see the same. The baseline reads the same slice and sums it up;
 * the naive engine of maps and event objects reads it too. Figures are ns of processor time a quote.
 */
import { rmSync } from 'node:fs'
import { type InstrumentIndex, InstrumentTable, type MarketSink, type QuoteView } from '@scalp/canonical'
import { createDatasetTape, type DataFile } from '@scalp/databento/node'
import { createEngine } from '@scalp/engine'
import { createGateKeeper, quoteFreshGate, spreadGate } from '@scalp/gates'
import { createExchangeCalendar } from '@scalp/market-data'
import { ChainColumns, evaluateChain } from '@scalp/pricing'
import { createFlatCosts, replay, SimulatedBroker } from '@scalp/simulator'
import type { StrategyContext, StrategyHandlers } from '@scalp/strategy'
import { writeChainFiles } from './chain-files.js'
import { MINUTE_US } from './chain-quotes.js'
import { measure, median } from './measure.js'
import { NaiveEngine, symbolOf } from './naive-engine.js'
import { PulseHandlers, pulseStrategy } from './pulse.js'

const ROUNDS = Number(process.env['SCALP_BENCH_ROUNDS'] ?? 5)
const ORDER_EVERY = 1_000
const WATCHED = 200

type Make = (context: StrategyContext) => StrategyHandlers & { readonly told: () => unknown }

/** Nothing but the look at every quote. */
function look(): ReturnType<Make> {
  const handlers = new PulseHandlers()
  return Object.assign(handlers, { told: () => handlers.seen })
}

/** Buys what every 1,000th quote is about, and sells it once it is bought. */
function trade(context: StrategyContext): ReturnType<Make> {
  let [bought, sold, paid] = [0, 0, 0]
  const handlers = new PulseHandlers(ORDER_EVERY, (instrument): undefined => {
    context.submit({ instrument, side: 'buy', contracts: 1 })
  })
  return Object.assign(handlers, {
    onFill({
      instrument,
      side,
      priceMicros,
    }: {
      instrument: InstrumentIndex
      side: string
      priceMicros: number
    }) {
      paid += side === 'buy' ? priceMicros : -priceMicros
      if (side === 'sell') sold++
      else {
        bought++
        context.submit({ instrument, side: 'sell', contracts: 1 })
      }
    },
    told: () => ({ ...handlers.seen, bought, sold, paid }),
  } as const)
}

/** Volatilities and Greeks of 200 contracts a minute, from the book as it stands. */
function value(context: StrategyContext): ReturnType<Make> {
  const chain = new ChainColumns(WATCHED)
  const indexes: InstrumentIndex[] = []
  let valued = 0
  let delta = 0.5
  const handlers = new PulseHandlers()
  return Object.assign(handlers, {
    onSessionOpen({ openUs }: { openUs: number }) {
      context.wakeAt(openUs + MINUTE_US + 1)
    },
    onWake(us: number) {
      context.wakeAt(us + MINUTE_US)
      for (const index of context.instruments.options('TSLA').slice(indexes.length, WATCHED)) {
        const listed = context.instruments.get(index)
        if (listed.kind !== 'option') continue
        chain.sign[indexes.length] = listed.option.right === 'C' ? 1 : -1
        chain.strike[indexes.length] = listed.option.strikeThousandths / 1_000
        indexes.push(index)
      }
      for (let at = 0; at < indexes.length; at++)
        chain.price[at] = context.quotes.midMicros(indexes[at] as InstrumentIndex) / 1e6
      valued += evaluateChain(chain, 175, 0.1, 1)
      for (let at = 0; at < WATCHED; at++) {
        const one = chain.delta[at] as number
        if (one === one) delta += one
      }
    },
    told: () => ({ ...handlers.seen, valued, delta }),
  } as const)
}

async function play(file: DataFile, make: Make): Promise<unknown> {
  const instruments = new InstrumentTable()
  const calendar = createExchangeCalendar()
  const broker = new SimulatedBroker({ instruments, calendar, costs: createFlatCosts(650_000) })
  let handlers: ReturnType<Make> | undefined
  const engine = createEngine({
    strategy: pulseStrategy((_config, context) => {
      handlers = make(context)
      return handlers
    }),
    config: {},
    underlyings: ['TSLA'],
    instruments,
    calendar,
    gates: createGateKeeper({
      gates: [spreadGate({ maxPercent: 50 }), quoteFreshGate({ maxAgeMs: 5_000 })],
      idPrefix: 'b',
    }),
    broker,
    startingCashMicros: 100_000_000_000_000,
  })
  await replay({ engine, broker, tapes: [createDatasetTape({ files: [file], instruments })] })
  return handlers?.told()
}

/** What any reader pays: the columns of the slice, decompressed and summed up. */
async function sum(file: DataFile): Promise<unknown> {
  const tape = createDatasetTape({ files: [file], instruments: new InstrumentTable() })
  let total = 0
  while (await tape.refill()) {
    const block = tape.quotes()
    if (block === undefined) throw new Error('no block')
    for (let row = block.from; row < block.to; row++)
      total += (block.bidMicros[row] as number) + (block.askMicros[row] as number)
    tape.advanceTo(block.to)
  }
  return total
}

async function naive(file: DataFile): Promise<unknown> {
  const instruments = new InstrumentTable()
  const symbol = symbolOf(instruments)
  const engine = new NaiveEngine()
  const tape = createDatasetTape({ files: [file], instruments })
  const sink = {
    onQuote({ instrument, receivedUs, bidMicros, askMicros, bidSize, askSize }: QuoteView): undefined {
      engine.emit({
        type: 'quote',
        symbol: symbol(instrument),
        time: receivedUs,
        bid: bidMicros,
        ask: askMicros,
        bidSize,
        askSize,
      })
    },
  } as MarketSink
  while (await tape.refill()) while (tape.receivedUs !== Number.POSITIVE_INFINITY) tape.emit(sink)
  return engine.seen
}

const { folder, original, slice, rows } = await writeChainFiles(3_000)
try {
  const cases: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['slice, summed up', () => sum(slice)],
    ['slice, naive engine', () => naive(slice)],
    ['slice, engine', () => play(slice, look)],
    ['slice, engine, orders', () => play(slice, trade)],
    ['slice, engine, Greeks', () => play(slice, value)],
    ['.dbn.zst, engine', () => play(original, look)],
  ]
  const told = new Map<string, string>()
  const ns = new Map<string, number[]>()
  const wall = new Map<string, number[]>()
  const gc = new Map<string, number[]>()
  for (let round = -1; round < ROUNDS; round++) {
    for (const [name, work] of cases) {
      const { result, cpuNs, wallNs, gcNs } = await measure(work)
      const seen = JSON.stringify(result)
      if ((told.get(name) ?? seen) !== seen) throw new Error(`${name}: ${seen}, before ${told.get(name)}`)
      told.set(name, seen)
      if (round < 0) continue
      ns.set(name, [...(ns.get(name) ?? []), cpuNs / rows])
      wall.set(name, [...(wall.get(name) ?? []), wallNs / rows])
      gc.set(name, [...(gc.get(name) ?? []), gcNs / wallNs])
    }
  }
  for (const name of ['slice, naive engine', '.dbn.zst, engine'])
    if (told.get(name) !== told.get('slice, engine')) throw new Error(`${name} saw ${told.get(name)}`)
  console.log(
    `${rows.toLocaleString('en-US')} quotes; ${told.get('slice, engine, orders')}, ${told.get('slice, engine, Greeks')}`,
  )
  const engine = ns.get('slice, engine') ?? []
  for (const [name] of cases) {
    const own = ns.get(name) ?? []
    const ratio = median(own.map((value, round) => value / (engine[round] as number)))
    const rate = (1_000 / median(own)).toFixed(1)
    console.log(
      `${name.padEnd(24)} ${median(own).toFixed(0).padStart(5)} ns, best ${Math.min(...own).toFixed(0)}; ${rate} M/s of processor time, ` +
        `best ${(1_000 / Math.min(...(wall.get(name) ?? []))).toFixed(1)} M/s by the clock; ${ratio.toFixed(2)} × engine; gc ${(median(gc.get(name) ?? []) * 100).toFixed(1)} %`,
    )
  }
} finally {
  rmSync(folder, { recursive: true })
}
