import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

test('the program of the README runs', async () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const [, program = ''] = /```ts\n([\s\S]*?)```/.exec(readme) ?? []
  const directory = fileURLToPath(new URL('../node_modules/.readme/', import.meta.url))
  mkdirSync(directory, { recursive: true })
  writeFileSync(`${directory}program.ts`, program)
  const exported: unknown = await import(/* @vite-ignore */ `${directory}program.ts`)
  expect(exported).toMatchObject({
    minutes: 210,
    mid: 330_000,
    view: { quoteAge: 2, quoteFreshness: 'fresh', delta: null, greeksFreshness: 'missing' },
    expiries: ['2025-02-21'],
    changed: true,
  })
})
