import type { DecisionRecord } from './result.js'

/** What entries came to by one horizon, a contract each. Dollars, after fees. */
export interface HorizonRegret {
  readonly horizon: '15min' | '1h' | 'close'
  /** Entries whose outcome is known. */
  readonly known: number
  /** Of those, the ones that would have won. */
  readonly won: number
  readonly total: number
  /** Null when none is known. */
  readonly mean: number | null
}

/** What one gate or reason kept from being bought. Positive means are what it cost, negative what it saved. */
export interface GateRegret {
  /** `sent` for entries that were sent, filled or not, for comparison. */
  readonly gate: string
  readonly code: string
  readonly entries: number
  readonly horizons: readonly HorizonRegret[]
}

const HORIZONS = ['15min', '1h', 'close'] as const

/**
 * Sums up what entries would have made that were not sent, by what refused them; those that were sent come first.
 *
 * An entry is one contract at the ask when it was decided, sold at the bid of the horizon. That measures the refusal
 * alone: no exit rule, no size, no other entry it would have stood in the way of.
 */
export function summarizeRegret(log: readonly DecisionRecord[]): readonly GateRegret[] {
  const groups = new Map<string, { gate: string; code: string; records: DecisionRecord[] }>()
  for (const record of log) {
    if (record.kind === 'exit') continue
    const isTaken = record.kind === 'signal'
    const [gate, code] = isTaken
      ? ['sent', 'any trigger']
      : [record.kind === 'abstain' ? 'strategy' : record.gate, record.code]
    const key = `${gate} ${code}`
    const group = groups.get(key) ?? { gate, code, records: [] }
    group.records.push(record)
    groups.set(key, group)
  }
  return [...groups.values()]
    .sort(
      (a, b) => Number(b.gate === 'sent') - Number(a.gate === 'sent') || b.records.length - a.records.length,
    )
    .map(({ gate, code, records }) => ({
      gate,
      code,
      entries: records.length,
      horizons: HORIZONS.map((horizon) => sumUp(horizon, records)),
    }))
}

function sumUp(horizon: HorizonRegret['horizon'], records: readonly DecisionRecord[]): HorizonRegret {
  let [known, won, total] = [0, 0, 0]
  for (const { outcomes } of records) {
    const net = outcomes.find((outcome) => outcome.horizon === horizon)?.netMicros ?? null
    if (net === null) continue
    known++
    if (net > 0) won++
    total += net / 1e6
  }
  return { horizon, known, won, total, mean: known === 0 ? null : total / known }
}
