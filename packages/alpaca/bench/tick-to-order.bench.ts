/**
 * From the arrival of a frame to the bytes of the order that a quote in it caused, over loopback, while
 * 20,000 quotes a second come in. The simulated server runs in a process of its own.
 *
 * Run: node scripts/run.mjs node scripts/bench.ts alpaca tick
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { subscribe } from 'node:diagnostics_channel'
import { type ApprovedOrder, InstrumentTable, toOrderId } from '@scalp/canonical'
import { createAlpacaBroker } from '../src/live/alpaca-broker.js'
import { createAlpacaFeed } from '../src/live/alpaca-feed.js'
import { createKeepAliveFetch } from '../src/live/keep-alive-fetch.js'
import { TokenBucket } from '../src/rest/token-bucket.js'
import { createFakeAlpaca } from '../src/testing/fake-alpaca.js'

const QUOTES_PER_SECOND = 20_000
const ORDERS = 1_000
/** One order for so many quotes: 100 a second. */
const EVERY = QUOTES_PER_SECOND / 100
const WARM_UP = 200
const symbols = Array.from({ length: 200 }, (_, index) => `SPY261218C00${400 + index}000`)

if (process.env['SCALP_BENCH_ROLE'] === 'server') await serve()
else await measure()

async function serve(): Promise<void> {
  const fake = await createFakeAlpaca({ requestsPerMinute: 1e9, cashMicros: 1e15 })
  fake.venue.settings.fills = 'script'
  for (const symbol of symbols) fake.venue.list(symbol)
  process.send?.(fake.url)
  await new Promise((resolve) => {
    process.once('message', resolve)
  })
  let sent = 0
  const start = performance.now()
  setInterval(() => {
    const due = Math.floor(((performance.now() - start) / 1_000) * QUOTES_PER_SECOND)
    while (sent < due) {
      const count = Math.min(20, due - sent)
      fake.quotes(
        Array.from({ length: count }, (_, index) => {
          const step = sent + index
          const bid = 1 + (step % 100) / 100
          return { symbol: symbols[step % symbols.length] as string, bid, ask: bid + 0.02 }
        }),
      )
      sent += count
    }
  }, 1)
}

async function measure(): Promise<void> {
  const server: ChildProcess = spawn(process.execPath, [process.argv[1] as string], {
    env: { ...process.env, SCALP_BENCH_ROLE: 'server' },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const url = await new Promise<string>((resolve) => {
    server.once('message', resolve)
  })
  const nowUs = (): number => (performance.timeOrigin + performance.now()) * 1_000
  const clock = { nowUs }
  const arrived = new Map<string, number>()
  const latencies: number[] = []
  /** The client says when it has written a request whole. */
  subscribe('undici:request:bodySent', (message) => {
    const { request } = message as { request: { headers: readonly string[] } }
    const us = arrived.get(String(request.headers[request.headers.indexOf('x-bench') + 1]))
    if (us !== undefined) latencies.push(nowUs() - us)
  })

  const keepAlive = createKeepAliveFetch()
  const instruments = new InstrumentTable()
  const shared = { keyId: 'K', secretKey: 'S', instruments, clock }
  const broker = createAlpacaBroker({
    ...shared,
    baseUrl: url,
    streamUrl: url.replace('http', 'ws'),
    runId: 'bench',
    bucket: new TokenBucket({ perMinute: 1e9 }),
    reconcileMs: 3_600_000,
    fetch: (input, init) => {
      const body = typeof init?.body === 'string' ? init.body : ''
      const id = /"client_order_id":"([^"]+)"/.exec(body)?.[1]
      const headers = init?.headers as Readonly<Record<string, string>> | undefined
      return keepAlive(input, id === undefined ? init : { ...init, headers: { ...headers, 'x-bench': id } })
    },
    onProblem: (problem) => console.error(problem),
  })
  await broker.connect({ onOrderEvent: () => undefined })
  const feed = createAlpacaFeed({
    ...shared,
    baseUrl: url.replace('http', 'ws'),
    contracts: symbols,
    underlyings: [],
  })
  let quotes = 0
  let orders = 0
  await feed.start({
    onQuote: ({ instrument, receivedUs }): undefined => {
      if (++quotes % EVERY !== 0 || orders === ORDERS + WARM_UP) return
      const id = toOrderId('o', ++orders)
      arrived.set(`bench-${id}`, receivedUs)
      broker.submit({
        id,
        instrument,
        side: 'buy',
        contracts: 1,
        limitMicros: 10_000,
        decidedUs: receivedUs,
        reduces: false,
      } as ApprovedOrder)
    },
    onTrade: () => undefined,
    onBar: () => undefined,
    onStatistic: () => undefined,
  })
  const start = performance.now()
  server.send('go')
  while (latencies.length < ORDERS + WARM_UP) await new Promise((resolve) => setTimeout(resolve, 50))
  const seconds = (performance.now() - start) / 1_000
  server.kill()

  const counted = latencies.slice(WARM_UP).sort((a, b) => a - b)
  const at = (share: number): string =>
    `${Math.round(counted[Math.floor(share * (counted.length - 1))] ?? 0)} µs`
  const [stream] = feed.streams
  console.log(
    `${Math.round(quotes / seconds)} quotes/s taken, ${stream?.conflated ?? 0} more conflated, ${counted.length} orders`,
  )
  console.log(`frame arrival to order bytes: p50 ${at(0.5)}, p90 ${at(0.9)}, p99 ${at(0.99)}, max ${at(1)}`)
  process.exit(0)
}
