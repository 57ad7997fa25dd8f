import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type BookFill, BookProjection, PositionBook } from './index.js'

const SYMBOL = 'TSLA240105C00250000'

function fill(fillId: string, signed: number, priceMicros: number, more: Partial<BookFill> = {}): BookFill {
  const side = signed > 0 ? 'buy' : 'sell'
  return {
    fillId,
    symbol: SYMBOL,
    side,
    contracts: Math.abs(signed),
    priceMicros,
    receivedUs: 1_000_000,
    ...more,
  }
}

test('partial fills make one position at their average, with fees, excursions and a reason to leave', () => {
  const book = new PositionBook({ exits: { scalp: { takeProfitPct: 20 } } })
  book.apply(fill('a', 1, 1_000_000, { feesMicros: 650_000, tag: 'burst', scalp: { signalId: 's1' } }))
  book.apply(fill('b', 3, 1_200_000, { feesMicros: 1_950_000 }))
  book.mark(SYMBOL, 1_265_000, 1_300_000)
  book.mark(SYMBOL, 1_035_000, 1_300_000)
  expect(book.get(SYMBOL, 'scalp')).toMatchObject({
    id: 'a',
    action: 'BUY_CALL',
    contracts: 4,
    fillMicros: 1_150_000,
    entryCostMicros: 460_000_000,
    currentMicros: 1_035_000,
    currentValueMicros: 414_000_000,
    pnlMicros: -46_000_000 - 2_600_000,
    maxGainPct: expect.closeTo(10, 9),
    maxDrawdownPct: expect.closeTo(-10, 9),
    exit: { takeProfitPct: 20 },
    scalp: { signalId: 's1' },
    realisedContracts: 0,
  })
  book.apply(fill('c', -1, 1_350_000, { tag: 'take_profit' }))
  expect(book.get(SYMBOL, 'scalp')).toMatchObject({
    contracts: 3,
    realisedContracts: 1,
    realisedMicros: 20_000_000,
  })
  book.apply(fill('d', -3, 1_150_000, { tag: 'trailing_stop', receivedUs: 9_000_000 }))
  expect(book.open()).toEqual([])
  expect(book.positions()).toMatchObject([
    {
      status: 'closed',
      exitReason: 'trailing_stop',
      contracts: 4,
      pnlMicros: 17_400_000,
      closedUs: 9_000_000,
      realisedContracts: 4,
    },
  ])
  expect(book.summary()).toMatchObject({ trades: 1, wins: 1, totalPnlDollars: 17.4 })
})

test('one symbol is held for several purposes at once, and each is a position of its own', () => {
  const book = new PositionBook()
  book.apply(fill('a', 2, 1_000_000))
  book.apply(fill('b', 5, 3_000_000, { positionType: 'external' }))
  book.apply(fill('c', -2, 1_500_000))
  expect(book.open()).toEqual([
    { symbol: SYMBOL, positionType: 'external', contracts: 5, averageMicros: 3_000_000 },
  ])
  expect(book.get(SYMBOL, 'external')).toMatchObject({ exit: null, status: 'open' })
})

test('a fill through zero closes one position and opens the next under an id of its own', () => {
  const book = new PositionBook()
  book.apply(fill('a', 1, 1_000_000))
  book.apply(fill('b', -3, 1_200_000))
  expect(
    book.positions().map(({ id, status, contracts, action }) => [id, status, contracts, action]),
  ).toEqual([
    ['b', 'open', 2, 'SELL_CALL'],
    ['a', 'closed', 1, 'BUY_CALL'],
  ])
})

test('marks are written at most once a second, everything else at once', () => {
  const book = new PositionBook()
  book.apply(fill('a', 1, 1_000_000))
  expect(book.takeChange(0)?.positions).toHaveLength(1)
  expect(book.takeChange(0)).toBeUndefined()
  let writes = 0
  for (let ms = 0; ms < 5_000; ms += 10) {
    book.mark(SYMBOL, 1_000_000 + ms, 1_100_000)
    writes += book.takeChange(ms * 1_000)?.positions.length ?? 0
  }
  expect(writes).toBe(4)
  book.apply(fill('b', 1, 1_000_000))
  expect(book.takeChange(4_995_000)?.fills.map(({ fillId }) => fillId)).toEqual(['b'])
})

test('a settlement ends every purpose of the symbol, once', () => {
  const book = new PositionBook()
  book.apply(fill('a', 2, 1_000_000))
  book.apply(fill('b', 1, 1_000_000, { positionType: 'external' }))
  const settlement = { symbol: SYMBOL, priceMicros: 0, receivedUs: 5, reason: 'expired' }
  expect(book.settle(settlement)).toBe(2)
  expect(book.settle(settlement)).toBe(0)
  expect(book.positions().map(({ exitReason, pnlMicros }) => [exitReason, pnlMicros])).toEqual([
    ['expired', -200_000_000],
    ['expired', -100_000_000],
  ])
})

test('numbers that no fill has are refused and change nothing', () => {
  const book = new PositionBook()
  for (const wrong of [
    fill('a', 1.5, 1),
    fill('a', 1, Number.NaN),
    fill('a', 1, -1),
    fill('', 1, 1),
    fill('a', 1, 1, { feesMicros: 0.5 }),
  ])
    expect(() => book.apply(wrong)).toThrow(expect.objectContaining({ code: 'POSITION_INPUT' }))
  expect(book.open()).toEqual([])
  expect(book.takeChange(0)).toBeUndefined()
})

const arbitraryFills = fc.array(
  fc.record({
    signed: fc.integer({ min: -9, max: 9 }).filter((value) => value !== 0),
    price: fc.integer({ min: 0, max: 9_000_000 }),
    fees: fc.integer({ min: 0, max: 2_000_000 }),
    positionType: fc.constantFrom('scalp' as const, 'regime' as const, 'external' as const),
    isDoubled: fc.boolean(),
  }),
  { minLength: 1, maxLength: 40, size: 'max' },
)

test('whatever is filled, cash and rows agree, and a restart in between changes nothing', () => {
  fc.assert(
    fc.property(arbitraryFills, fc.nat(), (list, cut) => {
      let book = new PositionBook()
      const straight = new PositionBook()
      let cash = 0
      for (const [index, { signed, price, fees, positionType, isDoubled }] of list.entries()) {
        const one = fill(`f${index}`, signed, price, { feesMicros: fees, positionType })
        cash -= signed * price * 100 + fees
        for (const each of [book, straight]) {
          expect(each.apply(one)).toBe(true)
          if (isDoubled) expect(each.apply(one)).toBe(false)
        }
        if (index === cut % list.length) {
          const stored = JSON.parse(
            JSON.stringify({
              positions: book.positions(),
              statistics: [...book.statistics()],
              fills: book.holdings(),
              journalSeq: 0,
            }),
          )
          book = new PositionBook()
          book.restore(stored)
        }
      }
      const rows = (of: PositionBook) =>
        JSON.parse(JSON.stringify(of.positions().toSorted((a, b) => (a.id < b.id ? -1 : 1))))
      expect(rows(book)).toEqual(rows(straight))
      const held = straight.positions().reduce((sum, row) => sum + (row.sums?.costMicros ?? 0) * 100, 0)
      const made = straight.positions().reduce((sum, row) => sum + row.realisedMicros - row.feesMicros, 0)
      expect(cash + held).toBe(made)
    }),
    { numRuns: 150 },
  )
})

test('the same journal entries make the same book again', () => {
  const entries = [
    { type: 'order-submitted', atUs: 1, symbol: SYMBOL, order: { id: 'order-1', tag: 'burst' } },
    {
      type: 'order-filled',
      atUs: 2,
      fillId: 'r1-order-1.2',
      orderId: 'order-1',
      symbol: SYMBOL,
      side: 'buy',
      contracts: 2,
      priceMicros: 1_000_000,
      feesMicros: 5,
    },
    { type: 'decision', atUs: 3 },
    { type: 'mark', atUs: 3, symbol: SYMBOL, bidMicros: 1_100_000, askMicros: null },
    {
      type: 'order-filled',
      atUs: 2,
      fillId: 'r1-order-1.2',
      orderId: 'order-1',
      symbol: SYMBOL,
      side: 'buy',
      contracts: 2,
      priceMicros: 1_000_000,
      feesMicros: 5,
    },
    {
      type: 'order-filled',
      atUs: 4,
      fillId: 'sync:x',
      symbol: SYMBOL,
      side: 'buy',
      contracts: 1,
      priceMicros: 900_000,
      positionType: 'external',
    },
    {
      type: 'position-settled',
      atUs: 5,
      symbol: SYMBOL,
      priceMicros: 2_000_000,
      feesMicros: 0,
      reason: 'exercised',
    },
  ]
  const project = () => {
    const book = new PositionBook()
    const projection = new BookProjection(book)
    for (const entry of entries) projection.take({ run: 1, entry })
    return book
  }
  const book = project()
  expect(book.positions()).toEqual(project().positions())
  expect(
    book
      .positions()
      .map(({ positionType, pnlMicros, maxGainPct, exitReason }) => [
        positionType,
        pnlMicros,
        Math.round(maxGainPct),
        exitReason,
      ]),
  ).toEqual([
    ['scalp', 199_999_995, 10, 'exercised'],
    ['external', 110_000_000, 0, 'exercised'],
  ])
})
