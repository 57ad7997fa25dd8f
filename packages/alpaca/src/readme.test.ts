import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

test('the program of the README runs', async () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const [, program = ''] = /```ts\n([\s\S]*?)```/.exec(readme) ?? []
  const directory = fileURLToPath(new URL('../node_modules/.readme/', import.meta.url))
  mkdirSync(directory, { recursive: true })
  const own = program
    .replaceAll("'@scalp/alpaca'", "'../../src/index.js'")
    .replaceAll("'@scalp/alpaca/live'", "'../../src/live.js'")
    .replaceAll("'@scalp/alpaca/testing'", "'../../src/testing.js'")
  writeFileSync(`${directory}program.ts`, own)
  const { seen } = (await import(/* @vite-ignore */ `${directory}program.ts`)) as { seen: string }
  expect(seen).toBe('filled, 2 at 1050000')
})
