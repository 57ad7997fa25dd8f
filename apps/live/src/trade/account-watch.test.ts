import type { Account } from '@scalp/alpaca'
import type { JournalEntry } from '@scalp/canonical'
import { expect, test } from 'vitest'
import { liveConfigSchema } from '../config/schema.js'
import { AccountWatch, toAccountStatus } from './account-watch.js'

const rules = liveConfigSchema.parse({}).gates.account
const account: Account = {
  id: 'a',
  status: 'ACTIVE',
  cashMicros: 9_000e6,
  equityMicros: 9_000e6,
  lastEquityMicros: 9_000e6,
  buyingPowerMicros: 9_000e6,
  optionsBuyingPowerMicros: 9_000e6,
  optionsTradingLevel: 2,
  multiplier: 1,
  nonMarginableBuyingPowerMicros: 4_000e6,
  dayTradeCount: 2,
  isTradable: true,
}

test('an account that borrows nothing is a cash account, and what it may spend is settled', () => {
  expect(toAccountStatus(account, 'auto', 7)).toEqual({
    type: 'cash',
    settledCashMicros: 4_000e6,
    optionLevel: 2,
    dayTrades: 2,
    sourceUs: 7,
  })
  expect(toAccountStatus({ ...account, multiplier: 2 }, 'auto', 7).type).toBe('margin')
  expect(toAccountStatus({ ...account, multiplier: Number.NaN }, 'auto', 7).type).toBe('cash')
  expect(toAccountStatus({ ...account, multiplier: 4 }, 'cash', 7).type).toBe('cash')
  const silent = { ...account, nonMarginableBuyingPowerMicros: Number.NaN }
  expect(toAccountStatus(silent, 'auto', 7).settledCashMicros).toBeNaN()
})

test('an answer grows old, and then counts as none until there is another', async () => {
  let ms = 0
  const watch = new AccountWatch({
    client: { account: () => Promise.resolve(account) },
    nowUs: () => 5,
    nowMs: () => ms,
    rules,
  })
  expect(watch.status()).toBeUndefined()
  await watch.look()
  const first = watch.status()
  expect(first).toMatchObject({ type: 'cash', sourceUs: 5 })
  ms = 60_000
  expect(watch.status()).toBe(first)
  ms = 60_001
  expect(watch.status()).toBeUndefined()
  await watch.look()
  expect(watch.status()).toEqual(first)
})

test('an answer that an order has overtaken is dropped', async () => {
  let answer: (account: Account) => void = () => undefined
  const watch = new AccountWatch({
    client: { account: () => new Promise<Account>((resolve) => (answer = resolve)) },
    nowUs: () => 5,
    rules,
  })
  const look = watch.look()
  watch.hear({ type: 'order-submitted', atUs: 6 } as JournalEntry)
  answer(account)
  await look
  expect(watch.status()).toBeUndefined()
})

test('without rules nothing is asked', async () => {
  const watch = new AccountWatch({
    client: { account: () => Promise.reject(new Error('asked')) },
    nowUs: () => 5,
    rules: null,
  })
  await watch.look()
  expect(watch.status()).toBeUndefined()
})
