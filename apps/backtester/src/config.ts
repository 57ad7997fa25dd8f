import { readFile } from 'node:fs/promises'
import { isIsoDate, ScalpError } from '@scalp/canonical'
import { z } from 'zod'

const isoDate = z.string().refine(isIsoDate, 'must be a date YYYY-MM-DD')

/** Everything a backtest depends on, as written in a config file; flags lie over it. */
export const runConfigSchema = z.strictObject({
  /** Directory of Databento batch jobs, or loose files. */
  data: z.string().min(1),
  /** OCC root of the contracts, and symbol of the underlying. */
  underlying: z.string().min(1),
  /** More of them, traded in the same run. */
  underlyings: z.array(z.string().min(1)).default([]),
  from: isoDate.optional(),
  to: isoDate.optional(),
  /** A built-in name, a package, or a path to a module. */
  strategy: z.string().min(1).default('momentum-scalper'),
  preset: z.string().optional(),
  /** The strategy's own settings, over the preset's. */
  settings: z.record(z.string(), z.unknown()).default({}),
  /** Several strategies in one run, in place of the one above; the first comes first at equal times. */
  strategies: z
    .array(
      z.strictObject({
        /** Stands in the record of each trade; the strategy's own unless told. */
        name: z.string().min(1).optional(),
        strategy: z.string().min(1),
        preset: z.string().optional(),
        settings: z.record(z.string(), z.unknown()).default({}),
      }),
    )
    .default([]),
  /** Minutes from the first event, or the opening bell after it, in which nothing is opened. */
  warmUpMinutes: z.number().min(0).default(0),
  limits: z
    .strictObject({
      /** Contracts open at the same time, over all strategies. */
      maxOpenPositions: z.number().int().positive().optional(),
    })
    .prefault({}),
  startingCash: z.number().positive().default(100_000),
  seed: z.string().default('scalp'),
  fills: z
    .strictObject({
      /** `queue` needs trades of the contracts. */
      model: z.enum(['nextQuote', 'queue', 'freshOnly', 'immediate']).default('nextQuote'),
      slippagePct: z.number().min(0).max(50).default(0.5),
      /** Dollars a share, in place of the percentage. */
      slippageAmount: z.number().positive().optional(),
      /** Share of the spread beyond the touch, in place of the percentage. */
      slippageOfSpread: z.number().positive().max(5).optional(),
      orderLatencyMs: z.number().min(0).default(50),
      responseLatencyMs: z.number().min(0).default(50),
      /** From the venue's quote until we see it. */
      feedLatencyMs: z.number().min(0).default(0),
      /** Not 0: latencies are log-normal round their medians, with this deviation of the logarithm. */
      latencySigma: z.number().min(0).max(3).default(0),
      /** Recorded latencies, drawn whole, in place of the above. */
      recordedLatency: z
        .array(
          z.strictObject({
            orderMs: z.number().min(0),
            responseMs: z.number().min(0),
            feedMs: z.number().min(0).default(0),
          }),
        )
        .default([]),
      /** A market exit that no quote has filled for so long fills at the last mark, flagged. */
      forcedExitMinutes: z.number().positive().default(15),
      /** Share of the displayed size our orders may take; 0 ignores size. */
      participation: z.number().min(0).max(1).default(1),
    })
    .prefault({}),
  costs: z
    .strictObject({
      schedule: z.enum(['alpaca', 'ibkr-tiered', 'flat']).default('flat'),
      /** Dollars a contract and side, for `flat`. */
      perContract: z.number().min(0).default(0.7),
    })
    .prefault({}),
  /** What happened to the contracts besides quotes; the strategy does not see it coming. */
  events: z
    .strictObject({
      halts: z
        .array(
          z.strictObject({
            symbol: z.string(),
            from: z.iso.datetime({ offset: true }),
            to: z.iso.datetime({ offset: true }),
          }),
        )
        .default([]),
      dividends: z
        .array(z.strictObject({ symbol: z.string(), exDate: isoDate, amount: z.number().positive() }))
        .default([]),
      adjustments: z
        .array(
          z.strictObject({
            original: z.string(),
            adjusted: z.string(),
            type: z.enum(['split', 'reverse_split', 'special_dividend', 'merger']),
            effectiveDate: isoDate,
            contractRatio: z.number().int().positive().default(1),
            multiplier: z.number().int().positive().default(100),
            deliverable: z
              .strictObject({ shares: z.number().min(0), cash: z.number().default(0) })
              .optional(),
          }),
        )
        .default([]),
    })
    .prefault({}),
  gates: z
    .strictObject({
      maxQuoteAgeMs: z.number().positive().default(5_000),
      /** False lets a strategy trade that does not look at the underlying, on data that cannot price it. */
      requireUnderlying: z.boolean().default(true),
      maxUnderlyingAgeMs: z.number().positive().default(5_000),
      /** Greeks are computed from the quotes when an entry is decided; null asks for none, as does an underlying that nobody asks for. */
      maxGreeksAgeMs: z.number().positive().nullable().optional(),
      /** Of the absolute delta, 0.1 to 0.8 unless told; null as above. */
      delta: z
        .strictObject({ min: z.number().min(0).max(1), max: z.number().min(0).max(1) })
        .nullable()
        .optional(),
      maxSpreadPct: z.number().positive().default(10),
      /** 0 switches the gate off, as data without statistics needs. */
      minOpenInterest: z.number().min(0).default(0),
      minVolume: z.number().min(0).default(0),
      maxPositionPct: z.number().positive().max(100).default(20),
      skipOpenMinutes: z.number().min(0).default(0),
      skipCloseMinutes: z.number().min(0).default(0),
    })
    .transform(({ maxGreeksAgeMs, delta, ...gates }) => ({
      ...gates,
      maxGreeksAgeMs:
        maxGreeksAgeMs === undefined && gates.requireUnderlying ? 90_000 : (maxGreeksAgeMs ?? null),
      delta: delta === undefined && gates.requireUnderlying ? { min: 0.1, max: 0.8 } : (delta ?? null),
    }))
    .prefault({}),
  /** Threads that decode ahead; 1 decodes in the main thread. */
  workers: z.number().int().min(1).max(64).default(1),
  /** Directory of slices, made on first touch and read from then on; false reads the originals every time. */
  cache: z.union([z.string().min(1), z.literal(false)]).default(false),
  out: z.string().default('out'),
})

/** A validated run. */
export type RunConfig = z.output<typeof runConfigSchema>

/** Thrown when a config file cannot be read, or holds something that does not belong there. */
export class ConfigError extends ScalpError {
  override readonly name = 'ConfigError'
  constructor({ source, problems }: { source: string; problems: readonly string[] }) {
    super(`${source}: ${problems.join('; ')}.`, {
      code: 'CONFIG_INVALID',
      hint: 'See scalp-backtest run --help for the names and their meaning.',
      details: { source, problems },
    })
  }
}

/** Lays flags over the config file, over what else is told, over the defaults. */
export async function loadRunConfig(
  file: string | undefined,
  flags: Record<string, unknown>,
  others: Record<string, unknown> = {},
): Promise<RunConfig> {
  const fromFile = file === undefined ? {} : await readConfigFile(file)
  const result = runConfigSchema.safeParse(merge(merge(others, fromFile), flags))
  if (result.success) return checkPeriod(result.data)
  const source = file === undefined ? 'The command line is incomplete or wrong' : `Config ${file}`
  const problems = result.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join('.')}: ${message}`,
  )
  throw new ConfigError({ source, problems })
}

function checkPeriod(config: RunConfig): RunConfig {
  const { from, to } = config
  if (from === undefined || to === undefined || from <= to) return config
  throw new ConfigError({
    source: 'The period is empty',
    problems: [`it starts on ${from} and ends on ${to}`],
  })
}

async function readConfigFile(file: string): Promise<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'))
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>
  } catch (cause) {
    throw new ConfigError({
      source: `Config ${file}`,
      problems: [cause instanceof Error ? cause.message : String(cause)],
    })
  }
  throw new ConfigError({ source: `Config ${file}`, problems: ['it must hold a JSON object'] })
}

/** Objects are merged, everything else is replaced; an undefined flag says nothing. */
function merge(under: Record<string, unknown>, over: Record<string, unknown>): Record<string, unknown> {
  const merged = { ...under }
  for (const [key, value] of Object.entries(over)) {
    if (value === undefined) continue
    const old = merged[key]
    merged[key] = isObject(old) && isObject(value) ? merge(old, value) : value
  }
  return merged
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
