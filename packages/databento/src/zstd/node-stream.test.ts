import { constants, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decompressed } from './node-stream.js'

const TEXT = Buffer.from(Array.from({ length: 60_000 }, (_, at) => (at * at) % 251))
const FRAMES = Buffer.concat([
  zstdCompressSync(TEXT.subarray(0, 10)),
  Buffer.from([0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]), // a skippable frame
  zstdCompressSync(TEXT.subarray(10)),
])

async function* cut(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  let from = 0
  for (const to of [...cuts.toSorted((a, b) => a - b), bytes.length]) {
    yield bytes.slice(from, to)
    from = to
  }
}

const read = async (source: AsyncIterable<Uint8Array>, pieces: Buffer[] = []): Promise<Buffer> => {
  for await (const piece of decompressed(source, { name: 'answer' })) pieces.push(Buffer.from(piece))
  return Buffer.concat(pieces)
}

test('any cut of the bytes gives the same, compressed or not', async () => {
  const cuts = fc.array(fc.oneof(fc.nat(30), fc.nat(FRAMES.length)), { maxLength: 6 })
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(FRAMES, TEXT), cuts, async (bytes, at) => {
      expect((await read(cut(bytes, at))).equals(TEXT)).toBe(true)
    }),
    { numRuns: 60 },
  )
})

test('gives more than one buffer of output for one piece of input', async () => {
  const zeros = Buffer.alloc(1_000_000)
  expect((await read(cut(zstdCompressSync(zeros), []))).equals(zeros)).toBe(true)
})

test('an end inside a frame is told, after all that came', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 40, max: FRAMES.length - 1 }), async (length) => {
      const pieces: Buffer[] = []
      const call = read(cut(FRAMES.subarray(0, length), []), pieces)
      await expect(call).rejects.toMatchObject({
        code: 'DBN_TRUNCATED',
        details: { source: 'answer', offset: length },
      })
      const came = Buffer.concat(pieces)
      expect(came.length).toBeGreaterThanOrEqual(10)
      expect(came.equals(TEXT.subarray(0, came.length))).toBe(true)
    }),
    { numRuns: 30 },
  )
})

test('bytes that follow a frame and are none are corrupt, and so is a broken frame', async () => {
  const followed = Buffer.concat([FRAMES, Buffer.from('not a frame')])
  await expect(read(cut(followed, []))).rejects.toMatchObject({ code: 'DBN_CORRUPT' })
  const params = { [constants.ZSTD_c_checksumFlag]: 1 }
  const broken = Buffer.from(zstdCompressSync(TEXT, { params }))
  broken[broken.length >> 1] = (broken[broken.length >> 1] as number) ^ 1
  await expect(read(cut(broken, []))).rejects.toMatchObject({ code: 'DBN_CORRUPT' })
})

test('DBZ is refused by name', async () => {
  const dbz = Buffer.concat([
    Buffer.from([0x51, 0x2a, 0x4d, 0x18, 4, 0, 0, 0]),
    Buffer.from('DBZ\x01'),
    FRAMES,
  ])
  await expect(read(cut(dbz, [2]))).rejects.toMatchObject({ code: 'DBN_FORMAT' })
})

test('nothing at all gives nothing', async () => {
  expect(await read(cut(new Uint8Array(0), []))).toHaveLength(0)
})
