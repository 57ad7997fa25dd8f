import type { Micros } from '@scalp/canonical'
import { z } from 'zod'
import { ResponseError } from './errors.js'
import type { Call, Transport } from './transport.js'

/**
 * Sends a call and checks the shape of its answer; fields that are not known are ignored.
 *
 * @throws {@link ResponseError} When the answer is no JSON, or has another shape.
 */
export async function readJson<T>(transport: Transport, call: Call, shape: z.ZodType<T>): Promise<T> {
  const { method } = call
  return await transport.read(call, (text, requestId) => {
    let json: unknown
    try {
      json = JSON.parse(text)
    } catch (cause) {
      throw new ResponseError({
        method,
        requestId,
        cause,
        message: `the answer is no whole JSON: ${shown(text)}`,
      })
    }
    const { data, error } = shape.safeParse(json)
    if (data !== undefined) return data
    const [issue] = error?.issues ?? []
    const where = issue?.path.join('.') || 'the answer'
    // The status says that the answer came whole: another try would bring the same.
    throw new ResponseError({ method, requestId, status: 200, message: `${where}: ${issue?.message}` })
  })
}

/** A count: the API answers with the bare number. */
export const countShape: z.ZodType<number> = z.number().int().nonnegative()

/** Dollars as the API writes them, as a number or as text, in micro-dollars rounded up. */
export const usdShape: z.ZodType<Micros> = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^\d+(?:\.\d+)?$/)
      .transform(Number),
  ])
  .refine((usd) => usd >= 0 && usd < 1e9)
  .transform(toMicrosUp)

/** Rounds up, so that a ceiling is not passed by rounding; but not for what a double adds of its own. */
function toMicrosUp(usd: number): Micros {
  const exact = usd * 1e6
  const nearest = Math.round(exact)
  return Math.abs(exact - nearest) < 1e-3 ? nearest : Math.ceil(exact)
}

function shown(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text)
}
