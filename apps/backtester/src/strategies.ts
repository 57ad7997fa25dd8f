import { existsSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { ScalpError } from '@scalp/canonical'
import type { Strategy } from '@scalp/strategy'
import { firstQuote } from './first-quote.js'

/** Loaded when asked for: a run pays for the strategy it uses. */
const BUILT_IN: ReadonlyMap<string, () => Promise<Strategy<never>>> = new Map([
  ['momentum-scalper', async () => (await import('@scalp/scalping')).momentumScalper as Strategy<never>],
  ['first-quote', async () => firstQuote as Strategy<never>],
])

/** Thrown when no strategy goes by a name. */
export class UnknownStrategyError extends ScalpError {
  override readonly name = 'UnknownStrategyError'
  constructor({ strategy, cause }: { strategy: string; cause?: unknown }) {
    super(`There is no strategy "${strategy}".`, {
      code: 'STRATEGY_UNKNOWN',
      hint: `Built in are ${[...BUILT_IN.keys()].join(', ')}; else give the path of a module, or a package, that exports one.`,
      details: { strategy },
      cause,
    })
  }
}

/** Finds a strategy: built in by name, else exported by a module at a path or by a package. */
export async function loadStrategy(strategy: string): Promise<Strategy<unknown>> {
  const builtIn = BUILT_IN.get(strategy)
  if (builtIn !== undefined) return (await builtIn()) as Strategy<unknown>
  const file = path.resolve(strategy)
  const specifier = existsSync(file) ? pathToFileURL(file).href : strategy
  let module: Record<string, unknown>
  try {
    module = (await import(specifier)) as Record<string, unknown>
  } catch (cause) {
    throw new UnknownStrategyError({ strategy, cause })
  }
  const exported = [module['default'], ...Object.values(module)].find(isStrategy)
  if (exported === undefined) throw new UnknownStrategyError({ strategy })
  return exported
}

function isStrategy(value: unknown): value is Strategy<unknown> {
  if (typeof value !== 'object' || value === null) return false
  const { contract, name, create, config } = value as Partial<Strategy<unknown>>
  return (
    typeof contract === 'number' &&
    typeof name === 'string' &&
    typeof create === 'function' &&
    config !== undefined
  )
}
