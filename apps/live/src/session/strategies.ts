import { momentumScalper } from '@scalp/scalping'
import type { Strategy } from '@scalp/strategy'
import { loadStrategy as load } from '@scalp/strategy/node'

const builtIn: ReadonlyMap<string, () => Promise<Strategy<never>>> = new Map([
  [momentumScalper.name, () => Promise.resolve(momentumScalper as Strategy<never>)],
])

/** Finds a strategy: built in by name, else a module, a folder of a package, or an installed package. */
export function loadStrategy(strategy: string): Promise<Strategy<unknown>> {
  return load(strategy, { builtIn })
}
