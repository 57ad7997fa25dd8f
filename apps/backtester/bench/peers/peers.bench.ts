/**
 * The same quotes through what else one would pick: `npm run bench -- peers`, on demand, not in CI.
 *
 * `SCALP_PEERS_PYTHON` is a Python that has pandas, nautilus_trader and hftbacktest; those it has not are left out.
 * Each plays the trivial strategy of `trivial.py`; those that fill orders must fill as many, at the same prices.
 */
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { InstrumentTable, type QuoteView } from '@scalp/canonical'
import { createDatasetTape, discoverDataset, filesOf } from '@scalp/databento/node'
import { createEngine } from '@scalp/engine'
import { createGateKeeper } from '@scalp/gates'
import { createExchangeCalendar } from '@scalp/market-data'
import { createFlatCosts, replay, SimulatedBroker } from '@scalp/simulator'
import { pulseStrategy } from '../pulse.js'
import { writePeerData } from './data.js'

const ROUNDS = Number(process.env['SCALP_BENCH_ROUNDS'] ?? 3)
const EVERY = 1_000
const python = process.env['SCALP_PEERS_PYTHON'] ?? 'python3'
const here = path.dirname(new URL(import.meta.url).pathname)

/** Seconds are of processor time: other work on the machine then hardly matters. */
interface Played {
  readonly peer: string
  readonly quotes: number
  readonly seconds: number
  readonly fills: number
  readonly fillCents: number
}

interface Ours {
  readonly quotes: number
  readonly seconds: number
  /** Sum of the prices of so many fills. */
  readonly centsOfFills: readonly number[]
}

/** A chain as one root has it, by the minute; and a few contracts, by the second. */
const DATA = {
  chain: { contracts: 3_000, samples: 380, schema: 'cbbo-1m' },
  few: { contracts: 30, samples: 20_000, schema: 'cbbo-1s' },
} as const

/** Slow ones play the first rows only. */
const PEERS = [
  { script: 'nautilus_replay.py', data: 'few', rows: 200_000 },
  { script: 'nautilus_replay.py', data: 'chain', rows: 20_000 },
  { script: 'hftbacktest_replay.py', data: 'chain', rows: 300_000 },
  { script: 'pandas_replay.py', data: 'chain', rows: 60_000 },
] as const

/** From the compressed file to the last fill, everything included. */
async function playOurs(folder: string, schema: 'cbbo-1m' | 'cbbo-1s'): Promise<Ours> {
  const started = process.cpuUsage()
  const instruments = new InstrumentTable()
  const calendar = createExchangeCalendar()
  const files = filesOf(await discoverDataset(folder), { schema })
  const broker = new SimulatedBroker({
    instruments,
    calendar,
    costs: createFlatCosts(0),
    fillModel: 'immediate',
    orderLatencyUs: 0,
    responseLatencyUs: 0,
  })
  let seen = 0
  const centsOfFills = [0]
  const engine = createEngine({
    strategy: pulseStrategy((_config, context) => ({
      onQuote({ instrument }: QuoteView) {
        seen++
        if (seen % EVERY !== 0) return
        const side = context.positions.contracts(instrument) > 0 ? 'sell' : 'buy'
        context.submit({ instrument, side, contracts: 1 })
      },
      onFill({ priceMicros }) {
        centsOfFills.push((centsOfFills.at(-1) ?? 0) + Math.round(priceMicros / 10_000))
      },
    })),
    config: {},
    underlyings: [],
    instruments,
    calendar,
    gates: createGateKeeper({ gates: [], idPrefix: 'peer' }),
    broker,
    startingCashMicros: 100_000_000_000_000,
  })
  const { quotes } = await replay({ engine, broker, tapes: [createDatasetTape({ files, instruments })] })
  const { user, system } = process.cpuUsage(started)
  return { quotes, seconds: (user + system) / 1e6, centsOfFills }
}

function playPeer(script: string, csv: string, rows: number): Played | undefined {
  const args = [path.join(here, script), csv, String(rows)]
  const { status, stdout, stderr } = spawnSync(python, args, { encoding: 'utf8' })
  if (status === 0) return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Played
  console.log(`${script} left out: ${stderr.trim().split('\n').at(-1)}`)
  return undefined
}

const folder = await mkdtemp(path.join(tmpdir(), 'scalp-peers-'))
try {
  const csvs = { chain: '', few: '' }
  for (const name of ['chain', 'few'] as const)
    csvs[name] = await writePeerData(path.join(folder, name), DATA[name])
  await playOurs(path.join(folder, 'chain'), 'cbbo-1m')
  const ratios = new Map<string, number[]>()
  const rates = new Map<string, number[]>()
  for (let round = 0; round < ROUNDS; round++) {
    for (const { script, data, rows } of PEERS) {
      const ours = await playOurs(path.join(folder, data), DATA[data].schema)
      const peer = playPeer(script, csvs[data], rows)
      if (peer === undefined) continue
      const name = `${peer.peer}, ${DATA[data].contracts.toLocaleString('en-US')} contracts`
      if (peer.quotes !== rows || (peer.fills > 0 && peer.fillCents !== ours.centsOfFills[peer.fills]))
        throw new Error(
          `not the same work: ${JSON.stringify(peer)}, and ${ours.centsOfFills[peer.fills]} cents`,
        )
      add(
        rates,
        `Scalp, ${DATA[data].contracts.toLocaleString('en-US')} contracts`,
        ours.quotes / ours.seconds,
      )
      add(rates, name, peer.quotes / peer.seconds)
      add(ratios, name, peer.seconds / peer.quotes / (ours.seconds / ours.quotes))
    }
  }
  for (const [name, values] of rates) {
    const rate = `${(median(values) / 1e6).toFixed(3)} M quotes/s`
    const ratio = ratios.has(name) ? `, Scalp is ${median(ratios.get(name) ?? []).toFixed(1)} × as fast` : ''
    console.log(`${name.padEnd(46)} ${rate}${ratio}`)
  }
} finally {
  rmSync(folder, { recursive: true })
}

function add(lists: Map<string, number[]>, name: string, value: number): void {
  lists.set(name, [...(lists.get(name) ?? []), value])
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
