import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

test('the program of the README runs', async () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const [, program = ''] = /```ts\n([\s\S]*?)```/.exec(readme) ?? []
  const directory = fileURLToPath(new URL('../node_modules/.readme/', import.meta.url))
  mkdirSync(directory, { recursive: true })
  writeFileSync(`${directory}program.ts`, program)
  const { points, verdict } = (await import(/* @vite-ignore */ `${directory}program.ts`)) as {
    points: readonly unknown[]
    verdict: unknown
  }
  expect(points).toHaveLength(3)
  expect(verdict).toBe('N/A')
})
