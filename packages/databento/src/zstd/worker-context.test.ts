import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { PassThrough } from 'node:stream'
import * as zlib from 'node:zlib'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { readBytes } from './node-bytes.js'
import type { ReadOptions } from './node-source.js'
import { WorkerContext } from './worker-context.js'
import { createZstdContext } from './zstd-context.js'

/** True: streams of the runtime lose what is in no documentation. */
let isBare = false

vi.mock('node:zlib', async (load) => {
  const real = await load<typeof zlib>()
  return {
    ...real,
    createZstdDecompress: () => (isBare ? new PassThrough() : real.createZstdDecompress()),
  }
})

let directory = ''

beforeEach(async () => {
  isBare = false
  directory = await mkdtemp(path.join(tmpdir(), 'scalp-worker-zstd-'))
})

afterEach(async () => {
  await rm(directory, { recursive: true })
})

async function read(content: Uint8Array, options: ReadOptions = { zstd: 'worker' }): Promise<Buffer> {
  const file = path.join(directory, 'any-name')
  await writeFile(file, content)
  const pieces: Uint8Array[] = []
  for await (const piece of readBytes(file, options)) pieces.push(piece)
  return Buffer.concat(pieces)
}

const plain = Buffer.from(Array.from({ length: 3_000_000 }, (_, i) => (i * 31 + (i >>> 9) * 17) & 0xff))
const checked = (bytes: Buffer): Buffer =>
  zlib.zstdCompressSync(bytes, { params: { [zlib.constants.ZSTD_c_checksumFlag]: 1 } })
const frames = Buffer.concat(
  [plain.subarray(0, 7), plain.subarray(7, 2_500_000), Buffer.alloc(0), plain.subarray(2_500_000)].map(
    checked,
  ),
)

test('frames are decompressed in a thread, the same as in this one', async () => {
  expect((await read(frames)).equals(plain)).toBe(true)
  expect((await read(frames, { zstd: 'node' })).equals(plain)).toBe(true)
})

test('a runtime whose streams cannot be driven from within still reads', async () => {
  isBare = true
  const context = createZstdContext('node')
  context.close()
  expect(context).toBeInstanceOf(WorkerContext)
  expect((await read(frames, { zstd: 'node' })).equals(plain)).toBe(true)
})

test('a cut file is an error, and with `partial` its whole blocks are read', async () => {
  const cut = frames.subarray(0, frames.length - 9)
  await expect(read(cut)).rejects.toMatchObject({ code: 'DBN_TRUNCATED' })
  const there = await read(cut, { zstd: 'worker', partial: true })
  const same = await read(cut, { zstd: 'node', partial: true })
  expect(there.equals(same)).toBe(true)
  expect(there.length).toBeGreaterThan(2_000_000)
})

test('what does not decompress is an error', async () => {
  const corrupt = Buffer.from(checked(plain))
  corrupt[corrupt.length - 1] = (corrupt.at(-1) as number) ^ 0xff
  await expect(read(corrupt)).rejects.toMatchObject({ code: 'DBN_CORRUPT' })
})
