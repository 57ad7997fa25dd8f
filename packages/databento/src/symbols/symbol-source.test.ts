import { expect, test } from 'vitest'
import { createMetadata } from '../dbn/metadata.js'
import { type DbnRecord, encodeRecord } from '../dbn/record.js'
import { StreamSymbols, SymbolMap } from './symbol-source.js'

const metadata = createMetadata({
  dataset: 'OPRA.PILLAR',
  schema: 'trades',
  mappings: [
    { rawSymbol: 'FIRST', intervals: [{ startDate: 20250220, endDate: 20250221, symbol: '7' }] },
    {
      rawSymbol: 'SECOND',
      intervals: [
        { startDate: 20250221, endDate: 20250225, symbol: '7' },
        { startDate: 20250225, endDate: 20250226, symbol: '' },
        { startDate: 20250226, endDate: 20250226, symbol: '7' },
      ],
    },
    { rawSymbol: 'LATER', intervals: [{ startDate: 20250224, endDate: 20250225, symbol: '7' }] },
  ],
})

const day = (date: string): number => Date.parse(`${date}T00:00:00Z`) / 86_400_000
const trade = (receivedNs: bigint): DataView => {
  const record: DbnRecord = {
    record: 'trade',
    length: 12,
    rtype: 0,
    publisher_id: 30,
    instrument_id: 7,
    ts_event: 0n,
    ts_recv: receivedNs,
  }
  return new DataView(encodeRecord(record).buffer)
}

test('an id has the symbol of its day, in half-open intervals', () => {
  const map = new SymbolMap(metadata)
  expect(map.find(day('2025-02-19'), 7)).toBeUndefined()
  expect(map.find(day('2025-02-20'), 7)).toBe('FIRST')
  expect(map.find(day('2025-02-21'), 7)).toBe('SECOND')
  expect(map.find(day('2025-02-20'), 7)).toBe('FIRST')
  expect(map.find(day('2025-02-20'), 8)).toBeUndefined()
})

test('the later of two mappings wins, an empty symbol and an empty interval are none', () => {
  const map = new SymbolMap(metadata)
  expect(map.find(day('2025-02-24'), 7)).toBe('LATER')
  expect(map.find(day('2025-02-25'), 7)).toBeUndefined()
  expect(map.find(day('2025-02-26'), 7)).toBeUndefined()
})

test('records are looked up by the UTC day they were received', () => {
  const map = new SymbolMap(metadata)
  const midnight = BigInt(Date.parse('2025-02-21T00:00:00Z')) * 1_000_000n
  expect(map.symbolOf(trade(midnight - 1n), 0)).toBe('FIRST')
  expect(map.symbolOf(trade(midnight), 0)).toBe('SECOND')
  expect(map.symbolOf(trade(0xffff_ffff_ffff_ffffn), 0)).toBeUndefined()
})

test('mappings from ids to symbols work the other way round', () => {
  const map = new SymbolMap({
    ...metadata,
    stypeIn: 'instrument_id',
    stypeOut: 'raw_symbol',
    mappings: [{ rawSymbol: '7', intervals: [{ startDate: 20250220, endDate: 20250221, symbol: 'FIRST' }] }],
  })
  expect(map.find(day('2025-02-20'), 7)).toBe('FIRST')
})

test('metadata without ids are refused', () => {
  expect(() => new SymbolMap({ ...metadata, stypeOut: 'raw_symbol' })).toThrow(
    expect.objectContaining({ code: 'DBN_SYMBOLOGY' }),
  )
})

test('a stream names its ids as it goes, and a mapping record names itself', () => {
  for (const version of [1, 3]) {
    const symbols = new StreamSymbols(version)
    const mapping = (symbol: string): DataView => {
      const record: DbnRecord = {
        record: version === 1 ? 'symbol_mapping_v1' : 'symbol_mapping_v2',
        length: 0,
        rtype: 0x16,
        publisher_id: 0,
        instrument_id: 7,
        ts_event: 0n,
        stype_in_symbol: 'asked',
        stype_out_symbol: symbol,
      }
      return new DataView(encodeRecord(record).buffer)
    }
    expect(symbols.symbolOf(trade(0n), 0)).toBeUndefined()
    expect(symbols.symbolOf(mapping('FIRST'), 0)).toBe('FIRST')
    expect(symbols.symbolOf(trade(0n), 0)).toBe('FIRST')
    symbols.symbolOf(mapping('SECOND'), 0)
    expect(symbols.symbolOf(trade(0n), 0)).toBe('SECOND')
  }
})
