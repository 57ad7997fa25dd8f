import { expect, test } from 'vitest'
import { Ledger } from '../test/ledger.js'

test('a purchase takes price, multiplier and fees out of the cash', () => {
  const ledger = new Ledger(1_000_000_000)
  ledger.fill(2, 1_150_000, 1_300_000)
  expect(ledger.account.cashMicros).toBe(1_000_000_000 - 230_000_000 - 1_300_000)
})

test('a sale brings price times multiplier and still costs fees', () => {
  const ledger = new Ledger(0)
  ledger.fill(-1, 1_000_000, 650_000)
  expect(ledger.account.cashMicros).toBe(100_000_000 - 650_000)
})

test('equity values a long at the bid and a short at the ask', () => {
  const long = new Ledger(1_000_000_000)
  long.fill(2, 1_000_000)
  long.bidMicros = 900_000
  long.askMicros = 1_100_000
  expect(long.account.equityMicros).toBe(980_000_000)
  const short = new Ledger(1_000_000_000)
  short.fill(-1, 1_000_000)
  short.bidMicros = 900_000
  short.askMicros = 1_100_000
  expect(short.account.equityMicros).toBe(990_000_000)
})

test('without a quote equity keeps the last mark, and what was paid before any', () => {
  const ledger = new Ledger(1_000_000_000)
  ledger.fill(1, 1_000_000)
  expect(ledger.account.equityMicros).toBe(1_000_000_000)
  ledger.bidMicros = 800_000
  expect(ledger.account.equityMicros).toBe(980_000_000)
  ledger.bidMicros = Number.NaN
  expect(ledger.account.equityMicros).toBe(980_000_000)
})

test('the session starts at the equity of that moment', () => {
  const ledger = new Ledger(1_000_000_000)
  expect(ledger.account.sessionStartEquityMicros).toBe(1_000_000_000)
  ledger.fill(1, 1_000_000)
  ledger.bidMicros = 1_200_000
  expect(ledger.account.sessionStartEquityMicros).toBe(1_000_000_000)
  ledger.account.startSession()
  expect(ledger.account.sessionStartEquityMicros).toBe(1_020_000_000)
})

test('a settlement of a long brings its value, of a short takes it', () => {
  const ledger = new Ledger(0)
  const { account, instrument } = ledger
  const settlement = {
    instrument,
    priceMicros: 3_000_000,
    feesMicros: 5,
    receivedUs: 0,
    reason: 'exercised',
  } as const
  account.settle({ ...settlement, contracts: 1 })
  expect(account.cashMicros).toBe(299_999_995)
  account.settle({ ...settlement, contracts: -1 })
  expect(account.cashMicros).toBe(-10)
})
