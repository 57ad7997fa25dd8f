import { defineStrategy } from '@scalp/strategy'
import { expect, test } from 'vitest'
import { createHarness } from './harness.js'

const anything = {
  '~standard': { version: 1, vendor: 'test', validate: (value: unknown) => ({ value }) },
} as const

test('plays every second and every quote once, in order, up to the instant it is told', async () => {
  const seen: number[] = []
  let bars = 0
  const watcher = defineStrategy<unknown>({
    contract: 1,
    name: 'watcher',
    config: anything,
    create: () => ({
      onBar: ({ receivedUs }): undefined => {
        bars++
        seen.push(receivedUs)
      },
      onQuote: ({ receivedUs }): undefined => void seen.push(receivedUs),
    }),
  })
  const harness = createHarness({ days: 1, quotesPerDay: 2_000 })
  const trial = { strategy: watcher, config: {}, market: 'seed' }
  const whole = await harness.run(trial)
  expect(bars).toBe(23_400)
  expect(seen.every((us, at) => at === 0 || us >= (seen[at - 1] as number))).toBe(true)
  expect(whole).toMatchObject({ submitted: 0, fills: 0, trades: 0, heldAtEnd: 0, mostIntentsInATurn: 0 })
  const untilUs = whole.fromUs + 3_600e6
  seen.length = 0
  const part = await harness.run({ ...trial, untilUs })
  expect(Math.max(...seen)).toBeLessThan(untilUs)
  expect(part.toUs).toBeLessThan(untilUs)
})
