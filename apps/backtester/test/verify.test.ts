import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { JournalEntry, Us } from '@scalp/canonical'
import { expect, test } from 'vitest'
import { runBacktest } from '../src/backtest.js'
import { verify } from '../src/commands/verify.js'
import { writeOutputs } from '../src/outputs.js'
import { decisionOf, detectLookahead, type TracedDecision } from '../src/verify/lookahead.js'
import { configOf, newFolder, silent, writeMarket } from './market.js'

const lively = {
  momentumThresholdPutPct: 0.2,
  momentumThresholdCallPct: 0.2,
  maxContractPriceMicros: 20_000_000,
}

/** Traces the decisions of a run over a folder. */
const traced =
  (data: string, flags: Record<string, unknown>) =>
  async (cutUs: Us | undefined): Promise<readonly TracedDecision[]> => {
    const decisions: TracedDecision[] = []
    const onEntry = (entry: JournalEntry): void => {
      const decision = decisionOf(entry)
      if (decision !== undefined) decisions.push(decision)
    }
    await runBacktest(
      await configOf(data, flags),
      silent,
      cutUs === undefined ? { onEntry } : { cutUs, onEntry },
    )
    return decisions
  }

test('our strategy decides the same when the data end at a decision', { timeout: 60_000 }, async () => {
  const data = await writeMarket('dbn')
  const report = await detectLookahead({
    run: traced(data, { settings: lively }),
    cuts: 6,
    seed: 'test',
  })
  expect(report.cutsUs).toHaveLength(6)
  expect(report.decisions).toBeGreaterThan(20)
})

/**
 * Remembers every quote of a run and, where it has seen the same moment before, buys only what will be dearer ten
 * minutes later: a feature file made of the whole data set, as small as it gets. Its memory ends where the data end.
 */
const PEEKING = `
const last = (globalThis.peeked ??= { bids: [] })
export default {
  contract: 1,
  name: 'peeking',
  config: { '~standard': { version: 1, vendor: 'test', validate: () => ({ value: {} }) } },
  create(_config, context) {
    const future = last.bids
    last.bids = []
    return {
      onQuote({ instrument, receivedUs, bidMicros }) {
        last.bids.push([instrument, receivedUs, bidMicros])
        if (last.bids.length % 200 !== 0) return
        const later = future.find(([i, us]) => i === instrument && us > receivedUs + 600e6)
        context.log({ kind: 'signal', code: later !== undefined && later[2] > bidMicros ? 'BUY' : 'WAIT', instrument })
      },
    }
  },
}
`

test('a strategy that peeks is caught by the command, at the decision that knew too much', {
  timeout: 60_000,
}, async () => {
  const data = await writeMarket('dbn')
  const module = path.join(await newFolder(), 'peeking.mjs')
  await writeFile(module, PEEKING)
  /** A first run fills its memory, as the making of a feature file would. */
  await runBacktest(await configOf(data, { strategy: module, preset: undefined }), silent)
  await expect(
    verify({ lookahead: true, data, underlying: 'DEMO', strategy: module, cuts: 3, quiet: true }),
  ).rejects.toMatchObject({ code: 'VERIFY_LOOKAHEAD' })
})

test('a strategy that reads a bar before its end is caught', async () => {
  /** Minute closes that somebody computed over the whole day: at minute m it looks at minute m + 1. */
  const closes = [100, 101, 99, 102, 98, 103]
  const run = (cutUs: Us | undefined): Promise<readonly TracedDecision[]> => {
    const known = cutUs === undefined ? closes : closes.slice(0, cutUs + 1)
    const decide = (minute: number) => ((known[minute + 1] ?? 0) > (known[minute] ?? 0) ? 'BUY' : 'SELL')
    return Promise.resolve(known.map((_close, atUs) => ({ atUs, text: decide(atUs) })))
  }
  await expect(detectLookahead({ run, cuts: 6, seed: 'test' })).rejects.toMatchObject({
    code: 'VERIFY_LOOKAHEAD',
  })
})

test('says so when there is no decision to check', async () => {
  const run = (): Promise<readonly TracedDecision[]> => Promise.resolve([])
  await expect(detectLookahead({ run, cuts: 1, seed: 'test' })).rejects.toMatchObject({
    code: 'VERIFY_NO_DECISIONS',
  })
})

test('a result can be repeated from its manifest, and changed data or outcomes are told', {
  timeout: 60_000,
}, async () => {
  const data = await writeMarket('dbn')
  const out = await newFolder()
  const config = await configOf(data, { settings: lively, workers: 2 })
  const result = await runBacktest(config, silent)
  await writeOutputs(out, result)
  await verify({ replay: out, quiet: true })
  const moved = await writeMarket('dbn', 'other')
  await expect(verify({ replay: out, data: moved, quiet: true })).rejects.toMatchObject({
    code: 'VERIFY_DATA_DIFFERS',
  })
  await writeOutputs(out, {
    ...result,
    manifest: { ...result.manifest, resultHash: '0'.repeat(64) },
    trades: result.trades.slice(1),
  })
  await expect(verify({ replay: out, quiet: true })).rejects.toMatchObject({
    code: 'VERIFY_RESULT_DIFFERS',
    details: { first: expect.stringContaining('trade 1') as string },
  })
})

test('verify asks what to check', async () => {
  await expect(verify({ quiet: true })).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
})
