import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { formatUsd, toMicros } from '@scalp/canonical'
import { breakDown, measureDependence } from './analysis.js'
import { decisionsHtml } from './decisions-html.js'
import { computeMetrics } from './metrics.js'
import { pageScript } from './page-script.js'
import { pageStyle } from './page-style.js'
import type { BacktestResult } from './result.js'
import { THIN_SAMPLE } from './thin-sample.js'
import { findWeaknesses } from './verdict.js'

/** Renders a result as one HTML page that needs no network: charts, tables and data are inside it. */
export async function renderHtml(result: BacktestResult): Promise<string> {
  const dist = path.dirname(createRequire(import.meta.url).resolve('uplot'))
  const library = readFileSync(path.join(dist, 'uPlot.iife.min.js'), 'utf8')
  const libraryStyle = readFileSync(path.join(dist, 'uPlot.min.css'), 'utf8')
  const { manifest, period, dataQuality, assumptions } = result
  const weaknesses = findWeaknesses(result)
  const badge = manifest.data.isSynthetic ? '<strong class="badge">SYNTHETIC DATA</strong>' : ''
  const title = `${escapeHtml(manifest.strategy.name)}, ${period.from} to ${period.to}`
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${title}</title><link rel="icon" href="data:,"><style>${libraryStyle}${pageStyle}</style></head><body><main>
<header><h1>${escapeHtml(manifest.strategy.name)}</h1>${badge}
<p class="quiet">${period.from} to ${period.to}, ${period.tradingDays.length} trading days</p></header>
<section><h2>Verdict</h2>${list(weaknesses.length === 0 ? ['None of the checks found a weakness. That is not proof of an edge.'] : weaknesses)}</section>
<section><h2>Summary</h2><dl class="tiles">${tiles(result)}</dl></section>
<section><h2>Equity</h2><div id="equity" class="chart" role="img" aria-label="Equity over time"></div>
<div id="drawdown" class="chart" role="img" aria-label="Drawdown over time, percent"></div></section>
<section><h2>Daily profit</h2><div id="calendar" class="calendar" role="list" aria-label="Profit by day"></div></section>
<section><h2>Monthly returns</h2>${monthly(result)}</section>
<section><h2>Underlying and trades</h2><label>Day <select id="day"></select></label>
<div id="underlying" class="chart" role="img" aria-label="Underlying with entries and exits"></div></section>
<section><h2>Breakdowns</h2><div class="columns">${breakdowns(result)}</div></section>
<section><h2>Trades</h2><label>Filter <input id="filter" type="search" placeholder="symbol, trigger, exit"></label>
<p id="shown" class="quiet" aria-live="polite"></p><div class="scroll"><table id="trades"><thead></thead><tbody></tbody></table></div>
<button id="more" type="button">Show more</button></section>
<section><h2>Decisions</h2>${decisionsHtml(result, table)}</section>
<section><h2>Data quality</h2>${table(
    ['Measure', 'Value'],
    [
      ['Records', String(dataQuality.records)],
      ['Quotes', String(dataQuality.quotes)],
      ['Filtered', String(dataQuality.filtered)],
      ['Dropped', String(dataQuality.dropped)],
      ['Dropped symbols', dataQuality.droppedSymbols.join(', ') || 'none'],
      ['Missing days', dataQuality.missingDays.join(', ') || 'none'],
      ['Warnings', dataQuality.warnings.join(' ') || 'none'],
    ],
  )}</section>
<section><h2>Assumptions</h2>${list(assumptions)}</section>
<section><h2>Manifest</h2><details><summary>Config, data and hash</summary><pre>${escapeHtml(JSON.stringify(manifest, null, 2))}</pre></details></section>
</main><script>${library}</script><script type="application/json" id="data">${pageData(result)}</script>
<script>${pageScript}</script></body></html>`
}

function tiles(result: BacktestResult): string {
  const metrics = computeMetrics(result)
  const dependence = measureDependence(result.trades)
  const isThin = metrics.trades < THIN_SAMPLE
  const number = (value: number | null, unit = ''): string =>
    value === null ? 'n/a' : value.toFixed(2) + unit
  const sure = (value: number | null, unit = ''): string => (isThin ? 'n/a' : number(value, unit))
  const usd = (value: number): string => formatUsd(Math.round(toMicros(value) / 10_000) * 10_000)
  const rows: readonly (readonly [string, string])[] = [
    ['Net profit', usd(metrics.totalPnl)],
    ['Return', number(metrics.totalReturnPct, ' %')],
    ['Trades', String(metrics.trades)],
    ['Win rate', sure(metrics.winRate * 100, ' %')],
    [
      'Profit factor',
      metrics.grossLoss === 0 && metrics.trades > 0 ? 'no losses' : sure(metrics.profitFactor),
    ],
    ['Expectancy', metrics.expectancy === null || isThin ? 'n/a' : usd(metrics.expectancy)],
    ['Max drawdown', number(metrics.maxDrawdownPct, ' %')],
    ['Sharpe', sure(metrics.sharpe)],
    ['Sortino', sure(metrics.sortino)],
    ['Fees', usd(metrics.totalFees)],
    ['Time in the market', number(metrics.exposurePct, ' %')],
    ['Turnover', number(metrics.turnover, ' × equity')],
    ['Best mark, MFE', sure(metrics.avgMaxGainPct, ' %')],
    ['Worst mark, MAE', sure(metrics.avgMaxDrawdownPct, ' %')],
    ['Days below a peak', String(metrics.recoveryDays)],
    ...(metrics.bounds === null
      ? []
      : ([
          ['Fills at their best', usd(metrics.bounds.best)],
          ['Fills as expected', usd(metrics.bounds.expected)],
          ['Fills at their worst', usd(metrics.bounds.worst)],
        ] as const)),
    ...(metrics.forcedExits === 0 ? [] : ([['Forced exits', String(metrics.forcedExits)]] as const)),
    ['Without best trade', usd(dependence.pnlWithoutBestTrade)],
    ['Without best day', usd(dependence.pnlWithoutBestDay)],
  ]
  return rows.map(([name, value]) => `<div><dt>${name}</dt><dd>${value}</dd></div>`).join('')
}

function monthly(result: BacktestResult): string {
  const rows = computeMetrics(result).monthlyReturns.map(
    ({ month, returnPct }) => [month, `${returnPct.toFixed(2)} %`] as const,
  )
  return rows.length === 0 ? '<p>No trading day.</p>' : table(['Month', 'Return'], rows)
}

function breakdowns(result: BacktestResult): string {
  return breakDown(result)
    .map(({ name, groups }) => {
      const most = Math.max(1e-9, ...[...groups.values()].map(({ pnl }) => Math.abs(pnl)))
      const rows = [...groups].map(([key, { trades, pnl, winRate }]) => {
        const bar = `<i class="${pnl < 0 ? 'loss' : 'gain'}" style="width:${((Math.abs(pnl) / most) * 100).toFixed(1)}%"></i>`
        const rate = trades < THIN_SAMPLE ? 'n/a' : `${(winRate * 100).toFixed(0)} %`
        return `<tr><th scope="row">${escapeHtml(key)}</th><td>${trades}</td><td>${rate}</td><td>${pnl.toFixed(2)}</td><td class="bar">${bar}</td></tr>`
      })
      return `<div class="scroll"><table><caption>${name}</caption><thead><tr><th scope="col">Group</th><th scope="col">Trades</th><th scope="col">Won</th><th scope="col">Net $</th><th scope="col">Share</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`
    })
    .join('')
}

/** The numbers the script draws, as JSON that cannot end its script element. */
function pageData({
  equity,
  startingEquityMicros,
  dailyEquity,
  underlyingCloses,
  trades,
}: BacktestResult): string {
  const data = {
    start: startingEquityMicros / 1e6,
    equity: [equity.map(({ atUs }) => atUs / 1e6), equity.map(({ equityMicros }) => equityMicros / 1e6)],
    daily: dailyEquity.map(({ date, equityMicros }) => [date, equityMicros / 1e6]),
    days: underlyingCloses.map(({ symbol, date, startUs, stepUs, closesMicros }) => ({
      symbol,
      date,
      start: startUs / 1e6,
      step: stepUs / 1e6,
      closes: closesMicros.map((close) => close / 1e6),
    })),
    trades: trades.map((trade) => [
      trade.entryUs / 1e6,
      trade.exitUs / 1e6,
      trade.symbol,
      trade.trigger,
      trade.exitReason,
      trade.contracts,
      trade.entryMicros / 1e6,
      trade.exitMicros / 1e6,
      trade.netMicros / 1e6,
      trade.pnlPct,
      trade.holdSeconds,
      trade.underlying,
    ]),
  }
  return JSON.stringify(data).replaceAll('<', '\\u003c')
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (tag: string, row: readonly string[]): string =>
    `<tr>${row.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag.slice(0, 2)}>`).join('')}</tr>`
  return `<div class="scroll"><table><thead>${cells('th scope="col"', head)}</thead><tbody>${rows.map((row) => cells('td', row)).join('')}</tbody></table></div>`
}

function list(lines: readonly string[]): string {
  return `<ul>${lines.map((line) => `<li>${escapeHtml(line)}</li>`).join('')}</ul>`
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
