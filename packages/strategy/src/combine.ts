import {
  createRandom,
  type InstrumentIndex,
  type OrderIntent,
  type PositionView,
  type Refusal,
  type Us,
} from '@scalp/canonical'
import { CONTRACT_VERSION, type Strategy, type StrategyContext, type StrategyHandlers } from './contract.js'

/** One strategy of several in a run. */
export interface StrategyMember {
  /** Unique in the run; it stands in the record of each trade. */
  readonly name: string
  readonly strategy: Strategy<unknown>
  /** Validated: see `resolveConfig`. */
  readonly config: unknown
}

interface Member {
  readonly name: string
  readonly handlers: StrategyHandlers
}

/**
 * Makes one strategy of several, which share account, gates and limits.
 *
 * A contract belongs to one of them at a time: while one holds it or has an order in it, the others are refused there,
 * so that every fill, exit and profit is one strategy's own. Each sees and flattens only its own positions. Events go
 * to them in the order given, so the first wins where two want the same at the same instant.
 */
export function combineStrategies(given: readonly StrategyMember[]): Strategy<unknown> {
  return {
    contract: CONTRACT_VERSION,
    name: given.map(({ name }) => name).join('+'),
    config: { '~standard': { version: 1, vendor: 'scalp', validate: (value) => ({ value }) } },
    create: (_config, context) => createHandlers(given, context),
  }
}

function createHandlers(given: readonly StrategyMember[], context: StrategyContext): StrategyHandlers {
  const owners = new Map<InstrumentIndex, Member>()
  const wakes = new Map<Us, Set<string>>()
  /** Whose position has just been moved into an adjusted contract. */
  let moving: Member | undefined
  const members: Member[] = []
  for (const { name, strategy, config } of given) {
    const member: { -readonly [Key in keyof Member]: Member[Key] } = { name, handlers: {} }
    members.push(member)
    member.handlers = strategy.create(config, contextOf(member, context, owners, wakes))
  }
  const ownerOf = (instrument: InstrumentIndex): Member | undefined => {
    const owner = owners.get(instrument) ?? moving
    if (owner === moving && owner !== undefined) owners.set(instrument, owner)
    moving = undefined
    return owner
  }
  const wantsHeldOnly = members.map(({ handlers }) => handlers.quoteScope === 'held')
  return {
    quoteScope: members.every(({ handlers }, at) => handlers.onQuote === undefined || wantsHeldOnly[at])
      ? 'held'
      : 'every',
    onSessionOpen(session) {
      for (const { handlers } of members) handlers.onSessionOpen?.(session)
    },
    onSessionClose(session) {
      for (const { handlers } of members) handlers.onSessionClose?.(session)
    },
    onQuote(quote) {
      for (let at = 0; at < members.length; at++) {
        const member = members[at] as Member
        if (wantsHeldOnly[at] && owners.get(quote.instrument) !== member) continue
        member.handlers.onQuote?.(quote)
      }
    },
    onTrade(trade) {
      for (const { handlers } of members) handlers.onTrade?.(trade)
    },
    onBar(bar) {
      for (const { handlers } of members) handlers.onBar?.(bar)
    },
    onStatistic(statistic) {
      for (const { handlers } of members) handlers.onStatistic?.(statistic)
    },
    onUnderlying(underlying) {
      for (const { handlers } of members) handlers.onUnderlying?.(underlying)
    },
    onFill(fill) {
      ownerOf(fill.instrument)?.handlers.onFill?.(fill)
    },
    onOrderEnd(end) {
      ownerOf(end.instrument)?.handlers.onOrderEnd?.(end)
    },
    onManagedEnd(end) {
      ownerOf(end.instrument)?.handlers.onManagedEnd?.(end)
    },
    onSettlement(settlement) {
      const owner = ownerOf(settlement.instrument)
      owner?.handlers.onSettlement?.(settlement)
      owners.delete(settlement.instrument)
      if (settlement.reason === 'adjusted') moving = owner
    },
    onWake(us) {
      const names = wakes.get(us)
      wakes.delete(us)
      for (const { name, handlers } of members) if (names?.has(name) === true) handlers.onWake?.(us)
    },
    snapshot: () => ({
      members: Object.fromEntries(members.map(({ name, handlers }) => [name, handlers.snapshot?.()])),
      owners: Array.from(owners, ([instrument, { name }]) => [
        context.instruments.get(instrument).symbol,
        name,
      ]),
    }),
    restore(state) {
      const saved = state as { members: Record<string, unknown>; owners: readonly [string, string][] }
      for (const [symbol, name] of saved.owners) {
        const listed = context.instruments.find(symbol)
        const owner = members.find((member) => member.name === name)
        if (listed !== undefined && owner !== undefined) owners.set(listed.index, owner)
      }
      for (const { name, handlers } of members) {
        const own = saved.members[name]
        if (own !== undefined) handlers.restore?.(own)
      }
    },
  }
}

/** The context as one member may see it: its own positions, and no contract of another. */
function contextOf(
  member: Member,
  context: StrategyContext,
  owners: Map<InstrumentIndex, Member>,
  wakes: Map<Us, Set<string>>,
): StrategyContext {
  const { name } = member
  const isOwn = (instrument: InstrumentIndex): boolean => owners.get(instrument) === member
  /** Kept until the shared list changes: it is asked for on every tick. */
  let all: readonly PositionView[] | undefined
  let own: readonly PositionView[] = []
  /** Takes a contract that is free; answers why not when it is another's. */
  const claim = (instrument: InstrumentIndex): Refusal | undefined => {
    const owner = owners.get(instrument)
    if (owner !== undefined && owner !== member && context.isBusy(instrument))
      return {
        code: 'OWNED_BY_OTHER_STRATEGY',
        gate: 'strategies',
        value: owner.name,
        limit: name,
        resumes: `when ${owner.name} has closed it`,
      }
    owners.set(instrument, member)
    return undefined
  }
  const named = (inputs: OrderIntent['inputs']): NonNullable<OrderIntent['inputs']> => ({
    ...inputs,
    strategy: name,
  })
  return {
    get nowUs() {
      return context.nowUs
    },
    get workingOrders() {
      return context.workingOrders
    },
    get isWarmingUp() {
      return context.isWarmingUp
    },
    ...(context.readsInputs === undefined ? {} : { readsInputs: context.readsInputs }),
    underlyings: context.underlyings,
    instruments: context.instruments,
    quotes: context.quotes,
    prices: context.prices,
    account: context.account,
    calendar: context.calendar,
    indicator: (kind, settings) => context.indicator(kind, settings),
    random: createRandom(`${name}:${context.random()}`),
    positions: {
      contracts: (instrument) => (isOwn(instrument) ? context.positions.contracts(instrument) : 0),
      get: (instrument) => (isOwn(instrument) ? context.positions.get(instrument) : undefined),
      open() {
        const now = context.positions.open()
        if (now !== all) {
          all = now
          own = now.filter(({ instrument }) => isOwn(instrument))
        }
        return own
      },
    },
    isBusy: (instrument) => context.isBusy(instrument),
    submit(intent) {
      const refusal = claim(intent.instrument)
      if (refusal !== undefined) return { status: 'refused', refusals: [refusal] }
      return context.submit({ ...intent, inputs: named(intent.inputs) })
    },
    manage(order) {
      const refusal = claim(order.instrument)
      if (refusal !== undefined) return { status: 'refused', refusals: [refusal] }
      return context.manage({ ...order, inputs: named(order.inputs) })
    },
    cancel: (orderId) => context.cancel(orderId),
    cancelManaged: (id) => context.cancelManaged(id),
    flatten(tag, instrument) {
      for (const index of owners.keys())
        if (isOwn(index) && (instrument === undefined || instrument === index)) context.flatten(tag, index)
    },
    wakeAt(us) {
      const atUs = Math.max(us, context.nowUs)
      const names = wakes.get(atUs)
      if (names === undefined) wakes.set(atUs, new Set([name]))
      else names.add(name)
      context.wakeAt(atUs)
    },
    log: (decision) => context.log({ ...decision, inputs: named(decision.inputs) }),
  }
}
