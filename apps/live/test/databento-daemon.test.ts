import { readdirSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { checkParity } from '../src/record/parity.js'
import { loadStrategy } from '../src/session/strategies.js'
import { opraMirror } from './opra-desk.js'
import { ENDED_BY_THE_CLOCK, isBuilt, paperDesk } from './paper-desk.js'
import { until } from './quiet.js'

test.skipIf(!isBuilt)(
  'as users run it: it trades on quotes of OPRA, and killed with a position open it watches that again after the restart',
  async () => {
    const mirror = await opraMirror({})
    const { host, port, apiKey } = mirror.opra
    const { alpaca, demo, folder, start } = await paperDesk({
      seed: 'opra-daemon',
      config: {
        feed: { kind: 'databento' },
        databento: { apiKey, gateway: { host, port } },
        settings: { ...ENDED_BY_THE_CLOCK, maxHoldMinutes: 0.2, maxContractPriceMicros: 9_000_000 },
        gates: { minOpenInterest: 0 },
      },
    })
    mirror.follow(alpaca, demo)
    const first = await start()
    const linkOf = ({ client }: typeof first) =>
      client.snapshot.health?.links.find(({ name }) => name === 'options')
    await until(
      () => linkOf(first)?.isHealthy === true,
      () => first.errors(),
    )
    await until(
      () => first.client.snapshot.positions.length > 0,
      () => `a position opens: ${first.errors()}`,
      60_000,
    )
    const [before] = first.client.snapshot.positions
    await first.kill()

    const second = await start()
    await until(
      () => second.client.snapshot.closedTrades.length > 0,
      () => `it is sold: ${second.errors()}`,
      60_000,
    )
    expect(second.client.snapshot.closedTrades.at(-1)).toMatchObject({
      optionSymbol: before?.optionSymbol,
      exitReason: 'time_exit',
    })
    expect(linkOf(second)).toMatchObject({ state: 'streaming', isHealthy: true, reconnects: 0 })
    expect(linkOf(second)?.messages).toBeGreaterThan(0)
    expect((await second.client.command({ command: 'halt' })).ok).toBe(true)
    await until(() => second.client.snapshot.positions.length === 0, 'flat', 60_000)
    second.child.kill('SIGTERM')
    await until(() => second.child.exitCode !== null, 'it ends by itself')
    expect(second.child.exitCode).toBe(0)
    expect(mirror.opra.sessions).toHaveLength(2)
    expect(alpaca.market.count).toBe(0)
    const recordings = readdirSync(path.join(folder, 'data', 'sessions')).sort()
    const reports = await Promise.all(
      recordings.map((name) =>
        checkParity({ file: path.join(folder, 'data', 'sessions', name), loadStrategy }),
      ),
    )
    expect(reports.map(({ firstDifference }) => firstDifference)).toEqual([null, null])
    expect(reports.map(({ isWhole }) => isWhole)).toEqual([false, true])
    expect(first.errors() + second.errors()).not.toContain(apiKey)
  },
  180_000,
)
