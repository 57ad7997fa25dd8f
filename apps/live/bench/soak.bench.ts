import { createLiveClient } from '@scalp/protocol'
import { WebSocket } from 'ws'
import { MarketClock } from '../src/clock/market-clock.js'
import { PacedFeed, ReplayClock } from '../src/market/paced-feed.js'
import { calendar, openDesk, TOKEN } from './desk.js'
import { SyntheticTape } from './synthetic-tape.js'

/** Days of market time as fast as they go, with screens looking on: memory must stay flat. SCALP_SOAK_HOURS, 7 unless told. */
const HOURS = Number(process.env['SCALP_SOAK_HOURS'] ?? 7)
const EVENTS_PER_SECOND = 40
const sessions = calendar.sessions('2026-03-02', '2026-03-31').slice(0, Math.ceil(HOURS / 6.5))
const [first] = sessions
if (first === undefined) throw new Error('no session')
const clock = new ReplayClock(first.openUs - 1)
let ended: ((error: unknown) => void) | undefined
const end = new Promise<unknown>((resolve) => {
  ended = resolve
})
let feed: PacedFeed | undefined
const desk = await openDesk({
  clock,
  feedOf: ({ instruments }) => {
    const options = {
      instruments,
      calendar,
      symbol: 'TSLA',
      sessions,
      eventsPerSecond: EVENTS_PER_SECOND,
      strikes: 10,
    }
    feed = new PacedFeed({
      tapes: [new SyntheticTape(options)],
      pace: new MarketClock({ startUs: first.openUs, speed: 1e6 }),
      clock,
      onEnd: (error) => ended?.(error),
    })
    return feed
  },
})
const clients = Array.from({ length: 5 }, () =>
  createLiveClient({
    url: `${desk.gateway.url.replace('http', 'ws')}/ws`,
    token: TOKEN,
    connect: (to, protocols) => new WebSocket(to, protocols) as never,
  }),
)
const samples: { hour: number; rssMb: number; heapMb: number }[] = []
const startUs = first.openUs
const startMs = performance.now()
const sampling = setInterval(() => {
  const { rss, heapUsed } = process.memoryUsage()
  samples.push({ hour: (clock.us - startUs) / 3_600e6, rssMb: rss / 1_048_576, heapMb: heapUsed / 1_048_576 })
}, 250)
await desk.session.start()
const error = await end
if (error !== undefined) throw error as Error
clearInterval(sampling)
const seconds = (performance.now() - startMs) / 1_000
const { tracker } = desk.session.engine
const { events } = desk.session.driver
const trades = tracker.closed.length
const behind = clients.filter(({ state }) => state !== 'live').length
for (const client of clients) client.close()
await desk.stop()

/** The least heap in a stretch of time is what lives: the rest is yet to be collected. */
const least = (from: number, to: number, key: 'rssMb' | 'heapMb'): number =>
  Math.min(
    ...samples
      .slice(Math.floor(samples.length * from), Math.ceil(samples.length * to))
      .map((sample) => sample[key]),
  )
const [early, late] = [least(0.2, 0.4, 'heapMb'), least(0.8, 1, 'heapMb')]
const peak = Math.max(...samples.map(({ rssMb }) => rssMb))
console.log(
  `${sessions.length} sessions, ${(sessions.length * 6.5).toFixed(1)} hours of market time, ${events} events in ${seconds.toFixed(0)} s (${Math.round(events / seconds)} a second), ${trades} trades`,
)
console.log(
  `live heap ${early.toFixed(1)} MB in the second fifth, ${late.toFixed(1)} MB in the last: ratio ${(late / early).toFixed(2)}; resident at most ${Math.round(peak)} MB`,
)
if (trades === 0) throw new Error('Nothing was traded: the soak proves nothing.')
if (behind > 0) throw new Error(`${behind} clients lost their connection.`)
if (late > early * 1.25 + 10) throw new Error('Memory grows.')
