import { breakDown } from './analysis.js'
import { weighEvidence } from './evidence.js'
import { computeMetrics } from './metrics.js'
import { summarizeRegret } from './regret.js'
import type { BacktestResult } from './result.js'
import { measureCosts } from './sensitivity.js'
import { THIN_SAMPLE } from './thin-sample.js'
import { judgeResult } from './verdict.js'

/** A result as Markdown: verdict, figures, what it hangs on, breakdowns, refusals, assumptions. */
export function formatMarkdown(result: BacktestResult): string {
  const { manifest, period, decisions, decisionLog, trades } = result
  const metrics = computeMetrics(result)
  const evidence = weighEvidence(result)
  const costs = measureCosts(trades)
  const verdict = judgeResult(result, { evidence, costs })
  const sure = (text: string): string => (evidence.isThin ? 'n/a' : text)
  const { sharpe, expectancy } = evidence
  const parts = [
    `# ${manifest.strategy.name}${manifest.strategy.preset === null ? '' : `, ${manifest.strategy.preset}`}`,
    `${period.from} to ${period.to}, ${period.tradingDays.length} trading days.${manifest.data.isSynthetic ? ' **SYNTHETIC DATA.**' : ''}`,
    `## Verdict\n\n**${verdict.headline}**`,
    ...(verdict.weaknesses.length === 0 ? [] : [bullets(verdict.weaknesses)]),
    `## Figures\n\n${table(
      ['Figure', 'Value'],
      [
        ['Net profit', dollars(metrics.totalPnl)],
        ['Return', fixed(metrics.totalReturnPct, ' %')],
        ['Trades', String(metrics.trades)],
        ['Win rate', sure(fixed(metrics.winRate * 100, ' %'))],
        ['Profit factor', sure(fixed(metrics.profitFactor))],
        ['A trade makes', sure(dollars(metrics.expectancy))],
        [
          '95 % interval',
          expectancy === null ? 'n/a' : `${dollars(expectancy.low)} to ${dollars(expectancy.high)}`,
        ],
        ['Max drawdown', fixed(metrics.maxDrawdownPct, ' %')],
        ['Sharpe ratio, a year', fixed(sharpe.sharpe)],
        ['Sharpe ratio above 0, probability', fixed(sharpe.probabilistic)],
        ['Trading days needed to show it', trackRecord(sharpe.minimumDays)],
        ['Deflated Sharpe ratio', fixed(sharpe.deflated?.probability ?? null)],
        ['Fees', dollars(metrics.totalFees)],
      ],
    )}`,
    `## If costs were other\n\n${table(
      ['The same trades', 'Net profit'],
      costs.cases.map(({ name, pnl }) => [name, dollars(pnl)]),
    )}`,
    `## Breakdown\n\n${breakDown(result)
      .map(({ name, groups }) =>
        table(
          [name, 'Trades', 'Won', 'Net profit'],
          [...groups].map(([key, group]) => [
            key,
            String(group.trades),
            group.trades < THIN_SAMPLE ? 'n/a' : fixed(group.winRate * 100, ' %', 0),
            dollars(group.pnl),
          ]),
        ),
      )
      .join('\n\n')}`,
    `## Refusals\n\n${table(
      ['Gate', 'Code', 'Count'],
      [
        ...decisions.refusals.map(({ gate, code, count }) => [gate, code, String(count)]),
        ...decisions.abstains.map(({ code, count }) => ['strategy', code, String(count)]),
      ],
    )}`,
    ...(decisionLog === undefined
      ? []
      : [
          `## What refused entries would have made\n\nOne contract, bought at the ask and sold at the bid at the close, after fees.\n\n${table(
            ['Gate', 'Code', 'Entries', 'Known', 'Won', 'Mean'],
            summarizeRegret(decisionLog).map(({ gate, code, entries, horizons }) => {
              const close = horizons.at(-1)
              return [
                gate,
                code,
                String(entries),
                String(close?.known),
                String(close?.won),
                dollars(close?.mean ?? null),
              ]
            }),
          )}`,
        ]),
    `## Assumptions\n\n${bullets(result.assumptions)}`,
    `Result hash \`${manifest.resultHash}\``,
  ]
  return `${parts.join('\n\n')}\n`
}

function trackRecord(days: number | null): string {
  if (days === null) return 'n/a'
  return Number.isFinite(days) ? String(Math.ceil(days)) : 'never'
}

function bullets(lines: readonly string[]): string {
  return lines.map((line) => `- ${escapeCell(line)}`).join('\n')
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(escapeCell).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

function escapeCell(text: string): string {
  return text
    .replaceAll('|', '\\|')
    .replaceAll('<', '&lt;')
    .replaceAll(/\s*\n\s*/g, ' ')
}

function dollars(value: number | null): string {
  if (value === null || Number.isNaN(value)) return 'n/a'
  const text = Math.abs(value).toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })
  return `${value < 0 && text !== '0.00' ? '-' : ''}$${text}`
}

function fixed(value: number | null, unit = '', digits = 2): string {
  return value === null || Number.isNaN(value) ? 'n/a' : `${value.toFixed(digits)}${unit}`
}
