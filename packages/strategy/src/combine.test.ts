import type { Fill, InstrumentIndex, OrderIntent, PositionView, QuoteView } from '@scalp/canonical'
import { expect, test } from 'vitest'
import { combineStrategies } from './combine.js'
import { defineStrategy, type StrategyContext, type StrategyHandlers } from './contract.js'

const schema = { '~standard': { version: 1, vendor: 'test', validate: () => ({ value: {} }) } } as const
const A = 1 as InstrumentIndex
const B = 2 as InstrumentIndex

/** Two strategies, `one` and `two`, in a context that is played by hand. */
function setUp(extra: { readonly one?: StrategyHandlers } = {}) {
  const heard: string[] = []
  const intents: OrderIntent[] = []
  const flattened: InstrumentIndex[] = []
  const wakes: number[] = []
  const busy = new Set<InstrumentIndex>()
  let open: readonly PositionView[] = []
  const contexts = new Map<string, StrategyContext>()
  const member = (name: string, handlers: StrategyHandlers = {}) => ({
    name,
    config: {},
    strategy: defineStrategy<unknown>({
      contract: 1,
      name: 'test',
      config: schema,
      create(_config, context) {
        contexts.set(name, context)
        return {
          onQuote: (): undefined => void heard.push(`${name} quote`),
          onFill: (): undefined => void heard.push(`${name} fill`),
          onOrderEnd: (): undefined => void heard.push(`${name} end`),
          onManagedEnd: (): undefined => void heard.push(`${name} managed end`),
          onSettlement: (): undefined => void heard.push(`${name} settled`),
          onWake: (us): undefined => void heard.push(`${name} wake ${us}`),
          snapshot: () => `${name} state`,
          restore: (state): undefined => void heard.push(`${name} restores ${String(state)}`),
          ...handlers,
        }
      },
    }),
  })
  const context = {
    nowUs: 100,
    random: () => 0.5,
    instruments: {
      get: (index: InstrumentIndex) => ({ symbol: `S${index}` }),
      find: (symbol: string) => ({ index: Number(symbol.slice(1)) }),
    },
    positions: {
      contracts: (index: InstrumentIndex) =>
        open.find(({ instrument }) => instrument === index)?.contracts ?? 0,
      get: (index: InstrumentIndex) => open.find(({ instrument }) => instrument === index),
      open: () => open,
    },
    isBusy: (index: InstrumentIndex) => busy.has(index),
    submit(intent: OrderIntent) {
      busy.add(intent.instrument)
      intents.push(intent)
      return { status: 'submitted', orderId: `o-${intents.length}` }
    },
    manage(order: OrderIntent) {
      busy.add(order.instrument)
      intents.push(order)
      return { status: 'managed', id: 'm-1' }
    },
    flatten: (_tag: string, index: InstrumentIndex) => void flattened.push(index),
    wakeAt: (us: number) => void wakes.push(us),
  } as unknown as StrategyContext
  const combined = combineStrategies([member('one', extra.one), member('two')])
  const handlers = combined.create({}, context)
  const of = (name: string): StrategyContext => contexts.get(name) ?? expect.fail(name)
  const hold = (...instruments: InstrumentIndex[]) => {
    open = instruments.map((instrument) => ({ instrument, contracts: 1, averageMicros: 1, openedUs: 1 }))
    for (const instrument of instruments) busy.add(instrument)
  }
  return { combined, handlers, heard, intents, flattened, wakes, busy, of, hold }
}

const buy = (instrument: InstrumentIndex): OrderIntent => ({ instrument, side: 'buy', contracts: 1 })
const fillOf = (instrument: InstrumentIndex): Fill => ({ instrument }) as Fill

test('a contract is one strategy’s until it is free again', () => {
  const { of, busy, intents, combined } = setUp()
  expect(combined.name).toBe('one+two')
  expect(of('one').submit(buy(A)).status).toBe('submitted')
  expect(of('two').submit(buy(A))).toMatchObject({
    status: 'refused',
    refusals: [{ code: 'OWNED_BY_OTHER_STRATEGY', value: 'one', limit: 'two' }],
  })
  expect(of('two').manage({ ...buy(A), legs: [{ kind: 'market' }] }).status).toBe('refused')
  busy.delete(A)
  expect(of('two').submit(buy(A)).status).toBe('submitted')
  expect(intents.map(({ inputs }) => inputs?.['strategy'])).toEqual(['one', 'two'])
})

test('fills, ends and settlements go to whose they are; quotes go to all, in order', () => {
  const { handlers, of, heard } = setUp()
  of('one').submit(buy(A))
  of('two').manage({ ...buy(B), legs: [{ kind: 'market' }] })
  handlers.onFill?.(fillOf(B))
  handlers.onFill?.(fillOf(A))
  handlers.onOrderEnd?.({ instrument: A } as never)
  handlers.onManagedEnd?.({ instrument: B } as never)
  handlers.onQuote?.({ instrument: A } as QuoteView)
  handlers.onSettlement?.({ instrument: B, reason: 'expired' } as never)
  expect(heard).toEqual([
    'two fill',
    'one fill',
    'one end',
    'two managed end',
    'one quote',
    'two quote',
    'two settled',
  ])
})

test('each sees and flattens its own positions only', () => {
  const { of, hold, flattened } = setUp()
  of('one').submit(buy(A))
  of('two').submit(buy(B))
  hold(A, B)
  expect(
    of('one')
      .positions.open()
      .map(({ instrument }) => instrument),
  ).toEqual([A])
  expect(of('two').positions.contracts(A)).toBe(0)
  expect(of('two').positions.contracts(B)).toBe(1)
  of('two').flatten()
  expect(flattened).toEqual([B])
})

test('a wake is heard by who asked for it, one of the past at once', () => {
  const { handlers, of, heard, wakes } = setUp()
  of('one').wakeAt(500)
  of('two').wakeAt(50)
  expect(wakes).toEqual([500, 100])
  handlers.onWake?.(100)
  handlers.onWake?.(500)
  expect(heard).toEqual(['two wake 100', 'one wake 500'])
})

test('a strategy that asks for held quotes only gets those of its own', () => {
  const { handlers, of, heard } = setUp({ one: { quoteScope: 'held' } })
  expect(handlers.quoteScope).toBe('every')
  of('one').submit(buy(A))
  handlers.onQuote?.({ instrument: A } as QuoteView)
  handlers.onQuote?.({ instrument: B } as QuoteView)
  expect(heard).toEqual(['one quote', 'two quote', 'two quote'])
})

test('a position moved into an adjusted contract stays its owner’s', () => {
  const { handlers, of, heard } = setUp()
  of('two').submit(buy(A))
  handlers.onSettlement?.({ instrument: A, reason: 'adjusted' } as never)
  handlers.onFill?.(fillOf(B))
  expect(heard).toEqual(['two settled', 'two fill'])
})

test('what each must not forget survives a restart, and who owns what', () => {
  const first = setUp()
  first.of('two').submit(buy(A))
  const saved: unknown = JSON.parse(JSON.stringify(first.handlers.snapshot?.()))
  const second = setUp()
  second.handlers.restore?.(saved)
  second.handlers.onFill?.(fillOf(A))
  expect(second.heard).toEqual(['one restores one state', 'two restores two state', 'two fill'])
})
