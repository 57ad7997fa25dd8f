import { type ApprovedOrder, createRandom, InstrumentTable, type OrderId, toOrderId } from '@scalp/canonical'
import { expect, test } from 'vitest'
import { createAlpacaBroker } from '../src/live/alpaca-broker.js'
import { createAlpacaFeed } from '../src/live/alpaca-feed.js'
import { TokenBucket } from '../src/rest/token-bucket.js'
import { createFakeAlpaca, type FakeAlpaca } from '../src/testing/fake-alpaca.js'

/** Short unless told: `SCALP_SOAK_SECONDS=600` is the soak of ten minutes. */
const SECONDS = Number(process.env['SCALP_SOAK_SECONDS'] ?? 6)
const CALL = 'SPY261218C00600000'

interface Fault {
  readonly name: string
  /** Answers what is to be undone before the next. */
  readonly cause: (fake: FakeAlpaca, chance: number) => (() => void) | undefined
}

const FAULTS: readonly Fault[] = [
  {
    name: 'drop',
    cause: (fake) => {
      fake.dropAll()
      return undefined
    },
  },
  {
    name: 'half-open',
    cause: (fake) => {
      fake.streamFaults.isSilent = fake.streamFaults.isDeaf = true
      return () => {
        fake.streamFaults.isSilent = fake.streamFaults.isDeaf = false
      }
    },
  },
  {
    name: '406',
    cause: (fake) => {
      fake.streamFaults.zombieMs = 60
      fake.market.drop()
      return () => {
        fake.streamFaults.zombieMs = 0
      }
    },
  },
  {
    name: '429',
    cause: (fake, chance) => {
      fake.restFaults.next(
        { kind: 'status', status: 429, retryAfter: 0.02 },
        chance < 0.5 ? { method: 'POST' } : {},
      )
      fake.streamFaults.refuseUpgrades = { status: 429, times: 1 }
      return undefined
    },
  },
  {
    name: '500',
    cause: (fake, chance) => {
      fake.restFaults.next(
        chance < 0.5 ? { kind: 'status', status: 500 } : { kind: 'hide-answer', status: 504 },
        chance < 0.75 ? { method: 'POST' } : {},
      )
      return undefined
    },
  },
  {
    name: 'reset',
    cause: (fake, chance) => {
      fake.restFaults.next({ kind: chance < 0.5 ? 'reset' : 'lose-answer' }, { method: 'POST' })
      return undefined
    },
  },
  {
    name: 'duplicate',
    cause: (fake) => {
      fake.streamFaults.duplicateUpdates = 3
      return undefined
    },
  },
  {
    name: 'reorder',
    cause: (fake) => {
      fake.streamFaults.reorderUpdates = 2
      return undefined
    },
  },
  {
    name: 'lose',
    cause: (fake) => {
      fake.streamFaults.loseUpdates = 2
      return undefined
    },
  },
  {
    name: 'slow',
    cause: (fake) => {
      fake.restFaults.next({ kind: 'slow', ms: 150 })
      return undefined
    },
  },
  {
    name: 'garbage',
    cause: (fake, chance) => {
      fake.market.sendRaw(Uint8Array.from({ length: 40 }, (_, index) => (index * 37 * chance * 255) & 255))
      fake.trading.sendRaw('{"stream":"trade_upd')
      fake.restFaults.next({ kind: 'garbage' }, { method: 'POST' })
      return undefined
    },
  },
  {
    name: 'late rejection',
    cause: (fake) => {
      fake.venue.settings.rejectLater++
      return undefined
    },
  },
  {
    name: 'fill on cancel',
    cause: (fake) => {
      fake.venue.settings.fillOnCancel++
      return undefined
    },
  },
  {
    name: 'partial fill',
    cause: (fake) => {
      fake.venue.settings.partialFills += 2
      return undefined
    },
  },
]

test(
  `no order is lost or doubled in ${SECONDS} s of faults`,
  async () => {
    const random = createRandom('chaos')
    const fake = await createFakeAlpaca({ requestsPerMinute: 1e9, cashMicros: 1e12 })
    fake.venue.list(CALL)
    const instruments = new InstrumentTable()
    const instrument = instruments.requireOption(CALL)
    const account = { held: 0, finals: new Map<string, number>(), fills: new Set<string>(), sent: 0 }
    const shared = {
      keyId: 'K',
      secretKey: 'S',
      instruments,
      baseSeconds: 0.01,
      maxSeconds: 0.1,
      limitedSeconds: 0.05,
      threshold: Number.POSITIVE_INFINITY,
      settleMs: 0,
      pingMs: 60,
      silenceMs: 100,
      isDataExpected: () => true,
    }
    const broker = createAlpacaBroker({
      ...shared,
      baseUrl: fake.url,
      streamUrl: fake.streamUrl,
      isDataExpected: () => false,
      runId: 'chaos',
      bucket: new TokenBucket({ perMinute: 1e9 }),
      timeoutMs: 100,
      reconcileMs: 50,
      unknownMs: 1_500,
      wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms / 50)),
    })
    await broker.connect({
      onOrderEvent: (event): undefined => {
        if (event.type === 'order-filled') {
          expect(account.fills.has(event.fillId)).toBe(false)
          account.fills.add(event.fillId)
          account.held += event.side === 'buy' ? event.contracts : -event.contracts
          if (event.remaining === 0) countFinal(event.orderId)
        } else if (event.type === 'order-rejected' || event.type === 'order-cancelled')
          countFinal(event.orderId)
      },
    })
    function countFinal(id: string): void {
      account.finals.set(id, (account.finals.get(id) ?? 0) + 1)
    }
    let quotes = 0
    const feed = createAlpacaFeed({ ...shared, baseUrl: fake.streamUrl, contracts: [CALL], underlyings: [] })
    await feed.start({
      onQuote: (): undefined => void quotes++,
      onTrade: () => undefined,
      onBar: () => undefined,
      onStatistic: () => undefined,
    })

    const books: Books = { clientIds: new Set(), doubled: 0, executed: 0 }
    const counts = new Map<string, number>()
    /** Orders to cancel, and from which turn on. */
    const cancels = new Map<OrderId, number>()
    const memory: number[] = []
    const end = Date.now() + SECONDS * 1_000
    for (let turn = 0; Date.now() < end; turn++) {
      const bid = 1 + Math.floor(random() * 20) / 100
      fake.quote(CALL, { bid, ask: bid + 0.02 })
      if (account.held <= 6 ? broker.openOrders < 4 : broker.openOrders === 0) submit(turn)
      for (const [id, due] of cancels) {
        if (due > turn) continue
        broker.cancel(id)
        cancels.delete(id)
      }
      let undo: (() => void) | undefined
      if (turn % 2 === 0) {
        /** One at a time for REST, or they would pile up until no order gets through. */
        fake.restFaults.clear()
        const fault = FAULTS[Math.floor(random() * FAULTS.length)] as Fault
        undo = fault.cause(fake, random())
        counts.set(fault.name, (counts.get(fault.name) ?? 0) + 1)
      }
      await pause(undo === undefined ? 8 : 80)
      undo?.()
      if (turn % 200 === 199) archive(fake, books)
      if (turn % Math.ceil(SECONDS / 2) === 0) memory.push(process.memoryUsage().heapUsed)
    }
    function submit(turn: number): void {
      const sells = account.held > 6 && broker.openOrders === 0
      const id = toOrderId('o', ++account.sent)
      broker.submit({
        id,
        instrument,
        side: sells ? 'sell' : 'buy',
        contracts: sells ? account.held : 1 + Math.floor(random() * 4),
        ...(random() < 0.7 ? { limitMicros: sells ? 1_000_000 : 1_150_000 } : {}),
        decidedUs: 0,
        reduces: sells,
      } as ApprovedOrder)
      cancels.set(id, turn + 1 + Math.floor(random() * 4))
    }

    /** The weather clears, and everything must come to rest. */
    fake.restFaults.clear()
    Object.assign(fake.streamFaults, { duplicateUpdates: 0, reorderUpdates: 0, loseUpdates: 0, zombieMs: 0 })
    fake.streamFaults.refuseUpgrades = undefined
    fake.quote(CALL, { bid: 1, ask: 3 })
    const settled = Date.now() + 20_000
    while (broker.openOrders > 0 && Date.now() < settled) {
      for (let sequence = 1; sequence <= account.sent; sequence++) broker.cancel(toOrderId('o', sequence))
      await pause(50)
    }
    expect(broker.openOrders).toBe(0)
    while (!(feed.isReady && broker.isListening) && Date.now() < settled) await pause(20)
    expect(feed.isReady && broker.isListening).toBe(true)

    archive(fake, books, 0)
    expect(books.doubled).toBe(0)
    expect(fake.venue.orders.size).toBe(0)
    expect(fake.venue.working.size).toBe(0)
    expect(account.finals.size).toBe(account.sent)
    expect(Array.from(account.finals.values()).every((count) => count === 1)).toBe(true)
    expect(account.held).toBe(fake.venue.positions.get(CALL)?.quantity ?? 0)
    expect(account.held).toBe(books.executed)
    const faults = Array.from(counts.values()).reduce((sum, count) => sum + count, 0)
    expect(faults).toBeGreaterThan(SECONDS * 3)
    expect(account.sent).toBeGreaterThan(SECONDS * 2)
    expect(quotes).toBeGreaterThan(0)
    /** Of a soak: the heap after the first minute is the heap at the end, give or take a collection. */
    if (SECONDS >= 120)
      expect(Math.min(...memory.slice(-8))).toBeLessThan(Math.max(...memory.slice(4, 20)) * 1.5)
    console.log(
      `${SECONDS} s, ${faults} faults, ${account.sent} orders, ${account.fills.size} fills, ${quotes} quotes; heap ${memory.map((bytes) => Math.round(bytes / 1e6)).join(' ')} MB`,
    )
    await Promise.all([broker.close(), feed.stop()])
    await fake.stop()
  },
  (SECONDS + 60) * 1_000,
)

/** What the venue did with orders that are over. */
interface Books {
  readonly clientIds: Set<string>
  doubled: number
  executed: number
}

/** Takes the venue's old final orders off it, all but the newest: the heap that is watched is then the client's. */
function archive({ venue }: FakeAlpaca, books: Books, keep = 500): void {
  const old = Array.from(venue.orders.values()).filter((order) => !venue.working.has(order))
  for (const { id, clientOrderId, side, filledQuantity } of old.slice(0, Math.max(0, old.length - keep))) {
    if (books.clientIds.has(clientOrderId)) books.doubled++
    books.clientIds.add(clientOrderId)
    books.executed += (side === 'buy' ? 1 : -1) * filledQuantity
    venue.orders.delete(id)
  }
  venue.activities.splice(0, Math.max(0, venue.activities.length - keep))
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}
