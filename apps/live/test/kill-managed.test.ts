import { readdirSync } from 'node:fs'
import path from 'node:path'
import { readJournal } from '@scalp/journal/sqlite'
import { expect, test } from 'vitest'
import { checkParity } from '../src/record/parity.js'
import { loadStrategy } from '../src/session/strategies.js'
import { isBuilt, paperDesk } from './paper-desk.js'
import { pause, until } from './quiet.js'

/** Buys one contract with a bracket, and knows nothing of it after a restart: only the engine does. */
const bracketed = `
let bought = false
export default {
  contract: 1,
  name: 'bracketed',
  config: { '~standard': { version: 1, vendor: 'test', validate: () => ({ value: {} }) } },
  create: (_config, context) => ({
    restore() { bought = true },
    snapshot: () => ({ bought }),
    onQuote({ instrument, askMicros, bidMicros }) {
      if (bought || !(bidMicros > 500000) || !(askMicros < 20e6) || context.positions.open().length > 0) return
      const { status } = context.manage({
        instrument,
        side: 'buy',
        contracts: 1,
        opens: true,
        legs: [{ kind: 'limit', limit: Math.ceil(askMicros / 100000 + 1) * 100000 }],
        exits: [
          { kind: 'stop', stop: { percent: -60 }, guard: { maxSpreadPercent: 100 }, tag: 'bracket_stop' },
          { kind: 'trailing', distance: { percent: 70 }, guard: { maxSpreadPercent: 100 }, tag: 'trail' },
        ],
      })
      bought = status === 'managed'
    },
  }),
}
`

test.skipIf(!isBuilt)(
  'a bracket still guards its position after a kill, though the strategy has forgotten it',
  async () => {
    const desk = await paperDesk({
      seed: 'bracket',
      strategy: bracketed,
      config: {
        gates: { minOpenInterest: 0, maxGreeksAgeMs: null, delta: null },
        universe: { strikes: 3, maxDte: 2 },
      },
    })
    const { alpaca, demo, folder } = desk
    const first = await desk.start()
    const positions = (): [string, number][] =>
      [...alpaca.venue.positions].flatMap(([symbol, { quantity }]) =>
        quantity > 0 ? [[symbol, quantity]] : [],
      )
    await until(
      () => positions().length > 0,
      () => `a position opens: ${first.errors()}`,
      20_000,
    )
    const [[symbol] = expect.fail('no contract')] = positions()
    const entry = (alpaca.venue.positions.get(symbol)?.costMicros ?? Number.NaN) / 100e6
    /** The fill has reached the daemon: it knows what it must guard. */
    await pause(500)
    await first.kill()
    const second = await desk.start()
    expect(alpaca.venue.positions.get(symbol)?.quantity).toBe(1)
    /** The market falls through the stop. */
    demo.stop()
    const bid = Math.max(0.01, Math.floor(entry * 0.3 * 100) / 100)
    for (let at = 0; at < 200 && positions().length > 0; at++) {
      alpaca.quote('TSLA', { bid: 249.99, ask: 250.01, bidSize: 300, askSize: 200 })
      alpaca.quote(symbol, { bid, ask: bid + 0.02, bidSize: 50, askSize: 50 })
      await pause(100)
    }
    expect(positions(), second.errors()).toEqual([])
    await pause(500)
    second.child.kill('SIGTERM')
    await until(() => second.child.exitCode !== null, 'it ends by itself')
    const journal = readJournal(path.join(folder, 'data', 'scalp.db'))
    const lines = Array.from(journal.lines())
    journal.close()
    const restarted = lines.findIndex(({ type }) => type === 'engine-restored')
    const fired = lines.findIndex(({ type }) => type === 'managed-fired')
    expect(restarted).toBeGreaterThan(0)
    expect(fired).toBeGreaterThan(restarted)
    /** One order bought, one sold: nothing was sent twice. */
    expect(lines.filter(({ type }) => type === 'order-filled')).toHaveLength(2)
    const recordings = readdirSync(path.join(folder, 'data', 'sessions')).sort()
    const reports = await Promise.all(
      recordings.map((name) =>
        checkParity({ file: path.join(folder, 'data', 'sessions', name), loadStrategy }),
      ),
    )
    expect(reports.map(({ firstDifference }) => firstDifference)).toEqual([null, null])
  },
  180_000,
)
