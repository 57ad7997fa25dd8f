import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DataClient } from '../src/rest/data-client.js'
import { TradingClient } from '../src/rest/trading-client.js'
import { createFakeAlpaca, type FakeAlpaca } from '../src/testing/fake-alpaca.js'
import { cards, type Table } from './acceptance-cards.js'

const CALL = 'SPY261218C00600000'
const keyId = process.env['SCALP_ALPACA_KEY_ID']
const secretKey = process.env['SCALP_ALPACA_SECRET_KEY']
const hasKeys = keyId !== undefined && secretKey !== undefined

test('the list in the documents is the list of cards', () => {
  const page = readFileSync(new URL('../../../docs/alpaca-acceptance.md', import.meta.url), 'utf8')
  const rows = cards.map(({ name, steps, expected, needsOpenMarket }) => {
    const when = needsOpenMarket === true ? 'open market' : 'any time'
    return `| ${name} | ${when} | ${steps} | ${expected} |`
  })
  expect(page.split('\n').filter((line) => /^\| (?!-|name)/.test(line))).toEqual(rows)
})

describe('against the simulated server', () => {
  let fake: FakeAlpaca
  let table: Table
  beforeAll(async () => {
    fake = await createFakeAlpaca({ keys: { 'sim-key': 'sim-secret' }, requestsPerMinute: 10_000 })
    fake.venue.list(CALL)
    fake.quote(CALL, { bid: 1, ask: 1.05 })
    const urls = { tradingUrl: fake.url, dataUrl: fake.url }
    const streams = { tradingStreamUrl: fake.streamUrl, dataStreamUrl: fake.streamUrl }
    const contract = { symbol: CALL, askMicros: 1_050_000 }
    table = { keyId: 'sim-key', secretKey: 'sim-secret', ...urls, ...streams, runId: 'card', contract }
  })
  afterAll(() => fake.stop())
  for (const { name, play } of cards) test(name, () => play(table))
})

describe.skipIf(!hasKeys)('against the paper endpoint', () => {
  const keys = { keyId: keyId ?? '', secretKey: secretKey ?? '' }
  let table: Table
  let isOpen = false
  beforeAll(async () => {
    const trading = new TradingClient(keys)
    isOpen = (await trading.clock()).isOpen
    table = { ...keys, runId: `card-${Date.now()}`, contract: await cheapContract(trading) }
  })
  for (const { name, play, needsOpenMarket } of cards)
    test(name, async (context) => {
      if (needsOpenMarket === true && !isOpen) context.skip('the market is closed')
      await play(table)
    })

  /** A contract of SPY that is quoted, dear enough to have a bid and cheap enough to try. */
  async function cheapContract(trading: TradingClient): Promise<Table['contract']> {
    const symbols: string[] = []
    for await (const { symbol } of trading.contracts({ underlyings: ['SPY'], type: 'call' }))
      symbols.push(symbol)
    const quotes = await new DataClient(keys).latestOptionQuotes(symbols.slice(0, 500))
    for (const [symbol, { askMicros, bidMicros }] of quotes)
      if (bidMicros > 0 && askMicros > 500_000 && askMicros < 3_000_000) return { symbol, askMicros }
    throw new Error('no contract of SPY is quoted')
  }
})
