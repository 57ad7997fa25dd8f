import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Progress } from '@scalp/cli'
import { afterAll } from 'vitest'
import { loadRunConfig, type RunConfig } from '../src/config.js'
import { type SyntheticFormat, writeSyntheticMarket } from '../src/synthetic-files.js'

/** Shows nothing. */
export const silent: Progress = { start() {}, update() {}, stop() {} }

const folders: string[] = []
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))))

/** A new empty folder, gone when the tests of the file are over. */
export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'scalp-backtester-'))
  folders.push(folder)
  return folder
}

/** Writes two days of a small synthetic market and answers their folder. */
export async function writeMarket(format: SyntheticFormat, seed = 'test'): Promise<string> {
  const out = await newFolder()
  await writeSyntheticMarket(
    { out, days: 2, seed, start: '2024-01-02', underlying: 'DEMO', quotesPerDay: 8_000, format },
    silent,
  )
  return out
}

/** A valid run over a folder. */
export function configOf(data: string, flags: Record<string, unknown> = {}): Promise<RunConfig> {
  return loadRunConfig(undefined, { data, underlying: 'DEMO', preset: 'tuned', ...flags })
}
