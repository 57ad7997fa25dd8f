import { existsSync } from 'node:fs'
import path from 'node:path'
import { decodeFile, discoverDataset, filesOf } from '@scalp/databento/node'
import { expect, test } from 'vitest'
import { runBacktest } from '../src/backtest.js'
import { configOf, silent } from './market.js'

const folder = path.join(
  process.env['SCALP_FIXTURES'] ?? path.resolve(import.meta.dirname, '../../../../shared/fixtures'),
  'dbn/datasets/OPRA.PILLAR',
)
const isMissing = !existsSync(folder) && process.env['SCALP_REQUIRE_FIXTURES'] === undefined

interface Quote {
  readonly us: number
  readonly bid: number
  readonly ask: number
}

/** The two-sided quotes of the first contract of the official file, read apart from the backtest. */
async function officialQuotes(): Promise<{ symbol: string; quotes: Quote[] }> {
  const [file] = filesOf(await discoverDataset(folder), { schema: 'cbbo-1m' })
  const stats = { records: 0, kept: 0, filtered: 0, dropped: 0, droppedSymbols: [], skipped: 0 }
  const quotes: Quote[] = []
  let symbol = ''
  for await (const batch of decodeFile({
    file: file?.path ?? '',
    schema: 'cbbo-1m',
    wanted: { options: true },
    stats,
  })) {
    symbol ||= batch.newSymbols[0] ?? ''
    for (let row = 0; row < batch.count; row++) {
      const quote = {
        us: batch.receivedUs[row] as number,
        bid: batch.a[row] as number,
        ask: batch.b[row] as number,
      }
      if (batch.symbol[row] === 0 && quote.bid > 0 && quote.ask >= quote.bid) quotes.push(quote)
    }
  }
  return { symbol, quotes }
}

test.skipIf(isMissing)(
  'buys the first tradable official quote and sells after its hold, to the micro-dollar',
  async () => {
    const { symbol, quotes } = await officialQuotes()
    const underlying = symbol.slice(0, 6).trim()
    const [decided, bought, sold] = quotes
    const config = await configOf(folder, {
      underlying,
      strategy: 'first-quote',
      preset: undefined,
      gates: { requireUnderlying: false },
    })
    const { trades } = await runBacktest(config, silent)
    /**
     * Decided on the first two-sided sample; bought on the next at its ask, 0.5 % worse; held for half a minute, so
     * sold on the sample after that at its bid, 0.5 % worse. In the official file: 0.45 × 1.005 = 0.45225,
     * 0.34 × 0.995 = 0.3383; (0.3383 - 0.45225) × 100 - 2 × 0.70 = -12.795 dollars.
     */
    const entry = Math.round((bought?.ask ?? 0) * 1.005)
    const exit = Math.round((sold?.bid ?? 0) * 0.995)
    expect(trades).toMatchObject([
      {
        signalUs: decided?.us,
        entryUs: (bought?.us ?? 0) + 50_000,
        exitUs: (sold?.us ?? 0) + 50_000,
        entryMicros: entry,
        exitMicros: exit,
        feesMicros: 1_400_000,
        netMicros: (exit - entry) * 100 - 1_400_000,
      },
    ])
  },
)

test.skipIf(isMissing)(
  'refuses the same trade, and says why, when nothing prices the underlying',
  async () => {
    const { symbol, quotes } = await officialQuotes()
    const config = await configOf(folder, {
      underlying: symbol.slice(0, 6).trim(),
      strategy: 'first-quote',
      preset: undefined,
    })
    const { trades, decisions } = await runBacktest(config, silent)
    expect(trades).toEqual([])
    expect(decisions.refusals).toEqual([
      { gate: 'underlying_price_fresh', code: 'STALE_DATA', count: quotes.length },
    ])
  },
)
