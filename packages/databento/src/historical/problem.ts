import { z } from 'zod'
import {
  type ApiFailure,
  AuthenticationError,
  EntitlementError,
  type HistoricalError,
  HistoricalTimeoutError,
  InvalidRequestError,
  NotFoundError,
  PaymentError,
  RangeNotSatisfiableError,
  RateLimitError,
  RequestTooLargeError,
  ResponseError,
  ServerError,
} from './errors.js'

const MAX_RAW = 500

const problemSchema = z.object({
  detail: z.union([
    z.string(),
    z.object({ case: z.string().nullish(), message: z.string(), docs: z.string().nullish() }),
    z.array(z.object({ loc: z.array(z.union([z.string(), z.number()])).nullish(), msg: z.string() })),
  ]),
})

/** What a status other than success comes with. */
export interface ProblemAnswer {
  readonly method: string
  readonly status: number
  /** The body; cut short, or no JSON, is fine. */
  readonly text: string
  readonly requestId: string | undefined
  readonly retryAfterMs: number | undefined
}

/** The typed error of an answer: by its status, with the API's words. */
export function toProblem({ text, ...answer }: ProblemAnswer): HistoricalError {
  const failure = { ...answer, ...describe(text) }
  const { status } = answer
  switch (status) {
    case 401:
      return new AuthenticationError(failure)
    case 402:
      return new PaymentError(failure)
    case 403:
      return new EntitlementError(failure)
    case 404:
      return new NotFoundError(failure)
    case 400:
    case 409:
    case 422:
      return new InvalidRequestError(failure)
    case 408:
    case 504:
      return new HistoricalTimeoutError(failure)
    case 413:
      return new RequestTooLargeError(failure)
    case 416:
      return new RangeNotSatisfiableError(failure)
    case 429:
      return new RateLimitError(failure)
    default:
      return status >= 500 ? new ServerError(failure) : new ResponseError(failure)
  }
}

function describe(text: string): Pick<ApiFailure, 'message' | 'case' | 'docs'> {
  const { data } = problemSchema.safeParse(parseLoosely(text))
  if (data === undefined) return { message: text.trim().slice(0, MAX_RAW) || 'the answer has no text' }
  const { detail } = data
  if (typeof detail === 'string') return { message: detail }
  if (Array.isArray(detail))
    return { message: detail.map(({ loc, msg }) => [...(loc ?? []).slice(-1), msg].join(': ')).join('; ') }
  return { message: detail.message, case: detail.case ?? undefined, docs: detail.docs ?? undefined }
}

function parseLoosely(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
