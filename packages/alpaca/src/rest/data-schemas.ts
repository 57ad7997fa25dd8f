import { type Micros, toMicros, type Us } from '@scalp/canonical'
import { z } from 'zod'
import type { WireTimestamp } from '../wire/timestamp.js'
import { instant, words } from './fields.js'

/** A quote of the data API. An empty side is `NaN` with size 0. */
export interface RestQuote {
  readonly at: WireTimestamp
  readonly bidMicros: Micros
  readonly askMicros: Micros
  readonly bidSize: number
  readonly askSize: number
}

/** A trade of the data API. */
export interface RestTrade {
  readonly at: WireTimestamp
  readonly priceMicros: Micros
  readonly size: number
  readonly exchange: string
  /** Condition letters in their order. */
  readonly conditions: string
}

/** A bar of the data API; it starts at `startUs`. */
export interface RestBar {
  readonly startUs: Us
  readonly openMicros: Micros
  readonly highMicros: Micros
  readonly lowMicros: Micros
  readonly closeMicros: Micros
  readonly volume: number
  readonly trades: number
  readonly vwapMicros: Micros
}

/** Greeks as Alpaca computes them: plain Black-Scholes, and never on the day of expiry. */
export interface RestGreeks {
  readonly delta: number
  readonly gamma: number
  readonly theta: number
  readonly vega: number
  readonly rho: number
}

/** What stands in a contract now; Alpaca leaves out what it does not have. */
export interface OptionSnapshot {
  readonly quote: RestQuote | undefined
  readonly trade: RestTrade | undefined
  readonly greeks: RestGreeks | undefined
  /** As a fraction a year; `NaN` when there is none. */
  readonly impliedVolatility: number
  readonly dailyBar: RestBar | undefined
}

const price = z
  .number()
  .nullish()
  .transform((value) => (value === null || value === undefined || value <= 0 ? Number.NaN : toMicros(value)))
const count = z
  .number()
  .nullish()
  .transform((value) => value ?? 0)
const figure = z
  .number()
  .nullish()
  .transform((value) => value ?? Number.NaN)

export const quoteSchema: z.ZodType<RestQuote> = z
  .object({ t: instant, bp: price, ap: price, bs: count, as: count })
  .transform((row) => ({
    at: row.t,
    bidMicros: row.bp,
    askMicros: row.ap,
    bidSize: row.bs,
    askSize: row.as,
  }))

export const tradeSchema: z.ZodType<RestTrade> = z
  .object({
    t: instant,
    p: price,
    s: count,
    x: words,
    c: z.union([z.string(), z.array(z.string())]).nullish(),
  })
  .transform((row) => ({
    at: row.t,
    priceMicros: row.p,
    size: row.s,
    exchange: row.x,
    conditions: Array.isArray(row.c) ? row.c.map((letter) => letter.slice(0, 1)).join('') : (row.c ?? ''),
  }))

export const barSchema: z.ZodType<RestBar> = z
  .object({ t: instant, o: price, h: price, l: price, c: price, v: count, n: count, vw: price })
  .transform((row) => ({
    startUs: row.t.us,
    openMicros: row.o,
    highMicros: row.h,
    lowMicros: row.l,
    closeMicros: row.c,
    volume: row.v,
    trades: row.n,
    vwapMicros: row.vw,
  }))

const greeksSchema = z.object({ delta: figure, gamma: figure, theta: figure, vega: figure, rho: figure })

const snapshotSchema = z
  .object({
    latestQuote: quoteSchema.nullish(),
    latestTrade: tradeSchema.nullish(),
    greeks: greeksSchema.nullish(),
    impliedVolatility: figure,
    dailyBar: barSchema.nullish(),
  })
  .transform((row) => ({
    quote: row.latestQuote ?? undefined,
    trade: row.latestTrade ?? undefined,
    greeks: row.greeks ?? undefined,
    impliedVolatility: row.impliedVolatility,
    dailyBar: row.dailyBar ?? undefined,
  }))

/** A page of values by symbol. */
export interface Page<Value> {
  readonly rows: Readonly<Record<string, Value>>
  readonly next: string
}

export const snapshotPageSchema: z.ZodType<Page<OptionSnapshot>> = pageOf('snapshots', snapshotSchema)
export const quotePageSchema: z.ZodType<Page<RestQuote>> = pageOf('quotes', quoteSchema)
export const tradePageSchema: z.ZodType<Page<RestTrade>> = pageOf('trades', tradeSchema)
export const barHistorySchema: z.ZodType<Page<readonly RestBar[]>> = pageOf('bars', z.array(barSchema))
export const tradeHistorySchema: z.ZodType<Page<readonly RestTrade[]>> = pageOf(
  'trades',
  z.array(tradeSchema),
)
export const quoteHistorySchema: z.ZodType<Page<readonly RestQuote[]>> = pageOf(
  'quotes',
  z.array(quoteSchema),
)

/** A page whose container may be null, empty or missing. */
function pageOf<Value>(container: string, schema: z.ZodType<Value>): z.ZodType<Page<Value>> {
  return z
    .object({ [container]: z.record(z.string(), schema).nullish(), next_page_token: words })
    .transform((page) => ({
      rows: (page[container] ?? {}) as Readonly<Record<string, Value>>,
      next: page['next_page_token'] as string,
    }))
}
