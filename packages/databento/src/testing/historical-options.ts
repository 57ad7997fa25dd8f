/** What goes wrong with one call of a stand-in. */
export type HistoricalFault =
  /** Nothing: lets a call pass, so that a later one fails. */
  | { readonly kind: 'pass' }
  /** Another status. A text is sent as it is, anything else as JSON. */
  | {
      readonly kind: 'status'
      readonly status: number
      readonly body?: unknown
      readonly headers?: Readonly<Record<string, string>>
    }
  /** The connection breaks after so many bytes of the body. */
  | { readonly kind: 'cut'; readonly afterBytes: number }
  /** The connection breaks before any answer. */
  | { readonly kind: 'drop' }
  /** No answer ever. */
  | { readonly kind: 'hang' }
  /** The body comes in pieces of so many bytes, with pauses. */
  | { readonly kind: 'slow'; readonly pieceBytes: number; readonly delayMs?: number }
  /** The body ends in its middle, as though it were whole. */
  | { readonly kind: 'half' }
  /** One byte in the middle of the body is another. */
  | { readonly kind: 'wrong-byte' }
  /** The header `X-Warning`. */
  | { readonly kind: 'warning'; readonly warnings: readonly string[] }
  /** All of a file, whatever part was asked for. */
  | { readonly kind: 'whole-file' }

/** One call a stand-in was sent. */
export interface HistoricalCall {
  /** Such as `timeseries.get_range`; `batch.download_file` for a file of a job. */
  readonly method: string
  readonly parameters: Readonly<Record<string, string>>
  /** The header `Range`. */
  readonly range: string | undefined
}

/** What a stand-in serves. */
export interface HistoricalServerOptions {
  /** Whole DBN files, raw or zstd; their metadata say what they are. */
  readonly files?: readonly Uint8Array[]
  /** A dataset directory, all of whose DBN files are read into memory. */
  readonly directory?: string
  /** The only key that is let in; a made-up one unless told. */
  readonly apiKey?: string
  /** Dollars for 1e9 bytes of records; 2 unless told. */
  readonly usdPerGigabyte?: number
  /** Where the data end, ns: what is asked beyond is refused as the API does. Never unless told. */
  readonly availableEnd?: bigint
  /** A job's states, one for each time it is asked for; the last one stays. Queued, processing, done unless told. */
  readonly jobStates?: readonly string[]
  /** Answers by method, such as `metadata.list_publishers`, in place of its own. */
  readonly answers?: Readonly<Record<string, unknown>>
}
