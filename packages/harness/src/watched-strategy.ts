import {
  BarBuffer,
  type BarView,
  QuoteBuffer,
  type QuoteView,
  TradeBuffer,
  type TradeView,
  type Underlying,
  UnderlyingBuffer,
} from '@scalp/canonical'
import type {
  Indicator,
  IndicatorClass,
  IndicatorMarket,
  Strategy,
  StrategyContext,
  StrategyHandlers,
} from '@scalp/strategy'

type LentViews = Pick<Indicator, 'onQuote' | 'onTrade' | 'onBar' | 'onUnderlying'>

/** What is watched of a strategy. */
export interface Watch {
  /** Called around every handler, also around `create`. */
  readonly around: (call: () => void) => void
  readonly poisonsViews: boolean
  /** Intents of the busiest turn so far. */
  mostIntentsInATurn: number
}

/** The same strategy, with every call to it watched. */
export function watchStrategy(strategy: Strategy<unknown>, watch: Watch): Strategy<unknown> {
  return {
    ...strategy,
    create(config, context) {
      let intents = 0
      const watched = watchContext(context, watch, () => {
        watch.mostIntentsInATurn = Math.max(watch.mostIntentsInATurn, ++intents)
      })
      let inner: StrategyHandlers = {}
      watch.around(() => {
        inner = strategy.create(config, watched)
      })
      const call = (run: () => void): undefined => {
        intents = 0
        watch.around(run)
      }
      return watchHandlers(inner, call, watch.poisonsViews)
    },
  }
}

/** Handlers that a strategy does not have stay absent: the engine asks for them. */
function watchHandlers(
  inner: StrategyHandlers,
  call: (run: () => void) => undefined,
  poisons: boolean,
): StrategyHandlers {
  const outer: Record<string, unknown> = {}
  if (inner.quoteScope !== undefined) outer['quoteScope'] = inner.quoteScope
  for (const name of PLAIN) {
    if (inner[name] === undefined) continue
    outer[name] = (event: never): undefined => call(() => (inner[name] as (event: never) => undefined)(event))
  }
  Object.assign(outer, lendViews(inner, call, poisons))
  if (inner.snapshot !== undefined) outer['snapshot'] = () => inner.snapshot?.()
  if (inner.restore !== undefined)
    outer['restore'] = (state: unknown): undefined => call(() => inner.restore?.(state))
  return outer as StrategyHandlers
}

/** What may lend a view, with each view spoilt once it is dead, if that is asked for. */
function lendViews(inner: LentViews, call: (run: () => void) => undefined, poisons: boolean): LentViews {
  const outer: { -readonly [Key in keyof LentViews]: LentViews[Key] } = {}
  const lend = <View extends object>(handler: (view: View) => void, create: () => View) => {
    if (!poisons) return (view: View): undefined => call(() => handler(view))
    return (view: View): undefined => {
      const buffer = create()
      copyInto(buffer, view)
      call(() => handler(buffer))
      spoil(buffer)
    }
  }
  if (inner.onQuote !== undefined)
    outer.onQuote = lend<QuoteView>(
      (view) => inner.onQuote?.(view),
      () => new QuoteBuffer(),
    )
  if (inner.onTrade !== undefined)
    outer.onTrade = lend<TradeView>(
      (view) => inner.onTrade?.(view),
      () => new TradeBuffer(),
    )
  if (inner.onBar !== undefined)
    outer.onBar = lend<BarView>(
      (view) => inner.onBar?.(view),
      () => new BarBuffer(),
    )
  if (inner.onUnderlying !== undefined)
    outer.onUnderlying = lend<Underlying>(
      (view) => inner.onUnderlying?.(view),
      () => new UnderlyingBuffer(),
    )
  return outer
}

const PLAIN = [
  'onSessionOpen',
  'onSessionClose',
  'onStatistic',
  'onFill',
  'onOrderEnd',
  'onManagedEnd',
  'onSettlement',
  'onWake',
] as const

/** Intents are counted, and indicators watched like the strategy that asks for them. */
function watchContext(context: StrategyContext, watch: Watch, count: () => void): StrategyContext {
  const submit: StrategyContext['submit'] = (intent) => {
    count()
    return context.submit(intent)
  }
  const indicator: StrategyContext['indicator'] = <Settings, Kind extends Indicator>(
    kind: IndicatorClass<Settings, Kind>,
    settings: Settings,
  ): Kind => {
    class Watched {
      readonly inner: Kind
      constructor(given: Settings, market: IndicatorMarket) {
        this.inner = new kind(given, market)
        Object.assign(this, watchIndicator(this.inner, watch))
      }
    }
    return context.indicator(Watched as IndicatorClass<Settings, Watched & Indicator>, settings).inner
  }
  return Object.create(context, {
    submit: { value: submit },
    indicator: { value: indicator },
  }) as StrategyContext
}

function watchIndicator(inner: Indicator, { around, poisonsViews }: Watch): Indicator {
  const call = (run: () => void): undefined => {
    around(run)
  }
  const { onDate, onSessionOpen } = inner
  return {
    ...lendViews(inner, call, poisonsViews),
    ...(onDate !== undefined && {
      onDate: (date, session): undefined => call(() => onDate.call(inner, date, session)),
    }),
    ...(onSessionOpen !== undefined && {
      onSessionOpen: (session): undefined => call(() => onSessionOpen.call(inner, session)),
    }),
  }
}

function copyInto(buffer: object, view: object): void {
  for (const key of Object.keys(buffer))
    Object.assign(buffer, { [key]: (view as Record<string, unknown>)[key] })
}

/** Numbers become impossible, so that whoever kept the view decides otherwise. */
function spoil(buffer: object): void {
  for (const [key, value] of Object.entries(buffer))
    if (typeof value === 'number') Object.assign(buffer, { [key]: key === 'instrument' ? -1 : Number.NaN })
}
