import type { Clock, Random, Us } from '@scalp/canonical'
import type { Block } from '../dbn/assembler.js'
import type { Metadata } from '../dbn/metadata.js'
import type { DbnRecord } from '../dbn/record.js'
import type { BackoffOptions } from './backoff.js'
import type { LiveGatewayError } from './errors.js'
import type { SymbolMessage, SystemMessage } from './gateway-message.js'
import type { LiveSubscription } from './subscription.js'

/**
 * Where a client stands.
 *
 * `idle` → `connecting` → `subscribing` → `streaming`; `waiting` between attempts; `stopped` after `stop()`;
 * `failed` for good.
 */
export type LiveState = 'idle' | 'connecting' | 'subscribing' | 'streaming' | 'waiting' | 'stopped' | 'failed'

/** What came with a change of state. */
export interface LiveStateDetail {
  /** Why the session before ended; undefined when the gateway or we closed it in good order. */
  readonly error: unknown
  /** Attempts in a row that failed. */
  readonly attempt: number
  /** Of `waiting`: how long. */
  readonly waitMs: number
}

/** A break in the stream that a new session fills by replay. */
export interface LiveGap {
  readonly schema: string
  /** Where the replay starts. */
  readonly fromUs: Us
  /** Where the new session starts. */
  readonly toUs: Us
  /** False when the gap is older than the gateway keeps, or records may come twice. */
  readonly isWhole: boolean
}

/** Somebody is too slow: we (`consumer`), or we as the gateway sees it (`gateway`). */
export interface LiveSlowness {
  readonly seenBy: 'consumer' | 'gateway'
  readonly message: string
}

/** How a client connects again. */
export interface ReconnectOptions extends BackoffOptions {
  /** Attempts in a row that may fail; default `Infinity`; 0 never connects again. */
  readonly maxAttempts?: number
}

/** What a client calls back; all of it synchronously, in the order of the stream. */
export interface LiveHandlers {
  readonly onState?: (state: LiveState, detail: LiveStateDetail) => void
  /** At the start of every session, so again after a break. */
  readonly onMetadata?: (metadata: Metadata) => void
  /**
   * Whole records, gateway records among them, none twice; borrowed until the call returns, or until the
   * promise it returns is kept. Nothing is read meanwhile.
   */
  readonly onBlock?: (block: Block, metadata: Metadata) => Promise<void> | void
  /** Each record as an owned object: for streams of a few thousand records a second. */
  readonly onRecord?: (record: DbnRecord) => void
  /** Before the block that holds it, as are the next two. */
  readonly onMapping?: (mapping: SymbolMessage) => void
  readonly onSystem?: (message: SystemMessage) => void
  /** Every error record: a symbol that does not resolve, records skipped; what ends the session is told as a state too. */
  readonly onGatewayError?: (error: LiveGatewayError) => void
  /** A replay fills what a break left out. */
  readonly onGap?: (gap: LiveGap) => void
  readonly onSlow?: (slowness: LiveSlowness) => void
}

/** What a live client is made of. */
export interface LiveClientOptions extends LiveHandlers {
  /** The environment variable `DATABENTO_API_KEY` unless told; it is never sent. */
  readonly apiKey?: string | undefined
  readonly dataset: string
  readonly subscriptions: readonly LiveSubscription[]
  /** Default: the dataset's own gateway. */
  readonly host?: string
  /** Default 13,000. */
  readonly port?: number
  /** Adds the gateway's send time to every record. */
  readonly tsOut?: boolean
  readonly compression?: 'none' | 'zstd'
  /** 5 to 1,800; default 30. */
  readonly heartbeatSeconds?: number
  /** Default `warn`, which loses nothing: a gateway that has enough closes, and the gap is filled. */
  readonly slowReader?: 'warn' | 'skip'
  readonly clientName?: string
  readonly connectMs?: number
  readonly authMs?: number
  /** Silence that counts as a broken connection; default the heartbeat interval and 10 s. */
  readonly silenceMs?: number
  /** A consumer busy with one block for so long is reported; default 1,000. */
  readonly slowMs?: number
  readonly reconnect?: ReconnectOptions
  /** How far a replay goes back before the last record, in ms; default 5,000. Repeated records are dropped. */
  readonly overlapMs?: number
  /** The chance in the waits between attempts. */
  readonly random?: Random
  readonly clock?: Clock
}
