import { createProgressBar } from '@scalp/cli'
import { type SyntheticFormat, writeSyntheticMarket } from '../synthetic-files.js'

/** Flags of `scalp-backtest synth`. */
export interface SynthFlags {
  readonly out: string
  readonly days: number
  readonly seed: string
  readonly start: string
  readonly underlying: string
  readonly quotesPerDay: number
  readonly format: SyntheticFormat
  readonly quiet?: boolean
}

/** Writes days of a synthetic market as genuine batch folders. */
export async function synth(flags: SynthFlags): Promise<void> {
  const bar = createProgressBar({ isSilent: flags.quiet === true })
  const written = await writeSyntheticMarket(flags, bar).finally(() => bar.stop())
  if (flags.quiet === true) return
  process.stdout.write(
    `SYNTHETIC data: ${written.days} days, ${written.quotes.toLocaleString('en-US')} quotes, ${written.files} files in ${written.directory}\n`,
  )
}
