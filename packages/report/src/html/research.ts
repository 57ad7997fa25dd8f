import { toDollars } from '@scalp/canonical'
import type { LedgerSummary, Study, SweepSurface, WalkForwardTable } from '../study.js'
import { type Cell, card, count, escapeHtml, fixed, money, percent, table } from './elements.js'

/** What research adds: surfaces of sweeps, walk-forward, how often one looked. */
export function researchHtml({ name, surfaces, walkForward, ledger }: Study): string {
  const nothing =
    surfaces.length === 0 && walkForward.length === 0 && ledger === null ? '<p>Nothing was recorded.</p>' : ''
  return `<h2>Research: ${escapeHtml(name)}</h2>${nothing}${ledger === null ? '' : ledgerHtml(ledger)}
${surfaces.map(surfaceHtml).join('')}${walkForward.map(walkForwardHtml).join('')}`
}

function ledgerHtml({
  trials,
  effectiveTrials,
  sharpeVariance,
  overfitting,
  realityCheck,
  superiorAbility,
}: LedgerSummary): string {
  return card(
    'How often one looked',
    table(
      ['', ''],
      [
        ['Trials of the project', count(trials)],
        ['Independent trials', effectiveTrials === undefined ? 'n/a' : fixed(effectiveTrials, '', 1)],
        ['Variance of their daily Sharpe ratios', fixed(sharpeVariance, '', 5)],
        ['Probability of overfitting (CSCV)', percent(overfitting ?? null, 1)],
        ["White's reality check, p", fixed(realityCheck ?? null, '', 3)],
        ['Superior predictive ability, p', fixed(superiorAbility ?? null, '', 3)],
      ],
      { shape: ' n' },
    ),
  )
}

/** A table with a coloured cell for each pair of settings; the run's own is framed. */
function surfaceHtml({ figure, unit, x, y, cells, trades, chosen, note }: SweepSurface): string {
  const known = cells.flat().filter((value) => value !== null)
  const most = Math.max(1e-12, ...known.map(Math.abs))
  const cell = (value: number | null, row: number, column: number): string => {
    const own = chosen !== null && chosen.x === column && chosen.y === row
    const behind = trades?.[row]?.[column] ?? null
    const title = `${x.name} ${String(x.values[column])}${y === null ? '' : `, ${y.name} ${String(y.values[row])}`}${behind === null ? '' : `: ${behind} trades`}`
    const tint =
      value === null
        ? ''
        : ` style="--tint:var(--${value < 0 ? 'loss' : 'gain'});--part:${Math.round((Math.abs(value) / most) * 60)}%"`
    return `<td class="heat${own ? ' own' : ''}"${tint} title="${escapeHtml(title)}">${value === null ? '·' : value.toFixed(2)}${own ? '<span class="sr"> chosen</span>' : ''}</td>`
  }
  const head = x.values.map((value) => `<th scope="col" class="n">${escapeHtml(String(value))}</th>`).join('')
  const rows = cells.map(
    (row, at) =>
      `<tr><th scope="row">${y === null ? escapeHtml(figure) : escapeHtml(String(y.values[at]))}</th>${row.map((value, column) => cell(value, at, column)).join('')}</tr>`,
  )
  const axes = y === null ? x.name : `${y.name} down, ${x.name} across`
  return card(
    `${figure}${unit === '' ? '' : `, ${unit}`}`,
    `<div class="scroll" tabindex="0"><table class="heats"><caption class="sr">${escapeHtml(figure)} by ${escapeHtml(axes)}</caption><thead><tr><th scope="col">${y === null ? '' : escapeHtml(y.name)}</th>${head}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`,
    `${axes}. A plateau can be trusted more than a lonely peak.${chosen === null ? '' : ' The chosen settings are framed.'} ${note}`,
  )
}

function walkForwardHtml({ kind, figure, purgeDays, embargoDays, windows }: WalkForwardTable): string {
  const hasMoney = windows.some(({ netMicros }) => netMicros !== null)
  const hasReturns = windows.some(({ returnPct }) => returnPct != null)
  const made = windows.map(({ netMicros, returnPct }) => netMicros ?? returnPct ?? null)
  const known = made.filter((value) => value !== null)
  const won = known.filter((value) => value > 0).length
  const rows = windows.map((window): readonly Cell[] => [
    `${window.trainFrom} – ${window.trainTo}`,
    `${window.testFrom} – ${window.testTo}`,
    Object.entries(window.settings)
      .map(([name, value]) => `${name} ${String(value)}`)
      .join(', '),
    fixed(window.train),
    fixed(window.test),
    ...(hasReturns ? [signed(window.returnPct ?? null)] : []),
    ...(hasMoney
      ? [
          window.trades === null ? 'n/a' : count(window.trades),
          window.netMicros === null ? 'n/a' : money(toDollars(window.netMicros)),
        ]
      : []),
  ])
  const heads = [
    'Trained on',
    'Tested on',
    'Chosen',
    `${figure}, train`,
    'test',
    ...(hasReturns ? ['Return'] : []),
    ...(hasMoney ? ['Trades', 'Net profit'] : []),
  ]
  const cut =
    purgeDays + embargoDays === 0 ? '' : ` Purged days: ${purgeDays}, embargoed days: ${embargoDays}.`
  return card(
    kind === 'folds' ? 'Cross-validation by days' : `Walk-forward, ${kind}`,
    table(heads, rows, { shape: '   nnnnn' }),
    `Settings are chosen on the days of training and judged on days that did not choose them: ${won} of ${known.length} tests made money.${cut}`,
  )
}

function signed(percentage: number | null): Cell {
  return percentage === null ? 'n/a' : { text: fixed(percentage, ' %'), signOf: percentage }
}
