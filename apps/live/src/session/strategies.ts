import { existsSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { ScalpError } from '@scalp/canonical'
import { momentumScalper } from '@scalp/scalping'
import type { Strategy } from '@scalp/strategy'

/** Thrown when no strategy goes by a name. */
export class UnknownStrategyError extends ScalpError {
  override readonly name = 'UnknownStrategyError'
  constructor({ strategy, cause }: { strategy: string; cause?: unknown }) {
    super(`There is no strategy "${strategy}".`, {
      code: 'STRATEGY_UNKNOWN',
      hint: 'Built in is momentum-scalper; else give the path of a module, or a package, that exports one.',
      details: { strategy },
      cause,
    })
  }
}

/** Finds a strategy: built in by name, else exported by a module at a path or by a package. */
export async function loadStrategy(name: string): Promise<Strategy<unknown>> {
  if (name === momentumScalper.name) return momentumScalper as Strategy<unknown>
  const file = path.resolve(name)
  let module: Record<string, unknown>
  try {
    module = (await import(existsSync(file) ? pathToFileURL(file).href : name)) as Record<string, unknown>
  } catch (cause) {
    throw new UnknownStrategyError({ strategy: name, cause })
  }
  const exported = [module['default'], ...Object.values(module)].find(isStrategy)
  if (exported === undefined) throw new UnknownStrategyError({ strategy: name })
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
