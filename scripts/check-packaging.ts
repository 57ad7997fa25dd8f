import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type Packed, packAll } from './pack-all.ts'

/**
 * Packs every package as it would be published, and lets publint and are-the-types-wrong judge the tarball. Nothing
 * strays into it, nothing that belongs is left out, and it stays small: what grows beyond its limit is grown on purpose.
 */
const LIBRARY_KB = 120
const LARGER_KB: Readonly<Record<string, number>> = {
  '@scalp/alpaca': 250,
  '@scalp/backtester': 1_800,
  '@scalp/create-strategy': 180,
  '@scalp/databento': 600,
  '@scalp/dbn': 1_000,
  '@scalp/fake-alpaca': 800,
  '@scalp/live': 2_300,
  '@scalp/report': 200,
  '@scalp/scalping': 150,
}
const STRAY = /\.(?:test|bench|test-d)\.|\/(?:src|test|bench|etc|node_modules)\/|tsconfig|\.tsbuildinfo|\.env/

/** Runs a command; what it printed when it failed, else nothing. */
function complaintOf(command: string, args: readonly string[]): string | undefined {
  try {
    execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
    return undefined
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
    return `${command} ${args.join(' ')}\n${stdout}${stderr}`
  }
}

function problemsOf({ manifest, tarball }: Packed): readonly string[] {
  const files = execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' }).trim().split('\n')
  const isLibrary = manifest.exports?.['.'] !== undefined
  const stray = files.filter((file) => STRAY.test(file))
  const scripts = files.filter((file) => file.startsWith('package/dist/') && file.endsWith('.js'))
  const unmapped = scripts.filter((file) => !file.includes('/dashboard/') && !files.includes(`${file}.map`))
  const missing = ['README.md', 'LICENSE'].filter((file) => !files.includes(`package/${file}`))
  const kilobytes = Math.ceil(statSync(tarball).size / 1_000)
  const limit = LARGER_KB[manifest.name] ?? LIBRARY_KB
  return [
    complaintOf('publint', ['--strict', tarball]),
    isLibrary
      ? complaintOf('attw', [tarball, '--profile', 'esm-only', '--exclude-entrypoints', 'package.json'])
      : undefined,
    isLibrary && manifest.sideEffects !== false ? 'It does not say "sideEffects": false.' : undefined,
    manifest.engines?.['node'] === '>=22.18' ? undefined : 'It does not say which Node it needs.',
    stray.length === 0 ? undefined : `Stray files: ${stray.join(', ')}`,
    missing.length === 0 ? undefined : `Left out: ${missing.join(', ')}`,
    unmapped.length === 0 ? undefined : `Without a source map: ${unmapped.join(', ')}`,
    kilobytes <= limit ? undefined : `${kilobytes} kB packed, and ${limit} are planned.`,
  ].filter((problem) => problem !== undefined)
}

const root = path.dirname(import.meta.dirname)
const folder = mkdtempSync(path.join(tmpdir(), 'pack-'))
try {
  for (const packed of await packAll(root, folder)) {
    const problems = problemsOf(packed)
    const kilobytes = String(Math.ceil(statSync(packed.tarball).size / 1_000)).padStart(5)
    console.log(`${problems.length === 0 ? 'ok  ' : 'FAIL'} ${kilobytes} kB  ${packed.manifest.name}`)
    for (const problem of problems) console.error(problem)
    if (problems.length > 0) process.exitCode = 1
  }
} finally {
  rmSync(folder, { recursive: true })
}
