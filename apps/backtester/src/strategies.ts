import type { Strategy } from '@scalp/strategy'
import { loadStrategy as load } from '@scalp/strategy/node'
import { firstQuote } from './first-quote.js'

const builtIn: ReadonlyMap<string, () => Promise<Strategy<never>>> = new Map([
  ['momentum-scalper', async () => (await import('@scalp/scalping')).momentumScalper as Strategy<never>],
  ['first-quote', () => Promise.resolve(firstQuote as Strategy<never>)],
])

/** Finds a strategy: built in by name, else a module, a folder of a package, or an installed package. */
export function loadStrategy(strategy: string): Promise<Strategy<unknown>> {
  return load(strategy, { builtIn })
}
