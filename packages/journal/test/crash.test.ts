import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { createRandom } from '@scalp/canonical'
import { BookProjection, PositionBook } from '@scalp/positions'
import { openSqliteStore } from '@scalp/positions/sqlite'
import { beforeAll, expect, test } from 'vitest'
import { toEntry } from '../src/index.js'
import { openJournal, readJournal, verifyJournal } from '../src/sqlite.js'
import { STEPS, type Step, SYMBOL, type TraderPlan } from './crash/protocol.js'
import { VenueHost } from './crash/venue-host.js'

const { env } = process
/** `SCALP_CRASHES` for the long run: thousands. */
const CRASHES = Number(env['SCALP_CRASHES'] ?? 200)
/** Crashes of one account and one journal, before the books are closed and compared. */
const PER_ACCOUNT = 40
const folder = fileURLToPath(new URL('../node_modules/.crash/', import.meta.url))
const bundle = path.join(folder, 'trader.mjs')

beforeAll(() => {
  mkdirSync(folder, { recursive: true })
  execFileSync('esbuild', [
    fileURLToPath(new URL('./crash/trader.ts', import.meta.url)),
    '--bundle',
    '--platform=node',
    '--format=esm',
    '--target=node22',
    '--conditions=@scalp/source',
    '--external:better-sqlite3',
    '--external:hyparquet-writer',
    '--log-level=error',
    `--outfile=${bundle}`,
  ])
})

test(
  `killed ${CRASHES} times, at every step of an order's life and at random: no orphan, ghost, double order or lost fill`,
  async () => {
    const lanes = await Promise.all([0, 1].map((lane) => crashLane(lane, Math.ceil((CRASHES - lane) / 2))))
    const died = new Map<string, number>()
    const sum = { crashes: 0, orders: 0, fills: 0, lines: 0, reconciled: 0 }
    for (const { totals, ...rest } of lanes) {
      for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += totals[key]
      for (const [step, count] of rest.died) died.set(step, (died.get(step) ?? 0) + count)
    }
    const steps = Array.from(died, ([step, count]) => `${step} ${count}`)
      .sort()
      .join(', ')
    const { crashes, orders, fills, lines, reconciled } = sum
    console.log(
      `${crashes} crashes (${steps}); ${reconciled} starts that reconciled, ${orders} orders, ${fills} fills, ${lines} lines: all there, once`,
    )
    expect(crashes).toBe(CRASHES)
    expect(fills).toBeGreaterThan(CRASHES / 10)
  },
  Math.max(180_000, CRASHES * 1_000),
)

/** One account after the other, each with its own journal, until so many traders were killed. */
async function crashLane(lane: number, wanted: number) {
  const random = createRandom(`${env['SCALP_CRASH_SEED'] ?? 'crash'} ${lane}`)
  const died = new Map<string, number>()
  const totals = { crashes: 0, orders: 0, fills: 0, lines: 0, reconciled: 0 }
  for (let account = 0; totals.crashes < wanted; account++) {
    const home = mkdtempSync(path.join(tmpdir(), 'crash-'))
    const journal = path.join(home, 'scalp.db')
    const venue = new VenueHost(`account ${lane}.${account}`)
    const plan: TraderPlan = { journal, rotates: false, isLast: false }
    for (let here = 0; here < PER_ACCOUNT && totals.crashes < wanted; here++) {
      const step = STEPS[totals.crashes % STEPS.length] as Step
      const rotates = step === 'day-closed' || random() < 0.02
      const isStart = isOfStart(step) || random() < 0.3
      const count = isStart ? 1 : 1 + Math.floor(random() * 4)
      const dieAt = random() < 0.3 ? {} : { dieAt: { step, count, isTrading: !isStart } }
      /** At random, or because the trader never comes to the step. */
      const killAfterMs = 'dieAt' in dieAt ? 600 : 60 + Math.floor(random() * 400)
      const ending = await venue.run(bundle, { ...plan, rotates, ...dieAt }, killAfterMs)
      expect(ending).not.toBe('ended')
      totals.crashes++
      const where = ending === 'died' ? step : 'random'
      died.set(where, (died.get(where) ?? 0) + 1)
      venue.pass(Math.floor(random() * 20))
      totals.reconciled += compareStates(venue)
    }
    expect(await venue.run(bundle, { ...plan, isLast: true })).toBe('ended')
    totals.reconciled += compareStates(venue)
    const { fills, lines } = compareBooks(venue, journal)
    totals.orders += venue.orders.size
    totals.fills += fills
    totals.lines += lines
    rmSync(home, { recursive: true })
  }
  return { died, totals }
}

/** Steps that come before it trades. */
function isOfStart(step: Step): boolean {
  return ['run-started', 'day-closed', 'order-looked-up', 'reconciled-fill'].includes(step)
}

/** A trader that has reconciled believes what is true. The venue stood still for it: none of its orders worked. */
function compareStates(venue: VenueHost): number {
  expect(venue.doubled).toEqual([])
  const states = venue.states.splice(0)
  for (const { told, truth } of states) {
    expect(told.held).toBe(truth.held)
    expect(Math.abs(told.cashMicros - truth.cashMicros)).toBeLessThanOrEqual(totalFilled(venue))
    for (const [id, contracts] of Object.entries(truth.filled))
      expect(told.filled[id], `fills of ${id}`).toBe(contracts)
    for (const [id, contracts] of Object.entries(told.filled))
      expect(truth.filled[id] ?? 0, `${id}`).toBe(contracts)
  }
  return states.length
}

function totalFilled(venue: VenueHost): number {
  return [...venue.orders.values()].reduce((sum, { filled }) => sum + filled, 0)
}

/** What the files say, held against the venue: orders, fills, ends, positions; the chain; the projection. */
function compareBooks(venue: VenueHost, file: string): { readonly fills: number; readonly lines: number } {
  const verification = verifyJournal(file)
  expect(verification.faults).toEqual([])
  const reader = readJournal(file)
  const prefixes = new Map(
    (reader.database.prepare('SELECT run, prefix FROM runs').all() as { run: number; prefix: string }[]).map(
      ({ run, prefix }) => [run, prefix],
    ),
  )
  const announced = new Set<string>()
  const filled = new Map<string, number>()
  const fillIds = new Set<string>()
  const book = new PositionBook()
  const projection = new BookProjection(book)
  for (const line of reader.lines()) {
    const entry = toEntry(line) as ReturnType<typeof toEntry> & {
      order?: { id: string }
      clientOrderId?: string
      fillId?: string
      contracts?: number
    }
    projection.take({ run: line.run, entry })
    if (entry.type === 'order-submitted') announced.add(`${prefixes.get(line.run)}-${entry.order?.id}`)
    if (entry.type !== 'order-filled') continue
    expect(fillIds.has(entry.fillId ?? ''), `${entry.fillId} twice`).toBe(false)
    fillIds.add(entry.fillId ?? '')
    const id = entry.clientOrderId ?? ''
    filled.set(id, (filled.get(id) ?? 0) + (entry.contracts ?? 0))
  }
  reader.close()
  /** No orphan: whatever the venue has was announced before it left. No lost fill, and none too many. */
  for (const [id, order] of venue.orders) {
    expect(announced.has(id), `${id} was never announced`).toBe(true)
    expect(filled.get(id) ?? 0, `fills of ${id}`).toBe(order.filled)
  }
  /** No ghost: what the venue does not have was never filled. */
  for (const id of filled.keys()) expect(venue.orders.has(id), `${id} is a ghost`).toBe(true)
  expect(venue.held).toBe(0)
  const journal = openJournal({ path: file, reserveBytes: 0 })
  const stored = openSqliteStore({ database: journal.database }).loadSync()
  journal.close()
  const plain = (rows: unknown): unknown => JSON.parse(JSON.stringify(rows))
  const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1)
  expect(plain(stored.positions.toSorted(byId))).toEqual(plain(book.positions().toSorted(byId)))
  expect(stored.positions.every(({ option }) => option.underlying === SYMBOL.slice(0, 3))).toBe(true)
  return { fills: fillIds.size, lines: verification.lines }
}
