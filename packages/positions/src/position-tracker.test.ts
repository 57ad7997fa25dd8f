import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Ledger } from '../test/ledger.js'

test('a long that was bought twice has the average of both and pays off against it', () => {
  const ledger = new Ledger()
  ledger.fill(1, 1_000_000, 650_000, 'burst')
  ledger.fill(2, 1_300_000, 1_300_000)
  expect(ledger.tracker.get(ledger.instrument)).toEqual({
    instrument: ledger.instrument,
    contracts: 3,
    averageMicros: 1_200_000,
    openedUs: 1_000_000,
  })
  expect(ledger.tracker.costMicros(ledger.instrument)).toBe(360_000_000)
  ledger.fill(-3, 1_500_000, 1_950_000, 'take_profit')
  expect(ledger.tracker.open()).toEqual([])
  expect(ledger.tracker.contracts(ledger.instrument)).toBe(0)
  expect(ledger.tracker.closed).toEqual([
    {
      instrument: ledger.instrument,
      symbol: 'TSLA240105C00250000',
      positionType: 'scalp',
      contracts: 3,
      entryTag: 'burst',
      exitReason: 'take_profit',
      openedUs: 1_000_000,
      closedUs: 3_000_000,
      entryMicros: 1_200_000,
      exitMicros: 1_500_000,
      feesMicros: 3_900_000,
      grossMicros: 90_000_000,
      netMicros: 86_100_000,
      maxGainPct: 0,
      maxDrawdownPct: 0,
    },
  ])
})

test('a short gains when the price falls', () => {
  const ledger = new Ledger()
  ledger.fill(-2, 2_000_000)
  expect(ledger.tracker.contracts(ledger.instrument)).toBe(-2)
  ledger.fill(2, 1_500_000)
  expect(ledger.tracker.closed[0]).toMatchObject({ contracts: -2, grossMicros: 100_000_000 })
})

test('a short loses when the price rises', () => {
  const ledger = new Ledger()
  ledger.fill(-1, 2_000_000)
  ledger.fill(1, 2_500_000)
  expect(ledger.tracker.closed[0]?.grossMicros).toBe(-50_000_000)
})

test('a fill through zero ends one trip and starts the other way, with its share of the fees', () => {
  const ledger = new Ledger()
  ledger.fill(1, 1_000_000)
  ledger.fill(-3, 1_200_000, 3_000_000, 'flip')
  expect(ledger.tracker.closed).toHaveLength(1)
  expect(ledger.tracker.closed[0]).toMatchObject({ grossMicros: 20_000_000, feesMicros: 1_000_000 })
  expect(ledger.tracker.get(ledger.instrument)).toMatchObject({ contracts: -2, averageMicros: 1_200_000 })
  expect(ledger.tracker.realized().feesMicros).toBe(3_000_000)
})

test('partial closes of an average that does not divide leave no residue', () => {
  const ledger = new Ledger()
  ledger.fill(2, 1_000_000)
  ledger.fill(1, 1_000_001)
  for (let i = 0; i < 3; i++) ledger.fill(-1, 1_000_000)
  expect(ledger.tracker.closed[0]?.grossMicros).toBe(-100)
  expect(ledger.tracker.costMicros(ledger.instrument)).toBe(0)
})

test('a partial close takes its share of the cost', () => {
  const ledger = new Ledger()
  ledger.fill(4, 1_000_000)
  ledger.fill(-3, 1_200_000)
  expect(ledger.tracker.realized().grossMicros).toBe(60_000_000)
  expect(ledger.tracker.get(ledger.instrument)).toMatchObject({ contracts: 1, averageMicros: 1_000_000 })
})

test('the same fill twice counts once', () => {
  const ledger = new Ledger()
  const fill = ledger.fill(1, 1_000_000)
  expect(ledger.tracker.apply(fill)).toBe(false)
  expect(ledger.tracker.contracts(ledger.instrument)).toBe(1)
  expect(ledger.tracker.duplicates).toBe(1)
})

test('a settlement ends what is held, and again does nothing', () => {
  const ledger = new Ledger()
  ledger.fill(2, 1_000_000)
  const { instrument, tracker } = ledger
  const rest = {
    instrument,
    priceMicros: 0,
    feesMicros: 0,
    receivedUs: 9_000_000,
    reason: 'expired',
  } as const
  expect(tracker.settle({ ...rest, contracts: 3 })).toBe(false)
  expect(tracker.settle({ ...rest, contracts: -2 })).toBe(false)
  expect(tracker.settle({ ...rest, contracts: 2 })).toBe(true)
  expect(tracker.settle({ ...rest, contracts: 2 })).toBe(false)
  expect(tracker.contracts(instrument)).toBe(0)
  expect(tracker.duplicates).toBe(3)
  expect(tracker.closed[0]).toMatchObject({ exitReason: 'expired', grossMicros: -200_000_000 })
})

test('a long is marked at the bid, and an empty bid is no mark', () => {
  const ledger = new Ledger()
  ledger.fill(1, 1_000_000)
  ledger.tracker.mark(ledger.instrument, 1_250_000, 9_000_000)
  ledger.tracker.mark(ledger.instrument, Number.NaN, 9_000_000)
  ledger.tracker.mark(ledger.instrument, 900_000, 9_000_000)
  ledger.tracker.mark(ledger.instrument, 1_100_000, 9_000_000)
  ledger.fill(-1, 1_100_000)
  expect(ledger.tracker.closed[0]).toMatchObject({ maxGainPct: 25, maxDrawdownPct: -10 })
})

test('a short is marked at the ask, and a rise is its drawdown', () => {
  const ledger = new Ledger()
  ledger.fill(-1, 1_000_000)
  ledger.tracker.mark(ledger.instrument, 0, 1_250_000)
  ledger.tracker.mark(ledger.instrument, 0, 500_000)
  ledger.fill(1, 1_000_000)
  expect(ledger.tracker.closed[0]).toMatchObject({ maxGainPct: 50, maxDrawdownPct: -25 })
})

const fills = fc.array(
  fc.record({
    contracts: fc.integer({ min: 1, max: 40 }),
    isBuy: fc.boolean(),
    price: fc.integer({ min: 1, max: 50_000_000 }),
    fees: fc.integer({ min: 0, max: 5_000_000 }),
  }),
  { minLength: 1, maxLength: 30 },
)

test('cash, positions and profits reconcile with the fills to the micro-dollar', () => {
  fc.assert(
    fc.property(fills, (list) => {
      const start = 1_000_000_000
      const ledger = new Ledger(start)
      let [held, spent] = [0, 0]
      for (const { contracts, isBuy, price, fees } of list) {
        const signed = isBuy ? contracts : -contracts
        ledger.fill(signed, price, fees)
        held += signed
        spent += signed * price * 100 + fees
      }
      const { grossMicros, feesMicros } = ledger.tracker.realized()
      expect(ledger.account.cashMicros).toBe(start - spent)
      expect(ledger.tracker.contracts(ledger.instrument)).toBe(held)
      expect(ledger.account.cashMicros + ledger.tracker.costMicros(ledger.instrument)).toBe(
        start + grossMicros - feesMicros,
      )
    }),
    { numRuns: 150 },
  )
})
