import { createRandom, type Us } from '@scalp/canonical'
import { parseTimestamp, timestampOfUs } from '../wire/timestamp.js'
import type { FakeAlpaca } from './fake-alpaca.js'
import { isOptionSymbol } from './venue.js'

/** One recorded message: a quote or trade of a data stream as its JSON codec writes it. */
export interface RecordedRow {
  readonly T: 'q' | 't'
  readonly S: string
  /** RFC 3339; decides the order and the pace. */
  readonly t: string
  /** Of quotes, in dollars. */
  readonly bp?: number
  readonly bs?: number
  readonly ap?: number
  readonly as?: number
  /** Of trades, in dollars. */
  readonly p?: number
  readonly s?: number
}

/** How fast rows are played. */
export interface PlayOptions {
  /** 1 is as recorded, 60 a minute a second; `Infinity` without waiting. 1 unless told. */
  readonly speed?: number
  /** Ends the play. */
  readonly signal?: AbortSignal
  readonly wait?: (ms: number) => Promise<void>
  /** Called with the recorded time of each row just before it is played: the place to set the venue's clock. */
  readonly onRow?: (us: Us) => void
}

/**
 * Plays rows on a simulated Alpaca at the pace of their times: streams see them, and resting orders fill.
 *
 * Events carry the time of the venue's clock, so that a bot's checks of freshness hold.
 */
export async function playRows(
  alpaca: FakeAlpaca,
  rows: Iterable<RecordedRow> | AsyncIterable<RecordedRow>,
  { speed = 1, signal, wait = pause, onRow }: PlayOptions = {},
): Promise<number> {
  let firstUs = Number.NaN
  let played = 0
  const startMs = performance.now()
  for await (const row of rows) {
    if (signal?.aborted === true) break
    const us = parseTimestamp(row.t)?.us ?? Number.NaN
    if (Number.isNaN(firstUs)) firstUs = us
    const aheadMs = (us - firstUs) / 1_000 / speed - (performance.now() - startMs)
    if (aheadMs > 0) await wait(aheadMs)
    else if (played % 256 === 255) await turn()
    onRow?.(us)
    if (isOptionSymbol(row.S)) alpaca.venue.list(row.S)
    if (row.T === 'q')
      alpaca.quote(row.S, { bid: row.bp ?? 0, ask: row.ap ?? 0, bidSize: row.bs ?? 0, askSize: row.as ?? 0 })
    else alpaca.trade(row.S, { price: row.p ?? 0, size: row.s ?? 1 })
    played++
  }
  return played
}

/** What a synthetic market looks like. */
export interface SyntheticOptions {
  readonly underlying?: string
  /** Dollars at the start. */
  readonly price?: number
  readonly expiry: string
  readonly seed?: string | number
  /** Steps of 100 ms; endless unless told. */
  readonly steps?: number
}

/** An underlying that walks at random, and eleven strikes of calls and puts priced by intrinsic value and a premium. */
export function* syntheticRows({
  underlying = 'SPY',
  price = 600,
  expiry,
  seed = 'synthetic',
  steps = Number.POSITIVE_INFINITY,
}: SyntheticOptions): Generator<RecordedRow> {
  const random = createRandom(seed)
  const centre = Math.round(price)
  const code = expiry.slice(2).replaceAll('-', '')
  for (let step = 0; step < steps; step++) {
    const t = timestampOfUs(1_767_364_200_000_000 + step * 100_000).toString()
    price += (random() - 0.5) * 0.1
    const last = Math.round(price * 100) / 100
    yield { T: 'q', S: underlying, t, bp: cents(last - 0.01), bs: 300, ap: cents(last + 0.01), as: 200 }
    yield { T: 't', S: underlying, t, p: last, s: 100 }
    const strike = centre - 5 + Math.floor(random() * 11)
    for (const right of ['C', 'P']) {
      const intrinsic = Math.max(0, right === 'C' ? last - strike : strike - last)
      const middle = intrinsic + 2 * Math.exp(-Math.abs(last - strike) / 4)
      const S = `${underlying}${code}${right}${String(strike * 1_000).padStart(8, '0')}`
      const size = 1 + Math.floor(random() * 40)
      yield {
        T: 'q',
        S,
        t,
        bp: cents(middle - 0.02),
        bs: size,
        ap: cents(middle + 0.02),
        as: 1 + (size % 17),
      }
    }
  }
}

function cents(dollars: number): number {
  return Math.max(0.01, Math.round(dollars * 100) / 100)
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}

/** Lets the sockets have a turn. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
