import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { openSqliteStore } from '@scalp/research/sqlite'
import { expect, test } from 'vitest'
import { runBacktest } from '../src/backtest.js'
import { openRunData } from '../src/run-data.js'
import { codeIdOf } from '../src/sweep/code-id.js'
import { keepRun } from '../src/sweep/keep-run.js'
import { dataIdOf, dataIdOfResult } from '../src/sweep/run-key.js'
import { configOf, newFolder, silent, writeMarket } from './market.js'

test('a single run is kept as a sweep would keep it, and names its data the same', async () => {
  const config = await configOf(await writeMarket('dbn.zst'))
  const data = await openRunData(config, silent)
  const result = await runBacktest(config, silent)
  expect(dataIdOfResult(result, data.symbols)).toBe(await dataIdOf(data))
  const file = path.join(await newFolder(), 'deep', 'trials.sqlite')
  await keepRun(file, config, result)
  await keepRun(file, config, result)
  const store = openSqliteStore(file)
  expect(store.runs()).toMatchObject([
    { resultHash: result.manifest.resultHash, trades: result.trades.length },
  ])
  store.close()
})

test('a strategy that was edited, or what it imports from beside it, makes other runs', async () => {
  const folder = await newFolder()
  const strategy = path.join(folder, 'strategy.ts')
  writeFileSync(strategy, "import { limit } from './limit.js'\nexport default limit\n")
  writeFileSync(path.join(folder, 'limit.ts'), 'export const limit = 1\n')
  const config = { ...(await configOf('nowhere')), strategy }
  const before = codeIdOf(config)
  expect(codeIdOf(config)).toBe(before)
  expect(codeIdOf({ ...config, strategy: folder })).not.toBe(before)
  writeFileSync(path.join(folder, 'limit.ts'), 'export const limit = 2\n')
  expect(codeIdOf(config)).not.toBe(before)
  expect(codeIdOf({ ...config, strategy: 'momentum-scalper' })).not.toBe(
    codeIdOf({ ...config, strategy: 'first-quote' }),
  )
})
