import type { InstrumentIndex, ManagedId, OrderId, Us } from '@scalp/canonical'
import { type ClosingPosition, FlatByClose } from '@scalp/risk'
import type { Strategy, StrategyContext, StrategyHandlers } from '@scalp/strategy'
import type { LiveConfig } from '../config/schema.js'

/** When each stage begins, seconds before the close. */
export type CloseRules = NonNullable<LiveConfig['risk']['flatByClose']>

/** Hears that something is still held when the last stage begins. */
export type OnHeldAtClose = (instrument: InstrumentIndex, contracts: number, attempts: number) => void

interface Tracked {
  readonly instrument: InstrumentIndex
  readonly reduces: boolean
  readonly contracts: number
}

/**
 * A net under a strategy's own exits: what it still holds near the bell is closed, harder and harder, until it is flat.
 *
 * It lives in the turns of the engine, as the strategy does, so that a recording repeats it. The strategy hears of
 * fills and ends of these orders as of an operator's.
 */
export function flatByClose<Config>(
  strategy: Strategy<Config>,
  rules: CloseRules,
  onHeld: OnHeldAtClose,
): Strategy<Config> {
  return {
    ...strategy,
    create: (config, context) => {
      const net = new CloseNet(context, rules, onHeld)
      return net.around(strategy.create(config, net.contextOf()))
    },
  }
}

class CloseNet {
  readonly #context: StrategyContext
  readonly #onHeld: OnHeldAtClose
  readonly #planner: FlatByClose
  readonly #orders = new Map<OrderId, Tracked>()
  readonly #managed = new Map<ManagedId, InstrumentIndex>()
  /** Instants that the strategy asked for; other wakes are ours. */
  readonly #wakes = new Set<Us>()

  constructor(context: StrategyContext, rules: CloseRules, onHeld: OnHeldAtClose) {
    this.#context = context
    this.#onHeld = onHeld
    this.#planner = new FlatByClose(context, {
      limitMinutes: rules.limitSeconds / 60,
      walkMinutes: rules.walkSeconds / 60,
      marketMinutes: rules.marketSeconds / 60,
      alertMinutes: rules.alertSeconds / 60,
      retrySeconds: rules.retrySeconds,
      walkPct: rules.walkPct,
    })
  }

  /** What the strategy acts through: its orders are seen here. */
  contextOf(): StrategyContext {
    const context = this.#context
    const seen: Partial<StrategyContext> = {
      submit: (intent) => {
        const held = context.positions.contracts(intent.instrument)
        const result = context.submit(intent)
        if (result.status === 'submitted') {
          const reduces = intent.side === 'sell' ? held > 0 : held < 0
          this.#orders.set(result.orderId, { ...intent, reduces })
          this.#arm()
        }
        return result
      },
      manage: (order) => {
        const result = context.manage(order)
        if (result.status === 'managed') this.#managed.set(result.id, order.instrument)
        return result
      },
      wakeAt: (us) => {
        this.#wakes.add(Math.max(us, context.nowUs))
        return context.wakeAt(us)
      },
    }
    /** Everything else, getters too, stays the engine's. */
    return Object.assign(Object.create(context) as StrategyContext, seen)
  }

  around(handlers: StrategyHandlers): StrategyHandlers {
    const { quoteScope } = handlers
    return {
      ...(quoteScope === undefined ? {} : { quoteScope }),
      ...bound(handlers),
      onSessionOpen: (session) => {
        handlers.onSessionOpen?.(session)
        this.#arm()
      },
      onFill: (fill) => {
        if (fill.remaining === 0) this.#orders.delete(fill.orderId)
        handlers.onFill?.(fill)
        this.#arm()
      },
      onOrderEnd: (end) => {
        this.#orders.delete(end.orderId)
        this.#act()
        handlers.onOrderEnd?.(end)
      },
      onManagedEnd: (end) => {
        this.#managed.delete(end.id)
        handlers.onManagedEnd?.(end)
      },
      onWake: (us) => {
        this.#act()
        if (this.#wakes.delete(us)) handlers.onWake?.(us)
      },
      restore: (state) => {
        handlers.restore?.(state)
        this.#arm()
      },
    }
  }

  #arm(): void {
    const { nowUs } = this.#context
    const wakeUs = this.#planner.nextWakeUs(nowUs)
    if (Number.isFinite(wakeUs)) this.#context.wakeAt(wakeUs)
  }

  #act(): void {
    const { nowUs, workingOrders } = this.#context
    const stage = this.#planner.stage(nowUs)
    if (stage === undefined) return void this.#planner.plan(nowUs, [])
    const positions = this.#positions()
    if (positions.length > 0) this.#context.wakeAt(this.#planner.nextWakeUs(nowUs))
    for (const [id, instrument] of this.#managed)
      if (positions.some((held) => held.instrument === instrument)) this.#context.cancelManaged(id)
    /** An order of an operator or of a managed exit works too: what it leaves is sold at market, and nothing twice. */
    const isShared = workingOrders > this.#orders.size
    for (const action of this.#planner.plan(nowUs, positions)) {
      if (action.kind === 'alert') this.#onHeld(action.instrument, action.contracts, action.attempts)
      else if (action.kind === 'cancel') this.#context.cancel(action.orderId)
      else if (!isShared) this.#submit(action.intent, action.stage)
      else if (stage === 'market' || stage === 'alert')
        this.#context.flatten('market_close', action.intent.instrument)
    }
  }

  #submit(intent: Parameters<StrategyContext['submit']>[0], stage: string): void {
    const order = { ...intent, tag: 'market_close', inputs: { stage } }
    const result = this.#context.submit(order)
    if (result.status === 'submitted') this.#orders.set(result.orderId, { ...intent, reduces: true })
  }

  #positions(): ClosingPosition[] {
    const { positions } = this.#context
    const instruments = new Set(positions.open().map(({ instrument }) => instrument))
    for (const { instrument } of this.#orders.values()) instruments.add(instrument)
    return Array.from(instruments, (instrument) => ({
      instrument,
      contracts: positions.contracts(instrument),
      working: Array.from(this.#orders)
        .filter(([, order]) => order.instrument === instrument)
        .map(([orderId, { reduces, contracts }]) => ({ orderId, reduces, contracts })),
    }))
  }
}

const PASSED_ON = [
  'onSessionClose',
  'onQuote',
  'onTrade',
  'onBar',
  'onStatistic',
  'onUnderlying',
  'onSettlement',
  'snapshot',
] as const

/** Handlers that need nothing from us; the engine calls none that is not there. */
function bound(handlers: StrategyHandlers): StrategyHandlers {
  return Object.fromEntries(
    PASSED_ON.flatMap((name) => {
      const handler = handlers[name] as ((event: unknown) => unknown) | undefined
      return handler === undefined ? [] : [[name, handler.bind(handlers)]]
    }),
  ) as StrategyHandlers
}
