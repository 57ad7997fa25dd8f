import { expect, test } from 'vitest'
import {
  createMetadata,
  decodeMetadata,
  encodeMetadata,
  encodeMetadataPieces,
  type Metadata,
} from './metadata.js'

const metadata: Metadata = {
  version: 3,
  dataset: 'OPRA.PILLAR',
  schema: 'cbbo-1m',
  start: 1_740_009_600_000_000_000n,
  end: 1_740_096_000_000_000_000n,
  limit: 4n,
  stypeIn: 'raw_symbol',
  stypeOut: 'instrument_id',
  tsOut: false,
  symbolCstrLen: 71,
  symbols: ['AAPL  250221C00250000'],
  partial: ['B'],
  notFound: ['C', 'D'],
  mappings: [
    {
      rawSymbol: 'AAPL  250221C00250000',
      intervals: [{ startDate: 20250220, endDate: 20250221, symbol: '16783963' }],
    },
  ],
}

const forVersion = (version: number): Metadata => ({
  ...metadata,
  version,
  symbolCstrLen: version === 1 ? 22 : 71,
})

/** Encoded metadata with one number overwritten. */
function spoilt(version: number, offset: number, value: number): Uint8Array {
  const bytes = encodeMetadata(forVersion(version))
  new DataView(bytes.buffer).setUint32(offset, value, true)
  return bytes
}

test.each([1, 2, 3])('metadata of version %i survive encoding', (version) => {
  const bytes = encodeMetadata(forVersion(version))
  expect(decodeMetadata(bytes)).toEqual(forVersion(version))
  if (version === 3) expect(bytes.length % 8).toBe(0)
})

test('what is open or mixed is null', () => {
  const live = { ...metadata, schema: null, end: null, limit: null, stypeIn: null }
  expect(decodeMetadata(encodeMetadata(live))).toEqual(live)
})

test('an end of 0 is open too', () => {
  expect(decodeMetadata(encodeMetadata({ ...metadata, end: 0n })).end).toBeNull()
})

test('metadata are read from the middle of a buffer', () => {
  const bytes = encodeMetadata(metadata)
  const larger = new Uint8Array(bytes.length + 10)
  larger.set(bytes, 5)
  expect(decodeMetadata(larger.subarray(5))).toEqual(metadata)
})

test.each([
  ['a schema definition', 108],
  ['a count of symbols', 112],
  ['a count of partial symbols', 116 + 71],
])('%s larger than the bytes left is refused before anything is allocated', (_, offset) => {
  for (const count of [0xffff_ffff, 0x7fff_ffff, 10_000]) {
    expect(() => decodeMetadata(spoilt(3, offset, count))).toThrow(
      expect.objectContaining({ code: 'DBN_METADATA' }),
    )
  }
})

test('a schema definition is refused, whatever its length', () => {
  expect(() => decodeMetadata(spoilt(3, 108, 4))).toThrow(/schema definition/)
})

test('a body shorter than the fixed part is refused', () => {
  expect(() => decodeMetadata(spoilt(3, 4, 99))).toThrow(expect.objectContaining({ code: 'DBN_METADATA' }))
})

test('a version to come is refused by its number', () => {
  const bytes = encodeMetadata(metadata)
  bytes[3] = 4
  expect(() => decodeMetadata(bytes)).toThrow(/version 4/)
})

test('a body that the buffer does not hold whole is refused', () => {
  const bytes = encodeMetadata(metadata)
  expect(() => decodeMetadata(bytes.subarray(0, bytes.length - 1))).toThrow(
    expect.objectContaining({ code: 'DBN_METADATA' }),
  )
})

test('a symbol too long for its version is refused rather than cut', () => {
  const long = { ...forVersion(1), symbols: ['X'.repeat(22)] }
  expect(() => encodeMetadata(long)).toThrow(expect.objectContaining({ code: 'DBN_METADATA' }))
  expect(() => encodeMetadata({ ...metadata, symbols: ['É'] })).toThrow(
    expect.objectContaining({ code: 'DBN_METADATA' }),
  )
})

test.each([1, 2, 3])('pieces of metadata of version %i come to the whole', (version) => {
  const symbols = Array.from({ length: 300 }, (_, i) => `S${i}`)
  const mappings = symbols.map((rawSymbol, i) => ({
    rawSymbol,
    intervals: Array.from({ length: i % 4 }, (_, day) => ({
      startDate: 20250220 + day,
      endDate: 20250221 + day,
      symbol: String(i * 10 + day),
    })),
  }))
  const large = { ...forVersion(version), symbols, mappings }
  const whole = encodeMetadata(large)
  expect(decodeMetadata(whole)).toEqual(large)
  for (let bytes = 1_024; bytes < 1_324; bytes++) {
    const from = bytes % 2 === 0 ? large : decodeMetadata(whole)
    const pieces = Array.from(encodeMetadataPieces(from, bytes), (piece) => Buffer.from(piece))
    expect(pieces.length).toBeGreaterThan(10)
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThanOrEqual(bytes)
    expect(Buffer.concat(pieces).equals(whole)).toBe(true)
  }
})

test('a zero in a symbol is refused rather than taken for its end', () => {
  const mappings = [{ rawSymbol: 'A\0B', intervals: [] }]
  expect(() => encodeMetadata({ ...metadata, mappings })).toThrow(/not ASCII/)
})

test('metadata made by hand say what most files say, and a length of symbols that their version has', () => {
  const known = { dataset: 'OPRA.PILLAR', schema: 'trades' } as const
  const made = createMetadata(known)
  expect(made).toMatchObject({
    ...known,
    version: 3,
    symbolCstrLen: 71,
    stypeOut: 'instrument_id',
    end: null,
  })
  expect(decodeMetadata(encodeMetadata(made))).toEqual(made)
  const first = createMetadata({ ...known, version: 1, stypeIn: 'parent' })
  expect(first).toMatchObject({ version: 1, symbolCstrLen: 22, stypeIn: 'parent' })
  expect(decodeMetadata(encodeMetadata(first))).toEqual(first)
})
