import { summarizeRegret } from './regret.js'
import type { BacktestResult, DecisionRecord } from './result.js'

type Table = (head: readonly string[], rows: readonly (readonly string[])[]) => string

const SHOWN = 100

/** The report's part on decisions: counts, what refusals cost, and why the chosen contracts won. */
export function decisionsHtml({ decisions, decisionLog }: BacktestResult, table: Table): string {
  const counts = table(
    ['Gate or reason', 'Code', 'Count'],
    [
      ...decisions.refusals.map(({ gate, code, count }) => [gate, code, String(count)]),
      ...decisions.abstains.map(({ code, count }) => ['abstained', code, String(count)]),
    ],
  )
  if (decisionLog === undefined) return `<p>${decisions.signals} signals.</p>${counts}`
  const signals = decisionLog.filter(({ kind }) => kind === 'signal')
  const note =
    signals.length > SHOWN ? ` The first ${SHOWN} of ${signals.length}; the result file holds all.` : ''
  return `<p>${decisions.signals} signals.</p>${counts}
<h3>What refused entries would have made</h3>
<p class="quiet">One contract bought at the ask when it was decided and sold at the bid later, after fees. No exit rule is applied. Positive: what the refusal cost. Negative: what it saved. Unknown quotes are left out.</p>${table(
    ['Gate', 'Code', 'Entries', '15 min: won', 'mean $', '1 h: won', 'mean $', 'Close: won', 'mean $'],
    summarizeRegret(decisionLog).map(({ gate, code, entries, horizons }) => [
      gate,
      code,
      String(entries),
      ...horizons.flatMap(({ known, won, mean }) => [
        known === 0 ? 'n/a' : `${won} of ${known}`,
        mean === null ? 'n/a' : mean.toFixed(2),
      ]),
    ]),
  )}
<h3>Why the chosen contracts won</h3>
<p class="quiet">Candidates best first with their scores; then how many contracts failed at what.${note}</p>${table(
    ['Time (UTC)', 'Trigger', 'Velocity %', 'Threshold %', 'Contract', 'Score', 'Ranking', 'Rejected'],
    signals.slice(0, SHOWN).map(toRow),
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
