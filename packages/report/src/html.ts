import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { decisionsHtml } from './html/decisions.js'
import { escapeHtml } from './html/elements.js'
import { overviewHtml } from './html/overview.js'
import { pageData, pageDetail } from './html/page-data.js'
import { breakdownHtml, runHtml, tradesHtml } from './html/pieces.js'
import { researchHtml } from './html/research.js'
import { calendarScript } from './page/calendar-script.js'
import { chartScript } from './page/chart-script.js'
import { mainScript } from './page/main-script.js'
import { pivotScript } from './page/pivot-script.js'
import { pageStyle } from './page/style.js'
import { themeScript } from './page/theme-script.js'
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
    ([id, title, body]) => `<div class="view" id="${id}" aria-label="${title}" tabindex="-1">${body}</div>`,
  )
  return page({
    title: `${name}, ${period.from} to ${period.to}`,
    header: `<div><h1>${escapeHtml(name)}${preset === null ? '' : ` <span class="quiet">${escapeHtml(preset)}</span>`}</h1>
<p class="quiet">${period.from} to ${period.to}, ${period.tradingDays.length} trading days</p></div>${manifest.data.isSynthetic ? '<strong class="badge">SYNTHETIC DATA</strong>' : ''}`,
    nav: `<nav aria-label="Views">${links}</nav>`,
    body: sections.join('\n'),
    scripts: `<script>${uplot('uPlot.iife.min.js')}</script><script type="application/json" id="data">${pageData(result)}</script>
<script type="text/plain" id="detail">${pageDetail(result)}</script>
<script>(() => {${[chartScript, calendarScript, pivotScript, tradesScript, mainScript].join('\n')}})()</script>`,
  })
}

/** The frame of a page: style, header with the switch of light and dark, body, scripts. */
export function page({
  title,
  header,
  nav = '',
  body,
  scripts = '',
}: {
  readonly title: string
  readonly header: string
  readonly nav?: string
  readonly body: string
  readonly scripts?: string
}): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escapeHtml(title)}</title><link rel="icon" href="data:,"><style>${uplot('uPlot.min.css')}${pageStyle}</style></head><body>
<a class="skip" href="#main">To the content</a><header class="top"><div class="inner">${header}<button id="theme" type="button" hidden>Theme</button></div>${nav}</header>
<main id="main">${body}</main><script>${themeScript}</script>${scripts}</body></html>`
}

function uplot(file: string): string {
  return readFileSync(path.join(path.dirname(createRequire(import.meta.url).resolve('uplot')), file), 'utf8')
}
