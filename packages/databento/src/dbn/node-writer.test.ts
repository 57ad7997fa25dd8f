import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { RTYPE } from './enums.js'
import { createMetadata } from './metadata.js'
import { readDbnFile, readDbnMetadata } from './node-file.js'
import { writeDbnFile } from './node-writer.js'
import { CbboView } from './record-view.js'

const metadata = createMetadata({
  dataset: 'OPRA.PILLAR',
  schema: 'cbbo-1m',
})

const quote = {
  rtype: RTYPE.cbbo1m,
  publisherId: 30,
  receivedUs: 1_740_061_860_000_000,
  lastUs: Number.NaN,
  lastMicros: Number.NaN,
  lastSize: 0,
  flags: 194,
  bidMicros: 320_000,
  askMicros: Number.NaN,
  bidSize: 104,
  askSize: 0,
  bidPublisher: 29,
  askPublisher: 0,
}

let directory = ''

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'scalp-dbn-'))
})

afterEach(async () => {
  await rm(directory, { recursive: true })
})

test.each([false, true])('what is written over many flushes is read again (zstd: %s)', async (zstd) => {
  const file = path.join(directory, 'day')
  const count = 60_000
  await writeDbnFile(file, { metadata, zstd }, async ({ records, flush }) => {
    for (let instrumentId = 0; instrumentId < count; instrumentId++) {
      records.cbbo({ ...quote, instrumentId })
      if (instrumentId % 7_000 === 0) await flush()
    }
  })
  expect(await readdir(directory)).toEqual(['day'])
  const magic = (await readFile(file)).readUInt32LE(0)
  expect(magic === 0xfd2fb528).toBe(zstd)
  expect(await readDbnMetadata(file)).toEqual(metadata)

  const view = new CbboView()
  let next = 0
  const summary = await readDbnFile(file, {
    onMetadata: (found) => expect(found).toEqual(metadata),
    onBlock(block) {
      view.bind(block)
      for (let at = 0; at < block.length; at += view.length) {
        view.moveTo(at)
        if (view.instrumentId === next && view.bidMicros === 320_000 && Number.isNaN(view.askMicros)) next++
      }
    },
  })
  expect(next).toBe(count)
  expect(summary).toEqual({ records: count, isTruncated: false })
})

test('a failure while writing leaves nothing behind', async () => {
  const writing = writeDbnFile(path.join(directory, 'day'), { metadata, zstd: true }, ({ records }) => {
    records.cbbo({ ...quote, instrumentId: 1 })
    throw new Error('no more quotes')
  })
  await expect(writing).rejects.toThrow('no more quotes')
  expect(await readdir(directory)).toEqual([])
})

test('a folder that is not there is an error', async () => {
  const writing = writeDbnFile(path.join(directory, 'missing', 'day'), { metadata }, () => undefined)
  await expect(writing).rejects.toMatchObject({ code: 'ENOENT' })
})
