import { formatUsd, toMicros } from '@scalp/canonical'
import { computeMetrics } from './metrics.js'
import type { BacktestResult } from './result.js'
import { findWeaknesses } from './verdict.js'

/** A summary of a run for a terminal: aligned columns of plain text. */
export function formatSummary(result: BacktestResult): string {
  const metrics = computeMetrics(result)
  const { manifest, period, decisions, dataQuality } = result
  const usd = (dollars: number | null): string =>
    dollars === null
      ? 'n/a'
      : formatUsd(Math.sign(dollars) * Math.round(Math.abs(toMicros(dollars)) / 10_000) * 10_000)
  const fixed = (value: number | null, unit = ''): string =>
    value === null ? 'n/a' : `${value.toFixed(2)}${unit}`
  const refused = decisions.refusals.map(({ gate, count }) => `${gate} ${count}`).join(', ')
  const abstained = decisions.abstains
    .toSorted((a, b) => b.count - a.count)
    .slice(0, 5)
    .map(({ code, count }) => `${code} ${count}`)
    .join(', ')
  const rows: readonly (readonly [string, string])[] = [
    [
      'Strategy',
      `${manifest.strategy.name}${manifest.strategy.preset === null ? '' : `, preset ${manifest.strategy.preset}`}`,
    ],
    ['Period', `${period.from} to ${period.to}, ${period.tradingDays.length} trading days`],
    [
      'Quotes',
      `${dataQuality.quotes.toLocaleString('en-US')} of ${dataQuality.records.toLocaleString('en-US')} records`,
    ],
    [
      'Trades',
      `${metrics.trades}: ${metrics.winners} won, ${metrics.losers} lost, win rate ${(metrics.winRate * 100).toFixed(1)} %`,
    ],
    [
      'Net profit',
      `${usd(metrics.totalPnl)} (${fixed(metrics.totalReturnPct, ' %')}), fees ${usd(metrics.totalFees)}`,
    ],
    [
      'Profit factor',
      metrics.profitFactor === null
        ? metrics.trades === 0
          ? 'n/a'
          : 'no losses'
        : fixed(metrics.profitFactor),
    ],
    [
      'Expectancy',
      `${usd(metrics.expectancy)} a trade, held ${fixed(metrics.avgHoldSeconds === null ? null : metrics.avgHoldSeconds / 60, ' min')}`,
    ],
    ['Drawdown', `${usd(metrics.maxDrawdown)} (${fixed(metrics.maxDrawdownPct, ' %')})`],
    ['Sharpe', fixed(metrics.sharpe)],
    [
      'In the market',
      `${fixed(metrics.exposurePct, ' %')} of the time, turnover ${fixed(metrics.turnover)} × equity`,
    ],
    [
      'Marks',
      `best ${fixed(metrics.avgMaxGainPct, ' %')}, worst ${fixed(metrics.avgMaxDrawdownPct, ' %')} on average`,
    ],
    ...(metrics.bounds === null
      ? []
      : ([
          [
            'Fill bounds',
            `worst ${usd(metrics.bounds.worst)}, expected ${usd(metrics.bounds.expected)}, best ${usd(metrics.bounds.best)}`,
          ],
        ] as const)),
    ...(metrics.forcedExits === 0 ? [] : ([['Forced exits', String(metrics.forcedExits)]] as const)),
    ['Signals', `${decisions.signals}; refused: ${refused === '' ? 'none' : refused}`],
    ['Abstained', abstained === '' ? 'never' : abstained],
    ['Result hash', manifest.resultHash],
  ]
  const width = Math.max(...rows.map(([name]) => name.length)) + 2
  const notice = manifest.data.isSynthetic
    ? ['SYNTHETIC DATA: made, not recorded. The figures say nothing about a real market.', '']
    : []
  const weak = findWeaknesses(result).map((weakness) => `  - ${weakness}`)
  const verdict = weak.length === 0 ? [] : ['', 'What is weak', ...weak]
  return [...notice, ...rows.map(([name, value]) => name.padEnd(width) + value), ...verdict].join('\n')
}
