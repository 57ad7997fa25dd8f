import { PositionBook } from '@scalp/positions'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  AVERAGE_TOLERANCE,
  type LedgerFill,
  OrderLedger,
  Reconciler,
  type SyntheticFill,
} from '../src/index.js'
import { Venue } from './venue.js'

const SYMBOLS = ['TSLA240105C00250000', 'SPY240105P00470500'] as const
const SECOND = 1_000_000
const GRACE_SECONDS = 30
const { env } = process
/** `SCALP_RECONCILE_RUNS` for the long run. */
const numRuns = Number(env['SCALP_RECONCILE_RUNS'] ?? 400)

const price = fc.integer({ min: 1, max: 9_000_000 })
const pick = fc.nat({ max: 1_000 })
const symbol = fc.constantFrom(...SYMBOLS)
const side = fc.constantFrom('buy' as const, 'sell' as const)
const contracts = fc.integer({ min: 1, max: 9 })

/** What may happen, to us and at the venue. */
const ours = [
  /** `fate`: it arrives, or it arrives and the answer is lost, or it is late, or it never arrives. */
  fc.record({
    kind: fc.constant('submit' as const),
    symbol,
    side,
    contracts,
    fate: fc.constantFrom('sent', 'mute', 'late', 'never'),
  }),
  fc.record({ kind: fc.constant('fill' as const), pick, contracts, price }),
  fc.record({ kind: fc.constant('fill' as const), pick, contracts, price }),
  fc.record({ kind: fc.constant('cancel' as const), pick }),
  fc.record({ kind: fc.constant('arrive' as const) }),
  /** A word of any age is delivered; some are twice, some never. */
  fc.record({ kind: fc.constant('deliver' as const), pick }),
  fc.record({ kind: fc.constant('deliver' as const), pick }),
  /** A look, while an order fills between two of its questions. */
  fc.record({ kind: fc.constant('look' as const), pick, contracts, price }),
  fc.record({ kind: fc.constant('restart' as const) }),
]
const theirs = fc.record({ kind: fc.constant('user' as const), symbol, side, contracts, price })
const steps = fc.array(fc.oneof(...ours), { minLength: 1, maxLength: 60, size: 'max' })
const stepsWithUser = fc.array(fc.oneof(...ours, theirs), { minLength: 1, maxLength: 60, size: 'max' })
type Step =
  typeof steps extends fc.Arbitrary<(infer Each)[]>
    ? Each | { kind: 'user'; symbol: string; side: 'buy' | 'sell'; contracts: number; price: number }
    : never

/** Our side: a ledger, a book, and a reconciler between them and the venue. */
class Desk {
  readonly venue = new Venue()
  ledger = new OrderLedger()
  book = new PositionBook()
  reconciler: Reconciler
  readonly fills: (LedgerFill | SyntheticFill)[] = []
  readonly announced: Parameters<OrderLedger['announce']>[0][] = []
  readonly late: string[] = []
  nowUs = 0
  #users = 0

  constructor() {
    this.reconciler = this.#reconciler()
  }

  async step(step: Step): Promise<void> {
    this.nowUs += SECOND / 10
    switch (step.kind) {
      case 'submit':
        this.#submit(step)
        break
      case 'fill':
      case 'cancel': {
        const ids = [...this.venue.orders.keys()]
        const id = ids[step.pick % ids.length]
        if (id === undefined) break
        if (step.kind === 'fill') this.venue.fill(id, step.contracts, step.price)
        else this.venue.cancel(id)
        break
      }
      case 'arrive':
        this.#arrive()
        break
      case 'deliver': {
        const word = this.venue.words[step.pick % this.venue.words.length]
        if (word !== undefined)
          for (const fill of this.ledger.learn(word, this.nowUs).fills) this.#apply(fill)
        break
      }
      case 'look':
        this.venue.meanwhile = () => {
          const ids = [...this.venue.orders.keys()]
          const id = ids[step.pick % ids.length]
          if (id !== undefined) this.venue.fill(id, step.contracts, step.price)
        }
        await this.reconciler.look(this.nowUs)
        this.venue.meanwhile = undefined
        for (const id of this.late)
          expect(this.ledger.state(id), 'late, and taken for gone').toMatch(/announced|unknown/)
        break
      case 'restart':
        this.#restart()
        break
      case 'user': {
        const { symbol: of, side: way, contracts: many, price: at } = step
        const id = `user-${++this.#users}`
        this.venue.place({ clientOrderId: id, symbol: of, side: way, contracts: many })
        this.venue.fill(id, many, at)
        break
      }
    }
  }

  /** Nothing happens any more: what is under way arrives, what works is cancelled, and we look until all agrees. */
  async settle(): Promise<void> {
    while (this.late.length > 0) this.#arrive()
    for (const id of this.venue.orders.keys()) this.venue.cancel(id)
    for (let look = 0; look < 6; look++) {
      this.nowUs += GRACE_SECONDS * SECOND
      const { isSettled } = await this.reconciler.look(this.nowUs)
      if (isSettled && look > 2) break
    }
  }

  #submit({ symbol: of, side: way, contracts: many, fate }: Extract<Step, { kind: 'submit' }>): void {
    const order = {
      clientOrderId: `r1-order-${this.announced.length + 1}`,
      symbol: of,
      side: way,
      contracts: many,
      reduces: way === 'sell',
      decidedUs: this.nowUs,
      positionType: 'scalp',
    }
    this.announced.push(order)
    this.ledger.announce(order)
    if (fate === 'sent' || fate === 'mute') this.venue.place(order)
    if (fate === 'late') this.late.push(order.clientOrderId)
    if (fate !== 'sent') this.ledger.lost(order.clientOrderId, this.nowUs)
  }

  #arrive(): void {
    const id = this.late.shift()
    const order = this.announced.find(({ clientOrderId }) => clientOrderId === id)
    /** A late order arrives within the grace: that is what the grace is for. */
    if (order !== undefined) this.venue.place(order)
  }

  #apply(fill: LedgerFill | SyntheticFill): void {
    this.fills.push(fill)
    const positionType = fill.positionType as 'scalp' | 'external'
    if (!this.book.apply({ ...fill, positionType })) throw new Error(`${fill.fillId} came twice`)
  }

  /** The process dies; ledger and book come back from what was recorded. */
  #restart(): void {
    this.ledger = new OrderLedger()
    for (const order of this.announced) this.ledger.announce(order)
    for (const fill of this.fills) if ('clientOrderId' in fill) this.ledger.replayFill(fill)
    const book = new PositionBook()
    for (const fill of this.fills)
      book.apply({ ...fill, positionType: fill.positionType as 'scalp' | 'external' })
    this.book = book
    this.reconciler = this.#reconciler()
  }

  #reconciler(): Reconciler {
    return new Reconciler({
      ledger: this.ledger,
      broker: this.venue,
      positions: () => this.book.open(),
      fillsOf: (of) => this.book.fillsOf(of),
      apply: (fill) => this.#apply(fill),
      graceSeconds: GRACE_SECONDS,
    })
  }
}

async function play(list: readonly Step[]): Promise<Desk> {
  const desk = new Desk()
  for (const step of list) await desk.step(step)
  await desk.settle()
  return desk
}

async function expectAgreement({ book, venue, ledger }: Desk): Promise<void> {
  expect(ledger.open()).toEqual([])
  const broker = await venue.positions()
  for (const of of SYMBOLS) {
    const mine = book.open().filter(({ symbol: held }) => held === of)
    const quantity = mine.reduce((sum, { contracts: held }) => sum + held, 0)
    const theirsOf = broker.find(({ symbol: held }) => held === of)
    expect(quantity).toBe(theirsOf?.contracts ?? 0)
    if (theirsOf === undefined) continue
    const cost = mine.reduce((sum, { contracts: held, averageMicros }) => sum + held * averageMicros, 0)
    const away = Math.abs(cost / quantity - theirsOf.averageMicros)
    /** Prices are whole micro-dollars, so one of them is the least that can be told apart. */
    expect(away).toBeLessThanOrEqual(Math.max(1, theirsOf.averageMicros * AVERAGE_TOLERANCE))
  }
}

test("whatever is lost, late or doubled: quantities, averages and cash become the broker's, and no order is sent twice", async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (list) => {
      const desk = await play(list)
      await expectAgreement(desk)
      const { book, venue, ledger, fills, announced } = desk
      expect(book.open().every(({ positionType }) => positionType === 'scalp')).toBe(true)
      const rows = book.positions()
      const cost = rows.reduce((sum, { sums }) => sum + (sums?.costMicros ?? 0), 0)
      const made = rows.reduce((sum, { realisedMicros }) => sum + realisedMicros, 0) / 100
      const filled = fills.reduce((sum, fill) => sum + fill.contracts, 0)
      /** A fill's price is rounded to a micro-dollar: half of one a contract is all that may be lost. */
      expect(Math.abs(made - cost - venue.cashMicros)).toBeLessThanOrEqual(0.5 * filled)
      for (const { clientOrderId } of announced) {
        const real = venue.orders.get(clientOrderId)
        expect(ledger.filled(clientOrderId)).toBe(real?.filled ?? 0)
        expect(ledger.state(clientOrderId)).toBe(real?.status ?? 'gone')
      }
    }),
    { numRuns },
  )
})

test('with somebody else trading in the account, what is not ours becomes external and is never closed by us', async () => {
  await fc.assert(
    fc.asyncProperty(stepsWithUser, async (list) => {
      const desk = await play(list as Step[])
      await expectAgreement(desk)
      for (const fill of desk.fills) if ('clientOrderId' in fill) expect(fill.positionType).toBe('scalp')
    }),
    { numRuns },
  )
})

test('the ids of fills are a function of what happened: played again they are the same, and all of them are known', async () => {
  await fc.assert(
    fc.asyncProperty(stepsWithUser, async (list) => {
      const [one, two] = [await play(list as Step[]), await play(list as Step[])]
      expect(two.fills).toEqual(one.fills)
      const before = one.book.positions()
      for (const fill of one.fills)
        expect(one.book.apply({ ...fill, positionType: fill.positionType as 'scalp' | 'external' })).toBe(
          false,
        )
      expect(one.book.positions()).toEqual(before)
    }),
    { numRuns: numRuns / 4 },
  )
})
