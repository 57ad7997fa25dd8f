import { type ComparedFigure, type Comparison, compareResults } from '../compare.js'
import { comparisonNotes, formatFigure } from '../comparison-text.js'
import { chartScript } from '../page/chart-script.js'
import { comparisonScript } from '../page/comparison-script.js'
import type { BacktestResult, TradeRecord } from '../result.js'
import { judgeResult } from '../verdict.js'
import { type Cell, card, count, escapeHtml, list, money, table } from './elements.js'
import { pageHtml } from './page.js'

const SHOWN = 50

/** Renders two runs side by side as one HTML page that needs no network. */
export function renderComparison(
  a: BacktestResult,
  b: BacktestResult,
  names: readonly [string, string],
): string {
  const comparison = compareResults(a, b)
  const notes = comparisonNotes(comparison)
  const isSynthetic = a.manifest.data.isSynthetic || b.manifest.data.isSynthetic
  const returns = ({
    dailyEquity,
    startingEquityMicros,
  }: BacktestResult): readonly (readonly [string, number])[] =>
    dailyEquity.map(({ date, equityMicros }) => [date, (equityMicros / startingEquityMicros - 1) * 100])
  return pageHtml({
    title: `${names[0]} and ${names[1]}`,
    header: `<div><h1>${escapeHtml(names[0])} <span class="preset">and</span> ${escapeHtml(names[1])}</h1>
<p class="quiet">Two runs side by side</p></div>${isSynthetic ? '<strong class="badge">SYNTHETIC DATA</strong>' : ''}`,
    body: `${notes.length === 0 ? '' : `<section class="verdict weak"><h2>Before you compare</h2>${list(notes, 'weak')}</section>`}
<div class="sides">${verdictHtml(a, names[0])}${verdictHtml(b, names[1])}</div>
${card('Figures', table(['', ...names, 'Change'], comparison.figures.map(figureRow), { shape: ' nnn' }))}
<section class="card"><h3>Return</h3><p class="quiet">By the close of each trading day, percent of the starting equity.</p><div id="returns" class="chart" role="img" aria-label="Return of both runs over time, percent"></div></section>
${settingsCard(comparison, names)}${tradesCard(comparison, names)}${refusalsCard(comparison, names)}`,
    data: { names, a: returns(a), b: returns(b) },
    scripts: [chartScript, comparisonScript],
  })
}

function verdictHtml(result: BacktestResult, name: string): string {
  const { tone, headline, weaknesses } = judgeResult(result)
  return `<section class="verdict ${tone}"><h2>${escapeHtml(name)}</h2><p class="headline">${escapeHtml(headline)}</p>${weaknesses.length === 0 ? '' : list(weaknesses, 'weak')}</section>`
}

function figureRow({ name, unit, a, b, change, moreIsBetter }: ComparedFigure): Cell[] {
  const text = formatFigure(change, unit, true)
  const isJudged = change !== null && moreIsBetter !== undefined && /[1-9]/.test(text)
  return [
    name,
    formatFigure(a, unit),
    formatFigure(b, unit),
    isJudged ? { text, signOf: moreIsBetter ? change : -change } : text,
  ]
}

function settingsCard({ settings }: Comparison, names: readonly [string, string]): string {
  const show = (value: unknown): string => (value === undefined ? '–' : JSON.stringify(value))
  const rows = settings.map(({ path, a, b }) => [path, show(a), show(b)])
  return card(
    'Settings that differ',
    rows.length === 0 ? '<p>None.</p>' : `<div class="wraps">${table(['Setting', ...names], rows)}</div>`,
  )
}

function tradesCard({ trades }: Comparison, names: readonly [string, string]): string {
  const { both, onlyA, onlyB, bothMicros } = trades
  const sum = (list: readonly TradeRecord[]): number =>
    list.reduce((total, { netMicros }) => total + netMicros, 0) / 1e6
  const alone = (title: string, list: readonly TradeRecord[]): string =>
    list.length === 0
      ? ''
      : `<details><summary>${escapeHtml(title)}${list.length > SHOWN ? `, the first ${SHOWN}` : ''}</summary>${table(
          ['Entry (UTC)', 'Contract', 'Trigger', 'Exit', 'Net'],
          list
            .slice(0, SHOWN)
            .map(({ entryUs, symbol, trigger, exitReason, netMicros }) => [
              new Date(entryUs / 1_000).toISOString().slice(0, 19).replace('T', ' '),
              symbol,
              trigger,
              exitReason,
              money(netMicros / 1e6),
            ]),
          { shape: '    n' },
        )}</details>`
  return card(
    'Trades',
    `${table(
      ['', 'Trades', `Net, ${names[0]}`, `Net, ${names[1]}`],
      [
        ['In both', count(both), money(bothMicros[0] / 1e6), money(bothMicros[1] / 1e6)],
        [`In ${names[0]} alone`, count(onlyA.length), money(sum(onlyA)), ''],
        [`In ${names[1]} alone`, count(onlyB.length), '', money(sum(onlyB))],
      ],
      { shape: ' nnn' },
    )}${alone(`In ${names[0]} alone`, onlyA)}${alone(`In ${names[1]} alone`, onlyB)}`,
    'The same trade is one of the same contract that was decided in the same minute.',
  )
}

function refusalsCard({ refusals }: Comparison, names: readonly [string, string]): string {
  return card(
    'Refusals',
    refusals.length === 0
      ? '<p>None.</p>'
      : table(
          ['Gate', 'Code', ...names],
          refusals.map(({ gate, code, a, b }) => [gate, code, count(a), count(b)]),
          { shape: '  nn' },
        ),
  )
}
