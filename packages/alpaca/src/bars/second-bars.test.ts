import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { BarCache } from '../live/bar-cache.js'
import type { RestTrade } from '../rest/data-schemas.js'
import { WireTimestamp } from '../wire/timestamp.js'
import { secondBars } from './second-bars.js'

function trade(seconds: number, nanos: number, price: number, size = 1, conditions = '@'): RestTrade {
  return { at: new WireTimestamp(seconds, nanos), priceMicros: price * 1e6, size, exchange: 'V', conditions }
}

test('bars follow exchange time, and only seconds with a price have one', () => {
  const bars = secondBars([
    trade(100, 900, 12, 3),
    trade(100, 100, 10, 1),
    trade(100, 500, 9, 2),
    trade(101, 0, 50, 100, 'Z'),
    trade(103, 0, 11, 1),
    trade(103, 1, 99, 4, 'I'),
  ])
  expect(bars).toEqual([
    {
      startUs: 100e6,
      openMicros: 10e6,
      highMicros: 12e6,
      lowMicros: 9e6,
      closeMicros: 12e6,
      volume: 6,
      trades: 3,
      vwapMicros: Math.round((10e6 + 18e6 + 36e6) / 6),
    },
    expect.objectContaining({ startUs: 103e6, highMicros: 11e6, closeMicros: 11e6, volume: 5, trades: 2 }),
  ])
})

test('a session is half-open', () => {
  const trades = [trade(99, 999_999_999, 1), trade(100, 0, 2), trade(110, 0, 3)]
  expect(secondBars(trades, { fromUs: 100e6, toUs: 110e6 }).map(({ openMicros }) => openMicros)).toEqual([
    2e6,
  ])
})

test('a day is loaded once, and again when its file is damaged', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'bars-'))
  try {
    const bars = secondBars([trade(100, 0, 1, 0), trade(101, 0, 2, 5)])
    let loads = 0
    const load = () => {
      loads++
      return Promise.resolve(bars)
    }
    const day = { symbol: 'BRK.B', timeframe: '1Sec', date: '2026-12-01' }
    const cache = new BarCache(path.join(folder, 'cache'))
    expect(await cache.get(day, load)).toEqual(bars)
    expect(await cache.get(day, load)).toEqual(bars)
    expect(await cache.get({ ...day, date: '2026-12-02' }, load)).toEqual(bars)
    expect(loads).toBe(2)
    const files = await readdir(path.join(folder, 'cache'))
    expect(files).toEqual(['BRK.B-1Sec-2026-12-01.json', 'BRK.B-1Sec-2026-12-02.json'])
    await writeFile(path.join(folder, 'cache', files[0] as string), '{"vers')
    expect(await cache.get(day, load)).toEqual(bars)
    expect(loads).toBe(3)
  } finally {
    await rm(folder, { recursive: true })
  }
})
