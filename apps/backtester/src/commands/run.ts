import { homedir } from 'node:os'
import path from 'node:path'
import { createProgressBar } from '@scalp/cli'
import { formatSummary } from '@scalp/report'
import { runBacktest } from '../backtest.js'
import { ConfigError, loadRunConfig, type RunConfig } from '../config.js'
import { writeOutputs } from '../outputs.js'
import { keepRun } from '../sweep/keep-run.js'

/** Flags of `scalp-backtest run`. */
export interface RunFlags {
  readonly data?: string
  readonly underlying?: string
  readonly from?: string
  readonly to?: string
  readonly strategy?: string
  readonly preset?: string
  readonly set?: readonly string[]
  readonly config?: string
  readonly cash?: number
  readonly costs?: string
  readonly fillModel?: string
  readonly slippagePct?: number
  readonly workers?: number
  /** A directory; true for the user's, false for none. */
  readonly cache?: string | boolean
  readonly out?: string
  /** A file of the project's trials, in which the run is kept. */
  readonly store?: string
  readonly json?: boolean
  readonly quiet?: boolean
}

/** Runs a backtest, writes result and report, and prints a summary. */
export async function run(flags: RunFlags): Promise<void> {
  await runAndShow(await configOfFlags(flags), flags)
}

/** The config that flags describe, over the file that they name. */
export function configOfFlags(flags: RunFlags): Promise<RunConfig> {
  const [underlying, ...underlyings] = flags.underlying?.split(',') ?? []
  return loadRunConfig(
    flags.config,
    {
      cache: flags.cache === true ? undefined : flags.cache,
      data: flags.data,
      underlying,
      ...(underlyings.length === 0 ? {} : { underlyings }),
      from: flags.from,
      to: flags.to,
      strategy: flags.strategy,
      preset: flags.preset,
      settings: parseSettings(flags.set ?? []),
      startingCash: flags.cash,
      workers: flags.workers,
      out: flags.out,
      costs: { schedule: flags.costs },
      fills: { model: flags.fillModel, slippagePct: flags.slippagePct },
    },
    { cache: userCache() },
  )
}

async function runAndShow(config: RunConfig, flags: RunFlags): Promise<void> {
  const isSilent = flags.quiet === true || flags.json === true
  const bar = createProgressBar({ isSilent })
  const startedMs = Date.now()
  const result = await runBacktest(config, bar).finally(() => bar.stop())
  const seconds = (Date.now() - startedMs) / 1_000
  if (flags.store !== undefined) await keepRun(flags.store, config, result)
  const { resultFile, reportFile } = await writeOutputs(config.out, result)
  if (flags.json === true)
    process.stdout.write(`${JSON.stringify({ ...result, resultHash: result.manifest.resultHash })}\n`)
  else if (!isSilent)
    process.stdout.write(
      `${formatSummary(result)}\n\n${speedOf(result.dataQuality.quotes, seconds)}\nResult  ${resultFile}\nReport  ${reportFile}\n`,
    )
}

/** Where slices are kept unless told. */
export function userCache(): string {
  return path.join(process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'), 'scalp', 'slices')
}

/** How fast it went, opening and hashing of the files included. */
function speedOf(quotes: number, seconds: number): string {
  return `Took    ${seconds.toFixed(1)} s, ${(quotes / seconds / 1e6).toFixed(2)} M quotes/s`
}

/** `name=value` pairs; a value is JSON where it is, else text; dots nest. */
export function parseSettings(pairs: readonly string[]): Record<string, unknown> {
  const settings: Record<string, unknown> = {}
  for (const pair of pairs) {
    const at = pair.indexOf('=')
    if (at <= 0) throw new ConfigError({ source: `--set ${pair}`, problems: ['write it as name=value'] })
    const keys = pair.slice(0, at).split('.')
    const last = keys.pop() as string
    let target = settings
    for (const key of keys) target = (target[key] ??= {}) as Record<string, unknown>
    target[last] = parseValue(pair.slice(at + 1))
  }
  return settings
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}
