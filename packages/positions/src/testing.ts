import { PositionBook } from './position-book.js'
import { RegimeTracker } from './regime-tracker.js'
import {
  fromRegimePosition,
  type PositionStore,
  type StoreChange,
  toRegimePosition,
} from './stored-position.js'

/** What the suite needs of a test framework; Vitest's and Jest's functions fit. */
export interface StoreTestFramework {
  readonly describe: (name: string, define: () => void) => void
  readonly test: (name: string, run: () => Promise<void>) => void
  readonly expect: (value: unknown) => {
    toEqual(expected: unknown): void
    toBe(expected: unknown): void
    readonly rejects: { toThrow(): Promise<void> }
  }
}

/** How the suite opens stores. */
export interface StoreFactory {
  /** Opens a store that is empty. */
  readonly openEmpty: () => Promise<PositionStore>
  /** Opens once more what the last `openEmpty` opened, as after a restart. */
  readonly reopen: () => Promise<PositionStore>
}

const CALL = 'TSLA240105C00250000'
const PUT = 'SPY240105P00470500'
const SECOND = 1_000_000

/** A book with an open scalp, an external put, a closed trade, fees, marks and something to remember. */
function sampleBook(): PositionBook {
  const book = new PositionBook({ exits: { scalp: { takeProfitPct: 20 }, regime: null } })
  const trade = (
    fillId: string,
    side: 'buy' | 'sell',
    contracts: number,
    priceMicros: number,
    at: number,
  ): boolean =>
    book.apply({
      fillId,
      symbol: CALL,
      side,
      contracts,
      priceMicros,
      feesMicros: 650_000 * contracts,
      receivedUs: at,
      tag: `${side}-${at}`,
    })
  trade('r1-o1.2', 'buy', 2, 1_000_000, SECOND)
  trade('r1-o2.2', 'sell', 2, 1_300_000, 2 * SECOND)
  trade('r1-o3.1', 'buy', 1, 1_000_000, 3 * SECOND)
  trade('r1-o3.3', 'buy', 2, 1_000_001, 4 * SECOND)
  trade('r1-o4.1', 'sell', 1, 900_000, 5 * SECOND)
  book.apply({
    fillId: 'sync:1',
    symbol: PUT,
    side: 'sell',
    contracts: 4,
    priceMicros: 2_500_000,
    receivedUs: 6 * SECOND,
    positionType: 'external',
  })
  book.mark(CALL, 1_250_000, 1_270_000)
  book.mark(PUT, 2_400_000, 2_450_000)
  book.remember(CALL, 'scalp', { trigger: 'burst', isTrailing: true })
  return book
}

/**
 * What every position store must do. Run it with the functions of your test framework:
 * `describeStore('mine', { openEmpty, reopen }, { describe, test, expect })`.
 */
export function describeStore(
  name: string,
  { openEmpty, reopen }: StoreFactory,
  { describe, test, expect }: StoreTestFramework,
): void {
  const change = (book: PositionBook, seq?: number): StoreChange =>
    book.takeChange(60 * SECOND, seq) as StoreChange
  describe(`position store: ${name}`, () => {
    test('an empty store holds nothing', async () => {
      const store = await openEmpty()
      expect(await store.load()).toEqual({ positions: [], statistics: [], fills: [], journalSeq: 0 })
      await store.close()
    })

    test('a book survives a restart to the last micro-dollar and fill', async () => {
      const book = sampleBook()
      const store = await openEmpty()
      await store.save(change(book, 17))
      await store.close()
      const again = await reopen()
      const loaded = await again.load()
      await again.close()
      expect(loaded.journalSeq).toBe(17)
      const restored = new PositionBook()
      restored.restore(loaded)
      const rows = (of: PositionBook): unknown =>
        JSON.parse(JSON.stringify(of.positions().toSorted((a, b) => (a.id < b.id ? -1 : 1))))
      expect(rows(restored)).toEqual(rows(book))
      expect(restored.open()).toEqual(book.open())
      expect(restored.holdings()).toEqual(book.holdings())
      expect([...restored.statistics()]).toEqual([...book.statistics()])
      const known = {
        fillId: 'r1-o3.3',
        symbol: CALL,
        side: 'buy',
        contracts: 2,
        priceMicros: 1,
        receivedUs: 9,
      } as const
      expect(restored.apply(known)).toBe(false)
      for (const each of [book, restored])
        each.apply({ ...known, fillId: 'r1-o5.2', side: 'sell', priceMicros: 1_111_111, tag: 'late' })
      expect(rows(restored)).toEqual(rows(book))
    })

    test('a later change replaces rows and adds fills once', async () => {
      const book = sampleBook()
      const store = await openEmpty()
      const first = change(book, 5)
      await store.save(first)
      await store.save(first)
      book.apply({
        fillId: 'r1-o6.2',
        symbol: CALL,
        side: 'sell',
        contracts: 2,
        priceMicros: 1_500_000,
        receivedUs: 7 * SECOND,
        tag: 'take_profit',
      })
      await store.save(change(book, 9))
      const { positions, fills, statistics, journalSeq } = await store.load()
      expect(positions.map(({ status }) => status).toSorted()).toEqual(['closed', 'closed', 'open'])
      expect(fills.map(({ fillId }) => fillId)).toEqual([
        'r1-o1.2',
        'r1-o2.2',
        'r1-o3.1',
        'r1-o3.3',
        'r1-o4.1',
        'sync:1',
        'r1-o6.2',
      ])
      expect(statistics).toEqual([...book.statistics()])
      expect(journalSeq).toBe(9)
      await store.close()
    })

    test('a change is written whole or not at all', async () => {
      const store = await openEmpty()
      const good = change(sampleBook(), 3)
      const [fill] = good.fills
      const broken = { ...good, fills: [...good.fills, { ...fill, fillId: null as never }] } as StoreChange
      await expect(store.save(broken)).rejects.toThrow()
      expect(await store.load()).toEqual({ positions: [], statistics: [], fills: [], journalSeq: 0 })
      await store.close()
    })

    test('a rebuild replaces everything', async () => {
      const store = await openEmpty()
      await store.save(change(sampleBook(), 40))
      const fresh = new PositionBook()
      fresh.apply({
        fillId: 'x.1',
        symbol: PUT,
        side: 'buy',
        contracts: 1,
        priceMicros: 3_000_000,
        receivedUs: 1,
      })
      await store.replace(change(fresh, 41))
      const { positions, fills, statistics, journalSeq } = await store.load()
      expect([positions.length, fills.length, statistics.length, journalSeq]).toEqual([1, 1, 0, 41])
      await store.close()
    })

    test('clearing removes closed positions or all, and leaves statistics', async () => {
      const store = await openEmpty()
      await store.save(change(sampleBook()))
      expect(await store.clearClosed()).toBe(1)
      expect(await store.clearAll()).toBe(2)
      expect(await store.clearAll()).toBe(0)
      expect((await store.load()).statistics.length).toBe(1)
      await store.close()
    })

    test('regime positions keep their signals, snoozes and unknowns', async () => {
      const tracker = new RegimeTracker()
      const option = {
        underlying: 'TSLA1',
        expiry: '2024-02-02',
        right: 'P',
        strikeThousandths: 250_125,
        multiplier: 10,
      } as const
      const opening = {
        option,
        action: 'SELL_PUT',
        contracts: 3,
        fillMicros: 2_410_000,
        openedUs: 5,
      } as const
      tracker.openPosition({ ...opening, id: 'a', dte: 7, delta: -0.25, recommendationId: 'signal-1' })
      tracker.openPosition({ ...opening, id: 'b' })
      tracker.update('a', { nowUs: 9, currentMicros: 1_000_000 })
      tracker.dismiss('a', { nowUs: 10, seconds: 60 })
      tracker.update('b', { nowUs: 11, currentMicros: 5_000_000 })
      const store = await openEmpty()
      const { positions, statistics } = tracker.snapshot()
      const rules = { takeProfitPercent: 40, stopLossPercent: -20, minDteExit: 1 }
      await store.save({
        positions: positions.map((position) => fromRegimePosition(position, rules)),
        fills: [],
        statistics,
      })
      const loaded = await store.load()
      expect(loaded.positions.map(toRegimePosition)).toEqual(positions)
      expect(loaded.positions[0]?.exit).toEqual(rules)
      await store.close()
    })
  })
}
