import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test, vi } from 'vitest'

const FILE = fileURLToPath(new URL('../test/fixtures/own/quotes.cbbo-1m.v3.dbn.zst', import.meta.url))

afterEach(() => {
  vi.unstubAllEnvs()
})

/** A program of the README, by the word after `ts`. */
function programOf(name: string): string {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const [, program = ''] = new RegExp(`\`\`\`ts${name}\\n([\\s\\S]*?)\`\`\``).exec(readme) ?? []
  return program
}

async function run(name: string): Promise<unknown> {
  const directory = fileURLToPath(new URL('../node_modules/.readme/', import.meta.url))
  mkdirSync(directory, { recursive: true })
  const own = programOf(name === 'write' ? '' : ` ${name}`).replaceAll(
    /'@scalp\/databento(?:\/(\w+))?'/g,
    (_, subpath: string | undefined) => `'../../src/${subpath ?? 'index'}.js'`,
  )
  writeFileSync(`${directory}${name}.ts`, own)
  return import(/* @vite-ignore */ `${directory}${name}.ts`)
}

test('the program of the README that reads a file runs, and is 20 lines', async () => {
  expect(programOf(' read').trim().split('\n').length).toBeLessThanOrEqual(20)
  vi.stubEnv('DBN_FILE', FILE)
  const { spreads, records } = (await run('read')) as { spreads: Map<string, number>; records: number }
  expect(records).toBeGreaterThan(0)
  expect(Array.from(spreads.keys(), (symbol) => symbol.length)).toContain(21)
  expect(Array.from(spreads.values()).some((spread) => spread > 0)).toBe(true)
})

test('the program of the README that writes a file runs', async () => {
  const { csv } = (await run('write')) as { csv: string }
  expect(csv).toContain('2025-02-20T14:31:00.000000000Z')
  expect(csv).toContain('AAPL  250221C00250000')
})

test('the live programs of the README run', async () => {
  const { feed, gateway, instruments } = (await run('live')) as {
    feed: import('./live.js').LiveFeed
    gateway: import('./testing.js').LiveGateway
    instruments: import('@scalp/canonical').InstrumentTable
  }
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined)
  const ignore = (): undefined => undefined
  await feed.start({ onQuote: ignore, onTrade: ignore, onBar: ignore, onStatistic: ignore })
  expect(gateway.session?.requests).toMatchObject([{ schema: 'cbbo-1m', symbols: ['TSLA.OPT'] }])
  await feed.stop()
  await gateway.close()
  expect(log.mock.calls.map(([state]) => state as unknown)).toContain('streaming')
  log.mockRestore()
  expect(instruments.size).toBe(0)
  const { reconnects } = (await run('testing')) as { reconnects: () => Promise<number> }
  expect(await reconnects()).toBe(2)
})
