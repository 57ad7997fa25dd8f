import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

test('the program of the README runs', async () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const [, program = ''] = /```ts\n([\s\S]*?)```/.exec(readme) ?? []
  const directory = fileURLToPath(new URL('../test/.readme/', import.meta.url))
  mkdirSync(directory, { recursive: true })
  writeFileSync(`${directory}program.ts`, program.replace("'@scalp/scalping'", "'../../src/index.js'"))
  const { config } = (await import(/* @vite-ignore */ `${directory}program.ts`)) as { config: unknown }
  expect(config).toMatchObject({ momentumWindowSeconds: 60, takeProfitPct: 25, minDte: 1, maxConfidence: 75 })
})
