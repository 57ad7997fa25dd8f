import { wallClock } from '@scalp/canonical'
import type { BacktestResult } from '@scalp/report'
import type { RunConfig } from '../config.js'
import { loadMembers } from '../members.js'
import { symbolsOf } from '../run-data.js'
import { dataIdOfResult, runKey, toRunRecord } from './run-key.js'
import { openStore } from './store-file.js'

/** Keeps a single run among the trials of a project: the best of a later sweep is judged by it, too. */
export async function keepRun(file: string, config: RunConfig, result: BacktestResult): Promise<void> {
  const dataId = dataIdOfResult(result, symbolsOf(config))
  const key = runKey(config, await loadMembers(config), dataId)
  const store = openStore(file)
  try {
    store.keepRun({ ...toRunRecord(result, key, dataId), finishedUs: wallClock.nowUs(), worker: 'run' })
  } finally {
    store.close()
  }
}
