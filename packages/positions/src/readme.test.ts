import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import type { ClosedTrade } from './index.js'

test('the program of the README runs', async () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const [, program = ''] = /```ts\n([\s\S]*?)```/.exec(readme) ?? []
  const directory = fileURLToPath(new URL('../node_modules/.readme/', import.meta.url))
  mkdirSync(directory, { recursive: true })
  const source = program.replace("'@scalp/positions'", "'../../src/index.js'")
  writeFileSync(`${directory}program.ts`, source)
  const loaded = (await import(/* @vite-ignore */ `${directory}program.ts`)) as { trades: ClosedTrade[] }
  expect(loaded.trades).toMatchObject([{ grossMicros: 46_000_000, feesMicros: 2_600_000, contracts: 2 }])
})
