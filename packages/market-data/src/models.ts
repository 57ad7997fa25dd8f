import { type Micros, type OptionId, safeParseOption, toMicros, type Us } from '@scalp/canonical'
import { z } from 'zod'
import { safeParseInstant } from './instant.js'

/** An ISO 8601 instant with zone, read as µs since 1970; text without a zone is refused. */
const instant: z.ZodType<Us, string> = z.string().transform((text, context) => {
  const us = safeParseInstant(text)
  if (us !== undefined) return us
  context.addIssue({ code: 'custom', message: 'not an ISO 8601 instant with seconds and a zone' })
  return z.NEVER
})

/** An OCC symbol, read as an option id. */
const option: z.ZodType<OptionId, string> = z.string().transform((text, context) => {
  const parsed = safeParseOption(text)
  if (parsed.ok) return parsed.value
  context.addIssue({ code: 'custom', message: parsed.error.message })
  return z.NEVER
})

/** Dollars, read as micro-dollars; micro-dollars hold up to 9 billion exactly. */
const dollars: z.ZodType<Micros, number> = z.number().nonnegative().max(9_000_000_000).transform(toMicros)
/** Dollars or null for a price that is missing, read as `NaN`. */
const maybeDollars: z.ZodType<Micros, number | null> = dollars
  .nullable()
  .transform((micros) => micros ?? Number.NaN)
const count = z.number().int().nonnegative()
const percent = z.number().min(0).max(100)
const symbol = z.string().min(1)

/** A quote as read from JSON; a missing price is `NaN`. */
export interface QuoteModel {
  readonly option: OptionId
  readonly bidMicros: Micros
  readonly askMicros: Micros
  readonly bidSize: number
  readonly askSize: number
  readonly lastMicros: Micros
  readonly sourceUs: Us
  readonly receivedUs: Us
  readonly source: 'alpaca' | 'tradier' | 'polygon' | 'databento' | 'simulation'
}

/** Reads a quote: `id` in OCC form, dollars with null for a missing side, ISO instants with zone. */
export const quoteSchema: z.ZodType<QuoteModel> = z
  .object({
    id: option,
    bid: maybeDollars,
    ask: maybeDollars,
    bidSize: count,
    askSize: count,
    last: maybeDollars.default(Number.NaN),
    timestamp: instant,
    receiveTimestamp: instant,
    source: z.enum(['alpaca', 'tradier', 'polygon', 'databento', 'simulation']),
  })
  .transform(({ id, bid, ask, last, timestamp, receiveTimestamp, ...same }) => ({
    ...same,
    option: id,
    bidMicros: bid,
    askMicros: ask,
    lastMicros: last,
    sourceUs: timestamp,
    receivedUs: receiveTimestamp,
  }))

/** A trade as read from JSON. */
export interface TradeModel {
  readonly option: OptionId
  readonly priceMicros: Micros
  readonly size: number
  readonly sourceUs: Us
  readonly exchange: string
  readonly conditions: readonly string[]
}

/** Reads a trade: price in dollars, size a positive integer. */
export const tradeSchema: z.ZodType<TradeModel> = z
  .object({
    id: option,
    price: dollars,
    size: count.positive(),
    timestamp: instant,
    exchange: z.string(),
    conditions: z.array(z.string()).default([]),
  })
  .transform(({ id, price, timestamp, ...same }) => ({
    ...same,
    option: id,
    priceMicros: price,
    sourceUs: timestamp,
  }))

/** Greeks as read from JSON: per share and dollar; theta per day; `iv` decimal, 0.25 for 25 %. */
export interface GreeksModel {
  readonly option: OptionId
  readonly delta: number
  readonly gamma: number
  readonly theta: number
  readonly vega: number
  readonly rho: number
  readonly iv: number
  readonly theoreticalMicros: Micros
  readonly sourceUs: Us
  readonly source: 'orats' | 'calculated'
}

/** Reads Greeks; all must be finite, delta within -1 and 1. */
export const greeksSchema: z.ZodType<GreeksModel> = z
  .object({
    id: option,
    delta: z.number().min(-1).max(1),
    gamma: z.number(),
    theta: z.number(),
    vega: z.number(),
    rho: z.number(),
    iv: z.number().nonnegative(),
    theoreticalValue: dollars,
    timestamp: instant,
    source: z.enum(['orats', 'calculated']),
  })
  .transform(({ id, theoreticalValue, timestamp, ...same }) => ({
    ...same,
    option: id,
    theoreticalMicros: theoreticalValue,
    sourceUs: timestamp,
  }))

/** An underlying as read from JSON; a price of 0 says that only the volatility figures are news. */
export interface UnderlyingModel {
  readonly symbol: string
  readonly priceMicros: Micros
  /** `NaN` where the message has none. */
  readonly ivRank: number
  readonly ivPercentile: number
  readonly bidMicros: Micros
  readonly askMicros: Micros
  readonly sourceUs: Us
  readonly ivSourceUs: Us
}

/** Reads an underlying: dollars, rank and percentile from 0 to 100; `ivTimestamp` is `timestamp` unless given. */
export const underlyingSchema: z.ZodType<UnderlyingModel> = z
  .object({
    symbol,
    price: dollars,
    ivRank: percent.nullish(),
    ivPercentile: percent.nullish(),
    bid: maybeDollars.default(Number.NaN),
    ask: maybeDollars.default(Number.NaN),
    timestamp: instant,
    ivTimestamp: instant.optional(),
  })
  .transform(({ price, bid, ask, timestamp, ivTimestamp, ivRank, ivPercentile, ...same }) => ({
    ...same,
    ivRank: ivRank ?? Number.NaN,
    ivPercentile: ivPercentile ?? Number.NaN,
    priceMicros: price,
    bidMicros: bid,
    askMicros: ask,
    sourceUs: timestamp,
    ivSourceUs: ivTimestamp ?? timestamp,
  }))

/** A bar as read from JSON; known from `startUs + lengthUs` on. */
export interface BarModel {
  readonly symbol: string
  readonly startUs: Us
  readonly lengthUs: number
  readonly openMicros: Micros
  readonly highMicros: Micros
  readonly lowMicros: Micros
  readonly closeMicros: Micros
  readonly volume: number
  readonly vwapMicros: Micros
}

/** Reads a bar: dollars, `timestamp` its start, `lengthSeconds`; open and close must lie within low and high. */
export const barSchema: z.ZodType<BarModel> = z
  .object({
    symbol,
    timestamp: instant,
    lengthSeconds: z.number().int().positive(),
    open: dollars,
    high: dollars,
    low: dollars,
    close: dollars,
    volume: count,
    vwap: maybeDollars.default(Number.NaN),
  })
  .refine(
    ({ open, high, low, close }) => low <= Math.min(open, close) && high >= Math.max(open, close),
    'open and close must lie within low and high',
  )
  .transform(({ symbol, timestamp, lengthSeconds, open, high, low, close, volume, vwap }) => ({
    symbol,
    startUs: timestamp,
    lengthUs: lengthSeconds * 1_000_000,
    openMicros: open,
    highMicros: high,
    lowMicros: low,
    closeMicros: close,
    volume,
    vwapMicros: vwap,
  }))
