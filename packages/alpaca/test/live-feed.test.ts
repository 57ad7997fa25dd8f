import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { backoffSeconds } from '../src/stream/backoff.js'
import { KillSwitch } from '../src/stream/kill-switch.js'
import { atTheMoneyStrike, likelyExpirations, strikeInterval } from '../src/universe/strike-grid.js'

type Case =
  | { id: string; kind: 'strike'; price: number; expect: { interval: number; atm: number } }
  | { id: string; kind: 'expirations'; from: string; expect: string[] }
  | {
      id: string
      kind: 'killSwitch'
      threshold: number
      windowSeconds: number
      failures: { time: number; killed: boolean; failuresInWindow: number }[]
    }
  | { id: string; kind: 'backoff'; baseSeconds: number; maxSeconds: number; expect: number[] }

const own = fileURLToPath(new URL('fixtures/', import.meta.url))
const shared =
  process.env['SCALP_FIXTURES'] ?? fileURLToPath(new URL('../../../../shared/fixtures', import.meta.url))
const isRequired = process.env['CI'] !== undefined && process.env['SCALP_REQUIRE_FIXTURES'] !== undefined

describe('own vectors', () => {
  for (const item of casesIn(own)) test(item.id, () => check(item))
})

describe('reference vectors', () => {
  const cases = casesIn(shared)
  test.skipIf(cases.length === 0 && !isRequired)('there are some', () => {
    expect(cases.length).toBeGreaterThan(0)
  })
  for (const item of cases) test(item.id, () => check(item))
})

function casesIn(folder: string): Case[] {
  if (!existsSync(folder)) return []
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return files
    .filter((file) => path.basename(file).startsWith('live_feed') && file.endsWith('.json'))
    .flatMap((file) => (JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as { cases: Case[] }).cases)
}

function check(item: Case): void {
  switch (item.kind) {
    case 'strike':
      expect({ interval: strikeInterval(item.price), atm: atTheMoneyStrike(item.price) }).toEqual(item.expect)
      return
    case 'expirations':
      expect(likelyExpirations(item.from)).toEqual(item.expect)
      return
    case 'killSwitch': {
      const killSwitch = new KillSwitch(item)
      for (const { time, killed, failuresInWindow } of item.failures) {
        expect(killSwitch.fail(time * 1_000)).toBe(killed)
        expect(killSwitch.failures).toBe(failuresInWindow)
      }
      killSwitch.reset()
      expect(killSwitch).toMatchObject({ isThrown: false, failures: 0 })
      return
    }
    case 'backoff':
      for (const [index, seconds] of item.expect.entries())
        expect(backoffSeconds(index + 1, item)).toBeCloseTo(seconds, 9)
      return
    default:
      throw new Error(`${JSON.stringify(item)} is of an unknown kind`)
  }
}
