import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { intentOf, marketOf } from '../test/market.js'
import type { GateKeeper } from './index.js'

test('the program of the README runs', async () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const [, program = ''] = /```ts\n([\s\S]*?)```/.exec(readme) ?? []
  const directory = fileURLToPath(new URL('../node_modules/.readme/', import.meta.url))
  mkdirSync(directory, { recursive: true })
  writeFileSync(`${directory}program.ts`, program.replace("'@scalp/gates'", "'../../src/index.js'"))
  const loaded = (await import(/* @vite-ignore */ `${directory}program.ts`)) as {
    names: string[]
    review: GateKeeper['review']
  }
  expect(loaded.names).toContain('size_shown')
  expect(loaded.names).not.toContain('greeks_fresh')
  const { context, instrument } = marketOf()
  expect(loaded.review(intentOf(instrument, { contracts: 10 }), context)).toMatchObject({
    approved: true,
    order: { id: 'scalp-1' },
  })
  expect(loaded.review(intentOf(instrument, { contracts: 11 }), context).approved).toBe(false)
})
