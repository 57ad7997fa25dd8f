import { expect, test } from 'vitest'
import { groupTrades } from './metrics.js'
import type { TradeRecord } from './result.js'

function order(keys: readonly string[]): string[] {
  const trades = keys.map((symbol) => ({ symbol, netMicros: 1 }) as TradeRecord)
  return [...groupTrades(trades, ({ symbol }) => symbol).keys()]
}

test('groups stand in the order a reader expects', () => {
  expect(order(['Wed', 'Fri', 'Mon', 'Tue'])).toEqual(['Mon', 'Tue', 'Wed', 'Fri'])
  expect(order(['over 10 %', 'up to 10 %', 'unknown', 'up to 2 %', 'up to 5 %'])).toEqual([
    'up to 2 %',
    'up to 5 %',
    'up to 10 %',
    'over 10 %',
    'unknown',
  ])
  expect(order(['10', '2', '0'])).toEqual(['0', '2', '10'])
  expect(order(['stop_loss', 'eod', 'take_profit'])).toEqual(['eod', 'stop_loss', 'take_profit'])
})
