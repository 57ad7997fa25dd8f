import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test, vi } from 'vitest'
import * as historical from '../src/historical.js'
import { discoverDataset, readDbnFile } from '../src/node.js'
import { KeepingSink, ROWS, start } from './historical-setup.js'

afterEach(() => {
  vi.unstubAllEnvs()
})

test('exports these names and no others', () => {
  expect(Object.keys(historical).sort()).toMatchInlineSnapshot(`
    [
      "ApiKeyError",
      "AuthenticationError",
      "ChecksumError",
      "CostCeilingError",
      "EntitlementError",
      "FileExistsError",
      "HistoricalConnectionError",
      "HistoricalError",
      "HistoricalTimeoutError",
      "InvalidRequestError",
      "JobExpiredError",
      "NotFoundError",
      "PaymentError",
      "QueryError",
      "RangeNotSatisfiableError",
      "RateLimitError",
      "RequestTooLargeError",
      "ResponseError",
      "ResumeError",
      "ServerError",
      "TooManySymbolsError",
      "createHistoricalClient",
    ]
  `)
})

test('the historical program of the README runs, and is short', async () => {
  const { server } = await start()
  vi.stubEnv('DATABENTO_API_KEY', server.apiKey)
  vi.stubEnv('DATABENTO_URL', server.url)
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const [, program = ''] = /```ts historical\n([\s\S]*?)```/.exec(readme) ?? []
  expect(program.trim().split('\n').length).toBeLessThanOrEqual(20)
  const directory = fileURLToPath(new URL('../node_modules/.readme/', import.meta.url))
  mkdirSync(directory, { recursive: true })
  const own = program.replaceAll("'@scalp/databento/historical'", "'../../src/historical.js'")
  writeFileSync(`${directory}historical.ts`, own)
  const { expected, file, bytes } = (await import(/* @vite-ignore */ `${directory}historical.ts`)) as {
    expected: number
    file: string
    bytes: number
  }
  const sink = new KeepingSink()
  const { records } = await readDbnFile(file, sink)
  expect([records, (await stat(file)).size]).toEqual([ROWS / 2, bytes])
  expect(expected).toBe((records * 80 * 2) / 1_000)
  expect((await discoverDataset(path.dirname(file))).files).toMatchObject([
    { schema: 'cbbo-1m', from: '2025-02-20' },
  ])
  await rm(path.dirname(file), { recursive: true })
})
