import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { constants, zstdCompressSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readBytes } from './node-bytes.js'

let directory = ''

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'scalp-bytes-'))
})

afterEach(async () => {
  await rm(directory, { recursive: true })
})

async function read(content: Uint8Array, partial = false): Promise<Buffer> {
  const file = path.join(directory, 'any-name')
  await writeFile(file, content)
  const pieces: Uint8Array[] = []
  for await (const piece of readBytes(file, { partial })) pieces.push(piece)
  return Buffer.concat(pieces)
}

const plain = Buffer.from(Array.from({ length: 2_000_000 }, (_, i) => (i * 31 + (i >>> 9) * 17) & 0xff))
const checked = (bytes: Buffer): Buffer =>
  zstdCompressSync(bytes, { params: { [constants.ZSTD_c_checksumFlag]: 1 } })

test('a file is read the same, raw or in many frames, whatever its name', async () => {
  expect((await read(plain)).equals(plain)).toBe(true)
  const frames = [
    plain.subarray(0, 7),
    plain.subarray(7, 1_500_000),
    Buffer.alloc(0),
    plain.subarray(1_500_000),
  ]
  expect((await read(Buffer.concat(frames.map(checked)))).equals(plain)).toBe(true)
})

test('a file of no bytes gives none', async () => {
  expect((await read(Buffer.alloc(0))).length).toBe(0)
})

test('a frame cut short is an error, or with partial what came before it', async () => {
  const first = checked(plain.subarray(0, 1_000))
  const second = checked(plain.subarray(1_000))
  for (const keep of [1, 3, 5, 20, Math.floor(second.length / 2), second.length - 1]) {
    const cut = Buffer.concat([first, second.subarray(0, keep)])
    await expect(read(cut)).rejects.toMatchObject({ code: 'DBN_TRUNCATED', details: { offset: cut.length } })
    const kept = await read(cut, true)
    expect(kept.length).toBeGreaterThanOrEqual(1_000)
    expect(kept.equals(plain.subarray(0, kept.length))).toBe(true)
  }
})

test('a wrong checksum is an error, with partial too', async () => {
  const bytes = checked(plain)
  bytes[bytes.length - 1] = (bytes.at(-1) as number) ^ 0xff
  await expect(read(bytes)).rejects.toMatchObject({ code: 'DBN_CORRUPT' })
  await expect(read(bytes, true)).rejects.toMatchObject({ code: 'DBN_CORRUPT' })
})

test('bytes after the last frame that are no frame are an error', async () => {
  const bytes = Buffer.concat([checked(plain.subarray(0, 100)), Buffer.from('trailing')])
  await expect(read(bytes)).rejects.toMatchObject({ code: 'DBN_CORRUPT' })
})

test('a reader may stop early', async () => {
  const file = path.join(directory, 'early')
  await writeFile(file, checked(plain))
  for await (const piece of readBytes(file)) {
    expect(piece.length).toBeGreaterThan(0)
    break
  }
})
