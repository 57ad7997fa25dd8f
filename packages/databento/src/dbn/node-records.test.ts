import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { zstdCompressSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readBytes } from '../zstd/node-bytes.js'
import { readDbnFile, readDbnRecords } from './node-file.js'
import { type DbnRecord, decodeRecord } from './record.js'

const FILE = new URL('../../test/fixtures/own/quotes.cbbo-1m.v3.dbn.zst', import.meta.url).pathname
let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'records-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function recordsOf(file: string, partial = false): Promise<DbnRecord[]> {
  const records: DbnRecord[] = []
  for await (const record of readDbnRecords(file, { partial })) records.push(record)
  return records
}

test('records one by one are those of the blocks', async () => {
  const expected: DbnRecord[] = []
  await readDbnFile(FILE, {
    onMetadata() {},
    onBlock({ bytes, view, length }) {
      for (let at = 0; at < length; at += (bytes[at] as number) * 4)
        expected.push(decodeRecord(view, at, { version: 3, tsOut: false }))
    },
  })
  expect(expected.length).toBeGreaterThan(0)
  expect(await recordsOf(FILE)).toEqual(expected)
})

test('a cut file gives its whole records and then says that it was cut', async () => {
  const all = await recordsOf(FILE)
  const pieces: Uint8Array[] = []
  for await (const piece of readBytes(FILE)) pieces.push(piece)
  const bytes = Buffer.concat(pieces)
  const cut = path.join(folder, 'cut.dbn.zst')
  await writeFile(cut, zstdCompressSync(bytes.subarray(0, bytes.length - 8)))
  const records: DbnRecord[] = []
  const reading = (async () => {
    for await (const record of readDbnRecords(cut)) records.push(record)
  })()
  await expect(reading).rejects.toMatchObject({ code: 'DBN_TRUNCATED' })
  expect(records).toEqual(all.slice(0, -1))
  expect(await recordsOf(cut, true)).toEqual(all.slice(0, -1))
})

test('a reader that stops early leaves nothing open', async () => {
  for await (const record of readDbnRecords(FILE)) {
    expect(record.record).toBe('cbbo')
    break
  }
})
