import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

test('the program of the README runs', async () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const [, program = ''] = /```ts\n([\s\S]*?)```/.exec(readme) ?? []
  const directory = fileURLToPath(new URL('../node_modules/.readme/', import.meta.url))
  mkdirSync(directory, { recursive: true })
  writeFileSync(`${directory}program.ts`, program)
  const { volatility, greeks, move } = (await import(/* @vite-ignore */ `${directory}program.ts`)) as {
    volatility: number
    move: number
    greeks: { price: number }
  }
  expect(volatility).toBeGreaterThan(0.3)
  expect(move).toBeGreaterThan(0.15)
  expect(greeks.price).toBeCloseTo(2.15, 12)
})
