import { rm } from 'node:fs/promises'
import path from 'node:path'
import { run } from './run.js'
import { synth } from './synth.js'

/** Flags of `scalp-backtest demo`. */
export interface DemoFlags {
  readonly days: number
  readonly seed: string
  readonly out: string
}

/** Makes synthetic days, backtests the momentum scalper over them, and says where the report is. */
export async function demo({ days, seed, out }: DemoFlags): Promise<void> {
  /** Of an earlier demo, perhaps with other days: only this run's are to be read. */
  const data = path.join(out, 'synthetic-data')
  await rm(data, { recursive: true, force: true })
  process.stdout.write(`Making ${days} days of a SYNTHETIC market, seed "${seed}", in ${data}\n`)
  await synth({
    out: data,
    days,
    seed,
    start: '2024-01-02',
    underlying: 'DEMO',
    quotesPerDay: 25_000,
    format: 'dbn.zst',
  })
  process.stdout.write('Backtesting momentum-scalper, preset tuned\n\n')
  await run({ data, underlying: 'DEMO', strategy: 'momentum-scalper', preset: 'tuned', out })
}
