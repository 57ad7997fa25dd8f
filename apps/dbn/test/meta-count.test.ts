import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { FileCount } from '../src/commands/count.js'
import { call } from './call.js'
import { DBN_FOLDERS, readJson } from './fixtures.js'

interface ExpectedFile {
  kind?: string
  metadata?: Record<string, unknown>
  record_count?: number
  records_at_least?: number
  rtypes?: Record<string, number>
  record_kinds?: Record<string, number>
  record_bytes?: number
  fragment_version_by_length?: number
  must_fail?: boolean
  complete?: boolean
  good_records?: unknown[]
}

const files: [file: string, expected: ExpectedFile][] = DBN_FOLDERS.flatMap((folder) =>
  Object.entries(readJson<{ files: Record<string, ExpectedFile> }>(`${folder}/expected.json`).files).map(
    ([name, expected]): [string, ExpectedFile] => [`${folder}/${name}`, expected],
  ),
).filter(([file]) => existsSync(file))
const readable = files.filter(([, { kind, must_fail }]) => must_fail !== true && kind !== 'dbz')
const OF_BYTES = ['metadata_length', 'trailing_padding', 'record_count']

test.each(readable.filter(([, { metadata }]) => metadata !== undefined))(
  'meta tells of %s what is expected',
  async (file, { metadata = {} }) => {
    const { code, out } = await call('meta', '--json', file)
    expect(code).toBe(0)
    const wanted = Object.entries(metadata).filter(([name]) => !OF_BYTES.includes(name))
    expect(JSON.parse(out)).toEqual(Object.fromEntries(wanted))
    const { out: text } = await call('meta', file)
    expect(text).toMatch(new RegExp(`^version +${String(metadata['version'])}\ndataset +`))
  },
)

test.each(readable)('count finds in %s what is expected', async (file, expected) => {
  const version = expected.fragment_version_by_length
  const flags = version === undefined ? [] : ['--fragment', String(version)]
  const { code, out } = await call('count', '--json', file, ...flags)
  const isComplete = expected.complete !== false
  const result = JSON.parse(out) as FileCount
  expect(code).toBe(isComplete ? 0 : 1)
  expect(result.complete).toBe(isComplete)
  expect(result.error === null ? null : [result.error.code, typeof result.error.offset]).toEqual(
    isComplete ? null : ['DBN_TRUNCATED', 'number'],
  )
  if (expected.records_at_least !== undefined) {
    expect(result.record_count).toBeGreaterThanOrEqual(expected.records_at_least)
    return
  }
  const { record_count, rtypes, record_kinds, record_bytes } = result
  expect({ record_count, rtypes, record_bytes }).toEqual({
    record_count: expected.record_count,
    rtypes: expected.rtypes,
    record_bytes: expected.record_bytes ?? record_bytes,
  })
  if (expected.record_kinds !== undefined) expect(record_kinds).toEqual(expected.record_kinds)
  const { code: partialCode } = await call('count', '--partial', file, ...flags)
  expect(partialCode).toBe(0)
})

test.each(files.filter(([, { must_fail, kind }]) => must_fail === true || kind === 'dbz'))(
  'count of %s fails, and says how far it was readable',
  async (file, { good_records }) => {
    const { code, out } = await call('count', '--json', '--partial', file)
    const { error, record_count } = JSON.parse(out) as FileCount
    expect([code, error?.code]).toEqual([1, expect.stringMatching(/^DBN_/)])
    if (good_records !== undefined) expect(record_count).toBe(good_records.length)
    const { out: text } = await call('count', file)
    expect(text).toContain('of what was readable')
  },
)

test('several files are counted one by one, and together', async () => {
  const two = readable
    .filter(([, { complete, kind }]) => complete !== false && kind === 'dbn')
    .slice(0, 2)
    .map(([file]) => file)
  const { out } = await call('count', ...two)
  expect(out).toMatch(/\d {2}total\n$/)
  expect(JSON.parse((await call('count', '--json', ...two)).out)).toHaveLength(2)
})

test.each(['meta', 'count', 'cat'])('%s of a file that is not there ends with 1', async (command) => {
  const { code, err } = await call(command, '/nowhere/day.dbn')
  expect([code, err]).toEqual([1, expect.stringContaining('does not exist')])
})
