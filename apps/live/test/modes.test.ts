import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { createFakeAlpaca } from '@scalp/alpaca/testing'
import { createExchangeCalendar } from '@scalp/market-data'
import { afterAll, expect, test } from 'vitest'
import { anchoredClock } from '../src/clock/market-clock.js'
import { type LiveConfig, liveConfigSchema } from '../src/config/schema.js'
import { DemoMarket } from '../src/market/demo-market.js'
import { checkParity } from '../src/record/parity.js'
import type { OpenOptions } from '../src/session/foundation.js'
import { openAccountSession } from '../src/session/open-account.js'
import { openDryRun } from '../src/session/open-dry-run.js'
import { openReplay } from '../src/session/open-replay.js'
import { loadStrategy } from '../src/session/strategies.js'
import { Heard, pause, quiet, until } from './quiet.js'

const folder = mkdtempSync(path.join(tmpdir(), 'scalp-modes-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const backtester = fileURLToPath(new URL('../../backtester/dist/main.js', import.meta.url))

function options(config: LiveConfig, publisher: Heard, faults: unknown[] = []): OpenOptions {
  return {
    config,
    isLiveConfirmed: false,
    publisher,
    log: quiet,
    onAlert: () => undefined,
    onFault: (error) => faults.push(error),
  }
}

test.skipIf(!existsSync(backtester))(
  'a replay plays a dataset at any pace, can be paused, and decides the same when it is replayed',
  async () => {
    const dataset = path.join(folder, 'dataset')
    execFileSync(process.execPath, [backtester, 'synth', '--out', dataset, '--days', '1', '--quiet'])
    const heard = new Heard()
    const faults: unknown[] = []
    const config = liveConfigSchema.parse({
      mode: 'replay',
      symbols: ['DEMO'],
      data: { directory: path.join(folder, 'replay'), durability: 'process' },
      replay: { data: dataset, speed: 1_000 },
      settings: { momentumWindowSeconds: 60, maxConfidence: 100, maxContractPriceMicros: 9_000_000 },
      gates: { minOpenInterest: 0, maxUnderlyingAgeMs: 70_000 },
    })
    const opened = await openReplay(options(config, heard, faults))
    const { session, clock } = opened
    await until(() => session.driver.events > 2_000, 'it plays')
    expect(await session.command({ command: 'replay-pause' }, 'test')).toMatchObject({ ok: true })
    await pause(100)
    const at = clock.nowUs()
    await pause(200)
    expect(clock.nowUs()).toBe(at)
    expect(heard.of('replay_status').at(-1)).toMatchObject({ state: 'paused', speed: 1_000 })
    await session.command({ command: 'replay-speed', speed: 900 }, 'test')
    await session.command({ command: 'replay-play' }, 'test')
    await until(() => session.driver.events > 12_000, 'it goes on', 60_000)
    expect(heard.of('replay_status').at(-1)).toMatchObject({ state: 'playing', speed: 900 })
    const { events } = session.driver
    await opened.stop()
    expect(faults).toEqual([])
    expect(events).toBeGreaterThan(12_000)
    const report = await checkParity({
      file: path.join(folder, 'replay', 'sessions', `${opened.runId}.session`),
      loadStrategy,
    })
    expect(report.firstDifference).toBeNull()
    expect(report.matches).toBeGreaterThan(2)
  },
  120_000,
)

test('a dry run sees the real feed, fills by simulation, and sends no order', async () => {
  const calendar = createExchangeCalendar()
  const { openUs } = calendar.sessionOn('2026-03-03') ?? expect.fail('no session')
  const wall = new Date()
  const market = new Date((openUs + 3_600_000_000) / 1_000)
  const clock = anchoredClock({
    wallUs: wall.getTime() * 1_000,
    marketUs: market.getTime() * 1_000,
    speed: 3,
  })
  const alpaca = await createFakeAlpaca({ nowUs: () => clock.nowUs(), requestsPerMinute: 10_000 })
  const demo = new DemoMarket({
    alpaca,
    calendar,
    clock,
    symbol: 'TSLA',
    seed: 'dry',
    burstSeconds: 4,
    stepMs: 30,
  })
  demo.step()
  demo.start()
  const config = liveConfigSchema.parse({
    mode: 'dry-run',
    clock: { wall: wall.toISOString(), market: market.toISOString(), speed: 3 },
    alpaca: {
      keyId: 'k',
      secretKey: 's',
      requestsPerMinute: 10_000,
      tradingUrl: alpaca.url,
      dataUrl: alpaca.url,
      streamUrl: alpaca.streamUrl,
    },
    data: { directory: path.join(folder, 'dry'), durability: 'process' },
    settings: {
      maxConfidence: 100,
      maxContractPriceMicros: 9_000_000,
      minOpenInterest: 0,
      momentumThresholdPutPct: 0.2,
      momentumThresholdCallPct: 0.2,
      entryLimitPct: 10,
      entryTimeoutMs: 30_000,
      minSignalIntervalSeconds: 1,
    },
    gates: { minOpenInterest: 0 },
  })
  const heard = new Heard()
  const opened = await openDryRun(options(config, heard))
  await until(() => heard.of('trade_executed').length > 0, 'something fills', 45_000)
  await opened.stop()
  demo.stop()
  await alpaca.stop()
  expect(alpaca.venue.orders.size).toBe(0)
  expect(heard.of('scalp_signal').length).toBeGreaterThan(0)
}, 60_000)

test('live trading takes two switches, and no clock but that of the wall', async () => {
  const open = (config: object, isLiveConfirmed: boolean) =>
    openAccountSession({
      ...options(
        liveConfigSchema.parse({ mode: 'live', data: { directory: path.join(folder, 'live') }, ...config }),
        new Heard(),
      ),
      isLiveConfirmed,
    })
  await expect(open({}, true)).rejects.toMatchObject({
    code: 'LIVE_LOCKED',
    details: { missing: expect.stringContaining('liveTrading') as string },
  })
  await expect(open({ liveTrading: true }, false)).rejects.toMatchObject({
    code: 'LIVE_LOCKED',
    details: { missing: expect.stringContaining('--live') as string },
  })
  const clock = { wall: '2026-03-03T15:00:00Z', market: '2026-03-03T15:00:00Z' }
  await expect(open({ liveTrading: true, clock }, true)).rejects.toMatchObject({ code: 'LIVE_LOCKED' })
  expect(existsSync(path.join(folder, 'live'))).toBe(false)
})
