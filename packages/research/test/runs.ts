import { createRandom } from '@scalp/canonical'
import type { StoredRun } from '../src/index.js'

/** A run with daily returns drawn by a seed, with an edge a day in deviations. */
export function runOf(key: string, { days = 120, edge = 0, trades = 200, data = 'data' } = {}): StoredRun {
  const random = createRandom(`run ${key}`)
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  return {
    key,
    strategy: 'sample',
    data,
    from: '2024-01-01',
    to: '2024-06-30',
    config: { settings: { key } },
    resultHash: `hash of ${key}`,
    trades,
    figures: { sharpe: edge, totalPnl: edge * 100, maxDrawdown: 5, profitFactor: null },
    days: Array.from({ length: days }, (_, day) => ({
      date: new Date(Date.UTC(2024, 0, 1 + day)).toISOString().slice(0, 10),
      value: (normal() + edge) / 100,
    })),
    finishedUs: 1,
    worker: 'test',
  }
}
