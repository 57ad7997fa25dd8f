import { isScalpError } from '@scalp/canonical'
import type { RunRecord, Trial } from '@scalp/research'
import { runPass } from '../backtest.js'
import type { RunConfig } from '../config.js'
import type { RunData } from '../run-data.js'
import { toRunRecord } from './run-key.js'
import { configAt } from './settings-at.js'

/** Trials that share a market, and one decode of their data. */
export interface Pass {
  readonly id: number
  readonly trials: readonly Trial[]
}

/** Cuts trials into passes of at most `lanes`, of even size, and so many that nobody of `atOnce` waits without one. */
export function cutPasses(
  trials: readonly Trial[],
  { lanes, atOnce }: { readonly lanes: number; readonly atOnce: number },
): readonly Pass[] {
  const rounds = Math.ceil(trials.length / (lanes * atOnce))
  const count = Math.min(rounds * atOnce, trials.length)
  return Array.from({ length: count }, (_, id) => ({
    id,
    trials: trials.slice(
      Math.floor((id * trials.length) / count),
      Math.floor(((id + 1) * trials.length) / count),
    ),
  }))
}

/** How a trial of a pass ended. */
export type PassEnd =
  | { readonly number: number; readonly run: RunRecord }
  | { readonly number: number; readonly failure: string }

/** Runs the trials of a pass side by side. A trial that fails says why, and the others go on. */
export async function playPass({
  base,
  pass: { trials },
  data,
  dataId,
  onProgress,
}: {
  readonly base: RunConfig
  readonly pass: Pass
  readonly data: RunData
  readonly dataId: string
  readonly onProgress?: (share: number) => void
}): Promise<readonly PassEnd[]> {
  const configs = trials.map(({ point }) => configAt(base, point))
  const ended = await runPass({ configs, data, ...(onProgress === undefined ? {} : { onProgress }) })
  return trials.map(({ number, key }, at) => {
    const end = ended[at] as (typeof ended)[number]
    if (end.status === 'rejected') return { number, failure: describe(end.reason) }
    return { number, run: toRunRecord(end.value, key, dataId) }
  })
}

function describe(error: unknown): string {
  if (isScalpError(error)) return `${error.message} (${error.code})`
  return error instanceof Error ? error.message : String(error)
}
