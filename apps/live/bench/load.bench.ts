import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Feed, MarketSink, Us } from '@scalp/canonical'
import { MarketClock } from '../src/clock/market-clock.js'
import { Histogram } from '../src/ops/histogram.js'
import { calendar, openDesk, TOKEN } from './desk.js'
import { SyntheticTape } from './synthetic-tape.js'

/**
 * 20,000 quotes a second into an engine with journal, recording and screens, with and without 500 WebSocket clients,
 * of which one in twenty does not read, phase by phase in turn. SCALP_LOAD_SECONDS is the whole time: 40 unless told.
 */
const SECONDS = Number(process.env['SCALP_LOAD_SECONDS'] ?? 40)
const RATE = Number(process.env['SCALP_LOAD_RATE'] ?? 20_000)
const CLIENTS = Number(process.env['SCALP_LOAD_CLIENTS'] ?? 500)
const PHASES = Math.max(4, Math.round(SECONDS / 60) * 2)

/** Pushes what is due by the clock, and measures from when an event was due to when its turn was over. */
class LoadFeed implements Feed {
  readonly late = new Histogram()
  events = 0
  readonly #tape: SyntheticTape
  readonly #clock: MarketClock
  #timer: NodeJS.Timeout | undefined

  constructor(tape: SyntheticTape, clock: MarketClock) {
    this.#tape = tape
    this.#clock = clock
  }

  async start(sink: MarketSink): Promise<void> {
    await this.#tape.refill()
    this.#timer = setInterval(() => this.#push(sink), 1)
  }

  stop(): Promise<void> {
    clearInterval(this.#timer)
    return Promise.resolve()
  }

  #push(sink: MarketSink): void {
    const nowUs = this.#clock.nowUs()
    while (this.#tape.receivedUs <= nowUs) {
      const dueUs: Us = this.#tape.receivedUs
      this.#tape.emit(sink)
      this.events++
      this.late.add((this.#clock.nowUs() - dueUs) / 1_000)
    }
  }
}

const session = calendar.sessionOn('2026-03-03')
if (session === undefined) throw new Error('no session')
const clock = new MarketClock({ startUs: session.openUs })
let feed: LoadFeed | undefined
const desk = await openDesk({
  clock,
  feedOf: ({ instruments }) => {
    const options = {
      instruments,
      calendar,
      symbol: 'TSLA',
      sessions: [session],
      eventsPerSecond: RATE,
      strikes: 20,
    }
    feed = new LoadFeed(new SyntheticTape(options), clock)
    return feed
  },
})
await desk.session.start()
const load = feed as unknown as LoadFeed
const { turns } = desk.session.driver
await pause(3_000)

interface Phase {
  readonly clients: boolean
  readonly turnP99: number
  readonly lateP50: number
  readonly lateP99: number
  readonly perSecond: number
  readonly rssMb: number
}
const phases: Phase[] = []
let heard = { open: 0, closed: 0, messages: 0, bytes: 0 }
for (let i = 0; i < PHASES; i++) {
  const hasClients = i % 2 === 1
  const child = hasClients
    ? spawn(
        process.execPath,
        [
          fileURLToPath(new URL('load-clients.ts', import.meta.url)),
          `${desk.gateway.url.replace('http', 'ws')}/ws`,
          TOKEN,
          String(CLIENTS),
        ],
        { stdio: ['pipe', 'pipe', 'inherit'] },
      )
    : undefined
  child?.stdout?.on('data', (chunk: Buffer) => {
    const line = chunk.toString().trim().split('\n').at(-1)
    if (line !== undefined) heard = JSON.parse(line) as typeof heard
  })
  /** Connecting is not what is measured. */
  heard = { open: 0, closed: 0, messages: 0, bytes: 0 }
  for (let waited = 0; hasClients && heard.open < CLIENTS && waited < 60; waited++) await pause(1_000)
  await pause(2_000)
  turns.reset()
  load.late.reset()
  const [events, startMs] = [load.events, performance.now()]
  await pause((SECONDS / PHASES) * 1_000)
  phases.push({
    clients: hasClients,
    turnP99: turns.quantile(0.99) ?? 0,
    lateP50: load.late.quantile(0.5) ?? 0,
    lateP99: load.late.quantile(0.99) ?? 0,
    perSecond: ((load.events - events) / (performance.now() - startMs)) * 1_000,
    rssMb: process.memoryUsage.rss() / 1_048_576,
  })
  const last = phases.at(-1) as Phase
  console.log(
    `${hasClients ? `${CLIENTS} clients` : 'no clients '} ${Math.round(last.perSecond)} events/s, turn p99 ${(last.turnP99 * 1_000).toFixed(1)} µs, due to done p50 ${last.lateP50.toFixed(2)} p99 ${last.lateP99.toFixed(2)} ms, ${Math.round(last.rssMb)} MB${hasClients ? `; heard ${heard.messages} messages, ${Math.round(heard.bytes / 1e6)} MB, ${heard.open} open, ${heard.closed} given up` : ''}`,
  )
  if (child !== undefined) {
    child.stdin?.end()
    await once(child, 'exit')
  }
}
const { conflated, slowClosed } = desk.gateway.counts()
await desk.stop()

const median = (values: number[]): number =>
  values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
const of = (clients: boolean, key: 'turnP99' | 'lateP99' | 'perSecond'): number =>
  median(phases.filter((phase) => phase.clients === clients).map((phase) => phase[key]))
/** The first phases fill rings and pools; from the middle on nothing more may come. */
const [first, last] = [phases[Math.floor(phases.length / 2)], phases.at(-1)]
console.log(
  `decision p99 with clients against without: ${(of(true, 'turnP99') / of(false, 'turnP99')).toFixed(2)} (turn), ${(of(true, 'lateP99') / of(false, 'lateP99')).toFixed(2)} (due to done)`,
)
console.log(
  `memory from the middle to the end: ${Math.round((last?.rssMb ?? 0) - (first?.rssMb ?? 0))} MB; ${conflated} messages conflated, ${slowClosed} slow clients given up`,
)
if (of(true, 'perSecond') < RATE * 0.9)
  throw new Error('The events did not get through at the rate asked for.')
if (heard.messages < CLIENTS) throw new Error('The clients heard nothing.')
if (heard.open < CLIENTS) throw new Error('Not every client came in.')

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}
