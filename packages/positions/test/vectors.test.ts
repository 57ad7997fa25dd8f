import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { createOptionId, isScalpError, toMicros } from '@scalp/canonical'
import { describe, expect, test } from 'vitest'
import {
  fromRegimePosition,
  type RegimePosition,
  type RegimeSnapshot,
  RegimeTracker,
  toRegimePosition,
} from '../src/index.js'
import { openSqliteStore } from '../src/sqlite.js'

const { env } = process
const own = fileURLToPath(new URL('./fixtures', import.meta.url))
const shared = env['SCALP_FIXTURES'] ?? fileURLToPath(new URL('../../../../shared/fixtures', import.meta.url))
const isRequired = env['CI'] !== undefined && env['SCALP_REQUIRE_FIXTURES'] !== undefined

// biome-ignore lint/suspicious/noExplicitAny: the vectors are plain JSON.
type Json = any

runFolder('own', own)
runFolder('shared', `${shared}/reference`)

function runFolder(name: string, folder: string): void {
  const isHere = existsSync(folder)
  test.skipIf(!isHere && !isRequired)(`the ${name} vectors are there`, () => expect(isHere).toBe(true))
  if (!isHere) return
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  for (const file of files.filter((path) => path.endsWith('.json'))) {
    const { format, cases } = JSON.parse(readFileSync(`${folder}/${file}`, 'utf8'))
    if (format?.name !== 'positions') continue
    describe(`${name} ${file}`, () => {
      for (const item of cases) test(item.id, () => checkCase(item))
    })
  }
}

function checkCase({ config, ops, expect: expected }: Json): void {
  const tracker = new RegimeTracker(config)
  const ids: string[] = []
  let nowUs = 0
  for (const op of ops) {
    nowUs += 1_000_000
    run(tracker, op, ids, nowUs)
  }
  const { openCount, exposureMicros, pnlMicros } = tracker.totals()
  expect(openCount).toBe(expected.openCount)
  expectNear(exposureMicros / 1e6, expected.totalExposure)
  expectNear(pnlMicros / 1e6, expected.totalPnl)
  const statistics = tracker.statistics()
  expect(Object.keys(statistics).sort()).toEqual(Object.keys(expected.symbolStats).sort())
  for (const [symbol, wanted] of Object.entries<Json>(expected.symbolStats)) {
    const { totalPnlDollars, winRate, avgPnlPercent, ...counts } = statistics[symbol] as Json
    expect(counts).toEqual({ trades: wanted.trades, wins: wanted.wins, losses: wanted.losses })
    expect(Math.abs(totalPnlDollars - wanted.totalPnlDollars)).toBeLessThanOrEqual(0.01 + 1e-9)
    expect(Math.abs(winRate - wanted.winRate)).toBeLessThanOrEqual(0.1 + 1e-9)
    expect(Math.abs(avgPnlPercent - wanted.avgPnlPercent)).toBeLessThanOrEqual(0.1 + 1e-9)
  }
  const reloaded = new RegimeTracker(config)
  const stored = JSON.parse(JSON.stringify(tracker.snapshot())) as RegimeSnapshot
  expect(reloaded.restore(stored)).toBe(expected.reloadedCount)
  expect(reloaded.snapshot()).toEqual(tracker.snapshot())
  checkStore(tracker, new RegimeTracker(config), expected.reloadedCount)
}

/** The same through a database: written, closed, opened again. */
function checkStore(tracker: RegimeTracker, reloaded: RegimeTracker, count: number): void {
  const path = `${mkdtempSync(`${tmpdir()}/positions-`)}/positions.db`
  const { positions, statistics } = tracker.snapshot()
  const store = openSqliteStore({ path })
  store.saveSync({
    positions: positions.map((position) => fromRegimePosition(position)),
    fills: [],
    statistics,
  })
  store.database.close()
  const again = openSqliteStore({ path })
  const loaded = again.loadSync()
  again.database.close()
  const stored = {
    version: 1 as const,
    positions: loaded.positions.map(toRegimePosition),
    statistics: loaded.statistics,
  }
  expect(reloaded.restore(stored)).toBe(count)
  const byId = (of: RegimeTracker) => of.positions().toSorted((a, b) => (a.id < b.id ? -1 : 1))
  expect(byId(reloaded)).toEqual(byId(tracker))
  expect(reloaded.statistics()).toEqual(tracker.statistics())
}

function run(tracker: RegimeTracker, op: Json, ids: string[], nowUs: number): void {
  const id = ids[op.position] ?? `position-${op.position}`
  const { expect: expected } = op
  if (op.op === 'open') open(tracker, op, ids, nowUs)
  else if (op.op === 'update') {
    const change = tracker.update(id, {
      nowUs,
      ...(op.price == null ? {} : { currentMicros: toMicros(op.price) }),
      ...(op.dte == null ? {} : { dte: op.dte }),
    })
    checkSignal(change?.signal ?? null, expected.signal)
    checkPosition(tracker.get(id), expected.position)
  } else if (op.op === 'close') {
    tracker.close(id, { closeMicros: toMicros(op.price), nowUs })
    checkPosition(tracker.get(id), expected.position)
    if (expected.closePrice != null)
      expectNear((tracker.get(id)?.closeMicros ?? Number.NaN) / 1e6, expected.closePrice)
  } else if (op.op === 'dismiss') {
    expect(tracker.dismiss(id) !== undefined).toBe(expected.changed)
    expect(tracker.get(id)?.status).toBe(expected.status)
  } else throw new Error(`unknown operation ${op.op}`)
}

function open(tracker: RegimeTracker, op: Json, ids: string[], openedUs: number): void {
  const { underlying, expiry, strike, right, contracts, fillPrice, expect: expected } = op
  const id = `position-${ids.length}`
  const option = createOptionId({ underlying, expiry, right, strike })
  const action = op.action ?? (right === 'C' ? 'BUY_CALL' : 'BUY_PUT')
  const opening = { id, option, action, contracts, fillMicros: toMicros(fillPrice), openedUs }
  let code = 'none'
  try {
    tracker.openPosition(opening)
    ids.push(id)
  } catch (error) {
    code = isScalpError(error) ? error.code.toLowerCase() : String(error)
  }
  expect(code).toBe(expected.ok ? 'none' : expected.error)
  if (expected.ok) checkPosition(tracker.get(id), expected.position)
}

function checkSignal(signal: Json, expected: Json): void {
  if (expected === null) {
    expect(signal).toBeNull()
    return
  }
  expect(signal).toMatchObject({ trigger: expected.trigger, urgency: expected.urgency })
  expectNear(signal.pnlPercent, expected.pnlPercent)
}

function checkPosition(position: RegimePosition | undefined, expected: Json): void {
  if (expected == null) return
  expect(position?.status).toBe(expected.status)
  expectNear((position?.currentMicros ?? Number.NaN) / 1e6, expected.currentPrice)
  expectNear((position?.currentValueMicros ?? Number.NaN) / 1e6, expected.currentValue)
  expectNear((position?.entryCostMicros ?? Number.NaN) / 1e6, expected.entryCost)
  expectNear((position?.pnlMicros ?? Number.NaN) / 1e6, expected.pnl)
  expectNear(position?.pnlPercent ?? Number.NaN, expected.pnlPercent)
}

function expectNear(value: number, expected: number): void {
  expect(Math.abs(value - expected)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(expected)))
}
