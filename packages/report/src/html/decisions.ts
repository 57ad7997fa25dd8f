import { summarizeRegret } from '../regret.js'
import type { BacktestResult, DecisionRecord } from '../result.js'
import { type Cell, card, count, money, table } from './elements.js'
import { bar } from './overview.js'

const SHOWN = 100

/** Counts of refusals by gate, what refusals cost, and why the chosen contracts won. */
export function decisionsHtml({ decisions, decisionLog }: BacktestResult): string {
  const refused = [
    ...decisions.refusals.map((one) => ({ ...one, gate: one.gate })),
    ...decisions.abstains.map(({ code, count: times }) => ({ gate: 'strategy', code, count: times })),
  ].sort((a, b) => b.count - a.count)
  const most = Math.max(1, ...refused.map(({ count: times }) => times))
  const counts = card(
    'Refusals',
    refused.length === 0
      ? '<p>Nothing was refused.</p>'
      : table(
          ['Gate', 'Code', 'Count', ''],
          refused.map(({ gate, code, count: times }) => [
            gate,
            code,
            count(times),
            { html: bar(times, most).replace('gain', 'plain') },
          ]),
          { shape: '  n' },
        ),
    `${count(decisions.signals)} signals. What a gate refused, and what the strategy abstained from on its own.`,
  )
  if (decisionLog === undefined) return `<h2>Decisions</h2>${counts}`
  const signals = decisionLog.filter(({ kind }) => kind === 'signal')
  const note =
    signals.length > SHOWN ? ` The first ${SHOWN} of ${signals.length}; the result file holds all.` : ''
  return `<h2>Decisions</h2>${counts}
${card(
  'What refused entries would have made',
  table(
    ['Gate', 'Code', 'Entries', '15 min: won', 'mean', '1 h: won', 'mean', 'Close: won', 'mean'],
    summarizeRegret(decisionLog).map(({ gate, code, entries, horizons }) => [
      gate,
      code,
      count(entries),
      ...horizons.flatMap(({ known, won, mean }): readonly Cell[] => [
        known === 0 ? 'n/a' : `${won} of ${known}`,
        mean === null ? 'n/a' : money(mean),
      ]),
    ]),
    { shape: '  nnnnnnn' },
  ),
  'One contract bought at the ask when it was decided and sold at the bid later, after fees. No exit rule is applied. Positive: what the refusal cost. Negative: what it saved. Unknown quotes are left out.',
)}
${card(
  'Why the chosen contracts won',
  table(
    ['Time (UTC)', 'Trigger', 'Velocity %', 'Threshold %', 'Contract', 'Score', 'Ranking', 'Rejected'],
    signals.slice(0, SHOWN).map(toRow),
    { shape: '  nn n' },
  ),
  `Candidates best first with their scores; then how many contracts failed at what.${note}`,
)}`
}

function toRow({ atUs, code, symbol, inputs }: DecisionRecord): string[] {
  const text = (key: string): string => String(inputs[key] ?? 'n/a')
  return [
    new Date(atUs / 1_000).toISOString().slice(0, 19).replace('T', ' '),
    code,
    text('velocityPct'),
    text('thresholdPct'),
    symbol ?? 'n/a',
    text('score'),
    text('ranking'),
    text('rejected'),
  ]
}
