/**
 * A day of OPRA cbbo-1m of 10.4 million records, read and written by this package, by `zstd` and by other decoders, each
 * in a process of its own, in turn. Sums are checked against a small C program, `truth.c`, where there is a compiler.
 *
 * Ratios matter, times do not. `SCALP_BENCH_ROUNDS` (3), `SCALP_BENCH_RECORDS` (10400000); `SCALP_BENCH_RUST=1` adds
 * the official Rust decoder.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { csvOf } from './csv-day.js'
import { type JobResult, runJob, type Sums } from './jobs.js'
import { nativeZstd } from './native-zstd.js'
import { optionDay, ROOT } from './option-day.js'
import { rustPeer } from './rust-peer.js'
import { hasProgram, type Program, type Timing, timeInTurn } from './timed.js'

const ROUNDS = Number(process.env['SCALP_BENCH_ROUNDS'] ?? 3)
const RECORDS = Number(process.env['SCALP_BENCH_RECORDS'] ?? 10_400_000)
const MAX_MB = 150

const results = new Map<string, JobResult[]>()
const folder = process.argv[2] === 'job' ? '' : mkdtempSync(path.join(tmpdir(), 'scalp-bench-'))

/** A job of ours as a program; what it saw is compared with `truth`. */
function job(name: string, file: string, { zstd, modules, truth }: JobOptions): Program {
  const [work = ''] = name.split(', ')
  const result = path.join(folder, 'result.json')
  return {
    name,
    command: [process.execPath, process.argv[1] as string, 'job', work, file, ROOT, result],
    env: { SCALP_ZSTD: zstd ?? 'node', ...(modules === undefined ? {} : { NODE_PATH: modules }) },
    check() {
      const found = JSON.parse(readFileSync(result, 'utf8')) as JobResult
      results.set(name, [...(results.get(name) ?? []), found])
      if (truth !== undefined && found.sums.join() !== truth.join())
        throw new Error(`${name}: sums ${found.sums.join()} are not ${truth.join()}`)
    },
  }
}

interface JobOptions {
  readonly zstd?: 'native' | 'node'
  readonly modules?: string | undefined
  readonly truth?: Sums | undefined
}

const NO_TRUTH = { all: undefined, ofRoot: undefined }

/** The sums of a file and of the root in it, by C; prices in micro-dollars. */
function truthOf(file: string): { all: Sums | undefined; ofRoot: Sums | undefined } {
  const program = path.join(folder, 'truth')
  const compiled = spawnSync('cc', ['-O2', '-o', program, fileURLToPath(new URL('truth.c', import.meta.url))])
  if (compiled.status !== 0) return NO_TRUTH
  const text = execFileSync('bash', [
    '-c',
    `set -o pipefail; zstd -dc "$1" | "$2" ${ROOT}`,
    'bash',
    file,
    program,
  ])
  const [all, ofRoot] = text
    .toString()
    .trim()
    .split('\n')
    .map((line) => {
      const [records = '', bid = '', ask = '', ...sizes] = line.split(' ')
      const micros = (nanos: string): number => Number(BigInt(nanos) / 1_000n)
      return [Number(records), micros(bid), micros(ask), ...sizes.map(Number)] as unknown as Sums
    })
  return { all, ofRoot }
}

interface Row {
  readonly what: string
  readonly ours: string
  readonly peer: string
  /** Ours to the peer's, or with `isFaster` the peer's to ours. */
  readonly target: number
  readonly isFaster?: boolean
}

function print(timings: ReadonlyMap<string, Timing>, rows: readonly Row[]): void {
  for (const { what, ours, peer, target, isFaster = false } of rows) {
    const mine = timings.get(ours)
    const theirs = timings.get(peer)
    if (mine === undefined || theirs === undefined) {
      if (peer !== 'rust') console.log(`  ${what}: not measured`)
      continue
    }
    const ratio = (of: keyof Timing): string =>
      (isFaster ? theirs[of] / mine[of] : mine[of] / theirs[of]).toFixed(2)
    const peak = Math.max(0, ...(results.get(ours) ?? []).map(({ peakMb }) => peakMb))
    const work = isFaster ? `, work alone ${workRatio(peer, ours)}` : ''
    console.log(
      `  ${what}: wall ${ratio('wallMs')} (minima ${ratio('minWallMs')}), CPU ${ratio('cpuMs')} (minima ${ratio('minCpuMs')})` +
        `${work}; target ${isFaster ? '≥' : '≤'} ${target}; peak ${peak.toFixed(0)} MB${peak > MAX_MB ? ' (too much)' : ''}`,
    )
  }
}

/** Of the times that jobs take for their work, without the start of their process, which all of them have. */
function workRatio(peer: string, ours: string): string {
  const [theirs, mine] = [peer, ours].map((name) =>
    (results.get(name) ?? []).map(({ workMs }) => workMs).sort((a, b) => a - b),
  ) as [number[], number[]]
  const at = (place: number): string =>
    ((theirs[place] ?? Number.NaN) / (mine[place] ?? Number.NaN)).toFixed(2)
  return `${at(theirs.length >> 1)} (minima ${at(0)})`
}

async function main(): Promise<void> {
  if (!hasProgram('zstd') || !hasProgram('bash'))
    return console.log('  zstd or bash is not installed: nothing measured')
  const day = await optionDay({ records: RECORDS })
  const csv = await csvOf(day)
  const raw = path.join(folder, 'day.dbn')
  execFileSync('zstd', ['-dqf', day, '-o', raw])
  const modules = nativeZstd()
  const truth = truthOf(day)
  console.log(
    `  ${truth.all?.[0] ?? RECORDS} records; checked against C: ${truth.all === undefined ? 'no compiler' : 'yes'}`,
  )
  const native = { zstd: 'native', modules } as const
  const rust = rustPeer(day, truth.all)
  const ofNative = (name: string, file: string, sums: Sums | undefined): Program[] =>
    modules === undefined ? [] : [job(name, file, { ...native, truth: sums })]

  print(
    timeInTurn(
      [
        { name: 'zstd', command: ['zstd', '-dqc', day] },
        ...(rust === undefined ? [] : [{ name: 'rust', command: [rust, day] }]),
        job('block, node', day, { truth: truth.all }),
        ...ofNative('block, native', day, truth.all),
        job('cursor, node', day, { truth: truth.all }),
        job('filter, node', day, { truth: truth.ofRoot }),
        ...ofNative('filter, native', day, truth.ofRoot),
      ],
      ROUNDS,
    ),
    [
      {
        what: 'every quote field, native zstd / zstd -dc',
        ours: 'block, native',
        peer: 'zstd',
        target: 1.05,
      },
      { what: 'every quote field, node:zlib / zstd -dc', ours: 'block, node', peer: 'zstd', target: 1.4 },
      {
        what: 'every quote field, native zstd / Rust dbn',
        ours: 'block, native',
        peer: 'rust',
        target: 0.95,
      },
      { what: 'every quote field, node:zlib / Rust dbn', ours: 'block, node', peer: 'rust', target: 0.95 },
      { what: 'cursor / block', ours: 'cursor, node', peer: 'block, node', target: 1.2 },
      {
        what: 'one underlying into columns, native / zstd -dc',
        ours: 'filter, native',
        peer: 'zstd',
        target: 1.15,
      },
      {
        what: 'one underlying into columns, node:zlib / zstd -dc',
        ours: 'filter, node',
        peer: 'zstd',
        target: 1.15,
      },
    ],
  )
  print(
    timeInTurn(
      [
        { name: 'zstd csv', command: ['zstd', '-dqc', csv] },
        job('tape, csv', csv, { truth: truthOf(csv).all }),
        { name: 'zstd -3', command: ['zstd', '-3', '-qc', raw] },
        job('encode', raw, { truth: truth.all }),
      ],
      ROUNDS,
    ),
    [
      { what: 'batch CSV to quotes / zstd -dc', ours: 'tape, csv', peer: 'zstd csv', target: 2.5 },
      { what: 'encode and zstd level 3 / zstd -3', ours: 'encode', peer: 'zstd -3', target: 1.3 },
    ],
  )
  const options = { truth: truth.all }
  results.clear()
  print(
    timeInTurn(
      [
        job('block, node', day, options),
        job('naive', day, options),
        job('zstddec', day, options),
        job('fzstd', day, options),
      ],
      ROUNDS,
    ),
    [
      { what: 'bigint objects / block', ours: 'block, node', peer: 'naive', target: 6, isFaster: true },
      { what: 'zstddec / block', ours: 'block, node', peer: 'zstddec', target: 2.2, isFaster: true },
      { what: 'fzstd / block', ours: 'block, node', peer: 'fzstd', target: 5, isFaster: true },
    ],
  )
}

if (process.argv[2] === 'job') await runJob(process.argv.slice(3))
else {
  try {
    await main()
  } finally {
    rmSync(folder, { recursive: true })
  }
}
