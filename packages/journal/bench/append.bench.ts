/**
 * What a turn pays for `append`, what leaves with a `flush`, and how fast a million lines are verified.
 *
 * Baselines of the same run: `JSON.stringify` alone for append, a bare write and `fdatasync` of the same bytes for
 * flush, SHA-256 over the same bytes for verification.
 *
 * Run: node scripts/run.mjs node scripts/bench.ts journal append
 */
import { createHash } from 'node:crypto'
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { openJournal, verifyJournal } from '../src/sqlite.js'

const LINES = Number(process.env['SCALP_BENCH_LINES'] ?? 1_000_000)
const FLUSHES = 500
const PER_FLUSH = 4
const ROUNDS = 5
const home = mkdtempSync(fileURLToPath(new URL('./.journal-', import.meta.url)))

function fill(number: number) {
  return {
    type: 'order-filled',
    atUs: 1_764_081_000_000_000 + number,
    fillId: `2026-11-25-r1-order-${number}.2`,
    orderId: `order-${number}`,
    symbol: 'SPY261127C00690000',
    side: 'buy',
    contracts: 2,
    priceMicros: 1_150_000 + (number % 100) * 10_000,
    feesMicros: 1_300_000,
    remaining: 0,
    bidMicros: 1_140_000,
    askMicros: 1_160_000,
    equityMicros: 50_000_000_000 - number,
  }
}

function percentile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

/** One lap of each, in turn, so that what else the machine does meets both. */
function turns(): void {
  const journal = openJournal({ path: path.join(home, 'turns.db'), durability: 'process' })
  const count = 20_000
  const [ours, bare] = [new Float64Array(count * ROUNDS), new Float64Array(count * ROUNDS)]
  let length = 0
  for (let round = 0; round < ROUNDS; round++) {
    for (let i = 0; i < count; i++) {
      const entry = fill(i)
      const start = process.hrtime.bigint()
      journal.append(entry)
      ours[round * count + i] = Number(process.hrtime.bigint() - start)
      const again = process.hrtime.bigint()
      length += JSON.stringify(entry).length
      bare[round * count + i] = Number(process.hrtime.bigint() - again)
      if (i % 100 === 99) journal.flush()
    }
  }
  if (length === 0 || journal.verify().lines !== count * ROUNDS) throw new Error('lines are missing')
  journal.close()
  ours.sort()
  bare.sort()
  const [p50, p99, p999] = [0.5, 0.99, 0.999].map((share) => percentile(ours, share))
  const ratio = (p50 as number) / percentile(bare, 0.5)
  console.log(
    `append, within a turn: p50 ${p50} ns, p99 ${p99} ns, p99.9 ${p999} ns; no disk; ${ratio.toFixed(2)} x JSON.stringify alone`,
  )
}

/** An order leaves after a flush of what its turn decided. */
function flushes(durability: 'disk' | 'process'): void {
  const journal = openJournal({ path: path.join(home, `flush-${durability}.db`), durability })
  const fd = openSync(path.join(home, `bare-${durability}`), 'a')
  const [ours, bare] = [new Float64Array(FLUSHES), new Float64Array(FLUSHES)]
  for (let i = 0; i < FLUSHES; i++) {
    const entries = Array.from({ length: PER_FLUSH }, (_, index) => fill(i * PER_FLUSH + index))
    for (const entry of entries) journal.append(entry)
    const start = process.hrtime.bigint()
    journal.flush()
    ours[i] = Number(process.hrtime.bigint() - start) / 1_000
    const bytes = Buffer.from(entries.map((entry) => JSON.stringify(entry)).join('\n'))
    const again = process.hrtime.bigint()
    writeSync(fd, bytes)
    if (durability === 'disk') fdatasyncSync(fd)
    bare[i] = Number(process.hrtime.bigint() - again) / 1_000
  }
  if (journal.verify().lines !== FLUSHES * PER_FLUSH) throw new Error('lines are missing')
  journal.close()
  closeSync(fd)
  ours.sort()
  bare.sort()
  const text = (of: Float64Array): string =>
    `p50 ${percentile(of, 0.5).toFixed(0)}, p99 ${percentile(of, 0.99).toFixed(0)} µs`
  const ratio = percentile(ours, 0.5) / percentile(bare, 0.5)
  console.log(
    `flush of ${PER_FLUSH} lines, durability ${durability}: ${text(ours)}; a bare write: ${text(bare)}; ${ratio.toFixed(2)} x`,
  )
}

function million(): void {
  const file = path.join(home, 'million.db')
  const journal = openJournal({ path: file, durability: 'process' })
  const hash = createHash('sha256')
  const start = process.hrtime.bigint()
  for (let i = 1; i <= LINES; i++) {
    journal.append(fill(i))
    if (i % 1_000 === 0) journal.flush()
  }
  journal.flush()
  const written = Number(process.hrtime.bigint() - start) / 1e9
  journal.close()
  const from = process.hrtime.bigint()
  const { ok, lines } = verifyJournal(file)
  const verified = Number(process.hrtime.bigint() - from) / 1e9
  if (!ok || lines !== LINES) throw new Error('the chain does not hold')
  const bytes = Buffer.alloc(420)
  const again = process.hrtime.bigint()
  for (let i = 0; i < LINES; i++) hash.update(bytes)
  const hashed = Number(process.hrtime.bigint() - again) / 1e9
  console.log(
    `${LINES} lines: written at ${Math.round(LINES / written)} a second, verified in ${verified.toFixed(2)} s, ${(verified / hashed).toFixed(1)} x SHA-256 over as many bytes`,
  )
}

try {
  turns()
  flushes('process')
  flushes('disk')
  million()
} finally {
  rmSync(home, { recursive: true })
}
