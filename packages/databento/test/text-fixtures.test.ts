import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Block, RecordSink } from '../src/dbn/assembler.js'
import type { Schema } from '../src/dbn/enums.js'
import type { Metadata } from '../src/dbn/metadata.js'
import { readDbnFile } from '../src/dbn/node-file.js'
import { StreamSymbols, SymbolMap } from '../src/symbols/symbol-source.js'
import { CsvEncoder, type CsvOptions } from '../src/text/csv-encoder.js'
import { JsonEncoder } from '../src/text/json-encoder.js'
import { DBN_FOLDERS, hasFixtures, readJson } from './fixtures.js'

interface Golden {
  file?: string
  source: string
  variant: string
  format: 'csv' | 'jsonl'
  options: {
    pretty_px: boolean
    pretty_ts: boolean
    map_symbols: boolean
    upgrade: 'as-is' | 'v3'
    only_schema?: Schema
    symbols_from?: string
    fragment_version?: number
  }
  refused?: string
}

/** Writes each record as it comes; the encoder is made when the metadata are known. */
class TextSink implements RecordSink {
  text = ''
  readonly #golden: Golden
  #encoder: CsvEncoder | JsonEncoder | undefined

  constructor(golden: Golden) {
    this.#golden = golden
    if (golden.options.fragment_version !== undefined)
      this.#start({ version: golden.options.fragment_version, tsOut: false })
  }

  onMetadata(metadata: Metadata): void {
    const { map_symbols, symbols_from } = this.#golden.options
    if (!map_symbols) this.#start(metadata)
    else if (symbols_from === undefined) this.#start({ ...metadata, symbols: new SymbolMap(metadata) })
    else this.#start({ ...metadata, symbols: new StreamSymbols(metadata.version) })
  }

  onBlock({ bytes, view, length }: Block): void {
    for (let at = 0; at < length; at += (bytes[at] as number) * 4)
      this.text += this.#encoder?.row(view, at) ?? ''
  }

  #start(stream: { version: number; tsOut: boolean; schema?: Schema | null; symbols?: unknown }): void {
    const { pretty_px, pretty_ts, upgrade, only_schema } = this.#golden.options
    const { version, tsOut, schema, symbols } = stream
    const options: CsvOptions = {
      version,
      tsOut,
      ...(schema === undefined ? {} : { schema }),
      ...(symbols instanceof SymbolMap || symbols instanceof StreamSymbols ? { symbols } : {}),
      ...(only_schema === undefined ? {} : { onlySchema: only_schema }),
      upgrade: upgrade === 'v3',
      prettyPrices: pretty_px,
      prettyTimes: pretty_ts,
    }
    this.#encoder = this.#golden.format === 'csv' ? new CsvEncoder(options) : new JsonEncoder(options)
    if (this.#encoder instanceof CsvEncoder) this.text += this.#encoder.header()
  }
}

interface Case {
  readonly folder: string
  readonly golden: Golden
}

const cases = (kind: 'files' | 'refused'): [string, Case][] =>
  DBN_FOLDERS.flatMap((folder) =>
    readJson<{ files: Golden[]; refused: Golden[] }>(`${folder}/text/index.json`)[kind].map(
      (golden): [string, Case] => [
        golden.file ?? `${golden.source}.${golden.variant}.${golden.format}`,
        { folder, golden },
      ],
    ),
  )
const sourceOf = ({ folder, golden: { source } }: Case): string =>
  source.startsWith('edge/') ? `${folder}/text/${source}` : `${folder}/${source}`

test.each(cases('files'))('%s is written byte for byte', async (file, found) => {
  const { folder, golden } = found
  const sink = new TextSink(golden)
  await readDbnFile(sourceOf(found), sink, { isFragment: golden.options.fragment_version !== undefined })
  expect(sink.text).toBe(readFileSync(`${folder}/text/${file}`, 'utf8'))
})

test.skipIf(!hasFixtures).each(cases('refused'))('%s is refused', async (_, found) => {
  const writing = readDbnFile(sourceOf(found), new TextSink(found.golden))
  await expect(writing).rejects.toMatchObject({
    code: expect.stringMatching(/^DBN_(MIXED_RECORDS|UNKNOWN_RECORD_TYPE)$/),
  })
})
