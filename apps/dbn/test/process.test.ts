import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newFolder } from './call.js'
import { atUs, writeDay } from './dataset.js'
import { DBN_FOLDERS, readJson } from './fixtures.js'

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

interface ExpectedFile {
  readonly kind?: string
  readonly must_fail?: boolean
  readonly metadata?: Readonly<Record<string, unknown>>
  readonly record_count?: number
  readonly rtypes?: Readonly<Record<string, number>>
}
const OF_BYTES = ['metadata_length', 'trailing_padding', 'record_count']
const files = DBN_FOLDERS.flatMap((from) =>
  Object.entries(readJson<{ files: Record<string, ExpectedFile> }>(`${from}/expected.json`).files).map(
    ([name, expected]) => [`${from}/${name}`, expected] as const,
  ),
).filter(([file, { kind, must_fail }]) => existsSync(file) && kind === 'dbn' && must_fail !== true)

test('the bin counts every fixture in one call', () => {
  const paths = files.map(([file]) => file)
  const { stdout } = spawnSync(process.execPath, [bin, 'count', '--json', '--partial', ...paths], {
    encoding: 'utf8',
  })
  const counts = JSON.parse(stdout) as { file: string; record_count: number; rtypes: object }[]
  expect(counts.map(({ file }) => file)).toEqual(paths)
  for (const [at, [, { record_count, rtypes }]] of files.entries())
    if (record_count !== undefined) expect(counts[at]).toMatchObject({ record_count, rtypes })
})

test('the bin tells the metadata of a file of each version and kind', () => {
  const kinds = new Map(
    files.map(([file, { metadata = {} }]) => [
      `${String(metadata['version'])} ${String(metadata['schema'])} ${path.extname(file)}`,
      [file, metadata] as const,
    ]),
  )
  const some = Array.from(kinds.values()).filter((_, at) => at % 5 === 0)
  expect(some.length).toBeGreaterThan(0)
  for (const [file, metadata] of some) {
    const { stdout } = spawnSync(process.execPath, [bin, 'meta', '--json', file], { encoding: 'utf8' })
    const wanted = Object.entries(metadata).filter(([name]) => !OF_BYTES.includes(name))
    expect(JSON.parse(stdout), file).toEqual(Object.fromEntries(wanted))
  }
})

test('the bin prints golden texts byte for byte', () => {
  interface Golden {
    readonly source: string
    readonly variant: string
    readonly format: 'csv' | 'jsonl'
    readonly options: { readonly map_symbols: boolean }
  }
  const golden = DBN_FOLDERS.flatMap((from) =>
    readJson<{ files: Golden[] }>(`${from}/text/index.json`)
      .files.filter(({ source, options }) => source.endsWith('.dbn.zst') && !options.map_symbols)
      .filter(({ variant }) => variant === 'default')
      .map((each) => [from, each] as const),
  ).filter((_, at) => at % 9 === 0)
  expect(golden.length).toBeGreaterThan(0)
  for (const [from, { source, variant, format }] of golden) {
    const flag = format === 'csv' ? '--csv' : '--json'
    const { stdout, stderr } = spawnSync(process.execPath, [bin, 'cat', flag, `${from}/${source}`])
    expect(stderr.toString()).toBe('')
    expect(stdout.equals(readFileSync(`${from}/text/${source}.${variant}.${format}`)), source).toBe(true)
  }
})
