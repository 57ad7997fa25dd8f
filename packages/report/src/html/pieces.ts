import { breakDown } from '../analysis.js'
import type { BacktestResult } from '../result.js'
import { THIN_SAMPLE } from '../thin-sample.js'
import { card, count, escapeHtml, list, money, percent, table } from './elements.js'
import { bar } from './overview.js'

/** Every trade, to be filtered, sorted and opened, below the underlying of a day. */
export function tradesHtml(): string {
  return `<h2>Trades</h2><section class="card"><h3>Underlying and trades</h3><label>Day <select id="day"></select></label>
<div id="underlying" class="chart" role="img" aria-label="Underlying of a day with entries and exits"></div></section>
<section class="card"><h3>Every trade</h3><p class="quiet">Open a row to see the quotes of its contract and what decided it.</p>
<div class="tools"><label>Filter <input id="filter" type="search" placeholder="symbol, trigger, exit"></label><button id="clear" type="button" hidden>Show all</button><span id="shown" class="quiet" aria-live="polite"></span></div>
<div class="scroll" tabindex="0"><table id="trades"><caption class="sr">Trades</caption><thead></thead><tbody></tbody></table></div>
<button id="more" type="button">Show more</button></section>`
}

/** A pivot that a person drives, above one table for each part of the trades. */
export function breakdownHtml(result: BacktestResult): string {
  const parts = breakDown(result).map(({ name, groups }) => {
    const most = Math.max(1e-9, ...[...groups.values()].map(({ pnl }) => Math.abs(pnl)))
    const rows = [...groups].map(([key, { trades, pnl, winRate }]) => [
      key,
      count(trades),
      trades < THIN_SAMPLE ? 'n/a' : percent(winRate),
      money(pnl),
      { html: bar(pnl, most) },
    ])
    return card(name, table([name, 'Trades', 'Won', 'Net profit', ''], rows, { shape: ' nnn' }))
  })
  return `<h2>Breakdown</h2><section class="card" id="pivot"><h3>Pivot</h3>
<p class="quiet">Choose what goes down and across, and what to look at alone. A cell opens its trades.</p>
<div class="tools"><label>Down <select id="pivot-rows"></select></label><label>Across <select id="pivot-columns"></select></label><label>Show <select id="pivot-value"></select></label><button id="pivot-turn" type="button">Swap</button></div>
<div class="tools" id="pivot-filters"></div>
<p id="pivot-said" class="quiet" aria-live="polite"></p><div class="scroll" tabindex="0"><table id="pivot-table" class="heats"></table></div></section>
<h2>One thing at a time</h2><div class="columns">${parts.join('')}</div>`
}

/** What the simulation took for granted, what the data lacked, and what the run depended on. */
export function runHtml({ dataQuality, assumptions, manifest }: BacktestResult): string {
  const quality = table(
    ['Measure', 'Value'],
    [
      ['Records', count(dataQuality.records)],
      ['Quotes', count(dataQuality.quotes)],
      ['Filtered', count(dataQuality.filtered)],
      ['Dropped', count(dataQuality.dropped)],
      ['Dropped symbols', dataQuality.droppedSymbols.join(', ') || 'none'],
      ['Missing days', dataQuality.missingDays.join(', ') || 'none'],
      ['Warnings', dataQuality.warnings.join(' ') || 'none'],
    ],
  )
  return `<h2>Run</h2>${card('Assumptions', list(assumptions))}${card('Data quality', `<div class="wraps">${quality}</div>`)}
<section class="card"><h3>Manifest</h3><p class="quiet">Result hash <code>${escapeHtml(manifest.resultHash)}</code></p>
<details><summary>Config and data</summary><pre tabindex="0">${escapeHtml(JSON.stringify(manifest, null, 2))}</pre></details></section>`
}
