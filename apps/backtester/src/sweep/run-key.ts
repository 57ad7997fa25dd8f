import { createHash } from 'node:crypto'
import { toDollars } from '@scalp/canonical'
import { type BacktestResult, computeMetrics } from '@scalp/report'
import type { RunRecord } from '@scalp/research'
import type { RunConfig } from '../config.js'
import { sha256Of } from '../hash-files.js'
import type { LoadedStrategy } from '../members.js'
import { allFiles, type RunData } from '../run-data.js'
import { version } from '../version.js'
import { codeIdOf } from './code-id.js'

/** Names the data of a run by their content: the same for other paths, and for slices of the same files. */
export async function dataIdOf({ originals, symbols, hashes }: RunData): Promise<string> {
  const files: unknown[] = []
  for (const { path, dataset, schema } of allFiles(originals))
    files.push([dataset, schema, hashes.get(path) ?? (await sha256Of(path))])
  return sha256(JSON.stringify([symbols, files]))
}

/** The same name, of the data that a result says it had. */
export function dataIdOfResult({ manifest: { data } }: BacktestResult, symbols: readonly string[]): string {
  return sha256(
    JSON.stringify([
      symbols,
      data.files.map(({ dataset, schema, sha256: content }) => [dataset, schema, content]),
    ]),
  )
}

/** Names a run by all that decides its result: data, strategy and its code, settings, venue, gates, version. */
export function runKey(config: RunConfig, { strategy, settings }: LoadedStrategy, dataId: string): string {
  const { data: _data, out: _out, workers: _workers, cache: _cache, ...rest } = config
  const { settings: _settings, preset: _preset, strategies: _strategies, strategy: _strategy, ...run } = rest
  const code = codeIdOf(config)
  return sha256(sorted({ version, code, dataId, strategy: strategy.name, settings, run }))
}

/** What the ledger keeps of a result. */
export function toRunRecord(result: BacktestResult, key: string, dataId: string): RunRecord {
  const { manifest, period, trades, dailyEquity, startingEquityMicros } = result
  const { monthlyReturns: _monthly, bounds, ...metrics } = computeMetrics(result)
  const figures = Object.entries(metrics).filter(([, value]) => value === null || Number.isFinite(value))
  return {
    key,
    strategy: manifest.strategy.name,
    data: dataId,
    from: period.from,
    to: period.to,
    config: { ...manifest.settings },
    resultHash: manifest.resultHash,
    trades: trades.length,
    figures: {
      ...(Object.fromEntries(figures) as Record<string, number | null>),
      worstCasePnl: bounds?.worst ?? null,
    },
    days: dailyEquity.map(({ date, equityMicros }, day) => ({
      date,
      value:
        toDollars(equityMicros) / toDollars(dailyEquity[day - 1]?.equityMicros ?? startingEquityMicros) - 1,
    })),
  }
}

/** Names a sweep, or what came of one. */
export function hashOf(value: unknown): string {
  return sha256(sorted(value))
}

/** JSON with the keys of every object in order. */
function sorted(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
