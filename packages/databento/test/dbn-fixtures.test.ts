import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Block, RecordSink } from '../src/dbn/assembler.js'
import { encodeMetadata, type Metadata } from '../src/dbn/metadata.js'
import { readDbnFile } from '../src/dbn/node-file.js'
import { type DbnRecord, decodeRecord, encodeRecord } from '../src/dbn/record.js'
import { upgradeRecord } from '../src/dbn/upgrade.js'
import { SymbolMap } from '../src/symbols/symbol-source.js'
import { DBN_FOLDERS, hasFixtures, readJson } from './fixtures.js'

interface ExpectedFile {
  kind?: string
  metadata?: Record<string, unknown>
  record_count?: number
  records_at_least?: number
  rtypes?: Record<string, number>
  record_bytes_sha256?: string
  first_record?: Record<string, unknown> | null
  last_record?: Record<string, unknown> | null
  records?: Record<string, unknown>[]
  upgraded_to_v3?: Pick<ExpectedFile, 'first_record' | 'last_record' | 'records'>
  fragment_version_by_length?: number
  must_fail?: boolean
  complete?: boolean
  good_records?: Record<string, unknown>[]
  symbols_by_record?: (string | null)[]
}

/** Keeps a copy of everything. */
class Collector implements RecordSink {
  metadata: Metadata | undefined
  readonly records: Uint8Array[] = []

  onMetadata(metadata: Metadata): void {
    this.metadata = metadata
  }

  onBlock({ bytes, length }: Block): void {
    for (let at = 0; at < length; at += (bytes[at] as number) * 4) {
      this.records.push(bytes.slice(at, at + (bytes[at] as number) * 4))
    }
  }
}

const expectedFiles: [file: string, expected: ExpectedFile][] = DBN_FOLDERS.flatMap((folder) => {
  const { files } = readJson<{ files: Record<string, ExpectedFile> }>(`${folder}/expected.json`)
  return Object.entries(files).map(([name, expected]): [string, ExpectedFile] => [
    `${folder}/${name}`,
    expected,
  ])
}).filter(([file]) => existsSync(file))
const named = (keep: (expected: ExpectedFile) => boolean): [string, ExpectedFile][] =>
  expectedFiles.filter(([, expected]) => keep(expected))
const isReadable = ({ kind, must_fail }: ExpectedFile): boolean => must_fail !== true && kind !== 'dbz'

test.skipIf(!hasFixtures)('the shared fixtures are there', () => {
  expect(named(isReadable).length).toBeGreaterThan(0)
  expect(named(({ must_fail }) => must_fail === true).length).toBeGreaterThan(0)
})

test.each(named(isReadable))('%s decodes to what is expected', async (name, expected) => {
  const sink = new Collector()
  const isFragment = expected.kind === 'fragment'
  const options = { isFragment, partial: expected.complete === false }
  const summary = await readDbnFile(name, sink, options)
  expect(summary.isTruncated).toBe(expected.complete === false)
  if (isFragment) expect(sink.metadata).toBeUndefined()
  else expect(plainMetadata(sink.metadata as Metadata)).toEqual(withoutLengths(expected.metadata ?? {}))
  const version = sink.metadata?.version ?? expected.fragment_version_by_length ?? 3
  const format = { version, tsOut: sink.metadata?.tsOut ?? false }
  const { records } = sink
  expect(summary.records).toBe(records.length)
  if (expected.records_at_least === undefined) {
    expect(records.length).toBe(expected.record_count)
    expect(countRtypes(records)).toEqual(expected.rtypes)
    expect(sha256(records)).toBe(expected.record_bytes_sha256)
  } else expect(records.length).toBeGreaterThanOrEqual(expected.records_at_least)

  const decoded = records.map((bytes) => decodeRecord(new DataView(bytes.buffer), 0, format))
  expectRecords(decoded, expected)
  for (const [i, record] of decoded.entries()) {
    if (record.record === 'unknown') continue
    expect(decodeRecord(new DataView(encodeRecord(record).buffer), 0, format)).toEqual(decoded[i])
  }
  if (expected.upgraded_to_v3 !== undefined) {
    const upgraded = records.map((bytes) => {
      const newer = upgradeRecord(new DataView(bytes.buffer), 0, format) ?? bytes
      return decodeRecord(new DataView(newer.buffer), 0, { ...format, version: 3 })
    })
    expectRecords(upgraded, expected.upgraded_to_v3)
  }
  if (expected.symbols_by_record !== undefined) {
    const map = new SymbolMap(sink.metadata as Metadata)
    const symbols = records.map((bytes) => map.symbolOf(new DataView(bytes.buffer), 0) ?? null)
    expect(symbols).toEqual(expected.symbols_by_record)
  }
})

test.each(named(({ complete }) => complete === false))('%s is reported as cut short', async (name) => {
  const reading = readDbnFile(name, new Collector())
  await expect(reading).rejects.toMatchObject({ code: 'DBN_TRUNCATED' })
})

test.each(named(({ must_fail }) => must_fail === true))('%s fails', async (name, expected) => {
  const sink = new Collector()
  const reading = readDbnFile(name, sink, { partial: true })
  await expect(reading).rejects.toMatchObject({ code: expect.stringMatching(/^DBN_/) })
  if (expected.good_records === undefined) return
  const decoded = sink.records.map((bytes) =>
    decodeRecord(new DataView(bytes.buffer), 0, { version: 3, tsOut: false }),
  )
  expect(decoded.map(plain)).toEqual(expected.good_records)
})

test.each(named(({ kind }) => kind === 'dbz'))('%s is refused by name', async (name) => {
  await expect(readDbnFile(name, new Collector())).rejects.toThrow(/DBZ/)
})

test.each(named((file) => isReadable(file) && file.kind === 'dbn'))(
  'the metadata of %s survive encoding',
  async (name) => {
    const sink = new Collector()
    await readDbnFile(name, sink, { partial: true })
    const metadata = sink.metadata as Metadata
    const again = new Collector()
    const { RecordAssembler } = await import('../src/dbn/assembler.js')
    new RecordAssembler(again).push(encodeMetadata(metadata))
    expect(again.metadata).toEqual(metadata)
  },
)

function expectRecords(decoded: readonly DbnRecord[], expected: ExpectedFile): void {
  const records = decoded.map(plain)
  if (expected.first_record !== undefined) expect(records[0] ?? null).toEqual(expected.first_record)
  if (expected.last_record !== undefined && expected.records_at_least === undefined) {
    expect(records.at(-1) ?? null).toEqual(expected.last_record)
  }
  if (expected.records === undefined) return
  expect(
    expected.records_at_least === undefined ? records : records.slice(0, expected.records.length),
  ).toEqual(expected.records)
}

/** As the fixtures write records: 64-bit integers as decimal text. */
function plain(record: DbnRecord): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => [name, typeof value === 'bigint' ? String(value) : value]),
  )
}

function plainMetadata(metadata: Metadata): Record<string, unknown> {
  const {
    version,
    dataset,
    schema,
    start,
    end,
    limit,
    stypeIn,
    stypeOut,
    tsOut,
    symbolCstrLen,
    symbols,
    partial,
  } = metadata
  return {
    version,
    dataset,
    schema,
    start: String(start),
    end: end === null ? null : String(end),
    limit: limit === null ? null : String(limit),
    stype_in: stypeIn,
    stype_out: stypeOut,
    ts_out: tsOut,
    symbol_cstr_len: symbolCstrLen,
    symbols,
    partial,
    not_found: metadata.notFound,
    mappings: metadata.mappings.map(({ rawSymbol, intervals }) => ({
      raw_symbol: rawSymbol,
      intervals: intervals.map(({ startDate, endDate, symbol }) => ({
        start_date: startDate,
        end_date: endDate,
        symbol,
      })),
    })),
  }
}

/** What of the expected metadata is about its bytes, not its values, is left out. */
function withoutLengths(metadata: Record<string, unknown>): Record<string, unknown> {
  const ofBytes = new Set(['metadata_length', 'trailing_padding', 'record_count'])
  return Object.fromEntries(Object.entries(metadata).filter(([name]) => !ofBytes.has(name)))
}

function countRtypes(records: readonly Uint8Array[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const record of records) {
    const key = `0x${(record[1] as number).toString(16).padStart(2, '0')}`
    counts[key] = (counts[key] ?? 0) + 1
  }
  return counts
}

function sha256(records: readonly Uint8Array[]): string {
  const hash = createHash('sha256')
  for (const record of records) hash.update(record)
  return hash.digest('hex')
}
