import { expect, test } from 'vitest'
import { createFakeAlpaca } from './fake-alpaca.js'
import { playRows, syntheticRows } from './play.js'

test('the synthetic market is a function of its seed, with bids below asks', async () => {
  const options = { expiry: '2026-12-18', steps: 200 }
  const rows = Array.from(syntheticRows(options))
  expect(rows).toEqual(Array.from(syntheticRows(options)))
  for (const { T, bp = 0, ap = 1 } of rows) if (T === 'q') expect(bp).toBeLessThan(ap)
  const alpaca = await createFakeAlpaca()
  expect(await playRows(alpaca, rows, { speed: Number.POSITIVE_INFINITY })).toBe(rows.length)
  await alpaca.stop()
})

test('a clock set by each row stamps what is published', async () => {
  const alpaca = await createFakeAlpaca()
  const rows = Array.from(syntheticRows({ expiry: '2026-12-18', steps: 3 }))
  const seen: number[] = []
  let nowUs = 0
  alpaca.venue.session.nowUs = () => nowUs
  await playRows(alpaca, rows, {
    speed: Number.POSITIVE_INFINITY,
    onRow: (us) => {
      nowUs = us
      seen.push(us)
    },
  })
  expect(seen).toHaveLength(rows.length)
  expect(alpaca.venue.quotes.get('SPY')?.atUs).toBe(seen.at(-1))
  await alpaca.stop()
})
