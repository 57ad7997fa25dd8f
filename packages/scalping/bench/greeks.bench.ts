import { createOptionId, type InstrumentIndex, InstrumentTable, QuoteBuffer } from '@scalp/canonical'
import { createExchangeCalendar, QuoteColumns } from '@scalp/market-data'
import { black76Price } from '@scalp/pricing'
import { closeOfExpiry, OptionDelta } from '@scalp/scalping'

/**
 * What the Greeks of a slice of 200 contracts cost once a minute, from the book into columns: in one pass, one by one from the
 * volatilities of the minute before, and one by one from nothing. Interleaved; the fastest round counts.
 */
const MINUTES = 390
const ROUNDS = 8
const calendar = createExchangeCalendar()
const session = calendar.sessionOn('2025-02-20')
if (session === undefined) throw new Error('no session')
const { openUs } = session
const instruments = new InstrumentTable()
const members: InstrumentIndex[] = []
for (const expiry of ['2025-02-21', '2025-02-28']) {
  for (let strike = 190; strike < 315; strike += 2.5) {
    for (const right of ['C', 'P'])
      members.push(instruments.option(createOptionId({ underlying: 'TSLA', expiry, right, strike })))
  }
}

const quotes = new QuoteColumns()
const buffer = new QuoteBuffer()
/** All contracts quoted at the end of a minute, the underlying and its volatility a little on. */
function quoteMinute(us: number, minute: number): void {
  for (const instrument of members) {
    const listed = instruments.get(instrument)
    if (listed.kind !== 'option') continue
    const { expiry, right, strikeThousandths } = listed.option
    const years = (closeOfExpiry(calendar, expiry) - us) / 31_536_000e6
    const forward = 250 + 2 * Math.sin(minute / 40)
    const volatility = 0.6 + 0.02 * Math.sin(minute / 15)
    const mid = black76Price({ right, forward, strike: strikeThousandths / 1_000, years, volatility })
    Object.assign(buffer, {
      instrument,
      receivedUs: us,
      sourceUs: us,
      sampleUs: 60e6,
      bidSize: 9,
      askSize: 9,
    })
    buffer.bidMicros = Math.max(10_000, Math.round(mid * 1e6) - 20_000)
    buffer.askMicros = buffer.bidMicros + 40_000
    quotes.apply(buffer)
  }
}

const together = new OptionDelta({ instruments, quotes, calendar })
const alone = new OptionDelta({ instruments, quotes, calendar })
const best = {
  together: Number.POSITIVE_INFINITY,
  alone: Number.POSITIVE_INFINITY,
  anew: Number.POSITIVE_INFINITY,
}
let known = 0
let furthest = 0
let us = openUs
for (let round = 0; round < ROUNDS; round++) {
  const spent = { together: 0, alone: 0, anew: 0 }
  for (let minute = 0; minute < MINUTES; minute++) {
    us += 1_000_000
    quoteMinute(us, minute)
    spent.together += clock(() => (known += together.refresh(members, 250e6, us)))
    spent.alone += clock(() => members.forEach((index) => alone.delta(index, 250e6, us)))
    const fresh = new OptionDelta({ instruments, quotes, calendar })
    fresh.delta(members[0] as InstrumentIndex, 250e6, us)
    fresh.delta(members.at(-1) as InstrumentIndex, 250e6, us)
    spent.anew += clock(() => members.forEach((index) => fresh.delta(index, 250e6, us)))
    for (const index of members)
      furthest = Math.max(furthest, Math.abs(together.columns.delta(index) - fresh.columns.delta(index)) || 0)
  }
  for (const name of ['together', 'alone', 'anew'] as const)
    best[name] = Math.min(best[name], spent[name] / MINUTES)
}
if (!(known > 0.9 * members.length * MINUTES * ROUNDS)) throw new Error(`Only ${known} Greeks are known.`)
if (!(furthest < 1e-7)) throw new Error(`Deltas differ by ${furthest}.`)
for (const [name, ns] of Object.entries(best))
  console.log(`${members.length} contracts, ${name}: ${(ns / 1e3).toFixed(0)} us`)
console.log(
  `from nothing takes ${(best.anew / best.together).toFixed(1)} times as long as a pass; deltas within ${furthest.toExponential(1)}`,
)

function clock(work: () => unknown): number {
  const start = process.hrtime.bigint()
  work()
  return Number(process.hrtime.bigint() - start)
}
