import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { constants, zstdCompressSync } from 'node:zlib'
import { parseMicros, type Us } from '@scalp/canonical'
import type { Progress } from '@scalp/cli'
import { createMetadata, dbnToCsv, encodeMetadata, RecordWriter, RTYPE, type Schema } from '@scalp/databento'
import { createSyntheticMarket, type SyntheticBars, type SyntheticDay } from '@scalp/synthetic'

export type SyntheticFormat = 'dbn.zst' | 'dbn' | 'csv.zst' | 'csv'

/** A synthetic market to write. */
export interface SyntheticFilesOptions {
  readonly out: string
  readonly days: number
  readonly seed: string
  readonly start: string
  readonly underlying: string
  readonly quotesPerDay: number
  readonly format: SyntheticFormat
}

/** What was written. */
export interface WrittenMarket {
  readonly directory: string
  readonly days: number
  readonly files: number
  readonly quotes: number
}

const UNDERLYING_ID = 1
const CONSOLIDATED = 30
const EQUITY_PUBLISHER = 95
const OPEN_INTEREST = 9
/** Venues that state open interest, each the same figure. */
const STATING_VENUES = [22, 31]
const START_PRICE = '250'

/** One batch job: a folder of daily files and the support files beside them. */
class Job {
  files = 0
  readonly #directory: string
  readonly #options: SyntheticFilesOptions
  readonly #dataset: string
  readonly #schema: Schema
  readonly #id: string
  readonly #manifest: object[] = []
  readonly #conditions: object[] = []
  readonly #symbology = new Map<string, { d0: string; d1: string; s: string }[]>()
  #start = 0n
  #end = 0n

  constructor(options: SyntheticFilesOptions, dataset: string, schema: Schema, id: string) {
    this.#options = options
    this.#dataset = dataset
    this.#schema = schema
    this.#id = id
    this.#directory = path.join(options.out, id)
  }

  /** Writes a day's file. */
  async write(
    date: string,
    records: Uint8Array,
    symbols: readonly (readonly [symbol: string, id: number])[],
  ): Promise<void> {
    const next = new Date(Date.parse(`${date}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10)
    const start = BigInt(Date.parse(`${date}T00:00:00Z`)) * 1_000_000n
    const end = start + 86_400_000_000_000n
    const metadata = createMetadata({
      dataset: this.#dataset,
      schema: this.#schema,
      start,
      end,
      symbols: symbols.map(([symbol]) => symbol),
      mappings: symbols.map(([rawSymbol, id]) => ({
        rawSymbol,
        intervals: [{ startDate: compact(date), endDate: compact(next), symbol: String(id) }],
      })),
    })
    const { format } = this.#options
    const dbn = Buffer.concat([encodeMetadata(metadata), records])
    const plain = format.startsWith('csv')
      ? dbnToCsv(dbn, { prettyPrices: true, prettyTimes: true, mapSymbols: true })
      : dbn
    const bytes = format.endsWith('.zst') ? compress(plain) : plain
    const name = `${this.#dataset.toLowerCase().replace('.', '-')}-${compact(date)}.${this.#schema}.${format}`
    await mkdir(this.#directory, { recursive: true })
    await writeFile(path.join(this.#directory, name), bytes)
    const hash = `sha256:${createHash('sha256').update(bytes).digest('hex')}`
    this.#manifest.push({ filename: name, size: bytes.length, hash, urls: {} })
    this.#conditions.push({ date, condition: 'available', last_modified_date: date })
    for (const [symbol, id] of symbols) {
      const intervals = this.#symbology.get(symbol) ?? []
      intervals.push({ d0: date, d1: next, s: String(id) })
      this.#symbology.set(symbol, intervals)
    }
    if (this.files === 0) this.#start = start
    this.#end = end
    this.files++
  }

  /** Writes the support files. */
  async finish(): Promise<void> {
    const { format, seed } = this.#options
    const isCsv = format.startsWith('csv')
    const query = {
      dataset: this.#dataset,
      schema: this.#schema,
      symbols: [...this.#symbology.keys()],
      stype_in: 'raw_symbol',
      stype_out: 'instrument_id',
      start: Number(this.#start),
      end: Number(this.#end),
      limit: null,
      encoding: isCsv ? 'csv' : 'dbn',
      compression: format.endsWith('.zst') ? 'zstd' : null,
    }
    const customizations = {
      pretty_px: isCsv,
      pretty_ts: isCsv,
      map_symbols: isCsv,
      split_symbols: false,
      split_duration: 'day',
      split_size: null,
      synthetic: true,
      seed,
    }
    const result = Object.fromEntries(this.#symbology)
    await this.#json('metadata.json', { version: 1, job_id: this.#id, query, customizations })
    await this.#json('condition.json', this.#conditions)
    if (!isCsv)
      await this.#json('symbology.json', {
        result,
        symbols: query.symbols,
        stype_in: 'raw_symbol',
        stype_out: 'instrument_id',
        partial: [],
        not_found: [],
        message: 'OK',
        status: 0,
      })
    await this.#json('manifest.json', { job_id: this.#id, files: this.#manifest })
  }

  async #json(name: string, value: unknown): Promise<void> {
    await writeFile(path.join(this.#directory, name), JSON.stringify(value, null, 4))
  }
}

/** Writes a synthetic market as batch jobs: option quotes, open interest, and bars of the underlying. */
export async function writeSyntheticMarket(
  options: SyntheticFilesOptions,
  progress: Progress,
): Promise<WrittenMarket> {
  const market = createSyntheticMarket({
    seed: options.seed,
    underlying: options.underlying,
    startDate: options.start,
    days: options.days,
    startPriceMicros: parseMicros(START_PRICE),
    quotesPerDay: options.quotesPerDay,
  })
  const submitted = compact(market.sessions.at(-1)?.date ?? options.start)
  const quoteJob = new Job(options, 'OPRA.PILLAR', 'cbbo-1m', `OPRA-${submitted}-SYNTHETIC1`)
  const statisticJob = new Job(options, 'OPRA.PILLAR', 'statistics', `OPRA-${submitted}-SYNTHETIC2`)
  const barJob = new Job(options, 'EQUS.MINI', 'ohlcv-1s', `EQUS-${submitted}-SYNTHETIC3`)
  let quotes = 0
  progress.start(options.days, 'days')
  for (const day of market.days()) {
    const symbols = day.contracts.map(({ symbol, instrumentId }) => [symbol, instrumentId] as const)
    const rows = writeQuotes(day)
    quotes += rows.records
    await quoteJob.write(day.date, rows.bytes(), symbols)
    await statisticJob.write(day.date, writeOpenInterest(day).bytes(), symbols)
    await barJob.write(day.date, writeBars(day.underlyingBars1s()).bytes(), [[day.underlying, UNDERLYING_ID]])
    progress.update(day.index + 1, day.date)
  }
  for (const job of [quoteJob, statisticJob, barJob]) await job.finish()
  const files = quoteJob.files + statisticJob.files + barJob.files
  return { directory: path.resolve(options.out), days: market.sessions.length, files, quotes }
}

function writeQuotes(day: SyntheticDay): RecordWriter {
  const writer = new RecordWriter()
  for (const rows of day.minutes()) {
    for (let row = 0; row < rows.count; row++) {
      const at = (column: ArrayLike<number>): number => column[row] as number
      writer.cbbo({
        rtype: RTYPE.cbbo1m,
        publisherId: CONSOLIDATED,
        instrumentId: at(rows.instrumentId),
        receivedUs: rows.endUs,
        lastUs: at(rows.lastUs),
        lastMicros: at(rows.lastMicros),
        lastSize: at(rows.lastSize),
        flags: 194,
        bidMicros: at(rows.bidMicros),
        askMicros: at(rows.askMicros),
        bidSize: at(rows.bidSize),
        askSize: at(rows.askSize),
        bidPublisher: at(rows.bidPublisher),
        askPublisher: at(rows.askPublisher),
      })
    }
  }
  return writer
}

/** Each morning, three hours before the open, once from each venue. */
function writeOpenInterest({ contracts, session }: SyntheticDay): RecordWriter {
  const writer = new RecordWriter()
  const receivedUs: Us = session.openUs - 3 * 3_600_000_000
  for (const { instrumentId, openInterest } of contracts) {
    for (const publisherId of STATING_VENUES) {
      writer.statistic({
        publisherId,
        instrumentId,
        receivedUs,
        statType: OPEN_INTEREST,
        quantity: openInterest,
      })
    }
  }
  return writer
}

function writeBars(bars: SyntheticBars): RecordWriter {
  const writer = new RecordWriter()
  for (let row = 0; row < bars.count; row++) {
    const at = (column: ArrayLike<number>): number => column[row] as number
    if (at(bars.volume) === 0) continue
    writer.ohlcv({
      rtype: RTYPE.ohlcv1s,
      publisherId: EQUITY_PUBLISHER,
      instrumentId: UNDERLYING_ID,
      startUs: at(bars.startUs),
      openMicros: at(bars.openMicros),
      highMicros: at(bars.highMicros),
      lowMicros: at(bars.lowMicros),
      closeMicros: at(bars.closeMicros),
      volume: at(bars.volume),
    })
  }
  return writer
}

/** As the vendor compresses: level 3, with a checksum. */
function compress(bytes: Uint8Array): Buffer {
  return zstdCompressSync(bytes, {
    params: { [constants.ZSTD_c_compressionLevel]: 3, [constants.ZSTD_c_checksumFlag]: 1 },
  })
}

function compact(date: string): number {
  return Number(date.replaceAll('-', ''))
}
