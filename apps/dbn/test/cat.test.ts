import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { call, newFolder } from './call.js'
import { DBN_FOLDERS, readJson } from './fixtures.js'

interface Golden {
  file?: string
  source: string
  variant: string
  format: 'csv' | 'jsonl'
  options: {
    pretty_px: boolean
    pretty_ts: boolean
    map_symbols: boolean
    upgrade: 'as-is' | 'v3'
    only_schema?: string
    symbols_from?: string
    fragment_version?: number
  }
}
type Case = readonly [name: string, source: string, flags: string[], text: string]

const cases = (kind: 'files' | 'refused'): Case[] =>
  DBN_FOLDERS.flatMap((folder) =>
    readJson<Record<typeof kind, Golden[]>>(`${folder}/text/index.json`)[kind].map((golden): Case => {
      const { source, file } = golden
      const name = file ?? `${source}.${golden.variant}.${golden.format}`
      const input = source.startsWith('edge/') ? `${folder}/text/${source}` : `${folder}/${source}`
      return [name, input, flagsOf(golden), `${folder}/text/${name}`]
    }),
  )

function flagsOf({ format, options }: Golden): string[] {
  const flags = [format === 'csv' ? '--csv' : '--json']
  if (options.pretty_px && options.pretty_ts) flags.push('--pretty')
  else if (options.pretty_px) flags.push('--pretty-prices')
  else if (options.pretty_ts) flags.push('--pretty-times')
  if (options.map_symbols) flags.push('--symbols', options.symbols_from === undefined ? 'metadata' : 'stream')
  if (options.upgrade === 'v3') flags.push('--upgrade')
  if (options.only_schema !== undefined) flags.push('--schema', options.only_schema)
  if (options.fragment_version !== undefined) flags.push('--fragment', String(options.fragment_version))
  return flags
}

test.each(cases('files'))('cat prints %s byte for byte', async (_, source, flags, golden) => {
  const { code, out } = await call('cat', source, ...flags)
  expect(code).toBe(0)
  expect(out).toBe(readFileSync(golden, 'utf8'))
})

test.each(cases('refused'))('cat refuses %s', async (_, source, flags) => {
  const { code, err } = await call('cat', source, ...flags)
  expect(code).toBeGreaterThan(0)
  expect(err).toMatch(/DBN_(MIXED_RECORDS|UNKNOWN_RECORD_TYPE)/)
})

const QUOTES = path.join(DBN_FOLDERS.at(-1) as string, 'own/quotes.cbbo-1m.v3.dbn.zst')

test('-o writes the same into a file, and leaves none behind when it fails', async () => {
  const file = path.join(await newFolder(), 'out.csv')
  const { out } = await call('cat', QUOTES, '--csv')
  expect((await call('cat', QUOTES, '-o', file)).out).toBe('')
  expect(readFileSync(file, 'utf8')).toBe(out)
  const failed = path.join(path.dirname(file), 'failed.csv')
  expect((await call('cat', '/nowhere.dbn', '-o', failed)).code).toBe(1)
  expect(() => readFileSync(failed)).toThrow(/ENOENT/)
  expect(() => readFileSync(`${failed}.part`)).toThrow(/ENOENT/)
})

test('--limit counts over all files, and one header stands over them', async () => {
  const { out: whole } = await call('cat', QUOTES)
  const lines = whole.trimEnd().split('\n')
  const rows = lines.length - 1
  const { out } = await call('cat', QUOTES, QUOTES, '--limit', String(rows + 1))
  expect(out).toBe(`${[...lines, lines[1]].join('\n')}\n`)
  expect((await call('cat', QUOTES, '--limit', '0')).out).toBe(`${lines[0]}\n`)
})

test('--fields keeps the columns that are named, in CSV and in JSON', async () => {
  const { out: csv } = await call('cat', QUOTES, '--fields', 'bid_px_00,ts_recv,symbol')
  const { out: whole } = await call('cat', QUOTES, '--symbols')
  const wanted = whole
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','))
    .map((cells, _, [header = []]) =>
      ['ts_recv', 'bid_px_00', 'symbol'].map((name) => cells[header.indexOf(name)]).join(','),
    )
  expect(csv).toBe(`${wanted.join('\n')}\n`)
  const { out: json } = await call('cat', QUOTES, '--json', '--limit', '1', '--fields', 'rtype,ask_px_00')
  const row = JSON.parse(json) as { levels: object[] }
  expect(row).toEqual({ hd: { rtype: 193 }, levels: [{ ask_px: expect.any(String) as string }] })
})

test.each([
  ['both formats', ['--csv', '--json'], 'CALL_INVALID'],
  ['a field that is none', ['--fields', 'bid'], 'TEXT_UNKNOWN_FIELD'],
  ['a limit that is no number', ['--limit', 'ten'], 'whole number'],
  ['a schema that is none', ['--schema', 'quotes'], 'must be one of'],
])('a wrong call ends with 2: %s', async (_, flags, says) => {
  const { code, err } = await call('cat', QUOTES, ...flags)
  expect([code, err]).toEqual([2, expect.stringContaining(says)])
})
