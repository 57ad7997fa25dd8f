import { z } from 'zod'
import { date, inputs, instant, known, number, right } from '../fields.js'

/** What one gate found. */
export const gateResultSchema = z.object({
  name: z.string(),
  stage: z.string(),
  /** A hard gate refuses; a soft one lowers the confidence cap. */
  severity: z.enum(['hard', 'soft']),
  passed: z.boolean(),
  value: z.union([z.number(), z.string()]).nullable(),
  threshold: z.union([z.number(), z.string()]).nullable(),
  unit: z.string(),
  ageMs: known,
  message: z.string(),
  /** What would let it pass. */
  resumes: z.string(),
})
/** {@link gateResultSchema} */
export type GateResult = z.infer<typeof gateResultSchema>

/** A contract that was ranked. */
export const candidateSchema = z.object({
  canonicalId: z.string(),
  strike: number,
  right,
  expiry: date,
  dte: number,
  bid: number,
  ask: number,
  delta: number,
  spreadPercent: number,
  score: number,
})
/** {@link candidateSchema} */
export type Candidate = z.infer<typeof candidateSchema>

/** "Why no trade now?": every gate, measured on the contract that would be bought. */
export const gateStatusSchema = z.object({
  underlying: z.string(),
  evaluatedAt: instant,
  gates: z.array(gateResultSchema),
  /** The contract the gates were measured on; null when none qualifies. */
  evaluatedOption: z
    .object({
      canonicalId: z.string(),
      strike: number,
      right,
      expiry: date,
      /** The ask, dollars. */
      premium: known,
      delta: known,
    })
    .nullable(),
  /** Contracts that qualify, the chosen one first. */
  candidates: z.array(candidateSchema),
  /** How many contracts failed at what. */
  rejected: z.array(z.object({ reason: z.string(), count: number })),
  /** The strategy's own reason for no signal; null after one. */
  strategyReason: z.string().nullable(),
  /** True when every hard gate passes. */
  passed: z.boolean(),
})
/** {@link gateStatusSchema} */
export type GateStatus = z.infer<typeof gateStatusSchema>

/** Why nothing is bought; `reason` null: no longer abstaining. */
export const abstainSchema = z.object({
  underlying: z.string(),
  reason: z.string().nullable(),
  resumeCondition: z.string().nullable(),
  failedGates: z.array(z.object({ name: z.string(), message: z.string() })),
  at: instant,
})
/** {@link abstainSchema} */
export type Abstain = z.infer<typeof abstainSchema>

/** What became of a decision later. */
export const outcomeSchema = z.object({
  horizon: z.string(),
  at: instant,
  underlying: known,
  bid: known,
  /** One contract bought at the ask of the decision, sold at this bid, after costs; dollars. */
  net: known,
})
/** {@link outcomeSchema} */
export type DecisionOutcome = z.infer<typeof outcomeSchema>

/** One line of the decision log. */
export const decisionSchema = z.object({
  id: z.string(),
  at: instant,
  kind: z.enum(['signal', 'abstain', 'refused', 'exit', 'command']),
  code: z.string(),
  /** The gate that refused; else the kind. */
  gate: z.string(),
  underlying: z.string().nullable(),
  optionSymbol: z.string().nullable(),
  bid: known,
  ask: known,
  underlyingPrice: known,
  inputs,
  outcomes: z.array(outcomeSchema),
})
/** {@link decisionSchema} */
export type Decision = z.infer<typeof decisionSchema>

/** A signal that became an order. Prices in dollars. */
export const scalpSignalSchema = z.object({
  id: z.string(),
  timestamp: instant,
  symbol: z.string(),
  signalType: z.enum(['SCALP_CALL', 'SCALP_PUT']),
  trigger: z.string(),
  underlyingPrice: number,
  velocityPct: known,
  volumeRatio: known,
  thresholdUsed: known,
  velocityMargin: known,
  optionSymbol: z.string(),
  strike: number,
  expiry: date,
  delta: known,
  dte: number,
  bidPrice: known,
  askPrice: known,
  entryPrice: known,
  spreadPct: known,
  takeProfitPct: number,
  stopLossPct: number,
  /** Null: no limit. */
  maxHoldMinutes: known,
  timeStopMinutes: known,
  confidence: number,
  suggestedContracts: number,
  orderId: z.string().nullable(),
})
/** {@link scalpSignalSchema} */
export type ScalpSignal = z.infer<typeof scalpSignalSchema>
