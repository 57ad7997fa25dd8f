import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { US_PER_MINUTE } from '@scalp/canonical'
import { momentumScalper } from '@scalp/scalping'
import { defineStrategy, type Strategy } from '@scalp/strategy'
import { afterAll, expect, test } from 'vitest'
import { liveConfigSchema } from '../src/config/schema.js'
import { checkParity, type ParityReport } from '../src/record/parity.js'
import { openDemo } from '../src/session/open-demo.js'
import { loadStrategy } from '../src/session/strategies.js'
import { FAULTS } from './faults.js'
import { Heard, pause, quiet } from './quiet.js'

/** Market time of the session; the whole proof takes 65 minutes and all twenty faults. */
const MINUTES = Number(process.env['SCALP_PARITY_MINUTES'] ?? 6)
const SPEED = 30
const folder = mkdtempSync(path.join(tmpdir(), 'scalp-parity-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let file = ''

test(
  'a session with faults and reconnects, replayed, decides everything the same',
  async () => {
    const config = liveConfigSchema.parse({
      mode: 'demo',
      data: { directory: folder, durability: 'process' },
      demo: { speed: SPEED, burstSeconds: 45, seed: 'parity' },
    })
    const heard = new Heard()
    const failed: unknown[] = []
    const demo = await openDemo({
      config,
      isLiveConfirmed: false,
      publisher: heard,
      log: quiet,
      onAlert: () => undefined,
      onFault: (error) => failed.push(error),
    })
    const realMs = (MINUTES * 60_000) / SPEED
    const faults = MINUTES >= 60 ? FAULTS : FAULTS.slice(0, 6)
    const struck: string[] = []
    for (const { name, strike } of faults) {
      await pause(realMs / (faults.length + 1))
      strike(demo.alpaca)
      struck.push(name)
    }
    await pause(realMs / (faults.length + 1))
    const { driver, engine } = demo.session
    const marketMinutes = (engine.nowUs - demo.marketClock.nowUs() + MINUTES * US_PER_MINUTE) / US_PER_MINUTE
    await demo.stop()
    expect(failed).toEqual([])
    file = path.join(folder, 'sessions', `${demo.runId}.session`)
    const report = await checkParity({ file, loadStrategy })
    console.log(
      `parity: ${report.events} events, ${(report.marketSeconds / 60).toFixed(1)} market minutes, ${report.matches} entries, ${report.decisions} decisions, ${report.orders} orders, ${struck.length} faults`,
    )
    expect(marketMinutes).toBeGreaterThan(0)
    expect(report.firstDifference).toBeNull()
    expect(report.isWhole).toBe(true)
    expect(report.marketSeconds).toBeGreaterThan(MINUTES * 60 * 0.9)
    expect(report.events).toBeGreaterThan(driver.events / 3)
    expect(report.decisions).toBeGreaterThan(MINUTES / 2)
    expect(report.orders).toBeGreaterThan(0)
  },
  60_000 + (MINUTES * 60_000) / SPEED,
)

test('a clock that is broken is caught, however little', async () => {
  for (const byUs of [1_000, 250_000]) {
    let events = 0
    const report = await checkParity({
      file,
      loadStrategy,
      breakClock: (us) => us + (++events > 500 ? byUs : 0),
    })
    expect(report.firstDifference, `${byUs} µs`).not.toBeNull()
  }
})

test('a strategy that looks at the clock of the wall is caught', async () => {
  const cheat = defineStrategy({
    ...(momentumScalper as Strategy<unknown>),
    create: (config: unknown, context) => {
      const made = (momentumScalper as Strategy<unknown>).create(config, context)
      return Object.assign(made, {
        onSessionOpen: (): undefined =>
          context.log({ kind: 'abstain', code: 'CHEAT', inputs: { symbol: 'TSLA', now: Date.now() } }),
      })
    },
  })
  const report: ParityReport = await checkParity({ file, loadStrategy: () => Promise.resolve(cheat) })
  expect(report.firstDifference).not.toBeNull()
})

test('a file that is no recording is refused, and one that was cut short is compared as far as it goes', async () => {
  const other = path.join(folder, 'other.session')
  writeFileSync(other, 'something else altogether')
  await expect(checkParity({ file: other, loadStrategy })).rejects.toMatchObject({
    code: 'RECORDING_INVALID',
  })
  const { readFileSync } = await import('node:fs')
  const whole = readFileSync(file)
  writeFileSync(other, whole.subarray(0, whole.length - 100))
  const report = await checkParity({ file: other, loadStrategy })
  expect(report.isWhole).toBe(false)
  expect(report.firstDifference).toBeNull()
})
