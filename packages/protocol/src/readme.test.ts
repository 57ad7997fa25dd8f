import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import type { Snapshot } from './index.js'

test('the program of the README runs', async () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const [, program = ''] = /```ts\n([\s\S]*?)```/.exec(readme) ?? []
  const directory = fileURLToPath(new URL('../node_modules/.readme/', import.meta.url))
  mkdirSync(directory, { recursive: true })
  writeFileSync(`${directory}program.ts`, program.replace("'@scalp/protocol'", "'../../src/index.js'"))
  const { state } = (await import(/* @vite-ignore */ `${directory}program.ts`)) as { state: Snapshot }
  expect(state.abstain['SPY']?.reason).toBe('SPREAD_TOO_WIDE')
})
