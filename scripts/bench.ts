import { execFileSync } from 'node:child_process'
import { globSync, mkdtempSync, rmSync } from 'node:fs'
import path from 'node:path'

/** Runs the benchmarks: all of them, or those whose path holds a word given on the command line. */
const root = path.dirname(import.meta.dirname)
const wanted = process.argv.slice(2)
/** Those of other people's programs need them installed, so they run only when asked for. */
const patterns = ['{packages,apps}/*/bench/*.bench.ts']
if (wanted.includes('peers')) patterns.push('{packages,apps}/*/bench/peers/*.bench.ts')
const files = patterns.flatMap((pattern) => globSync(pattern, { cwd: root })).sort()
const chosen = files.filter((file) => wanted.every((word) => file.includes(word)))
if (chosen.length === 0) {
  console.error(`No benchmark's path holds ${wanted.join(' and ')}. There are:\n${files.join('\n')}`)
  process.exitCode = 2
}
for (const file of chosen) {
  /** Bundled beside the benchmark, so that its packages resolve: to what was built, as in a user's program. */
  const folder = mkdtempSync(path.join(root, path.dirname(file), '.run-'))
  try {
    const bundle = path.join(folder, 'bench.mjs')
    execFileSync(
      'esbuild',
      [
        file,
        '--bundle',
        '--platform=node',
        '--format=esm',
        '--target=node22',
        '--packages=external',
        `--outfile=${bundle}`,
        '--log-level=error',
        `--define:import.meta.url=${JSON.stringify(`file://${path.join(root, file)}`)}`,
      ],
      { cwd: root, stdio: 'inherit' },
    )
    console.log(`\n== ${file}`)
    execFileSync('node', [bundle], { cwd: root, stdio: 'inherit' })
  } finally {
    rmSync(folder, { recursive: true })
  }
}
