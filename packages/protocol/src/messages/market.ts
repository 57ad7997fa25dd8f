import { z } from 'zod'
import { date, instant, instantOrNull, known, number, right } from '../fields.js'

/** The merged view of one contract: quote, Greeks, open interest and volume. Prices in dollars, ages in s. */
export const optionUpdateSchema = z.object({
  /** The OCC symbol without padding: `SPY261218C00600000`. */
  canonicalId: z.string(),
  underlying: z.string(),
  expiry: date,
  right,
  strike: number,
  bid: known,
  ask: known,
  bidSize: number,
  askSize: number,
  last: known,
  mid: known,
  spread: known,
  /** Of the mid; null unless both sides exist. */
  spreadPercent: known,
  delta: known,
  gamma: known,
  theta: known,
  vega: known,
  iv: known,
  theoreticalValue: known,
  openInterest: known,
  volume: known,
  quoteTimestamp: instantOrNull,
  greeksTimestamp: instantOrNull,
  /** When the message was made. */
  quoteAge: known,
  greeksAge: known,
})
/** {@link optionUpdateSchema} */
export type OptionUpdate = z.infer<typeof optionUpdateSchema>

/** The contracts that changed since the last such message, each as it stands now. */
export const optionUpdatesSchema = z.object({
  options: z.array(optionUpdateSchema),
  /** Contracts no longer watched. */
  removed: z.array(z.string()).optional(),
})
/** {@link optionUpdatesSchema} */
export type OptionUpdates = z.infer<typeof optionUpdatesSchema>

/** The price of an underlying. */
export const underlyingUpdateSchema = z.object({
  symbol: z.string(),
  price: number,
  ivRank: known,
  ivPercentile: known,
  timestamp: instant,
  age: number,
  /** Estimated from option quotes by put-call parity. */
  isDerived: z.boolean(),
  /** Of the session so far. */
  open: known,
  high: known,
  low: known,
})
/** {@link underlyingUpdateSchema} */
export type UnderlyingUpdate = z.infer<typeof underlyingUpdateSchema>

/** A move over one window. */
export const velocityReadingSchema = z.object({
  windowSeconds: number,
  changePct: known,
  direction: z.enum(['up', 'down', 'flat']).nullable(),
  dataPoints: number,
})
/** {@link velocityReadingSchema} */
export type VelocityReading = z.infer<typeof velocityReadingSchema>

/** What signals are made of, for one underlying; at most four a second. */
export const velocityUpdateSchema = z.object({
  symbol: z.string(),
  price: number,
  readings: z.array(velocityReadingSchema),
  /** The window that signals look at. */
  signalWindowSeconds: number,
  thresholdPutPct: number,
  thresholdCallPct: number,
  /** 0 (falling) to 100 (rising); 50 without data. */
  momentumScore: number,
  volumeRatioCall: known,
  volumeRatioPut: known,
  vwap: known,
  upperBand: known,
  lowerBand: known,
  levels: z.array(z.object({ price: number, strength: number, kind: z.enum(['support', 'resistance']) })),
  cooldownUntil: instantOrNull,
  signalsToday: number,
  maxDailySignals: number,
})
/** {@link velocityUpdateSchema} */
export type VelocityUpdate = z.infer<typeof velocityUpdateSchema>

/** A candle of an underlying, for charts. Times are s since 1970. */
export const candleSchema = z.object({
  time: number,
  open: number,
  high: number,
  low: number,
  close: number,
  volume: number,
  vwap: known,
  upperBand: known,
  lowerBand: known,
})
/** {@link candleSchema} */
export type Candle = z.infer<typeof candleSchema>
