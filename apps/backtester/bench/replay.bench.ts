/**
 * A whole backtest as a user runs it: quotes a second, peak memory, and the ratio to decompressing the same files;
 * from the originals, and from slices that an earlier run has kept. Then how soon a strategy sees its first quote.
 *
 * `SCALP_BENCH_DAYS` days (20 unless told; 250 is a year) of `SCALP_BENCH_QUOTES` quotes (100,000). Every round must
 * give the same hash.
 */
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { writeSyntheticMarket } from '../src/synthetic-files.js'

const DAYS = Number(process.env['SCALP_BENCH_DAYS'] ?? 20)
const QUOTES = Number(process.env['SCALP_BENCH_QUOTES'] ?? 100_000)
const ROUNDS = Number(process.env['SCALP_BENCH_ROUNDS'] ?? 3)
const bin = new URL('../bin/scalp-backtest.js', import.meta.url).pathname
const folder = mkdtempSync(path.join(tmpdir(), 'scalp-bench-'))

interface Run {
  readonly seconds: number
  readonly peakMb: number
  readonly output: string
}

/** Runs a command and watches its resident memory. */
async function measure(command: string, args: readonly string[]): Promise<Run> {
  const started = process.hrtime.bigint()
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const pieces: Buffer[] = []
  let peakMb = 0
  child.stdout.on('data', (piece: Buffer) => pieces.push(piece))
  const watch = setInterval(() => {
    peakMb = Math.max(peakMb, residentMb(child.pid))
  }, 50)
  const code = await new Promise((resolve) => child.on('close', resolve))
  clearInterval(watch)
  if (code !== 0) throw new Error(`${command} ended with ${String(code)}`)
  return {
    seconds: Number(process.hrtime.bigint() - started) / 1e9,
    peakMb,
    output: Buffer.concat(pieces).toString(),
  }
}

/** 0 where the system does not tell. */
function residentMb(pid: number | undefined): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}

/** Ages of the process when its strategy is shown the first quote, ms; the first run, which warms, is left out. */
function firstQuotes(cache: string): number[] {
  const module = path.join(folder, 'first.mjs')
  writeFileSync(
    module,
    `let seen = false
export default {
  contract: 1,
  name: 'first',
  config: { '~standard': { version: 1, vendor: 'bench', validate: () => ({ value: {} }) } },
  create: () => ({
    onQuote() {
      if (!seen) console.error('first quote after', performance.now())
      seen = true
    },
  }),
}
`,
  )
  const ages = Array.from({ length: 6 }, () => {
    const args = ['run', '--data', folder, '--underlying', 'DEMO', '--quiet', '--strategy', module]
    const out = ['--cache', cache, '--out', path.join(folder, 'out')]
    const { stderr } = spawnSync(process.execPath, [bin, ...args, ...out], { encoding: 'utf8' })
    const [, ms] = /first quote after ([\d.]+)/.exec(stderr) ?? []
    if (ms === undefined) throw new Error(`no quote was seen: ${stderr}`)
    return Number(ms)
  })
  return ages.slice(1)
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

try {
  const silent = { start() {}, update() {}, stop() {} }
  const written = await writeSyntheticMarket(
    {
      out: folder,
      days: DAYS,
      seed: 'bench',
      start: '2024-01-02',
      underlying: 'DEMO',
      quotesPerDay: QUOTES,
      format: 'dbn.zst',
    },
    silent,
  )
  const job = readdirSync(folder).find((name) => name.endsWith('SYNTHETIC1')) ?? ''
  const files = readdirSync(path.join(folder, job)).filter((name) => name.endsWith('.zst'))
  const compressed = files.map((name) => path.join(folder, job, name))
  const hasZstd = spawnSync('zstd', ['--version']).status === 0
  const slices = path.join(folder, 'slices')
  const hashes = new Set<string>()
  const decompress: number[] = []
  const runs = new Map<string, Run[]>()
  for (let round = 0; round < ROUNDS; round++) {
    if (hasZstd)
      decompress.push((await measure('sh', ['-c', 'zstd -dc "$@" > /dev/null', 'sh', ...compressed])).seconds)
    for (const [name, args] of [
      ['first-quote, 1 thread', ['--strategy', 'first-quote', '--workers', '1', '--no-cache']],
      ['momentum-scalper tuned, 1 thread', ['--preset', 'tuned', '--workers', '1', '--no-cache']],
      ['momentum-scalper tuned, 2 decoders', ['--preset', 'tuned', '--workers', '2', '--no-cache']],
      ['momentum-scalper tuned, slices', ['--preset', 'tuned', '--workers', '1', '--cache', slices]],
    ] as const) {
      const run = await measure(process.execPath, [
        bin,
        'run',
        '--data',
        folder,
        '--underlying',
        'DEMO',
        '--json',
        '--out',
        path.join(folder, 'out'),
        ...args,
      ])
      const { resultHash } = JSON.parse(run.output) as { resultHash: string }
      hashes.add(`${name.split(',')[0]} ${resultHash}`)
      runs.set(name, [...(runs.get(name) ?? []), run])
    }
  }
  if (hashes.size !== 2) throw new Error(`runs that must agree do not: ${[...hashes].join(', ')}`)
  console.log(
    `${DAYS} days, ${written.quotes.toLocaleString('en-US')} quotes, ${ROUNDS} rounds, result hashes agree`,
  )
  const base = median(decompress)
  if (hasZstd) console.log(`${'zstd -dc of the same files'.padEnd(38)} ${base.toFixed(2)} s`)
  for (const [name, rounds] of runs) {
    const seconds = median(rounds.map((run) => run.seconds))
    const rate = `${(written.quotes / seconds / 1e6).toFixed(2)} M quotes/s`
    const ratio = hasZstd ? `, ${(seconds / base).toFixed(1)} × zstd -dc` : ''
    const peak = Math.max(...rounds.map((run) => run.peakMb))
    console.log(`${name.padEnd(38)} ${seconds.toFixed(2)} s, ${rate}${ratio}, peak ${peak.toFixed(0)} MB`)
  }
  console.log(
    `${'start to first quote, slices'.padEnd(38)} ${median(firstQuotes(slices)).toFixed(0)} ms of the process`,
  )
} finally {
  rmSync(folder, { recursive: true })
}
