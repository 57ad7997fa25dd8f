import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { beforeAll, expect, test } from 'vitest'
import { openJournal } from '../src/sqlite.js'

const bundle = fileURLToPath(new URL('../node_modules/.cli/cli.mjs', import.meta.url))

beforeAll(() => {
  mkdirSync(path.dirname(bundle), { recursive: true })
  const source = fileURLToPath(new URL('../src/cli.ts', import.meta.url))
  const options = ['--bundle', '--platform=node', '--format=esm', '--packages=external', '--log-level=error']
  execFileSync(
    'esbuild',
    [
      source,
      ...options,
      '--conditions=@scalp/source',
      '--alias:@scalp/canonical=../canonical/src/index.ts',
      `--outfile=${bundle}`,
    ],
    {
      cwd: fileURLToPath(new URL('..', import.meta.url)),
    },
  )
})

function run(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bundle, ...args], { encoding: 'utf8' })
  return { status, stdout, stderr }
}

function sample(): string {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'journal-cli-')), 'scalp.db')
  const journal = openJournal({ path: file, durability: 'process' })
  journal.startRun({ prefix: 'r1', atUs: 1_000_000, config: {}, program: 't' })
  for (let i = 1; i < 30; i++)
    journal.append({ type: i % 2 === 0 ? 'mark' : 'decision', atUs: i * 1_000_000, i })
  journal.close()
  return file
}

test('verify tells the head, and accepts it back', () => {
  const file = sample()
  const { status, stdout } = run('verify', file)
  const [, head] = /^The chain holds: 30 lines, head (30:[0-9a-f]{64})\n$/.exec(stdout) ?? []
  expect(status).toBe(0)
  expect(run('verify', file, '--expect', head ?? '')).toMatchObject({ status: 0, stdout })
  expect(run('verify', file, '--expect', `30:${'0'.repeat(64)}`)).toMatchObject({ status: 1 })
})

test('verify ends with 1 and names the line that was changed', () => {
  const file = sample()
  const database = new Database(file)
  database.exec(`DROP TRIGGER journal_is_never_changed; UPDATE journal SET at_us = 5 WHERE seq = 7`)
  database.close()
  const { status, stderr } = run('verify', file)
  expect([status, stderr]).toEqual([1, `${file}: 7: the hash does not follow from the line before\n`])
})

test('export writes JSON lines to standard output or a file, and Parquet by its name', () => {
  const file = sample()
  const lines = run('export', file, '--type', 'mark', '--from', '10').stdout.trim().split('\n')
  expect(lines.map((line) => (JSON.parse(line) as { i: number }).i)).toEqual([
    10, 12, 14, 16, 18, 20, 22, 24, 26, 28,
  ])
  expect(run('export', file, `${file}.parquet`).stdout).toBe(`30 lines in ${file}.parquet\n`)
  expect(readFileSync(`${file}.parquet`).subarray(0, 4).toString()).toBe('PAR1')
})

test('tail shows the newest lines', () => {
  const { stdout } = run('tail', sample(), '-n', '2')
  expect(stdout).toBe(
    '29 1970-01-01T00:00:28.000Z mark {"i":28}\n30 1970-01-01T00:00:29.000Z decision {"i":29}\n',
  )
})

test('a missing file and a wrong option are told in a sentence', () => {
  const missing = run('verify', '/nowhere/scalp.db')
  expect(missing.status).toBe(2)
  expect(missing.stderr).not.toContain('    at ')
  expect(run('export', sample(), '--from', 'abc').stderr).toContain('a whole number is needed')
})
