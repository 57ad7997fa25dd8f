import { isScalpError, ScalpError } from '@scalp/canonical'

/** What an error record means for the session, and for the client. */
interface Meaning {
  readonly code: string
  /** `fatal`: connecting again would not help; `session`: the gateway closes; `none`: the session goes on. */
  readonly ends: 'fatal' | 'session' | 'none'
  readonly hint: string
}

/** What an error record of the gateway says, by its code. Source: dbn, ErrorCode. */
const GATEWAY_ERRORS: Readonly<Record<number, Meaning>> = {
  1: { code: 'LIVE_GATEWAY_AUTH', ends: 'fatal', hint: 'Check the API key.' },
  2: { code: 'LIVE_GATEWAY_KEY_DEACTIVATED', ends: 'fatal', hint: 'Make a new API key.' },
  3: {
    code: 'LIVE_GATEWAY_CONNECTION_LIMIT',
    ends: 'fatal',
    hint: 'End another session of this dataset; ten are allowed a team.',
  },
  4: { code: 'LIVE_GATEWAY_SYMBOL', ends: 'none', hint: 'Check the symbol and its stype_in.' },
  5: { code: 'LIVE_GATEWAY_SUBSCRIPTION', ends: 'fatal', hint: 'Check schema, stype_in and start.' },
  6: { code: 'LIVE_GATEWAY_INTERNAL', ends: 'session', hint: 'The client connects again by itself.' },
  7: {
    code: 'LIVE_GATEWAY_SKIPPED',
    ends: 'none',
    hint: 'Records are missing: read faster, subscribe to less, or use slowReader "warn".',
  },
  8: {
    code: 'LIVE_GATEWAY_AGED_OUT',
    ends: 'fatal',
    hint: 'Replay reaches back 24 hours; take older data from the Historical API.',
  },
}

const UNKNOWN: Meaning = {
  code: 'LIVE_GATEWAY_OTHER',
  ends: 'none',
  hint: 'Read the message; Databento may have added a code.',
}

/** What the gateway said in an error record; `isFatal` when connecting again would not help. */
export class LiveGatewayError extends ScalpError {
  override readonly name = 'LiveGatewayError'
  readonly isFatal: boolean
  /** True when the gateway closes the connection. */
  readonly endsSession: boolean
  /** The code of the record, 255 when it has none. */
  readonly gatewayCode: number
  /** False when more errors of the same group follow. */
  readonly isLast: boolean
  constructor({ gatewayCode, message, isLast }: { gatewayCode: number; message: string; isLast: boolean }) {
    const { code, ends, hint } = GATEWAY_ERRORS[gatewayCode] ?? UNKNOWN
    super(`The gateway says: ${message}`, { code, hint, details: { gatewayCode, isLast } })
    this.isFatal = ends === 'fatal'
    this.endsSession = ends !== 'none'
    this.gatewayCode = gatewayCode
    this.isLast = isLast
  }
}

/** Thrown when options or a subscription cannot be sent as they are. */
export class LiveOptionsError extends ScalpError {
  override readonly name = 'LiveOptionsError'
  constructor({ reason, hint }: { reason: string; hint: string }) {
    super(`The live options are wrong: ${reason}.`, { code: 'LIVE_OPTIONS', hint })
  }
}

/** Thrown when the gateway refuses the key; `bucket` is the key's last five characters. */
export class LiveAuthError extends ScalpError {
  override readonly name = 'LiveAuthError'
  constructor({ message, bucket, dataset }: { message: string; bucket: string; dataset: string }) {
    super(`The gateway of ${dataset} refused the key …${bucket}: ${message}`, {
      code: 'LIVE_AUTH',
      hint: 'Check the API key, and that it has a live licence for the dataset.',
      details: { bucket, dataset },
    })
  }
}

/** Thrown when no connection can be made. */
export class LiveConnectError extends ScalpError {
  override readonly name = 'LiveConnectError'
  constructor({ host, port, cause }: { host: string; port: number; cause: unknown }) {
    super(`No connection to ${host}:${port}: ${reasonOf(cause)}.`, {
      code: 'LIVE_CONNECT',
      hint: 'Check the network; the port is 13000 and plain TCP.',
      details: { host, port },
      cause,
    })
  }
}

/** One text of an error, or of those of all the addresses of a host. */
function reasonOf(cause: unknown): string {
  if (cause instanceof AggregateError) return cause.errors.map(reasonOf).join('; ')
  return cause instanceof Error ? cause.message : String(cause)
}

/** Thrown when connecting or the handshake takes too long. */
export class LiveTimeoutError extends ScalpError {
  override readonly name = 'LiveTimeoutError'
  constructor({ step, ms }: { step: string; ms: number }) {
    super(`The gateway took longer than ${ms} ms to ${step}.`, {
      code: 'LIVE_TIMEOUT',
      hint: 'The client tries again by itself; check the network if it goes on.',
      details: { step, ms },
    })
  }
}

/** Thrown when the gateway's lines or bytes are not those of the protocol. */
export class LiveProtocolError extends ScalpError {
  override readonly name = 'LiveProtocolError'
  constructor({ reason, cause }: { reason: string; cause?: unknown }) {
    super(`The gateway does not speak the live protocol: ${reason}.`, {
      code: 'LIVE_PROTOCOL',
      hint: 'The client connects again by itself; check host and port if it goes on.',
      cause,
    })
  }
}

/** Thrown when the gateway streams a version of DBN that is not known here. */
export class LiveVersionError extends ScalpError {
  override readonly name = 'LiveVersionError'
  constructor({ version }: { version: number }) {
    super(`The gateway streams DBN version ${version}, and versions 1 to 3 are known.`, {
      code: 'LIVE_VERSION',
      hint: 'Update Scalp.',
      details: { version },
    })
  }
}

/** Thrown when the gateway streams another dataset than was asked for. */
export class LiveDatasetError extends ScalpError {
  override readonly name = 'LiveDatasetError'
  constructor({ wanted, found }: { wanted: string; found: string }) {
    super(`The gateway streams ${found} where ${wanted} was asked for.`, {
      code: 'LIVE_DATASET',
      hint: 'Check host and dataset: each dataset has a gateway of its own.',
      details: { wanted, found },
    })
  }
}

/** Thrown when nothing came for longer than heartbeats allow. */
export class LiveSilenceError extends ScalpError {
  override readonly name = 'LiveSilenceError'
  constructor({ ms }: { ms: number }) {
    super(`The gateway was silent for ${ms} ms: not even a heartbeat came.`, {
      code: 'LIVE_SILENCE',
      hint: 'The connection is dead; the client connects again by itself.',
      details: { ms },
    })
  }
}

/** Thrown when the connection ends: `where` says at which point of the stream. */
export class LiveDisconnectError extends ScalpError {
  override readonly name = 'LiveDisconnectError'
  constructor({ where, cause }: { where: string; cause?: unknown }) {
    super(`The connection ended ${where}.`, {
      code: 'LIVE_DISCONNECTED',
      hint: 'The client connects again by itself and fills the gap.',
      details: { where },
      cause,
    })
  }
}

/** Thrown when attempts in a row have failed too often; `cause` is the last failure. */
export class LiveGaveUpError extends ScalpError {
  override readonly name = 'LiveGaveUpError'
  constructor({ attempts, cause }: { attempts: number; cause: unknown }) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    super(`Gave up after ${attempts} attempts in a row: ${reason}`, {
      code: 'LIVE_GAVE_UP',
      hint: 'Mend the cause, or allow more with `reconnect.maxAttempts`.',
      details: { attempts },
      cause,
    })
  }
}

/** Thrown when a callback of the caller throws; `cause` is what it threw. */
export class LiveCallbackError extends ScalpError {
  override readonly name = 'LiveCallbackError'
  constructor({ cause }: { cause: unknown }) {
    super(`A callback failed: ${cause instanceof Error ? cause.message : String(cause)}`, {
      code: 'LIVE_CALLBACK',
      hint: 'Mend the callback: data that it did not take would be lost in silence.',
      cause,
    })
  }
}

const RETRIED: ReadonlySet<string> = new Set([
  'LIVE_CONNECT',
  'LIVE_TIMEOUT',
  'LIVE_PROTOCOL',
  'LIVE_SILENCE',
  'LIVE_DISCONNECTED',
])

/** True when connecting again cannot help; so is whatever this client does not know. */
export function isFatal(error: unknown): boolean {
  if (error instanceof LiveGatewayError) return error.isFatal
  return !(isScalpError(error) && RETRIED.has(error.code))
}
