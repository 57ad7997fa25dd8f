import { expect, test } from 'vitest'
import * as databento from './index.js'

test('exports these names and no others', () => {
  expect(Object.keys(databento).sort()).toMatchInlineSnapshot(`
    [
      "CbboView",
      "ClockBackwardsError",
      "Cmbp1View",
      "CorruptFileError",
      "CsvEncoder",
      "CsvFormatError",
      "DaySymbols",
      "DbnFormatError",
      "DbnMetadataError",
      "JsonEncoder",
      "LAYOUTS",
      "MissingColumnError",
      "MixedRecordsError",
      "OhlcvView",
      "RTYPE",
      "RecordAssembler",
      "RecordView",
      "RecordWriter",
      "SCHEMAS",
      "STYPES",
      "StreamSymbols",
      "SymbolMap",
      "SymbologyError",
      "SymbologyFileError",
      "TradeView",
      "TruncatedFileError",
      "UNDEF_PRICE",
      "UNDEF_TIMESTAMP",
      "UnknownFieldError",
      "UnknownRecordTypeError",
      "createMetadata",
      "dbnToCsv",
      "decodeMetadata",
      "decodeRecord",
      "encodeMetadata",
      "encodeRecord",
      "layoutOf",
      "upgradeRecord",
    ]
  `)
})

test('the root needs no Node', async () => {
  const { readFileSync } = await import('node:fs')
  const seen = new Set<string>()
  const visit = (url: URL): void => {
    if (seen.has(url.href)) return
    seen.add(url.href)
    const source = readFileSync(url, 'utf8')
    expect(source, url.pathname).not.toMatch(/from 'node:/)
    for (const [, target = ''] of source.matchAll(/from '(\.[^']+)\.js'/g))
      visit(new URL(`${target}.ts`, url))
  }
  visit(new URL('./index.ts', import.meta.url))
  expect(seen.size).toBeGreaterThan(5)
})
