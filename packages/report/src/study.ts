import { z } from 'zod'

const setting = z.union([z.number(), z.string(), z.boolean(), z.null()])
const figure = z.number().nullable()
const axis = z.object({
  /** The setting that varies along it. */
  name: z.string(),
  values: z.array(setting),
})

/** A figure over one or two settings of a sweep. */
export const surfaceSchema = z.object({
  /** What the cells hold, such as `Sharpe ratio, annualised`. */
  figure: z.string(),
  unit: z.string().default(''),
  x: axis,
  /** Null for a sweep over one setting: `cells` then has one row. */
  y: axis.nullable(),
  /** A row a value of `y`, a column a value of `x`; null where it was not tried or is undefined. */
  cells: z.array(z.array(figure)),
  /** Trades behind each cell, in the same shape. */
  trades: z.array(z.array(z.number().int().nullable())).optional(),
  /** Column and row of the settings that were chosen, or that this run has. */
  chosen: z.object({ x: z.number().int(), y: z.number().int() }).nullable().default(null),
  /** How settings that are no axis were treated, such as `best of the other settings`. */
  note: z.string().default(''),
})

/** What was chosen in each window and what came of it in the days after. */
export const walkForwardSchema = z.object({
  kind: z.enum(['rolling', 'anchored', 'folds']),
  /** The figure that chose, and that is given for train and test. */
  figure: z.string(),
  /** Days left out before and after each test. */
  purgeDays: z.number().int().default(0),
  embargoDays: z.number().int().default(0),
  windows: z.array(
    z.object({
      trainFrom: z.string(),
      trainTo: z.string(),
      testFrom: z.string(),
      testTo: z.string(),
      settings: z.record(z.string(), setting),
      train: figure,
      test: figure,
      /** What the test made, percent; null or left out where it is unknown, as are trades and money. */
      returnPct: figure.optional(),
      trades: z.number().int().nullable(),
      netMicros: z.number().int().nullable(),
    }),
  ),
})

/** How often one looked before this run was chosen, and what that does to it. */
export const ledgerSchema = z.object({
  /** Every trial of the project, kept or not. */
  trials: z.number().int().positive(),
  /** The independent ones they amount to, where their returns were compared. */
  effectiveTrials: z.number().positive().optional(),
  /** Variance of their daily Sharpe ratios, not annualised. */
  sharpeVariance: z.number().min(0),
  /** Probability of backtest overfitting (CSCV), a fraction. */
  overfitting: figure.optional(),
  /** p-values of White's reality check and of Hansen's SPA test for the best trial. */
  realityCheck: figure.optional(),
  superiorAbility: figure.optional(),
})

/** What research knows of a run beyond the run itself: sweeps, walk-forward, how often one looked. */
export const studySchema = z.object({
  name: z.string(),
  surfaces: z.array(surfaceSchema).default([]),
  walkForward: z.array(walkForwardSchema).default([]),
  ledger: ledgerSchema.nullable().default(null),
})

/** What research knows of a run beyond the run itself. */
export type Study = z.output<typeof studySchema>
/** A figure over one or two settings of a sweep. */
export type SweepSurface = z.output<typeof surfaceSchema>
/** What was chosen in each window and what came of it. */
export type WalkForwardTable = z.output<typeof walkForwardSchema>
/** How often one looked. */
export type LedgerSummary = z.output<typeof ledgerSchema>
