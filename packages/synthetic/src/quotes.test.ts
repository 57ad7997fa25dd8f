import { daysToExpiry, US_PER_MINUTE } from '@scalp/canonical'
import { impliedForward, type ParityPair } from '@scalp/pricing'
import { expect, test } from 'vitest'
import { createSyntheticMarket, type QuoteRows, type SyntheticDay } from './index.js'

const market = createSyntheticMarket({
  seed: 'quotes',
  startDate: '2024-02-12',
  days: 2,
  quotesPerDay: 40_000,
})
const CENT = 10_000

/** Quotes as they stand, carried forward, as a reader of the rows would hold them. */
class Standing {
  readonly bid: Float64Array
  readonly ask: Float64Array
  constructor(count: number) {
    this.bid = new Float64Array(count).fill(Number.NaN)
    this.ask = new Float64Array(count).fill(Number.NaN)
  }
  take(rows: QuoteRows): void {
    for (let row = 0; row < rows.count; row++) {
      const contract = rows.contract[row] as number
      this.bid[contract] = rows.bidMicros[row] as number
      this.ask[contract] = rows.askMicros[row] as number
    }
  }
  mid(contract: number): number {
    return ((this.bid[contract] as number) + (this.ask[contract] as number)) / 2
  }
}

function eachRow(day: SyntheticDay, look: (rows: QuoteRows, row: number) => void): void {
  for (const rows of day.minutes()) for (let row = 0; row < rows.count; row++) look(rows, row)
}

test('every quote has its bid below its ask, whole ticks, and nothing on an empty side', () => {
  let twoSided = 0
  let withoutBid = 0
  let withoutAsk = 0
  let faults = 0
  eachRow(market.day(0), (rows, row) => {
    const [bid, ask] = [rows.bidMicros[row] as number, rows.askMicros[row] as number]
    const sides = [
      [bid, rows.bidSize[row], rows.bidPublisher[row]],
      [ask, rows.askSize[row], rows.askPublisher[row]],
    ] as const
    for (const [price, size = 0, publisher = 0] of sides) {
      const isEmpty = Number.isNaN(price) && size === 0 && publisher === 0
      const isQuoted =
        price % CENT === 0 && price > 0 && size > 0 && publisher >= 20 && publisher <= 37 && publisher !== 30
      if (!isEmpty && !isQuoted) faults++
    }
    if (bid >= ask) faults++
    if (bid < ask) twoSided++
    else if (ask > 0) withoutBid++
    else withoutAsk++
  })
  expect(faults).toBe(0)
  expect(twoSided).toBeGreaterThan(30_000)
  expect(withoutBid).toBeGreaterThan(100)
  expect(withoutAsk).toBeGreaterThan(10)
})

test('the day begins with an announcement of every contract before the open, without quotes', () => {
  const day = market.day(0)
  const [first] = day.minutes()
  expect(first?.count).toBe(day.contracts.length)
  expect(first?.bidMicros.every(Number.isNaN)).toBe(true)
  expect(first?.lastUs.every(Number.isNaN)).toBe(true)
  expect([...(first?.instrumentId ?? [])]).toEqual(day.contracts.map(({ instrumentId }) => instrumentId))
})

test('a row is there only when quote or last trade changed', () => {
  const day = market.day(0)
  const before = day.contracts.map(() => '')
  let same = 0
  let rowCount = 0
  eachRow(day, (rows, row) => {
    const { bidMicros, askMicros, bidSize, askSize, bidPublisher, askPublisher } = rows
    const columns = [bidMicros, askMicros, bidSize, askSize, bidPublisher, askPublisher]
    const state = [...columns, rows.lastUs, rows.lastMicros, rows.lastSize]
      .map((column) => column[row])
      .join()
    const contract = rows.contract[row] as number
    if (state === before[contract]) same++
    before[contract] = state
    rowCount++
  })
  expect(same).toBe(0)
  expect(rowCount).toBeLessThan(day.contracts.length * 391)
})

test('last trades are of this session, not after their row, and carried forward', () => {
  const day = market.day(0)
  const last = new Float64Array(day.contracts.length)
  let faults = 0
  let trades = 0
  eachRow(day, (rows, row) => {
    const contract = rows.contract[row] as number
    const lastUs = rows.lastUs[row] as number
    if (Number.isNaN(lastUs)) {
      if (last[contract] !== 0 || !Number.isNaN(rows.lastMicros[row]) || rows.lastSize[row] !== 0) faults++
      return
    }
    if (lastUs < day.session.openUs || lastUs >= rows.endUs || lastUs < (last[contract] as number)) faults++
    if (lastUs !== last[contract] && lastUs < rows.endUs - US_PER_MINUTE) faults++
    if (lastUs !== last[contract]) trades++
    last[contract] = lastUs
  })
  expect(faults).toBe(0)
  expect(trades).toBeGreaterThan(1_000)
})

test('no call with a higher strike is worth more, nor a put less, and nobody can trade on it', () => {
  const day = market.day(1)
  const standing = new Standing(day.contracts.length)
  let compared = 0
  let arbitrage = 0
  let worst = 0
  for (const rows of day.minutes()) {
    standing.take(rows)
    for (let lower = 0; lower + 2 < day.contracts.length; lower++) {
      const upper = lower + 2
      const [a, b] = [day.contracts[lower]?.option, day.contracts[upper]?.option]
      if (a?.expiry !== b?.expiry) continue
      const [dear, cheap] = a?.right === 'C' ? [lower, upper] : [upper, lower]
      if ((standing.ask[dear] as number) < (standing.bid[cheap] as number)) arbitrage++
      const [dearMid, cheapMid] = [standing.mid(dear), standing.mid(cheap)]
      if (Number.isNaN(dearMid) || Number.isNaN(cheapMid)) continue
      // Ticks round mids, by 2.5 cents from $3 up, and a bid below zero is cut off.
      worst = Math.max(worst, cheapMid - dearMid)
      compared++
    }
  }
  expect(compared).toBeGreaterThan(10_000)
  expect(arbitrage).toBe(0)
  expect(worst).toBeLessThanOrEqual(5 * CENT)
})

test('put-call parity recovers the underlying within three basis points', () => {
  const day = market.day(1)
  const { closeMicros } = day.underlyingBars1m()
  const standing = new Standing(day.contracts.length)
  let minute = -1
  let worst = 0
  for (const rows of day.minutes()) {
    standing.take(rows)
    if (minute >= 0) {
      const spot = closeMicros[minute] as number
      const pairs: ParityPair[] = []
      for (let call = 0; call < day.contracts.length; call += 2) {
        const option = day.contracts[call]?.option
        if (option === undefined || daysToExpiry(option.expiry, day.date) > 7) continue
        pairs.push({
          strike: option.strikeThousandths / 1e3,
          callBid: (standing.bid[call] as number) / 1e6,
          callAsk: (standing.ask[call] as number) / 1e6,
          putBid: (standing.bid[call + 1] as number) / 1e6,
          putAsk: (standing.ask[call + 1] as number) / 1e6,
        })
      }
      worst = Math.max(worst, Math.abs((impliedForward(pairs).forward * 1e6) / spot - 1))
    }
    minute++
  }
  expect(minute).toBe(390)
  expect(worst).toBeLessThan(3e-4)
})

test('quotes are wider just after the open than at noon', () => {
  const day = market.day(0)
  const meanSpread = (from: number, to: number): number => {
    let sum = 0
    let count = 0
    eachRow(day, (rows, row) => {
      const minute = (rows.endUs - day.session.openUs) / US_PER_MINUTE
      const spread = (rows.askMicros[row] as number) - (rows.bidMicros[row] as number)
      if (minute < from || minute > to || Number.isNaN(spread)) return
      sum += spread
      count++
    })
    return sum / count
  }
  expect(meanSpread(1, 3)).toBeGreaterThan(1.4 * meanSpread(150, 210))
})
