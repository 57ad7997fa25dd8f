import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { createFakeAlpaca, type FakeAlpaca } from '@scalp/alpaca/testing'
import { readJournal } from '@scalp/journal/sqlite'
import { createExchangeCalendar } from '@scalp/market-data'
import { createLiveClient, type LiveClient } from '@scalp/protocol'
import { afterEach, expect, test } from 'vitest'
import { anchoredClock } from '../src/clock/market-clock.js'
import { DemoMarket } from '../src/market/demo-market.js'
import { checkParity } from '../src/record/parity.js'
import { loadStrategy } from '../src/session/strategies.js'
import { pause, until } from './quiet.js'

const bin = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const TOKEN = 'operator-token-of-a-test'
const folder = mkdtempSync(path.join(tmpdir(), 'scalp-kill-'))
const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
  rmSync(folder, { recursive: true, force: true })
})

/** The daemon as users run it, on a broker that lives longer than it does. */
async function start(
  config: string,
  port: number,
): Promise<{ child: ChildProcess; client: LiveClient; errors: () => string }> {
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
  return { child, client, errors: () => errors }
}

const isBuilt = existsSync(bin)

test.skipIf(!isBuilt)(
  'killed with a position open, it reconciles after the restart, shows it and leaves by its rules',
  async () => {
    const calendar = createExchangeCalendar()
    const { openUs } = calendar.sessionOn('2026-03-03') ?? expect.fail('no session')
    const wall = new Date()
    const market = new Date((openUs + 45 * 60_000_000) / 1_000)
    const clock = anchoredClock({
      wallUs: wall.getTime() * 1_000,
      marketUs: market.getTime() * 1_000,
      speed: 1,
    })
    const alpaca: FakeAlpaca = await createFakeAlpaca({
      keys: { KEY: 'secret-of-a-test' },
      nowUs: () => clock.nowUs(),
      requestsPerMinute: 10_000,
    })
    ends.push(() => alpaca.stop())
    const demo = new DemoMarket({
      alpaca,
      calendar,
      clock,
      symbol: 'TSLA',
      seed: 'kill',
      burstSeconds: 5,
      stepMs: 100,
    })
    demo.step()
    demo.start()
    ends.push(() => demo.stop())
    const port = 20_000 + (process.pid % 20_000)
    const config = path.join(folder, 'config.json')
    writeFileSync(
      config,
      JSON.stringify({
        mode: 'paper',
        symbols: ['TSLA'],
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
        /** Nothing but the clock ends a trade, so that it is open when the daemon is killed. */
        settings: {
          takeProfitPct: 10_000,
          stopLossPct: 99,
          timeStopMinutes: null,
          maxHoldMinutes: 0.25,
          maxContractPriceMicros: 5_000_000,
          maxConfidence: 100,
          momentumThresholdPutPct: 0.1,
          momentumThresholdCallPct: 0.1,
          entryLimitPct: 3,
          entryReprices: 3,
          minOpenInterest: 0,
          maxContracts: 3,
          dailyLossLimitPct: null,
        },
        gates: { minOpenInterest: 0 },
      }),
    )
    const first = await start(config, port)
    await until(
      () => first.client.snapshot.positions.length > 0,
      () => `a position opens: ${first.errors()}`,
      60_000,
    )
    const [before] = first.client.snapshot.positions
    first.child.kill('SIGKILL')
    await until(() => first.child.exitCode !== null || first.child.signalCode !== null, 'the daemon is dead')
    first.client.close()
    const held = alpaca.venue.positions.get(before?.optionSymbol ?? '')?.quantity
    expect(held).toBe(before?.contracts)

    /** Meanwhile somebody buys something else by hand. */
    const byHand =
      demo.contracts.find((symbol) => symbol !== before?.optionSymbol) ?? expect.fail('no contract')
    alpaca.venue.positions.set(byHand, { quantity: 2, costMicros: 2_500_000 })
    const second = await start(config, port)
    await until(
      () => second.client.snapshot.positions.length > 1,
      () => `the position is shown again: ${second.errors()}`,
      20_000,
    )
    const after = second.client.snapshot.positions.find(({ positionType }) => positionType === 'scalp')
    const foreign = second.client.snapshot.positions.find(({ positionType }) => positionType === 'external')
    expect(foreign).toMatchObject({ optionSymbol: byHand, contracts: 2, entryPrice: 1.25, exitReason: null })
    expect(after).toMatchObject({
      optionSymbol: before?.optionSymbol,
      contracts: before?.contracts,
      positionType: 'scalp',
      entryPrice: before?.entryPrice,
      entryTime: before?.entryTime,
    })
    /** It leaves by its rule: the time since its entry, which was before the crash. */
    await until(
      () => second.client.snapshot.closedTrades.length > 0,
      () => `it is sold: ${second.errors()}`,
      60_000,
    )
    const closed = second.client.snapshot.closedTrades.at(-1)
    expect(closed).toMatchObject({ optionSymbol: before?.optionSymbol, exitReason: 'time_exit' })
    expect(closed?.holdSeconds).toBeGreaterThanOrEqual(15)
    expect(closed?.holdSeconds).toBeLessThan(45)
    const status = await second.client.command({ command: 'halt' })
    expect(status.ok).toBe(true)
    await until(
      () => second.client.snapshot.positions.every(({ positionType }) => positionType === 'external'),
      'flat',
      60_000,
    )
    expect(alpaca.venue.positions.get(byHand)?.quantity).toBe(2)
    second.child.kill('SIGTERM')
    await until(() => second.child.exitCode !== null, 'it ends by itself')
    expect(second.child.exitCode).toBe(0)
    await pause(50)
    const journal = readJournal(path.join(folder, 'data', 'scalp.db'))
    const types = Array.from(journal.lines(), ({ type }) => type)
    journal.close()
    expect(types.filter((type) => type === 'run-started')).toHaveLength(2)
    expect(types).toContain('engine-restored')
    /** Both sessions can be repeated: the one that was cut short, and the one that began with a position. */
    const recordings = readdirSync(path.join(folder, 'data', 'sessions')).sort()
    expect(recordings).toHaveLength(2)
    const reports = await Promise.all(
      recordings.map((name) =>
        checkParity({ file: path.join(folder, 'data', 'sessions', name), loadStrategy }),
      ),
    )
    expect(reports.map(({ firstDifference }) => firstDifference)).toEqual([null, null])
    expect(reports.map(({ isWhole }) => isWhole)).toEqual([false, true])
    expect(Math.min(...reports.map(({ matches }) => matches))).toBeGreaterThan(3)
    /** No secret is in what it wrote. */
    expect(first.errors() + second.errors()).not.toContain('secret-of-a-test')
  },
  180_000,
)
