import type { ZstdLibrary } from '../zstd/zstd-context.js'

/** Something the API said beside its answer, or that no data were found. */
export interface HistoricalWarning {
  /** Such as `timeseries.get_range`. */
  readonly method: string
  readonly message: string
  /** What Databento's support asks for. */
  readonly requestId: string | undefined
}

/** How a client talks to the API. */
export interface HistoricalOptions {
  /** The environment variable `DATABENTO_API_KEY` unless told. */
  readonly apiKey?: string | undefined
  /** `https://hist.databento.com` unless told; a stand-in or a proxy. */
  readonly baseUrl?: string | undefined
  readonly fetch?: typeof globalThis.fetch
  readonly onWarning?: (warning: HistoricalWarning) => void
  /** How long the server may send nothing before the call fails; 100 000 unless told. */
  readonly timeoutMs?: number
  /** How often a call that costs nothing is repeated when the server or the network fails; 4 unless told. */
  readonly maxRetries?: number
  /** The first pause before a call is repeated; it doubles up to a minute. 1 000 unless told. */
  readonly retryDelayMs?: number
  /** Goes before the name of this library in `User-Agent`. */
  readonly userAgent?: string
  /** Which decompressor reads zstd answers; see {@link ZstdLibrary}. */
  readonly zstd?: ZstdLibrary
}

/** What every call takes. */
export interface CallOptions {
  /** Ends the call, its retries and its pauses. */
  readonly signal?: AbortSignal
}
