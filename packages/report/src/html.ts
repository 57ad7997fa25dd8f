import { decisionsHtml } from './html/decisions.js'
import { escapeHtml } from './html/elements.js'
import { overviewHtml } from './html/overview.js'
import { pageHtml } from './html/page.js'
import { pageData, pageDetail } from './html/page-data.js'
import { breakdownHtml, runHtml, tradesHtml } from './html/pieces.js'
import { researchHtml } from './html/research.js'
import { calendarScript } from './page/calendar-script.js'
import { chartScript } from './page/chart-script.js'
import { mainScript } from './page/main-script.js'
import { pivotScript } from './page/pivot-script.js'
import { tradesScript } from './page/trades-script.js'
import type { BacktestResult } from './result.js'

/** Renders a result as one HTML page that needs no network: charts, tables and data are inside it. */
export async function renderHtml(result: BacktestResult): Promise<string> {
  const { manifest, period, study } = result
  const { name, preset } = manifest.strategy
  const views = [
    ['overview', 'Overview', overviewHtml(result)],
    ['trades-view', 'Trades', tradesHtml()],
    ['breakdown', 'Breakdown', breakdownHtml(result)],
    ['decisions', 'Decisions', decisionsHtml(result)],
    ...(study === undefined ? [] : [['research', 'Research', researchHtml(study)] as const]),
    ['run', 'Run', runHtml(result)],
  ] as const
  const links = views.map(([id, title]) => `<a href="#${id}">${title}</a>`).join('')
  const sections = views.map(
    ([id, title, body]) => `<section class="view" id="${id}" aria-label="${title}">${body}</section>`,
  )
  return pageHtml({
    title: `${name}, ${period.from} to ${period.to}`,
    header: `<div><h1>${escapeHtml(name)}${preset === null ? '' : ` <span class="preset">${escapeHtml(preset)}</span>`}</h1>
<p class="quiet">${period.from} to ${period.to}, ${period.tradingDays.length} trading days</p></div>${manifest.data.isSynthetic ? '<strong class="badge">SYNTHETIC DATA</strong>' : ''}`,
    nav: `<nav aria-label="Views">${links}</nav>`,
    body: sections.join('\n'),
    data: pageData(result),
    detail: pageDetail(result),
    scripts: [chartScript, calendarScript, pivotScript, tradesScript, mainScript],
  })
}
