import { mkdirSync } from 'node:fs'
import path from 'node:path'
import type { TrialStore } from '@scalp/research'
import { openSqliteStore } from '@scalp/research/sqlite'

/** Where the trials of a project are kept unless told: beside the output of its runs. */
export function storeFileOf(out: string): string {
  return path.join(path.dirname(path.resolve(out)), 'scalp-trials.sqlite')
}

/** Opens the store of a project. */
export function openStore(file: string): TrialStore {
  mkdirSync(path.dirname(path.resolve(file)), { recursive: true })
  return openSqliteStore(file)
}
