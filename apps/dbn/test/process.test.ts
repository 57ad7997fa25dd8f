import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import path from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newFolder } from './call.js'
import { atUs, writeDay } from './dataset.js'

const DAY = '2025-02-20'
const folder = mkdtempSync(path.join(path.dirname(import.meta.dirname), '.run-'))
const bin = path.join(folder, 'main.mjs')
let day = ''

beforeAll(async () => {
  await build({
    entryPoints: [path.join(import.meta.dirname, '../src/main.ts')],
    outfile: bin,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    conditions: ['@scalp/source'],
    logLevel: 'error',
    external: ['commander'],
    /** Bundled CommonJS wants a `require`. */
    banner: {
      js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url)",
    },
  })
  const rows = Array.from({ length: 20_000 }, () => ({
    id: 101,
    us: atUs(DAY, '15:00:00'),
    bid: 1e6,
    ask: 2e6,
  }))
  day = await writeDay(await newFolder(), DAY, rows, 'day.dbn')
})
afterAll(() => rmSync(folder, { recursive: true }))

function shell(line: string): string {
  return execFileSync('bash', ['-c', `set -o pipefail; ${line}`, process.execPath, bin, day], {
    encoding: 'utf8',
  })
}

test.skipIf(process.platform === 'win32')('a reader that stops early is no fault', () => {
  expect(shell('"$0" "$1" cat "$2" | head -2').split('\n')).toHaveLength(3)
})

test.skipIf(process.platform === 'win32')(
  'a slow reader gets all of it, and standard input is a file',
  () => {
    expect(shell('cat "$2" | "$0" "$1" cat - --json | (sleep 0.5; wc -l)').trim()).toBe('20000')
    expect(shell('"$0" "$1" count - < "$2"')).toContain('20,000')
  },
)

test('the exit code is 0, 1 for a fault of a file, 2 for a wrong call; errors go to standard error', () => {
  const run = (...args: string[]): { status: number | null; stdout: string; stderr: string } =>
    spawnSync(process.execPath, [bin, ...args], { encoding: 'utf8' })
  expect(run('--help')).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('Usage: scalp-dbn') as string,
  })
  expect(run('meta', '/nowhere')).toMatchObject({ status: 1, stdout: '' })
  expect(run('meta')).toMatchObject({
    status: 2,
    stdout: '',
    stderr: expect.stringContaining('missing') as string,
  })
  expect(
    run('cost', '--dataset', 'X', '--schema', 'mbo', '--symbols', 'A', '--start', '2025-01-01').status,
  ).toBeGreaterThan(0)
})
