import { isScalpError, type ScalpError } from '@scalp/canonical'
import { readSymbolFiles } from '../dataset/symbol-files.js'
import { mappingTableOf } from '../dbn/mapping-table.js'
import { readDbnFile, readDbnMetadata } from '../dbn/node-file.js'
import { RecordWriter } from '../dbn/record-writer.js'
import { decodeFile } from '../tape/decode-file.js'
import { type EventBatch, emptyStats, KIND } from '../tape/event-batch.js'
import { QuoteChecker, type QuoteCheckOptions } from './quote-checker.js'

/** Which file is checked, and how. */
export interface CheckFileOptions extends Omit<QuoteCheckOptions, 'symbolOf'> {
  /** Definition files and `symbology.json`, for files that carry no symbols themselves. */
  readonly symbolFiles?: readonly string[]
  /** Of a CSV file, whose rows do not say: `cbbo-1m` unless told. */
  readonly schema?: 'cbbo-1m' | 'cbbo-1s'
}

/** What checking a file came to. */
export interface CheckedFile {
  readonly file: string
  /** Records of quotes read. */
  readonly records: number
  /** Why the file could not be read to its end; what came before is in the reports. */
  readonly failure: ScalpError | undefined
}

/** Checks the quotes of a file, DBN or CSV, raw or zstd; a fault of the file itself is part of the answer. */
export async function checkFile(
  file: string,
  { symbolFiles = [], schema = 'cbbo-1m', ...options }: CheckFileOptions,
): Promise<CheckedFile> {
  const isCsv = /\.(?:csv(?:\.zst)?|slice)$/.test(file)
  let records = 0
  let failure: ScalpError | undefined
  try {
    records = isCsv ? await checkCsv(file, schema, options) : await checkDbn(file, symbolFiles, options)
  } catch (error) {
    if (!(error instanceof Unfinished)) throw error
    records = error.records
    failure = error.reason
  }
  return { file, records, failure }
}

/** Carries what was read of a file that could not be read to its end. */
class Unfinished extends Error {
  readonly records: number
  readonly reason: ScalpError
  constructor(records: number, reason: ScalpError) {
    super(reason.message)
    this.records = records
    this.reason = reason
  }
}

async function checkDbn(
  file: string,
  symbolFiles: readonly string[],
  options: QuoteCheckOptions,
): Promise<number> {
  const checker = new QuoteChecker({ ...options, ...(await symbolsFrom(file, symbolFiles)) })
  try {
    await readDbnFile(file, checker)
  } catch (error) {
    checker.end()
    throw isScalpError(error) ? new Unfinished(checker.records, error) : error
  }
  checker.end()
  return checker.records
}

/** Symbols out of other files, where the file has none. */
async function symbolsFrom(
  file: string,
  symbolFiles: readonly string[],
): Promise<Pick<QuoteCheckOptions, 'symbolOf'>> {
  if (symbolFiles.length === 0) return {}
  try {
    if (mappingTableOf(await readDbnMetadata(file)).rows > 0) return {}
  } catch (error) {
    if (isScalpError(error)) return {} // reading the file will tell
    throw error
  }
  const lookup = await readSymbolFiles(symbolFiles)
  return { symbolOf: (day, id) => lookup(id, toDate(day)) }
}

/** Rows of CSV become records, so that both formats are judged by the same code. */
async function checkCsv(
  file: string,
  schema: 'cbbo-1m' | 'cbbo-1s',
  options: QuoteCheckOptions,
): Promise<number> {
  const symbols: string[] = []
  const checker = new QuoteChecker({ ...options, symbolOf: (_, id) => symbols[id] })
  const records = new RecordWriter()
  const { underlyings } = options
  const wanted = underlyings === undefined ? { options: false } : { options: true, symbols: underlyings }
  try {
    for await (const batch of decodeFile({ file, schema, wanted, stats: emptyStats() })) {
      symbols.push(...batch.newSymbols)
      putQuotes(records, batch)
      const bytes = records.bytes()
      const { buffer, length } = bytes
      checker.onBlock({
        bytes,
        u32: new Uint32Array(buffer),
        i32: new Int32Array(buffer),
        view: new DataView(buffer),
        length,
      })
      records.clear()
    }
  } catch (error) {
    checker.end()
    throw isScalpError(error) ? new Unfinished(checker.records, error) : error
  }
  checker.end()
  return checker.records
}

function putQuotes(records: RecordWriter, batch: EventBatch): void {
  const { kind, symbol, receivedUs, a, b, c, d } = batch
  for (let row = 0; row < batch.count; row++) {
    if (kind[row] !== KIND.quote) continue
    records.cbbo({
      rtype: 0xc1,
      publisherId: 30,
      instrumentId: symbol[row] as number,
      receivedUs: receivedUs[row] as number,
      lastUs: Number.NaN,
      lastMicros: Number.NaN,
      lastSize: 0,
      flags: 0,
      bidMicros: a[row] as number,
      askMicros: b[row] as number,
      bidSize: c[row] as number,
      askSize: d[row] as number,
      bidPublisher: 0,
      askPublisher: 0,
    })
  }
}

function toDate(day: number): number {
  return Number(new Date(day * 86_400_000).toISOString().slice(0, 10).replaceAll('-', ''))
}
