/** Days to choose settings on, and the days after them to judge the choice by. Half-open places in a list of days. */
export interface Split {
  readonly train: Range
  readonly test: Range
}

/** Half-open: `from` is in it, `to` is not. */
export interface Range {
  readonly from: number
  readonly to: number
}

/** How a walk forward is cut. All lengths are days. */
export interface WalkForwardOptions {
  readonly days: number
  readonly trainDays: number
  readonly testDays: number
  /** `rolling` keeps the length of the training, `anchored` its start. `rolling` unless told. */
  readonly kind?: 'rolling' | 'anchored'
  /** Days left out between training and test, as long as a trade may be held: nothing decided there ends here. */
  readonly purgeDays?: number
}

/** Cuts days into trainings, each followed by its test; tests do not overlap, and the last may be short. */
export function walkForward({
  days,
  trainDays,
  testDays,
  kind = 'rolling',
  purgeDays = 0,
}: WalkForwardOptions): readonly Split[] {
  const splits: Split[] = []
  for (let from = trainDays + purgeDays; from < days; from += testDays) {
    const trainTo = from - purgeDays
    splits.push({
      train: { from: kind === 'anchored' ? 0 : trainTo - trainDays, to: trainTo },
      test: { from, to: Math.min(days, from + testDays) },
    })
  }
  return splits
}

/** One fold: what is judged, and the places of the days that may be trained on. */
export interface Fold {
  readonly test: Range
  readonly train: readonly number[]
}

/**
 * Cuts days into `folds` tests of about equal length; trained is on all other days but those too near.
 *
 * Source: purging and embargo, M. López de Prado, "Advances in Financial Machine Learning" (2018), chapter 7: the days
 * just before a test are purged, those just after it embargoed, since returns there know of it.
 */
export function crossValidation({
  days,
  folds,
  purgeDays = 0,
  embargoDays = 0,
}: {
  readonly days: number
  readonly folds: number
  readonly purgeDays?: number
  readonly embargoDays?: number
}): readonly Fold[] {
  return Array.from({ length: folds }, (_, fold) => {
    const test = { from: Math.round((fold * days) / folds), to: Math.round(((fold + 1) * days) / folds) }
    const train: number[] = []
    for (let day = 0; day < days; day++)
      if (day < test.from - purgeDays || day >= test.to + embargoDays) train.push(day)
    return { test, train }
  })
}
