import { readdirSync } from 'node:fs'
import path from 'node:path'
import { readJournal } from '@scalp/journal/sqlite'
import { expect, test } from 'vitest'
import { checkParity } from '../src/record/parity.js'
import { loadStrategy } from '../src/session/strategies.js'
import { ENDED_BY_THE_CLOCK, isBuilt, paperDesk } from './paper-desk.js'
import { pause, until } from './quiet.js'

test.skipIf(!isBuilt)(
  'killed with a position open, it reconciles after the restart, shows it and leaves by its rules',
  async () => {
    const { alpaca, demo, folder, start } = await paperDesk({
      seed: 'kill',
      config: {
        settings: { ...ENDED_BY_THE_CLOCK, maxHoldMinutes: 0.25, maxContractPriceMicros: 5_000_000 },
        gates: { minOpenInterest: 0 },
      },
    })
    const first = await start()
    await until(
      () => first.client.snapshot.positions.length > 0,
      () => `a position opens: ${first.errors()}`,
      60_000,
    )
    const [before] = first.client.snapshot.positions
    await first.kill()
    const held = alpaca.venue.positions.get(before?.optionSymbol ?? '')?.quantity
    expect(held).toBe(before?.contracts)

    /** Meanwhile somebody buys something else by hand. */
    const byHand =
      demo.contracts.find((symbol) => symbol !== before?.optionSymbol) ?? expect.fail('no contract')
    alpaca.venue.positions.set(byHand, { quantity: 2, costMicros: 2_500_000 })
    const second = await start()
    await until(
      () => second.client.snapshot.positions.length > 1,
      () => `the position is shown again: ${second.errors()}`,
      20_000,
    )
    const after = second.client.snapshot.positions.find(({ positionType }) => positionType === 'scalp')
    const foreign = second.client.snapshot.positions.find(({ positionType }) => positionType === 'external')
    expect(foreign).toMatchObject({ optionSymbol: byHand, contracts: 2, entryPrice: 1.25, exitReason: null })
    expect(after).toMatchObject({
      optionSymbol: before?.optionSymbol,
      contracts: before?.contracts,
      positionType: 'scalp',
      entryPrice: before?.entryPrice,
      entryTime: before?.entryTime,
    })
    /** It leaves by its rule: the time since its entry, which was before the crash. */
    await until(
      () => second.client.snapshot.closedTrades.length > 0,
      () => `it is sold: ${second.errors()}`,
      60_000,
    )
    const closed = second.client.snapshot.closedTrades.at(-1)
    expect(closed).toMatchObject({ optionSymbol: before?.optionSymbol, exitReason: 'time_exit' })
    expect(closed?.holdSeconds).toBeGreaterThanOrEqual(15)
    expect(closed?.holdSeconds).toBeLessThan(45)
    const status = await second.client.command({ command: 'halt' })
    expect(status.ok).toBe(true)
    await until(
      () => second.client.snapshot.positions.every(({ positionType }) => positionType === 'external'),
      'flat',
      60_000,
    )
    expect(alpaca.venue.positions.get(byHand)?.quantity).toBe(2)
    second.child.kill('SIGTERM')
    await until(() => second.child.exitCode !== null, 'it ends by itself')
    expect(second.child.exitCode).toBe(0)
    await pause(50)
    const journal = readJournal(path.join(folder, 'data', 'scalp.db'))
    const types = Array.from(journal.lines(), ({ type }) => type)
    journal.close()
    expect(types.filter((type) => type === 'run-started')).toHaveLength(2)
    expect(types).toContain('engine-restored')
    /** Both sessions can be repeated: the one that was cut short, and the one that began with a position. */
    const recordings = readdirSync(path.join(folder, 'data', 'sessions')).sort()
    expect(recordings).toHaveLength(2)
    const reports = await Promise.all(
      recordings.map((name) =>
        checkParity({ file: path.join(folder, 'data', 'sessions', name), loadStrategy }),
      ),
    )
    expect(reports.map(({ firstDifference }) => firstDifference)).toEqual([null, null])
    expect(reports.map(({ isWhole }) => isWhole)).toEqual([false, true])
    expect(Math.min(...reports.map(({ matches }) => matches))).toBeGreaterThan(3)
    /** No secret is in what it wrote. */
    expect(first.errors() + second.errors()).not.toContain('secret-of-a-test')
  },
  180_000,
)
