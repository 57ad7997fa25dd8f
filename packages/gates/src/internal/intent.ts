import type { Instrument, Micros, OptionId, OrderIntent } from '@scalp/canonical'
import type { UnderlyingFacts } from '../facts.js'
import type { GateContext } from '../gate.js'

export function optionOf(instrument: Instrument): OptionId | undefined {
  return instrument.kind === 'option' ? instrument.option : undefined
}

/** The symbol of what the instrument moves with. */
export function underlyingOf(instrument: Instrument): string {
  return instrument.kind === 'option' ? instrument.option.underlying : instrument.symbol
}

export function multiplierOf(instrument: Instrument): number {
  return optionOf(instrument)?.multiplier ?? 1
}

/** Does the intent gain when the underlying rises? Bought calls and sold puts do. */
export function isBullish({ instrument, side }: OrderIntent, { instruments }: GateContext): boolean {
  const isPut = optionOf(instruments.get(instrument))?.right === 'P'
  return isPut ? side === 'sell' : side === 'buy'
}

export function factsOf({ instrument }: OrderIntent, context: GateContext): UnderlyingFacts | undefined {
  return context.facts?.get(underlyingOf(context.instruments.get(instrument)))
}

/** What the order costs if it fills at its limit, else at the ask. */
export function costMicros(
  { instrument, contracts, limitMicros }: OrderIntent,
  { quotes, instruments }: GateContext,
): Micros {
  return contracts * (limitMicros ?? quotes.askMicros(instrument)) * multiplierOf(instruments.get(instrument))
}
