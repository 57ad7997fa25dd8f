import type { Micros } from '@scalp/canonical'
import type { RecordSink } from '../dbn/assembler.js'
import type { Schema, SType } from '../dbn/enums.js'
import type { CallOptions } from './options.js'

/** An instant: ISO 8601 text (UTC unless it has a zone), or ns since 1970. */
export type Instant = string | bigint

/** Symbols as a list or separated by commas; `ALL_SYMBOLS` for everything. */
export type Symbols = string | readonly string[]

/** What data are meant. Records are chosen by `ts_recv`, or by `ts_event` where a schema has no other. */
export interface RangeQuery {
  /** Such as `OPRA.PILLAR`. */
  readonly dataset: string
  readonly schema: Schema
  readonly symbols: Symbols
  /** Inclusive. */
  readonly start: Instant
  /** Exclusive; without it, all of the day (hour, minute …) that `start` names. */
  readonly end?: Instant
  /** `raw_symbol` unless told. */
  readonly stypeIn?: SType
  /** At most so many records. */
  readonly limit?: number
}

/** One venue of one dataset. */
export interface Publisher {
  readonly publisherId: number
  readonly dataset: string
  readonly venue: string
  readonly description: string
}

/** One field of a schema, and its type as text, such as `uint64_t`. */
export interface FieldType {
  readonly name: string
  readonly type: string
}

/** What a gigabyte of each schema costs in one mode. */
export interface UnitPrices {
  /** `historical`, `historical-streaming` or `live`. */
  readonly mode: string
  /** By schema, US dollars a gigabyte of uncompressed records. */
  readonly usdPerGigabyte: Readonly<Record<string, number>>
}

/** The state of one day of a dataset. */
export interface DayCondition {
  /** `YYYY-MM-DD`. */
  readonly date: string
  /** `available`, `degraded`, `pending` or `missing`. */
  readonly condition: string
  readonly lastModifiedDate: string | undefined
}

/** From `start` up to, not including, `end`; ISO 8601 with ns. */
export interface TimeRange {
  readonly start: string
  readonly end: string
}

/** What a dataset holds now; the end moves. */
export interface DatasetRange extends TimeRange {
  readonly schemas: Readonly<Record<string, TimeRange>>
}

/** A span of days; ISO dates. */
export interface DateSpan extends CallOptions {
  readonly startDate?: string
  readonly endDate?: string
}

/** Questions about the data that cost nothing. */
export interface MetadataApi {
  listPublishers(options?: CallOptions): Promise<Publisher[]>
  listDatasets(options?: DateSpan): Promise<string[]>
  listSchemas(query: { readonly dataset: string } & CallOptions): Promise<string[]>
  listFields(
    query: { readonly schema: Schema; readonly encoding?: Encoding } & CallOptions,
  ): Promise<FieldType[]>
  listUnitPrices(query: { readonly dataset: string } & CallOptions): Promise<UnitPrices[]>
  /** Here, and here only, `endDate` is inclusive. */
  getDatasetCondition(query: { readonly dataset: string } & DateSpan): Promise<DayCondition[]>
  getDatasetRange(query: { readonly dataset: string } & CallOptions): Promise<DatasetRange>
  getRecordCount(query: RangeQuery & CallOptions): Promise<number>
  /** Uncompressed bytes. */
  getBillableSize(query: RangeQuery & CallOptions): Promise<number>
  /** What the data would cost, rounded up to a micro-dollar. */
  getCost(query: RangeQuery & CallOptions): Promise<Micros>
}

/** How data are written. */
export type Encoding = 'dbn' | 'csv' | 'json'

/** How text looks. */
export interface TextQuery {
  readonly prettyPrices?: boolean
  readonly prettyTimes?: boolean
  readonly mapSymbols?: boolean
}

/** What guards a call that is billed. */
export interface BilledOptions extends CallOptions {
  /**
   * The cost is asked first, and a higher one is refused with {@link CostCeilingError} before anything is billed.
   * `Infinity` is no ceiling, and nothing is asked.
   */
  readonly maxCostMicros: Micros
}

/** How far an answer has come. */
export interface RangeProgress {
  /** As sent: compressed. */
  readonly bytes: number
  /** Records handed out; 0 while a file is downloaded. */
  readonly records: number
}

/** Data for a sink. */
export interface GetRangeQuery extends RangeQuery, BilledOptions {
  /** Told of metadata once and of records in blocks, while they arrive. */
  readonly sink: RecordSink
  /** `instrument_id` unless told. */
  readonly stypeOut?: SType
  readonly onProgress?: (progress: RangeProgress) => void
  /**
   * Goes on after a broken connection, up to so many times, by asking again from the last `ts_recv` on: **what is
   * asked again is billed again**. 0, never, unless told.
   *
   * The records of that instant which the sink already has must come again byte for byte, and are left out; if
   * they do not, {@link ResumeError}. Refused for schemas that are not ordered by `ts_recv` (bars).
   */
  readonly maxResumes?: number
  /** Told before data are asked, and billed, again. */
  readonly onResume?: (resume: { readonly from: bigint; readonly cause: unknown }) => void
}

/** What came of {@link TimeseriesApi.getRange}. */
export interface RangeSummary {
  readonly records: number
  /** As sent: compressed. */
  readonly bytes: number
  /** Billed calls: 1, and one more for each resume. */
  readonly requests: number
  /** The estimate, summed over requests; undefined without a ceiling. */
  readonly costMicros: Micros | undefined
}

/** Data for a file. */
export interface DownloadRangeQuery extends RangeQuery, TextQuery, BilledOptions {
  /** Where they go; a `.part` file beside it until they are whole. */
  readonly file: string
  readonly stypeOut?: SType
  /** `dbn` unless told. */
  readonly encoding?: Encoding
  /** `zstd` unless told. */
  readonly compression?: 'none' | 'zstd'
  /** Replaces a file that is there; else it is refused before anything is billed. */
  readonly overwrite?: boolean
  readonly onProgress?: (progress: RangeProgress) => void
}

/** What came of {@link TimeseriesApi.download}. */
export interface DownloadSummary {
  readonly file: string
  readonly bytes: number
  readonly costMicros: Micros | undefined
}

/** The data themselves; **every call is billed**. */
export interface TimeseriesApi {
  getRange(query: GetRangeQuery): Promise<RangeSummary>
  download(query: DownloadRangeQuery): Promise<DownloadSummary>
}

/** What a symbol was from `startDate` up to, not including, `endDate`. */
export interface ResolvedInterval {
  readonly startDate: string
  readonly endDate: string
  readonly symbol: string
}

/** Answer of {@link SymbologyApi.resolve}. */
export interface Resolution {
  /** By requested symbol; a list may be empty. */
  readonly result: Readonly<Record<string, readonly ResolvedInterval[]>>
  /** Symbols that resolved for some of the days only. */
  readonly partial: readonly string[]
  readonly notFound: readonly string[]
}

/** Which symbols were which. */
export interface ResolveQuery extends CallOptions {
  readonly dataset: string
  readonly symbols: Symbols
  /** `raw_symbol` unless told. */
  readonly stypeIn?: SType
  /** `instrument_id` unless told. */
  readonly stypeOut?: SType
  readonly startDate: string
  readonly endDate?: string
}

/** Symbols turned into others; free. */
export interface SymbologyApi {
  /** Any number of symbols: more than 2 000 are asked in several requests. */
  resolve(query: ResolveQuery): Promise<Resolution>
}

/** What a batch job is to hold. */
export interface SubmitJobQuery extends RangeQuery, TextQuery, BilledOptions {
  readonly stypeOut?: SType
  /** `dbn` unless told. */
  readonly encoding?: Encoding
  /** `zstd` unless told. */
  readonly compression?: 'none' | 'zstd'
  readonly splitSymbols?: boolean
  /** `day` unless told. */
  readonly splitDuration?: 'day' | 'week' | 'month' | 'year' | 'none'
  /** Bytes a file, 1e9 to 1e10. */
  readonly splitSize?: number
}

/** A batch job, as far as the API tells. */
export interface BatchJob {
  readonly id: string
  /** `received`, `queued`, `processing`, `finalizing`, `done`, `expired`, `purged`, or one not known yet. */
  readonly state: string
  readonly costMicros: Micros | undefined
  readonly dataset: string | undefined
  readonly schema: string | undefined
  readonly recordCount: number | undefined
  /** Uncompressed bytes. */
  readonly billedSize: number | undefined
  /** Bytes of all files. */
  readonly packageSize: number | undefined
  /** Percent. */
  readonly progress: number | undefined
  /** As the API writes it. */
  readonly receivedAt: string | undefined
  readonly expiresAt: string | undefined
}

/** One file of a finished job. */
export interface BatchFile {
  readonly name: string
  readonly bytes: number
  /** Lower-case hex. */
  readonly sha256: string
  /** Path on the host of the client: the key goes nowhere else. */
  readonly path: string
}

/** How a job is waited for. */
export interface WaitOptions extends CallOptions {
  /** Between two questions; 5 000 unless told. */
  readonly pollMs?: number
  readonly onProgress?: (job: BatchJob) => void
}

/** How far the download of a job has come. */
export interface JobProgress {
  readonly file: string
  /** Of that file, kept ones from an earlier try included. */
  readonly bytes: number
  readonly fileBytes: number
  /** Of all files. */
  readonly totalBytes: number
  readonly jobBytes: number
}

/** What is downloaded of a job. */
export interface DownloadJobQuery extends CallOptions {
  readonly jobId: string
  /** The files go into a folder in it, named as the job. */
  readonly directory: string
  /** Only files with these names. */
  readonly files?: readonly string[]
  readonly onProgress?: (progress: JobProgress) => void
}

/** Data prepared as files. */
export interface BatchApi {
  /** **Billed.** */
  submitJob(query: SubmitJobQuery): Promise<BatchJob>
  listJobs(
    options?: { readonly states?: readonly string[]; readonly since?: Instant } & CallOptions,
  ): Promise<BatchJob[]>
  getJob(jobId: string, options?: CallOptions): Promise<BatchJob>
  listFiles(jobId: string, options?: CallOptions): Promise<BatchFile[]>
  /** Waits until a job is done; {@link JobExpiredError} when its files are gone. */
  waitForJob(jobId: string, options?: WaitOptions): Promise<BatchJob>
  /** Downloads one file after the other, goes on where an earlier try ended, and checks size and sha256. */
  download(query: DownloadJobQuery): Promise<{ readonly folder: string; readonly files: readonly string[] }>
}

/** Databento's historical API. */
export interface HistoricalClient {
  readonly metadata: MetadataApi
  readonly timeseries: TimeseriesApi
  readonly symbology: SymbologyApi
  readonly batch: BatchApi
}
