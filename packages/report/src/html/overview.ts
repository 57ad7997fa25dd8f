import { breakDown, measureDependence } from '../analysis.js'
import { type Evidence, weighEvidence } from '../evidence.js'
import { computeMetrics, type Metrics } from '../metrics.js'
import type { BacktestResult } from '../result.js'
import { type Capacity, measureCapacity, measureCosts } from '../sensitivity.js'
import { THIN_SAMPLE } from '../thin-sample.js'
import { judgeResult } from '../verdict.js'
import { card, count, escapeHtml, fixed, list, money, percent, table, tiles, usd } from './elements.js'

/** The first view: what is weak, the figures that matter, equity, the calendar, and what it all hangs on. */
export function overviewHtml(result: BacktestResult): string {
  const metrics = computeMetrics(result)
  const evidence = weighEvidence(result)
  const costs = measureCosts(result.trades)
  const capacity = measureCapacity(result)
  const verdict = judgeResult(result, { evidence, costs, capacity })
  const passed =
    verdict.passed.length === 0
      ? ''
      : `<details><summary>${verdict.passed.length} checks found nothing</summary>${list(verdict.passed, 'passed')}</details>`
  return `<section class="verdict ${verdict.tone}" aria-labelledby="verdict-title"><h2 id="verdict-title">Verdict</h2>
<p class="headline">${escapeHtml(verdict.headline)}</p>${verdict.weaknesses.length === 0 ? '' : list(verdict.weaknesses, 'weak')}${passed}</section>
${keyTiles(metrics, evidence)}
<section class="card"><h3>Equity</h3>${metrics.bounds === null ? '' : '<p class="quiet">The band is what the fills leave open: every one at its best, every one at its worst.</p>'}
<div id="equity" class="chart" role="img" aria-label="Equity over time, from ${usd(result.startingEquityMicros / 1e6)} to ${usd(metrics.endingEquity)}"></div>
<div id="drawdown" class="chart" role="img" aria-label="Drawdown over time in percent, at most ${fixed(metrics.maxDrawdownPct)}"></div></section>
<section class="card"><h3>Calendar</h3><p class="quiet">Profit of each trading day. The month's return is above it.</p><div id="calendar" class="calendar"></div></section>
<div class="columns">
${dependenceCard(result, metrics)}
${costsCard(costs)}
${drawdownCard(evidence, metrics)}
${metrics.bounds === null ? '' : boundsCard(metrics.bounds)}
${agesCard(result)}
${capacityCard(capacity)}
${evidenceCard(evidence)}
</div>
<details class="card"><summary><h3>All figures</h3></summary>${allFigures(metrics)}</details>`
}

function keyTiles(metrics: Metrics, { isThin, expectancy, sharpe }: Evidence): string {
  const sure = (text: string): string => (isThin ? 'n/a' : text)
  const { minimumDays } = sharpe
  const needed =
    minimumDays === null
      ? 'n/a'
      : Number.isFinite(minimumDays)
        ? `${count(Math.ceil(minimumDays))} days`
        : 'never'
  return tiles([
    ['Net profit', usd(metrics.totalPnl), fixed(metrics.totalReturnPct, ' %')],
    [
      'Trades',
      count(metrics.trades),
      isThin ? `fewer than ${THIN_SAMPLE}` : `${percent(metrics.winRate)} won`,
    ],
    [
      'A trade makes',
      metrics.expectancy === null ? 'n/a' : sure(usd(metrics.expectancy)),
      expectancy === null ? 'n/a' : `${usd(expectancy.low)} to ${usd(expectancy.high)}, 95 %`,
    ],
    [
      'Profit factor',
      metrics.grossLoss === 0 && metrics.trades > 0 ? 'no losses' : sure(fixed(metrics.profitFactor)),
      metrics.costShare === null ? 'no gross profit' : `fees are ${percent(metrics.costShare)} of the gross`,
    ],
    ['Max drawdown', fixed(metrics.maxDrawdownPct, ' %'), usd(metrics.maxDrawdown)],
    [
      'Sharpe',
      fixed(sharpe.sharpe),
      sharpe.standardError === null ? 'a year, of days' : `± ${fixed(sharpe.standardError)}, a year`,
    ],
    ['Sharpe above 0', percent(sharpe.probabilistic, 1), 'probability'],
    ['Record needed', needed, `it has ${count(sharpe.days)}`],
  ])
}

function dependenceCard({ trades }: BacktestResult, { totalPnl }: Metrics): string {
  const found = measureDependence(trades)
  const share = (value: number | null): string => (value === null ? 'n/a' : percent(value))
  return card(
    'What it hangs on',
    table(
      ['', 'Net profit'],
      [
        ['As it was', money(totalPnl)],
        ['Without the best trade', money(found.pnlWithoutBestTrade)],
        ['Without the best day', money(found.pnlWithoutBestDay)],
        ['Without the best month', found.months > 1 ? money(found.pnlWithoutBestMonth) : 'n/a'],
        ['Best trade, share of profit', share(found.shareOfTop.top1)],
        ['Best 3 trades', share(found.shareOfTop.top3)],
        ['Best 10 trades', share(found.shareOfTop.top10)],
      ],
      { shape: ' n' },
    ),
    'A result that a few trades carry is an anecdote.',
  )
}

function costsCard({ cases, breakEvenFees, breakEvenSlippage }: ReturnType<typeof measureCosts>): string {
  const most = Math.max(1e-9, ...cases.map(({ pnl }) => Math.abs(pnl)))
  const rows = cases.map(({ name, pnl }) => [name, money(pnl), { html: bar(pnl, most) }])
  const limits = [
    ...(breakEvenFees === null ? [] : [`Fees times ${breakEvenFees.toFixed(1)} would take all of it.`]),
    ...(breakEvenSlippage === null
      ? []
      : [`So would fills ${(breakEvenSlippage * 100).toFixed(1)} cents a share worse, each way.`]),
  ]
  return card(
    'If costs were other',
    table(['The same trades', 'Net profit', ''], rows, { shape: ' n' }),
    limits.join(' '),
  )
}

function drawdownCard({ drawdown }: Evidence, { maxDrawdown }: Metrics): string {
  if (drawdown === null) return card('Luck of the order', '<p>n/a: too few trades.</p>')
  return card(
    'Luck of the order',
    table(
      ['Deepest fall', 'Dollars'],
      [
        ['As it came, by closed trades', usd(drawdown.drawdown)],
        ['As it came, with open positions', usd(maxDrawdown)],
        ['Middle of all orders', usd(drawdown.median)],
        ['One order in twenty is deeper than', usd(drawdown.worst5)],
        ['Orders that fall deeper', percent(1 - drawdown.rank)],
      ],
      { shape: ' n' },
    ),
    'The same trades, shuffled.',
  )
}

function boundsCard({ best, expected, worst }: NonNullable<Metrics['bounds']>): string {
  return card(
    'What the fills leave open',
    table(
      ['Every fill', 'Net profit'],
      [
        ['at its best', money(best)],
        ['as expected', money(expected)],
        ['at its worst', money(worst)],
      ],
      { shape: ' n' },
    ),
    'Quotes are samples: between two of them a fill could have been better or worse.',
  )
}

function agesCard(result: BacktestResult): string {
  const groups = breakDown(result).find(({ name }) => name === 'Quote age at entry')?.groups
  const rows = [...(groups ?? [])].map(([key, { trades, pnl, winRate }]) => [
    key,
    count(trades),
    trades < THIN_SAMPLE ? 'n/a' : percent(winRate),
    money(pnl),
  ])
  return card(
    'Fills by the age of their quote',
    table(['Age at entry', 'Trades', 'Won', 'Net profit'], rows, { shape: ' nnn' }),
    'A profit on old quotes is a profit nobody could have had.',
  )
}

function capacityCard(capacity: Capacity | null): string {
  if (capacity === null)
    return card('How far it could grow', '<p>n/a: displayed sizes were not recorded.</p>')
  return card(
    'How far it could grow',
    table(
      ['Size', 'Trades that fit', 'Net profit'],
      capacity.steps.map(({ multiple, fits, pnl }) => [`× ${multiple}`, percent(fits), money(pnl)]),
      { shape: ' nn' },
    ),
    `By the size displayed where it filled: ${capacity.medianSize} contracts in the middle, ${capacity.thinSize} or fewer at one fill in ten. No impact is assumed.`,
  )
}

function evidenceCard({ sharpe }: Evidence): string {
  const { deflated } = sharpe
  return card(
    'How much one looked',
    deflated === null
      ? '<p>n/a: no ledger of trials came with this run. A Sharpe ratio that is the best of many is worth less than it seems.</p>'
      : table(
          ['', ''],
          [
            ['Trials', count(deflated.trials)],
            ['Independent trials', fixed(deflated.effectiveTrials, '', 1)],
            ['Sharpe ratio of this run', fixed(sharpe.sharpe)],
            ['Sharpe ratio that luck reaches', fixed(deflated.luck)],
            ['Deflated Sharpe ratio', percent(deflated.probability, 1)],
          ],
          { shape: ' n' },
        ),
  )
}

function allFigures(metrics: Metrics): string {
  const rows: readonly (readonly [string, string])[] = [
    ['Winners', count(metrics.winners)],
    ['Losers', count(metrics.losers)],
    ['Break-even trades', count(metrics.breakeven)],
    ['Gross profit', usd(metrics.grossProfit)],
    ['Gross loss', usd(metrics.grossLoss)],
    ['Average win', metrics.avgWin === null ? 'n/a' : usd(metrics.avgWin)],
    ['Average loss', metrics.avgLoss === null ? 'n/a' : usd(metrics.avgLoss)],
    ['Largest win', usd(metrics.largestWin)],
    ['Largest loss', usd(metrics.largestLoss)],
    ['Fees', usd(metrics.totalFees)],
    ['Average return of a trade', fixed(metrics.avgPnlPct, ' %')],
    ['Average hold', fixed(metrics.avgHoldSeconds === null ? null : metrics.avgHoldSeconds / 60, ' min')],
    ['Best mark, MFE', fixed(metrics.avgMaxGainPct, ' %')],
    ['Worst mark, MAE', fixed(metrics.avgMaxDrawdownPct, ' %')],
    ['Sortino', metrics.trades < THIN_SAMPLE ? 'n/a' : fixed(metrics.sortino)],
    ['Return a year', fixed(metrics.cagrPct, ' %')],
    ['Calmar', metrics.trades < THIN_SAMPLE ? 'n/a' : fixed(metrics.calmar)],
    ['Drawdown by closes', fixed(metrics.maxDrawdownDailyPct, ' %')],
    ['Days below a peak', count(metrics.recoveryDays)],
    ['Worst day', usd(metrics.worstDay)],
    ['Wins in a row', count(metrics.maxConsecutiveWins)],
    ['Losses in a row', count(metrics.maxConsecutiveLosses)],
    ['Time in the market', fixed(metrics.exposurePct, ' %')],
    ['Turnover', fixed(metrics.turnover, ' × equity')],
    ['Forced exits', count(metrics.forcedExits)],
    ['Quote age at entry', fixed(metrics.avgEntryQuoteAgeMs, ' ms', 0)],
  ]
  return tiles(rows)
}

/** A bar as long as its share of the largest. */
export function bar(value: number, most: number): string {
  const width = Math.min(100, (Math.abs(value) / most) * 100).toFixed(1)
  return `<i class="bar ${value < 0 ? 'loss' : 'gain'}" style="width:${width}%"></i>`
}
