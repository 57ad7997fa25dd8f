/**
 * The strategy `tuned` as a user runs it, over one root of a whole OPRA day, from `.dbn.zst` with a thread that decodes
 * beside the one that decides; against `zstd -dc` of the same file. The machine ought to have two idle cores: then the
 * clock tells. Elsewhere compare processor time. Every round must give the same hash.
 */
import { spawnSync } from 'node:child_process'
import { linkSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { optionDay, ROOT } from '../../../packages/databento/bench/option-day.js'
import { median } from './measure.js'

const ROUNDS = Number(process.env['SCALP_BENCH_ROUNDS'] ?? 3)
const bin = new URL('../bin/scalp-backtest.js', import.meta.url).pathname

interface Cost {
  readonly wallMs: number
  readonly cpuMs: number
}

/** Runs a command to its end; what it cost is told by the resource usage of this process's children. */
function run(command: string, args: readonly string[]): Cost {
  const cpu = childCpuMs()
  const started = process.hrtime.bigint()
  const { status } = spawnSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] })
  if (status !== 0) throw new Error(`${command} ended with ${String(status)}`)
  return { wallMs: Number(process.hrtime.bigint() - started) / 1e6, cpuMs: childCpuMs() - cpu }
}

/** Ticks are hundredths of a second. */
function childCpuMs(): number {
  const text = readFileSync('/proc/self/stat', 'utf8')
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[13]) + Number(fields[14])) * 10
}

const day = await optionDay()
const folder = mkdtempSync(path.join(tmpdir(), 'scalp-bench-'))
try {
  linkSync(day, path.join(folder, 'opra-pillar-20250220.cbbo-1m.dbn.zst'))
  const out = path.join(folder, 'out')
  const where = ['--data', folder, '--underlying', ROOT, '--out', out]
  const base: Cost[] = []
  const own: Cost[] = []
  const seen = new Set<string>()
  for (let round = 0; round < ROUNDS; round++) {
    base.push(run('zstd', ['-dcq', day]))
    const args = ['run', ...where, '--preset', 'tuned', '--no-cache', '--workers', '2', '--quiet']
    own.push(run(process.execPath, [bin, ...args]))
    const { manifest, dataQuality } = JSON.parse(readFileSync(path.join(out, 'result.json'), 'utf8'))
    seen.add(`${dataQuality.quotes} quotes, ${manifest.resultHash}`)
    if (seen.size !== 1) throw new Error([...seen].join(' and '))
  }
  const ratio = (of: keyof Cost): string =>
    median(own.map((cost, round) => cost[of] / (base[round] as Cost)[of])).toFixed(2)
  const best = (costs: readonly Cost[], of: keyof Cost): string =>
    (Math.min(...costs.map((cost) => cost[of])) / 1_000).toFixed(2)
  console.log(
    `${[...seen].join()}\n` +
      `by the clock ${best(own, 'wallMs')} s at best, zstd -dc ${best(base, 'wallMs')} s: ${ratio('wallMs')} ×; ` +
      `processor time of all threads ${best(own, 'cpuMs')} s, zstd -dc ${best(base, 'cpuMs')} s: ${ratio('cpuMs')} ×`,
  )
} finally {
  rmSync(folder, { recursive: true })
}
