import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FrameWalker, isDbz, isZstd } from './frame-walker.js'

const text = Buffer.from('bid 0.32 ask 0.34 '.repeat(400))
const noise = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 7919 + (i >>> 5) * 104_729) & 0xff))

function skippable(nibble: number, content: string): Buffer {
  const head = Buffer.alloc(8)
  head.writeUInt32LE(0x184d2a50 + nibble, 0)
  head.writeUInt32LE(content.length, 4)
  return Buffer.concat([head, Buffer.from(content)])
}

const withChecksum = (bytes: Buffer): Buffer =>
  zstdCompressSync(bytes, { params: { [constants.ZSTD_c_checksumFlag]: 1 } })
const withoutSize = (bytes: Buffer): Buffer =>
  zstdCompressSync(bytes, { params: { [constants.ZSTD_c_contentSizeFlag]: 0 } })

/** Raw, run-length and compressed blocks; with and without size and checksum; empty and skippable frames. */
const frames = [
  withChecksum(text),
  skippable(0, 'hello'),
  zstdCompressSync(Buffer.alloc(0)),
  withoutSize(noise),
  skippable(15, ''),
  zstdCompressSync(Buffer.alloc(200_000, 65)),
  withChecksum(Buffer.alloc(0)),
  zstdCompressSync(Buffer.from('x')),
]
const stream = Buffer.concat(frames)
const content = Buffer.concat([text, noise, Buffer.alloc(200_000, 65), Buffer.from('x')])

/** Walks a stream cut at these places, and decompresses what it says are frames. */
function walk(bytes: Buffer, cuts: readonly number[]): { walker: FrameWalker; out: Buffer; open: number } {
  const walker = new FrameWalker()
  const out: Buffer[] = []
  let frame: Uint8Array[] = []
  let from = 0
  for (const to of [...cuts.toSorted((a, b) => a - b), bytes.length]) {
    for (const piece of walker.walk(bytes.subarray(from, to))) {
      frame.push(piece.bytes)
      if (!piece.endsFrame) continue
      out.push(zstdDecompressSync(Buffer.concat(frame)))
      frame = []
    }
    from = to
  }
  return { walker, out: Buffer.concat(out), open: frame.length }
}

test('frames of every kind are told apart, wherever the stream is cut', () => {
  expect(walk(stream, []).out.equals(content)).toBe(true)
  const places = fc.array(fc.integer({ min: 0, max: stream.length }), { maxLength: 20 })
  fc.assert(
    fc.property(places, (cuts) => {
      const { walker, out, open } = walk(stream, cuts)
      expect(out.equals(content)).toBe(true)
      expect(walker.isBetweenFrames).toBe(true)
      expect(open).toBe(0)
    }),
    { numRuns: 60 },
  )
})

test('a stream fed byte by byte gives the same', () => {
  const small = Buffer.concat([withChecksum(text), skippable(3, 'abc'), withoutSize(text)])
  const { out, walker } = walk(
    small,
    Array.from({ length: small.length }, (_, i) => i),
  )
  expect(out.equals(Buffer.concat([text, text]))).toBe(true)
  expect(walker.offset).toBe(small.length)
})

test('an end inside a frame is seen at every byte, one between frames is not', () => {
  const small = Buffer.concat([withChecksum(text), skippable(3, 'abc'), withoutSize(text)])
  const [first, skipped] = [withChecksum(text).length, skippable(3, 'abc').length]
  const edges = [0, first, first + skipped, small.length]
  for (let length = 0; length <= small.length; length++) {
    const walker = new FrameWalker()
    walker.walk(small.subarray(0, length))
    expect(walker.isBetweenFrames).toBe(edges.includes(length))
  }
})

test('each block is a piece of its own, and so is a checksum', () => {
  const frame = withChecksum(noise)
  const pieces = new FrameWalker().walk(frame)
  expect(Buffer.concat(pieces.map(({ bytes }) => bytes)).equals(frame)).toBe(true)
  expect(pieces.map(({ endsFrame }) => endsFrame)).toEqual([false, false, false, false, true])
  expect(pieces.at(-1)?.bytes).toHaveLength(4)
})

test('bytes that are no frame are refused', () => {
  const walker = new FrameWalker()
  expect(walker.walk(Buffer.from('DBN\x03 is not zstd'))).toEqual([])
  expect(walker.isBroken).toBe(true)
  const after = new FrameWalker()
  const pieces = after.walk(Buffer.concat([withChecksum(text), Buffer.from('junk')]))
  expect(pieces.filter(({ endsFrame }) => endsFrame)).toHaveLength(1)
  expect(after.isBroken).toBe(true)
})

test('zstd and DBZ are known by their first bytes', () => {
  expect(isZstd(withChecksum(text))).toBe(true)
  expect(isZstd(skippable(7, ''))).toBe(true)
  expect(isZstd(Buffer.from('DBN\x03'))).toBe(false)
  expect(isZstd(Buffer.from([0x28, 0xb5]))).toBe(false)
  expect(isDbz(skippable(1, 'DBZ.'))).toBe(true)
  expect(isDbz(skippable(1, 'else'))).toBe(false)
})
