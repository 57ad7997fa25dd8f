/**
 * A day of one root's chain from a columnar slice, one thread, decompression included: 3,000 contracts, 1.17 M quotes.
 *
 * Each case has a process of its own, as a run has, reads the file anew, and must see the same in every round. The
 * baseline reads the same slice and sums it up; the naive engine of maps and event objects reads it too.
 */
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { type InstrumentIndex, InstrumentTable, type MarketSink, type QuoteView } from '@scalp/canonical'
import { createDatasetTape, type DataFile } from '@scalp/databento/node'
import { createEngine } from '@scalp/engine'
import { createGateKeeper, quoteFreshGate, spreadGate } from '@scalp/gates'
import { createExchangeCalendar } from '@scalp/market-data'
import { OptionDelta } from '@scalp/scalping'
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

/** Forward, volatilities and Greeks of 200 contracts a minute, from the book as it stands into columns. */
function value(context: StrategyContext): ReturnType<Make> {
  const greeks = new OptionDelta(context)
  let members: readonly InstrumentIndex[] = []
  let valued = 0
  let delta = 0.5
  const handlers = new PulseHandlers()
  const expiryOf = (index: InstrumentIndex): string => {
    const listed = context.instruments.get(index)
    return listed.kind === 'option' ? listed.option.expiry : ''
  }
  return Object.assign(handlers, {
    onSessionOpen({ openUs }: { openUs: number }) {
      context.wakeAt(openUs + MINUTE_US + 1)
    },
    onWake(us: number) {
      context.wakeAt(us + MINUTE_US)
      if (members.length < WATCHED) {
        const listed = context.instruments.options('TSLA').slice(0, WATCHED)
        members = listed.sort((a, b) =>
          expiryOf(a) < expiryOf(b) ? -1 : expiryOf(a) > expiryOf(b) ? 1 : a - b,
        )
      }
      valued += greeks.refresh(members, 175_000_000, us)
      for (let at = 0; at < members.length; at++) {
        const one = greeks.columns.delta(members[at] as InstrumentIndex)
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

const CASES = {
  'slice, summed up': { work: sum, isSlice: true },
  'slice, naive engine': { work: naive, isSlice: true },
  'slice, engine': { work: (file: DataFile) => play(file, look), isSlice: true },
  'slice, engine, orders': { work: (file: DataFile) => play(file, trade), isSlice: true },
  'slice, engine, Greeks': { work: (file: DataFile) => play(file, value), isSlice: true },
  '.dbn.zst, engine': { work: (file: DataFile) => play(file, look), isSlice: false },
} as const
type Name = keyof typeof CASES
const NAMES = Object.keys(CASES) as Name[]

/** What a process of a case tells: the best of some rounds, the first of which only warms. */
interface Told {
  readonly seen: string
  readonly cpuNs: number
  readonly wallNs: number
  readonly gcShare: number
}

async function runCase(name: Name, file: DataFile): Promise<Told> {
  const costs: Awaited<ReturnType<typeof measure>>[] = []
  for (let round = 0; round < 4; round++) costs.push(await measure(() => CASES[name].work(file)))
  const [first, ...warm] = costs.map(({ result }) => JSON.stringify(result))
  if (first === undefined || warm.some((seen) => seen !== first))
    throw new Error(`${name}: ${first}, ${warm.join()}`)
  const rounds = costs.slice(1)
  const wall = rounds.reduce((total, { wallNs }) => total + wallNs, 0)
  return {
    seen: first,
    cpuNs: Math.min(...rounds.map(({ cpuNs }) => cpuNs)),
    wallNs: Math.min(...rounds.map(({ wallNs }) => wallNs)),
    gcShare: rounds.reduce((total, { gcNs }) => total + gcNs, 0) / wall,
  }
}

function spawnCase(name: Name, file: DataFile): Told {
  const args = [process.argv[1] as string, name, JSON.stringify(file)]
  const { stdout, status } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (status !== 0) throw new Error(`${name} ended with ${status}`)
  return JSON.parse(stdout) as Told
}

async function main(): Promise<void> {
  const { folder, original, slice, rows } = await writeChainFiles(3_000)
  try {
    const told = new Map<Name, Told[]>(NAMES.map((name) => [name, []]))
    for (let round = 0; round < ROUNDS; round++)
      for (const name of NAMES) told.get(name)?.push(spawnCase(name, CASES[name].isSlice ? slice : original))
    const of = (name: Name): readonly Told[] => told.get(name) ?? []
    for (const name of NAMES)
      if (new Set(of(name).map(({ seen }) => seen)).size !== 1) throw new Error(`${name} differs by round`)
    for (const name of ['slice, naive engine', '.dbn.zst, engine'] as const)
      if (of(name)[0]?.seen !== of('slice, engine')[0]?.seen)
        throw new Error(`${name} saw ${of(name)[0]?.seen}`)
    console.log(`${rows.toLocaleString('en-US')} quotes, ${ROUNDS} rounds, all saw the same`)
    for (const name of NAMES) {
      const own = of(name)
      const cpu = own.map(({ cpuNs }) => cpuNs / rows)
      const ratio = median(own.map(({ cpuNs }, at) => cpuNs / (of('slice, engine')[at]?.cpuNs ?? Number.NaN)))
      const clock = 1_000 / (Math.min(...own.map(({ wallNs }) => wallNs)) / rows)
      console.log(
        `${name.padEnd(24)} ${median(cpu).toFixed(0).padStart(5)} ns of processor time a quote, best ${Math.min(...cpu).toFixed(0)}; ` +
          `best ${clock.toFixed(1)} M/s by the clock; ${ratio.toFixed(2)} × engine; ` +
          `garbage collection ${(median(own.map(({ gcShare }) => gcShare)) * 100).toFixed(1)} %`,
      )
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const [, , name, file] = process.argv
if (name === undefined || file === undefined) await main()
else process.stdout.write(JSON.stringify(await runCase(name as Name, JSON.parse(file) as DataFile)))
