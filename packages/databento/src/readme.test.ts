import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

test('the program of the README runs', async () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const [, program = ''] = /```ts\n([\s\S]*?)```/.exec(readme) ?? []
  const directory = fileURLToPath(new URL('../node_modules/.readme/', import.meta.url))
  mkdirSync(directory, { recursive: true })
  const own = program
    .replaceAll("'@scalp/databento'", "'../../src/index.js'")
    .replaceAll("'@scalp/databento/node'", "'../../src/node.js'")
  writeFileSync(`${directory}program.ts`, own)
  const { spreads, csv } = (await import(/* @vite-ignore */ `${directory}program.ts`)) as {
    spreads: number[]
    csv: string
  }
  expect(spreads).toEqual([20_000])
  expect(csv).toContain('2025-02-20T14:31:00.000000000Z')
  expect(csv).toContain('AAPL  250221C00250000')
})
