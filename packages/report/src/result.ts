import { z } from 'zod'
import { studySchema } from './study.js'

const micros = z.number().int()
const instant = z.number()
const maybe = z.number().nullable()
const date = z.string()

/** One round trip, from flat to flat. Totals are in micro-dollars, prices a share; null is unknown. */
export const tradeSchema = z.object({
  symbol: z.string(),
  underlying: z.string(),
  expiry: date,
  right: z.enum(['C', 'P']),
  strikeThousandths: z.number().int(),
  /** Calendar days from the trading date of the entry to the expiry. */
  dte: z.number().int(),
  side: z.enum(['long', 'short']),
  contracts: z.number().int().positive(),
  trigger: z.string(),
  exitReason: z.string(),
  /** When the entry was decided. */
  signalUs: instant,
  entryUs: instant,
  exitUs: instant,
  entryMicros: micros,
  exitMicros: micros,
  entryBidMicros: maybe,
  entryAskMicros: maybe,
  /** Spread of the quote the entry filled on, percent of its mid. */
  spreadPct: maybe,
  feesMicros: micros,
  grossMicros: micros,
  netMicros: micros,
  /** Net, in percent of the entry's cost. */
  pnlPct: z.number(),
  maxGainPct: z.number(),
  maxDrawdownPct: z.number(),
  holdSeconds: z.number().int(),
  /** Age of the quotes it filled on. */
  entryQuoteAgeMs: maybe,
  exitQuoteAgeMs: maybe,
  underlyingAtEntryMicros: maybe,
  underlyingAtExitMicros: maybe,
  equityBeforeMicros: micros,
  equityAfterMicros: micros,
  /** What decided the entry, in the strategy's own words. */
  inputs: z.record(z.string(), z.union([z.number(), z.string(), z.boolean(), z.null()])),
  /** Shares a contract; 100 where it is left out. */
  multiplier: z.number().int().positive().optional(),
  /** Net results at the best, the likely and the worst price known around each fill; null on tick data. */
  bounds: z.object({ bestMicros: micros, expectedMicros: micros, worstMicros: micros }).nullable().optional(),
  /** What was out of the ordinary: `forced-exit`, `adjusted`, `assigned-early`. */
  flags: z.array(z.string()).optional(),
  /** The strategy that traded, where a run has several. */
  strategy: z.string().optional(),
})

/** A decision with what decided it, and what came of it. Prices a share, in micro-dollars; null is unknown. */
export const decisionSchema = z.object({
  id: z.string(),
  atUs: instant,
  /** `abstain` is the strategy's own refusal, `refused` a gate's. */
  kind: z.enum(['signal', 'abstain', 'refused', 'exit']),
  gate: z.string(),
  code: z.string(),
  symbol: z.string().nullable(),
  bidMicros: maybe,
  askMicros: maybe,
  underlyingMicros: maybe,
  inputs: z.record(z.string(), z.union([z.number(), z.string(), z.boolean(), z.null()])),
  /** Of entries, sent or not; each taken when it was due. */
  outcomes: z.array(
    z.object({
      horizon: z.enum(['15min', '1h', 'close']),
      atUs: instant,
      underlyingMicros: maybe,
      bidMicros: maybe,
      /** One contract, from the ask of the decision to this bid, after fees. */
      netMicros: maybe,
    }),
  ),
})

/**
 * Quotes of a trade's contract from some minutes before its entry until after its exit, thinned out evenly. The lists
 * go together; prices a share in micro-dollars, null is an empty side.
 */
export const quoteTapeSchema = z.object({
  /** Place among the trades. */
  trade: z.number().int().min(0),
  startUs: instant,
  /** Milliseconds since `startUs`, when each quote was received. */
  atMs: z.array(z.number()),
  bidMicros: z.array(maybe),
  askMicros: z.array(maybe),
  bidSize: z.array(z.number()),
  askSize: z.array(z.number()),
  /** Displayed sizes that the first fill and the last one met. */
  entrySize: maybe,
  exitSize: maybe,
})

/** What a run depended on. */
export const manifestSchema = z.object({
  scalpVersion: z.string(),
  strategy: z.object({ name: z.string(), preset: z.string().nullable(), config: z.unknown() }),
  /** The whole run config, as it was after files and flags. */
  settings: z.record(z.string(), z.unknown()),
  data: z.object({
    directory: z.string(),
    isSynthetic: z.boolean(),
    from: date,
    to: date,
    files: z.array(
      z.object({
        name: z.string(),
        dataset: z.string(),
        schema: z.string(),
        bytes: z.number(),
        sha256: z.string(),
      }),
    ),
  }),
  /** SHA-256 over decisions and outcomes: equal for equal data, config and code, whatever the file format. */
  resultHash: z.string(),
})

/** A backtest's result file, version 1. */
export const resultSchema = z.object({
  schemaVersion: z.literal(1),
  manifest: manifestSchema,
  period: z.object({ from: date, to: date, tradingDays: z.array(date) }),
  startingEquityMicros: micros,
  endingEquityMicros: micros,
  equity: z.array(z.object({ atUs: instant, equityMicros: micros })),
  /** Closing equity of every trading day, with or without trades. */
  dailyEquity: z.array(z.object({ date, equityMicros: micros })),
  trades: z.array(tradeSchema),
  decisions: z.object({
    signals: z.number().int(),
    abstains: z.array(z.object({ code: z.string(), count: z.number().int() })),
    refusals: z.array(z.object({ gate: z.string(), code: z.string(), count: z.number().int() })),
  }),
  /** Signals, exits and entries that were not sent. Files of before have none. */
  decisionLog: z.array(decisionSchema).optional(),
  /** Of some or all trades, in their order. No part of the result hash. */
  quoteTapes: z.array(quoteTapeSchema).optional(),
  /** What research adds to a run. No part of the result hash. */
  study: studySchema.optional(),
  dataQuality: z.object({
    records: z.number().int(),
    quotes: z.number().int(),
    filtered: z.number().int(),
    dropped: z.number().int(),
    droppedSymbols: z.array(z.string()),
    missingDays: z.array(date),
    warnings: z.array(z.string()),
  }),
  assumptions: z.array(z.string()),
  /** Closing prices of the underlying by the minute, a row a day. */
  underlyingCloses: z.array(
    z.object({
      symbol: z.string(),
      date,
      startUs: instant,
      stepUs: z.number(),
      closesMicros: z.array(micros),
    }),
  ),
})

/** One round trip. */
export type TradeRecord = z.output<typeof tradeSchema>
/** A decision, what decided it and what came of it. */
export type DecisionRecord = z.output<typeof decisionSchema>
/** Quotes around a trade. */
export type QuoteTape = z.output<typeof quoteTapeSchema>
/** What a run depended on. */
export type Manifest = z.output<typeof manifestSchema>
/** A backtest's result. */
export type BacktestResult = z.output<typeof resultSchema>

/** Reads a result file's JSON. Throws zod's error on anything else. */
export function parseResult(json: unknown): BacktestResult {
  return resultSchema.parse(json)
}
