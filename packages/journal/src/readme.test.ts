import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

test('the program of the README runs', async () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const [, program = ''] = /```ts\n([\s\S]*?)```/.exec(readme) ?? []
  const directory = fileURLToPath(new URL('../node_modules/.readme/', import.meta.url))
  mkdirSync(directory, { recursive: true })
  const file = `${mkdtempSync(`${tmpdir()}/readme-`)}/scalp.db`
  const own = program
    .replace("'@scalp/journal/sqlite'", "'../../src/sqlite.js'")
    .replaceAll("'scalp.db'", `'${file}'`)
  writeFileSync(`${directory}program.ts`, own)
  const loaded = (await import(/* @vite-ignore */ `${directory}program.ts`)) as { ok: boolean; lines: number }
  expect([loaded.ok, loaded.lines]).toEqual([true, 2])
})
