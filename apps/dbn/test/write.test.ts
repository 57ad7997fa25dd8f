import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { zstdDecompressSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { call, newFolder } from './call.js'
import { atUs, type QuoteRow, writeDay } from './dataset.js'
import { DBN_FOLDERS, readJson } from './fixtures.js'

interface ExpectedFile {
  kind?: string
  record_count?: number
  must_fail?: boolean
  complete?: boolean
  metadata?: { dataset: string; ts_out: boolean; version: number }
}
const readable = DBN_FOLDERS.flatMap((folder) =>
  Object.entries(readJson<{ files: Record<string, ExpectedFile> }>(`${folder}/expected.json`).files).map(
    ([name, expected]): [string, ExpectedFile] => [`${folder}/${name}`, expected],
  ),
).filter(
  ([file, { kind, must_fail, complete }]) =>
    existsSync(file) && kind === 'dbn' && must_fail !== true && complete !== false,
)

test.each(readable)('%s becomes version 3, and its text stays what it was upgraded', async (file) => {
  const output = path.join(await newFolder(), 'new.dbn.zst')
  const { code, err } = await call('convert', file, '-o', output, '--quiet')
  expect([code, err]).toEqual([0, ''])
  const text = ['--json', '--skip-unknown']
  expect((await call('cat', output, ...text)).out).toBe((await call('cat', file, '--upgrade', ...text)).out)
  const [before, after] = [await call('meta', '--json', file), await call('meta', '--json', output)]
  const metadata = JSON.parse(before.out) as object
  expect(JSON.parse(after.out)).toEqual({ ...metadata, version: 3, symbol_cstr_len: 71 })
})

const day = '2025-02-20'
const rows = (ids: readonly number[], times: readonly string[]): QuoteRow[] =>
  times.flatMap((time) => ids.map((id) => ({ id, us: atUs(day, time), bid: 1e6, ask: 2e6 })))
const TIMES = ['14:31:00', '15:00:00', '20:59:00']

test('text is the same from convert as from cat, compressed or not', async () => {
  const folder = await newFolder()
  const file = await writeDay(folder, day, rows([101, 201], TIMES))
  const flags = ['--pretty', '--symbols', '--fields', 'ts_recv,bid_px_00,symbol']
  for (const [name, format] of [
    ['a.csv', '--csv'],
    ['a.csv.zst', '--csv'],
    ['a.jsonl', '--json'],
    ['a.json.zst', '--json'],
  ] as const) {
    const output = path.join(folder, name)
    const { code, out } = await call('convert', file, '-o', output, '--json', ...flags)
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ file: output, records: 6 })
    const bytes = readFileSync(output)
    const text = name.endsWith('.zst') ? zstdDecompressSync(bytes) : bytes
    expect(text.toString()).toBe((await call('cat', file, format, ...flags)).out)
  }
})

test('merge puts files into one, in the order of time', async () => {
  const folder = await newFolder()
  const one = await writeDay(folder, day, rows([101], TIMES), 'one.dbn')
  const two = await writeDay(folder, day, rows([201], TIMES), 'two.dbn.zst')
  const output = path.join(folder, 'all.dbn.zst')
  const { code, out } = await call('merge', one, two, '-o', output)
  expect([code, out]).toEqual([0, expect.stringContaining('6 records')])
  const { out: csv } = await call('cat', output, '--fields', 'instrument_id')
  expect(csv.trimEnd().split('\n').slice(1).map(Number)).toEqual([101, 201, 101, 201, 101, 201])
})

test('slice keeps what was asked for', async () => {
  const folder = await newFolder()
  await writeDay(folder, day, rows([101, 102, 201], TIMES))
  const cases: [string[], string[]][] = [
    [
      ['--underlying', 'DEMO', '--right', 'C'],
      ['101', '101', '101'],
    ],
    [
      ['--underlying', 'DEMO', '--time', '09:30..10:00'],
      ['101', '102', '101', '102'],
    ],
    [
      ['--time', '15:00..'],
      ['101', '102', '201'],
    ],
    [['--strike', '20', '--time', '10:00'], ['201']],
    [['--expiry', '2030-01-19..'], []],
    [
      ['--dte', '1793', '--underlying', 'OTHER'],
      ['201', '201', '201'],
    ],
    [['--dte', '0..7'], []],
  ]
  for (const [at, [flags, wanted]] of cases.entries()) {
    const target = path.join(await newFolder(), `cut-${at}.dbn`)
    const { code, err } = await call('slice', folder, '-o', target, '--quiet', ...flags)
    expect([code, err], flags.join(' ')).toEqual([0, ''])
    const { out } = await call('cat', target, '--fields', 'instrument_id')
    expect(out.trimEnd().split('\n').slice(1), flags.join(' ')).toEqual(wanted)
  }
})

test('the metadata of a slice map no contract that it cannot hold', async () => {
  const folder = await newFolder()
  const file = await writeDay(folder, day, rows([101, 102, 201], TIMES))
  const output = path.join(folder, 'cut.dbn')
  await call('slice', file, '-o', output, '--underlying', 'OTHER', '--quiet')
  const { mappings } = JSON.parse((await call('meta', '--json', output)).out) as {
    mappings: { raw_symbol: string }[]
  }
  expect(mappings.map(({ raw_symbol }) => raw_symbol)).toEqual(['OTHER 300118C00020000'])
})

test('a file that is there is replaced only by --force, and never while it is read', async () => {
  const folder = await newFolder()
  const file = await writeDay(folder, day)
  const output = path.join(folder, 'out.dbn')
  writeFileSync(output, 'mine')
  for (const command of ['merge', 'convert', 'slice'])
    expect(await call(command, file, '-o', output)).toMatchObject({
      code: 2,
      err: expect.stringContaining('--force') as string,
    })
  expect(readFileSync(output, 'utf8')).toBe('mine')
  expect((await call('convert', file, '-o', output, '--force')).code).toBe(0)
  expect(await call('convert', file, '-o', file, '--force')).toMatchObject({
    code: 2,
    err: expect.stringContaining('itself read') as string,
  })
})

test.each([
  ['convert', ['-o', 'x.xml'], 'does not say'],
  ['merge', ['-o', 'x.csv'], 'no name of a DBN file'],
  ['slice', ['-o', 'x.csv'], 'no name of a DBN file'],
  ['slice', ['-o', 'x.dbn', '--dte', 'few'], 'no range'],
  ['slice', ['-o', 'x.dbn', '--time', '9..10'], 'no range'],
  ['slice', ['-o', 'x.dbn', '--strike', '1..2..3'], 'no range'],
  ['cat', ['-o', 'x.csv.zst'], 'not be compressed'],
])('a wrong call of %s ends with 2: %s', async (command, flags, says) => {
  const file = await writeDay(await newFolder(), day)
  const { code, err } = await call(command, file, ...flags)
  expect([code, err]).toEqual([2, expect.stringContaining(says)])
})
