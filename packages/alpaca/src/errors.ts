import { ScalpError } from '@scalp/canonical'

/** What an answer of Alpaca that is not a success means for what to do next. */
export type ApiErrorKind =
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  | 'invalid'
  | 'rate-limited'
  | 'server'
  | 'unexpected'

/** Thrown when Alpaca answers a request with an error. */
export class AlpacaApiError extends ScalpError {
  override readonly name = 'AlpacaApiError'
  readonly kind: ApiErrorKind
  readonly status: number
  /** Alpaca's own code, such as 40310000; undefined where the body has none. */
  readonly apiCode: number | undefined
  /** Alpaca's words. They change: decide by `kind` and `apiCode`. */
  readonly apiMessage: string
  /** Every key of the body, such as `held_for_orders`; empty when it was no JSON object. */
  readonly body: Readonly<Record<string, unknown>>
  readonly requestId: string | undefined
  constructor({
    request,
    status,
    body,
    text,
    requestId,
  }: {
    request: string
    status: number
    body: Readonly<Record<string, unknown>>
    text: string
    requestId: string | undefined
  }) {
    const said = body['message']
    const apiMessage = typeof said === 'string' ? said : text.slice(0, 200)
    const kind = kindOf(status)
    super(`${request} was answered ${status}: ${apiMessage === '' ? 'no body' : apiMessage}.`, {
      code: `ALPACA_${kind.toUpperCase().replace('-', '_')}`,
      hint: HINTS[kind],
      details: { request, status, body, requestId },
    })
    const apiCode = Number(body['code'])
    this.kind = kind
    this.status = status
    this.apiCode = Number.isInteger(apiCode) ? apiCode : undefined
    this.apiMessage = apiMessage
    this.body = body
    this.requestId = requestId
  }
}

/** Thrown when a request got no answer: a time-out, a reset, a refused connection. Its effect is unknown. */
export class AlpacaNetworkError extends ScalpError {
  override readonly name = 'AlpacaNetworkError'
  constructor({ request, reason, cause }: { request: string; reason: string; cause?: unknown }) {
    super(`${request} got no answer: ${reason}.`, {
      code: 'ALPACA_NETWORK',
      hint: 'The request may have had its effect. Look before sending it again.',
      details: { request, reason },
      cause,
    })
  }
}

/** Thrown when an answer has a field of another type than Alpaca documents; `details.body` keeps the answer. */
export class AlpacaShapeError extends ScalpError {
  override readonly name = 'AlpacaShapeError'
  constructor({ request, reason, body }: { request: string; reason: string; body: unknown }) {
    super(`${request} was answered in an unknown shape: ${reason}.`, {
      code: 'ALPACA_SHAPE',
      hint: 'Alpaca changed its API, or a proxy answered. The body is in details.body.',
      details: { request, reason, body },
    })
  }
}

/** Thrown when it could not be found out whether an order stands. */
export class OrderUnknownError extends ScalpError {
  override readonly name = 'OrderUnknownError'
  readonly clientOrderId: string
  constructor({ clientOrderId, cause }: { clientOrderId: string; cause?: unknown }) {
    super(`Whether order ${clientOrderId} reached Alpaca is unknown.`, {
      code: 'ALPACA_ORDER_UNKNOWN',
      hint: 'Stop opening positions, and ask for the order by its client id until Alpaca answers.',
      details: { clientOrderId },
      cause,
    })
    this.clientOrderId = clientOrderId
  }
}

/** Thrown when a client order id already belongs to an order that is another one. */
export class ClientOrderIdTakenError extends ScalpError {
  override readonly name = 'ClientOrderIdTakenError'
  constructor({ clientOrderId }: { clientOrderId: string }) {
    super(`Client order id ${clientOrderId} belongs to another order.`, {
      code: 'ALPACA_CLIENT_ORDER_ID_TAKEN',
      hint: 'Alpaca never frees an id, not even of a canceled order. Choose ids that are unique for ever.',
      details: { clientOrderId },
    })
  }
}

/** Thrown when an order is not final within the time given to its cancel. */
export class CancelUnconfirmedError extends ScalpError {
  override readonly name = 'CancelUnconfirmedError'
  constructor({ orderId, status, waitedMs }: { orderId: string; status: string; waitedMs: number }) {
    super(`Order ${orderId} is still ${status} after ${waitedMs} ms.`, {
      code: 'ALPACA_CANCEL_UNCONFIRMED',
      hint: 'It can still fill, and its quantity stays held. Do not send its replacement yet.',
      details: { orderId, status, waitedMs },
    })
  }
}

/** Thrown when the live endpoint is asked for without both of its switches. */
export class LiveTradingLockedError extends ScalpError {
  override readonly name = 'LiveTradingLockedError'
  constructor({ missing }: { missing: string }) {
    super(`The live endpoint is locked: ${missing}.`, {
      code: 'ALPACA_LIVE_LOCKED',
      hint: "Live trading takes both: environment 'live' in the config and isLiveConfirmed by a flag.",
      details: { missing },
    })
  }
}

/** Thrown when an order breaks a rule that Alpaca would refuse it by. */
export class OrderRuleError extends ScalpError {
  override readonly name = 'OrderRuleError'
  constructor({ rule, reason }: { rule: string; reason: string }) {
    super(`The order was not sent: ${reason}.`, {
      code: 'ALPACA_ORDER_RULE',
      hint: 'Correct the order; sending it would only cost a refusal.',
      details: { rule },
    })
  }
}

/** Thrown when a stream ends for good: a fatal answer, or too many failures. */
export class StreamFatalError extends ScalpError {
  override readonly name = 'StreamFatalError'
  readonly streamCode: number | undefined
  constructor({ url, reason, streamCode }: { url: string; reason: string; streamCode?: number | undefined }) {
    super(`The stream ${url} ended for good: ${reason}.`, {
      code: 'ALPACA_STREAM_FATAL',
      hint: 'Correct the cause, then start the stream again.',
      details: { url, reason, streamCode },
    })
    this.streamCode = streamCode
  }
}

const HINTS: Readonly<Record<ApiErrorKind, string>> = {
  unauthorized: 'Check the key pair, and that it belongs to this endpoint: paper keys do not open live ones.',
  forbidden: 'The account may not do this: buying power, held quantity, level, wash trade or data plan.',
  'not-found': 'Nothing has this id or symbol; a position that is flat is not found either.',
  invalid: 'The request breaks a rule of the instrument, or the order is past the state it needs.',
  'rate-limited': 'Too many requests of this key within a minute; wait for the reset.',
  server: 'A fault of Alpaca. Of an order the outcome is unknown: look it up before sending again.',
  unexpected: 'Look at the body and the request id.',
}

function kindOf(status: number): ApiErrorKind {
  if (status === 401) return 'unauthorized'
  if (status === 403) return 'forbidden'
  if (status === 404) return 'not-found'
  if (status === 400 || status === 422) return 'invalid'
  if (status === 429) return 'rate-limited'
  return status >= 500 ? 'server' : 'unexpected'
}
