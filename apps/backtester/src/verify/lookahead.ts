import { createRandom, formatUs, type JournalEntry, ScalpError, type Us } from '@scalp/canonical'

/** A decision, and when it was made. */
export interface TracedDecision {
  readonly atUs: Us
  /** All that was decided, as JSON. */
  readonly text: string
}

/** Runs the same thing again; with `cutUs` on data that end after that instant. */
export type TracedRun = (cutUs: Us | undefined) => Promise<readonly TracedDecision[]>

/** What is checked. */
export interface LookaheadOptions {
  readonly run: TracedRun
  /** How many random cuts are tried. */
  readonly cuts: number
  /** The same seed cuts at the same decisions. */
  readonly seed: string
  readonly onCut?: (done: number, cuts: number, cutUs: Us) => void
}

/** What was found to hold. */
export interface LookaheadReport {
  readonly decisions: number
  readonly cutsUs: readonly Us[]
}

/** Thrown when a decision changes with data that came after it. */
export class LookaheadError extends ScalpError {
  override readonly name = 'LookaheadError'
  constructor(found: { cutUs: Us; atUs: Us; whole: string | undefined; cut: string | undefined }) {
    const { cutUs, atUs, whole, cut } = found
    super(
      `A decision of ${formatUs(atUs)} is another one when the data end at ${formatUs(cutUs)}: it knew what came later. With all data: ${whole ?? 'nothing'}. With data until then: ${cut ?? 'nothing'}.`,
      {
        code: 'VERIFY_LOOKAHEAD',
        hint: 'Look for figures of the whole file or day, for state kept between runs, and for bars used before their end.',
        details: found,
      },
    )
  }
}

/** Thrown when a run decides nothing, so that nothing can be checked. */
export class NoDecisionsError extends ScalpError {
  override readonly name = 'NoDecisionsError'
  constructor() {
    super('The run made no decision, so there is nothing to check.', {
      code: 'VERIFY_NO_DECISIONS',
      hint: 'Check dates and settings; a strategy that logs its abstentions can be checked without a trade.',
    })
  }
}

const DECIDED: ReadonlySet<string> = new Set([
  'decision',
  'intent-refused',
  'order-submitted',
  'cancel-requested',
  'managed-placed',
  'managed-fired',
  'managed-step',
])

/** The decision that a line of the journal is; undefined for what merely happened. */
export function decisionOf(entry: JournalEntry): TracedDecision | undefined {
  return DECIDED.has(entry.type) ? { atUs: entry.atUs, text: JSON.stringify(entry) } : undefined
}

/**
 * Runs once on all data, and again on data cut at random decisions: whatever had been decided until a cut must be
 * decided again. A strategy that peeks decides otherwise once what it peeks at is gone.
 *
 * @throws {@link LookaheadError} At the first decision that differs.
 * @throws {@link NoDecisionsError}
 */
export async function detectLookahead({
  run,
  cuts,
  seed,
  onCut,
}: LookaheadOptions): Promise<LookaheadReport> {
  const whole = await run(undefined)
  if (whole.length === 0) throw new NoDecisionsError()
  const cutsUs = chooseCuts(whole, cuts, seed)
  for (const [at, cutUs] of cutsUs.entries()) {
    onCut?.(at, cutsUs.length, cutUs)
    compare(until(whole, cutUs), until(await run(cutUs), cutUs), cutUs)
  }
  return { decisions: whole.length, cutsUs }
}

function compare(whole: readonly TracedDecision[], cut: readonly TracedDecision[], cutUs: Us): void {
  for (let at = 0; at < Math.max(whole.length, cut.length); at++) {
    if (whole[at]?.text === cut[at]?.text) continue
    const atUs = Math.min(whole[at]?.atUs ?? Infinity, cut[at]?.atUs ?? Infinity)
    throw new LookaheadError({ cutUs, atUs, whole: whole[at]?.text, cut: cut[at]?.text })
  }
}

function until(decisions: readonly TracedDecision[], cutUs: Us): readonly TracedDecision[] {
  return decisions.filter(({ atUs }) => atUs <= cutUs)
}

/** Distinct instants of decisions, drawn without putting back, earliest first. */
function chooseCuts(decisions: readonly TracedDecision[], cuts: number, seed: string): readonly Us[] {
  const random = createRandom(`${seed}:lookahead`)
  const instants = [...new Set(decisions.map(({ atUs }) => atUs))]
  const chosen: Us[] = []
  while (chosen.length < cuts && instants.length > 0)
    chosen.push(...instants.splice(Math.floor(random() * instants.length), 1))
  return chosen.sort((a, b) => a - b)
}
