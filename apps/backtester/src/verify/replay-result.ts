import { ScalpError } from '@scalp/canonical'
import type { BacktestResult } from '@scalp/report'
import { ConfigError, type RunConfig, runConfigSchema } from '../config.js'

/** Thrown when the data of a result are not there any more, or are others. */
export class DataDiffersError extends ScalpError {
  override readonly name = 'DataDiffersError'
  constructor({ files }: { files: readonly string[] }) {
    super(`The data are not those of the result: ${files.join(', ')}.`, {
      code: 'VERIFY_DATA_DIFFERS',
      hint: 'Give the directory with the files of the manifest by --data.',
      details: { files },
    })
  }
}

/** Thrown when the same run has another outcome. */
export class ResultDiffersError extends ScalpError {
  override readonly name = 'ResultDiffersError'
  constructor(found: { expected: string; actual: string; first: string; versions: readonly string[] }) {
    const { expected, actual, first, versions } = found
    super(`The run gave ${actual} and the result file says ${expected}. The first difference: ${first}.`, {
      code: 'VERIFY_RESULT_DIFFERS',
      hint:
        versions[0] === versions[1]
          ? 'Data, config and version are the same: look for state, clock or chance outside of the context.'
          : `The result is of version ${versions[0]}, this is ${versions[1]}.`,
      details: found,
    })
  }
}

/** The config of a result's manifest, to run it again. */
export function configOfResult(
  { manifest }: BacktestResult,
  overrides: { readonly data?: string | undefined; readonly workers?: number | undefined },
): RunConfig {
  const given = Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== undefined))
  const parsed = runConfigSchema.safeParse({ ...manifest.settings, ...given })
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  throw new ConfigError({ source: 'The manifest of the result', problems })
}

/**
 * Compares a result with the one of the same run made again.
 *
 * @throws {@link DataDiffersError} When a file is missing, new, or has other bytes.
 * @throws {@link ResultDiffersError} When the outcome is another.
 */
export function compareResults(expected: BacktestResult, actual: BacktestResult): void {
  const before = new Map(expected.manifest.data.files.map(({ name, sha256 }) => [name, sha256]))
  const after = new Map(actual.manifest.data.files.map(({ name, sha256 }) => [name, sha256]))
  const names = [...new Set([...before.keys(), ...after.keys()])].sort()
  const files = names.filter((name) => before.get(name) !== after.get(name))
  if (files.length > 0) throw new DataDiffersError({ files })
  if (expected.manifest.resultHash === actual.manifest.resultHash) return
  throw new ResultDiffersError({
    expected: expected.manifest.resultHash,
    actual: actual.manifest.resultHash,
    first: firstDifference(expected, actual),
    versions: [expected.manifest.scalpVersion, actual.manifest.scalpVersion],
  })
}

/** Where two results part, in words: the first trade that differs tells most. */
function firstDifference(expected: BacktestResult, actual: BacktestResult): string {
  for (let at = 0; at < Math.max(expected.trades.length, actual.trades.length); at++) {
    const [one, other] = [expected.trades[at], actual.trades[at]]
    if (JSON.stringify(one) !== JSON.stringify(other))
      return `trade ${at + 1} is ${describe(one)} in the result and ${describe(other)} now`
  }
  const day = expected.dailyEquity.find(
    ({ equityMicros }, at) => equityMicros !== actual.dailyEquity[at]?.equityMicros,
  )
  return day === undefined ? 'in decisions or in the equity within a day' : `the equity of ${day.date}`
}

function describe(trade: BacktestResult['trades'][number] | undefined): string {
  return trade === undefined ? 'none' : `${trade.symbol} of ${new Date(trade.entryUs / 1_000).toISOString()}`
}
