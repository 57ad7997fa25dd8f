import { createProgressBar } from '@scalp/cli'
import { runBacktest } from '../backtest.js'
import { ConfigError, type RunConfig } from '../config.js'
import { readResult } from '../outputs.js'
import { decisionOf, detectLookahead, type TracedDecision } from '../verify/lookahead.js'
import { compareResults, configOfResult } from '../verify/replay-result.js'
import { configOfFlags, type RunFlags } from './run.js'

/** Flags of `scalp-backtest verify`. */
export interface VerifyFlags extends RunFlags {
  readonly lookahead?: boolean
  readonly replay?: string
  readonly cuts?: number
  readonly cutSeed?: string
}

/** Checks a run: that it does not look ahead, that it can be repeated. */
export async function verify(flags: VerifyFlags): Promise<void> {
  if (flags.lookahead !== true && flags.replay === undefined)
    throw new ConfigError({
      source: 'verify',
      problems: ['say what to check: --lookahead, --replay RESULT, or both'],
    })
  const say = (line: string): void => {
    if (flags.quiet !== true) process.stdout.write(`${line}\n`)
  }
  if (flags.replay !== undefined) await verifyReplay(flags.replay, flags, say)
  if (flags.lookahead === true) await verifyLookahead(await lookaheadConfig(flags), flags, say)
}

/** With a result at hand its run is checked; else the one that the flags describe. */
async function lookaheadConfig(flags: VerifyFlags): Promise<RunConfig> {
  if (flags.replay === undefined) return configOfFlags(flags)
  const { result } = await readResult(flags.replay)
  return configOfResult(result, { data: flags.data, workers: flags.workers })
}

async function verifyReplay(file: string, flags: VerifyFlags, say: (line: string) => void): Promise<void> {
  const { result } = await readResult(file)
  const config = configOfResult(result, { data: flags.data, workers: flags.workers })
  const bar = createProgressBar({ isSilent: flags.quiet === true })
  const again = await runBacktest(config, bar).finally(() => bar.stop())
  compareResults(result, again)
  say(`Replay     the same result again: ${again.manifest.resultHash}`)
}

async function verifyLookahead(
  config: RunConfig,
  flags: VerifyFlags,
  say: (line: string) => void,
): Promise<void> {
  const bar = createProgressBar({ isSilent: flags.quiet === true })
  const report = await detectLookahead({
    cuts: flags.cuts ?? 5,
    seed: flags.cutSeed ?? config.seed,
    async run(cutUs) {
      const decisions: TracedDecision[] = []
      await runBacktest(config, bar, {
        ...(cutUs === undefined ? {} : { cutUs }),
        onEntry(entry) {
          const decision = decisionOf(entry)
          if (decision !== undefined) decisions.push(decision)
        },
      }).finally(() => bar.stop())
      return decisions
    },
  })
  say(
    `Look-ahead none found: ${report.decisions} decisions, the same again with the data cut at ${report.cutsUs.length} of them`,
  )
}
