import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** What a run of a program took, start and end of its process included. */
export interface Run {
  readonly wallMs: number
  /** User and system, of the program and what it starts. */
  readonly cpuMs: number
}

/** A program to time: its output is thrown away. */
export interface Program {
  readonly name: string
  readonly command: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Told after each run, to check what it did. */
  readonly check?: () => void
}

/** Medians and minima over rounds. */
export interface Timing {
  readonly wallMs: number
  readonly minWallMs: number
  readonly cpuMs: number
  readonly minCpuMs: number
}

/** Runs programs in turn, round after round, so that a slow spell of the machine meets them all. */
export function timeInTurn(programs: readonly Program[], rounds: number): Map<string, Timing> {
  const runs = new Map<string, Run[]>(programs.map(({ name }) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const program of programs) {
      runs.get(program.name)?.push(timeOnce(program))
      program.check?.()
    }
  }
  return new Map([...runs].map(([name, all]) => [name, timingOf(all)]))
}

function timingOf(runs: readonly Run[]): Timing {
  const sorted = (of: (run: Run) => number): number[] => runs.map(of).sort((a, b) => a - b)
  const wall = sorted(({ wallMs }) => wallMs)
  const cpu = sorted(({ cpuMs }) => cpuMs)
  const middle = wall.length >> 1
  return {
    wallMs: wall[middle] ?? Number.NaN,
    minWallMs: wall[0] ?? Number.NaN,
    cpuMs: cpu[middle] ?? Number.NaN,
    minCpuMs: cpu[0] ?? Number.NaN,
  }
}

/** By the shell's own `time`, for Node does not tell what a child used. */
function timeOnce({ name, command, env }: Program): Run {
  const folder = mkdtempSync(path.join(tmpdir(), 'scalp-time-'))
  try {
    const out = path.join(folder, 'time')
    const script = `TIMEFORMAT='%R %U %S'; { time "\${@:2}" >/dev/null 2>"$1.err"; } 2>"$1"`
    const { status } = spawnSync('bash', ['-c', script, 'bash', out, ...command], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    if (status !== 0) throw new Error(`${name} failed: ${readFileSync(`${out}.err`, 'utf8')}`)
    const [wall = 0, user = 0, system = 0] = readFileSync(out, 'utf8').trim().split(' ').map(Number)
    return { wallMs: wall * 1_000, cpuMs: (user + system) * 1_000 }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** True when there is such a program. */
export function hasProgram(name: string): boolean {
  return spawnSync(name, ['--version'], { stdio: 'ignore' }).error === undefined
}
