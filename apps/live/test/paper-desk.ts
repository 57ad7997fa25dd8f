import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { createFakeAlpaca, type FakeAlpaca } from '@scalp/alpaca/testing'
import { createExchangeCalendar } from '@scalp/market-data'
import { createLiveClient, type LiveClient } from '@scalp/protocol'
import { afterEach, expect } from 'vitest'
import { anchoredClock } from '../src/clock/market-clock.js'
import { DemoMarket } from '../src/market/demo-market.js'
import { until } from './quiet.js'

const bin = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const TOKEN = 'operator-token-of-a-test'

/** Settings under which the strategy buys soon, and nothing but the clock ends a trade: it is open when a daemon is killed. */
export const ENDED_BY_THE_CLOCK = {
  takeProfitPct: 10_000,
  stopLossPct: 99,
  timeStopMinutes: null,
  maxConfidence: 100,
  momentumThresholdPutPct: 0.1,
  momentumThresholdCallPct: 0.1,
  entryLimitPct: 3,
  entryReprices: 3,
  minOpenInterest: 0,
  maxContracts: 3,
  dailyLossLimitPct: null,
} as const

/** True when the daemon is there as users run it. */
export const isBuilt: boolean = existsSync(bin)

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** A daemon as users run it, and who looks on. */
export interface Daemon {
  readonly child: ChildProcess
  readonly client: LiveClient
  readonly errors: () => string
  /** Ends it as a loss of power would. */
  kill(): Promise<void>
}

/** A broker and a market that outlive every daemon. */
export interface PaperDesk {
  readonly alpaca: FakeAlpaca
  readonly demo: DemoMarket
  readonly folder: string
  /** Starts a daemon on them, after any other is gone. */
  start(): Promise<Daemon>
}

/** Opens a market 45 minutes into a session; `config` is the daemon's, over what connects it. */
export async function paperDesk({
  seed,
  config,
  strategy,
}: {
  readonly seed: string
  readonly config: Record<string, unknown>
  /** The text of a module. */
  readonly strategy?: string
}): Promise<PaperDesk> {
  const folder = mkdtempSync(path.join(tmpdir(), 'scalp-desk-'))
  ends.push(() => rmSync(folder, { recursive: true, force: true }))
  const calendar = createExchangeCalendar()
  const { openUs } = calendar.sessionOn('2026-03-03') ?? expect.fail('no session')
  const wall = new Date()
  const market = new Date((openUs + 45 * 60_000_000) / 1_000)
  const clock = anchoredClock({
    wallUs: wall.getTime() * 1_000,
    marketUs: market.getTime() * 1_000,
    speed: 1,
  })
  const alpaca = await createFakeAlpaca({
    keys: { KEY: 'secret-of-a-test' },
    nowUs: () => clock.nowUs(),
    requestsPerMinute: 10_000,
  })
  ends.push(() => alpaca.stop())
  const demo = new DemoMarket({ alpaca, calendar, clock, symbol: 'TSLA', seed, burstSeconds: 5, stepMs: 100 })
  demo.step()
  demo.start()
  ends.push(() => demo.stop())
  const port = 20_000 + (process.pid % 20_000)
  const file = path.join(folder, 'config.json')
  const module = path.join(folder, 'strategy.mjs')
  if (strategy !== undefined) writeFileSync(module, strategy)
  writeFileSync(
    file,
    JSON.stringify({
      mode: 'paper',
      symbols: ['TSLA'],
      ...(strategy === undefined ? {} : { strategy: module, preset: null }),
      clock: { wall: wall.toISOString(), market: market.toISOString() },
      alpaca: {
        keyId: 'KEY',
        secretKey: 'secret-of-a-test',
        tradingUrl: alpaca.url,
        dataUrl: alpaca.url,
        streamUrl: alpaca.streamUrl,
        requestsPerMinute: 10_000,
        optionFeed: 'opra',
        stockFeed: 'sip',
      },
      server: { port, operatorTokens: [TOKEN] },
      data: { directory: path.join(folder, 'data') },
      ...config,
    }),
  )
  return { alpaca, demo, folder, start: () => start(folder, file, port) }
}

async function start(folder: string, config: string, port: number): Promise<Daemon> {
  let errors = ''
  const child = spawn(process.execPath, [bin, 'start', '--config', config], {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: folder,
  })
  child.stderr?.on('data', (chunk: Buffer) => void (errors += chunk.toString()))
  ends.push(() => child.kill('SIGKILL'))
  const client = createLiveClient({ url: `ws://127.0.0.1:${port}/ws`, token: TOKEN, retryMs: () => 100 })
  ends.push(() => client.close())
  await until(
    () => client.state === 'live' && client.snapshot.health !== null,
    () => `the daemon answers: ${errors}`,
    30_000,
  )
  return {
    child,
    client,
    errors: () => errors,
    async kill() {
      child.kill('SIGKILL')
      await until(() => child.exitCode !== null || child.signalCode !== null, 'the daemon is dead')
      client.close()
    },
  }
}
