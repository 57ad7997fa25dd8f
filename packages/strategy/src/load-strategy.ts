import { existsSync, readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { ScalpError } from '@scalp/canonical'
import type { Strategy } from './contract.js'

/** Thrown when no strategy goes by a name. */
export class UnknownStrategyError extends ScalpError {
  override readonly name = 'UnknownStrategyError'
  constructor({
    strategy,
    builtIn,
    reason,
    cause,
  }: {
    strategy: string
    builtIn: readonly string[]
    reason: string
    cause?: unknown
  }) {
    super(`There is no strategy "${strategy}": ${reason}.`, {
      code: 'STRATEGY_UNKNOWN',
      hint: `Built in: ${builtIn.join(', ')}. Else give a module, a folder of a package, or the name of a package that exports one.`,
      details: { strategy },
      cause,
    })
  }
}

/** Where strategies are looked for. */
export interface LoadStrategyOptions {
  /** Strategies that need no looking, by name; loaded when asked for. */
  readonly builtIn?: ReadonlyMap<string, () => Promise<Strategy<never>>>
  /** Paths and packages are looked for from here; the working directory unless told. */
  readonly from?: string
}

/**
 * Finds a strategy: built in by name, else exported by a module at a path, by the package in a folder, or by a package
 * that is installed where the user stands. Its default export comes first.
 *
 * @throws {@link UnknownStrategyError} When there is none. That it fits the contract is for `resolveConfig` to say.
 */
export async function loadStrategy(
  strategy: string,
  { builtIn = new Map(), from = process.cwd() }: LoadStrategyOptions = {},
): Promise<Strategy<unknown>> {
  const known = builtIn.get(strategy)
  if (known !== undefined) return (await known()) as Strategy<unknown>
  const fail = (reason: string, cause?: unknown): never => {
    throw new UnknownStrategyError({ strategy, builtIn: [...builtIn.keys()], reason, cause })
  }
  let module: Record<string, unknown> = {}
  try {
    module = (await import(/* @vite-ignore */ locate(strategy, from))) as Record<string, unknown>
  } catch (cause) {
    fail(cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause), cause)
  }
  const exported = [module['default'], ...Object.values(module)].find(isStrategy)
  return exported ?? fail('it exports no strategy')
}

/** The address of a module, of the package in a folder, or of a package seen from `from`. */
function locate(strategy: string, from: string): string {
  const place = path.resolve(from, strategy)
  if (!existsSync(place))
    return pathToFileURL(createRequire(path.join(from, 'index.js')).resolve(strategy)).href
  return pathToFileURL(statSync(place).isDirectory() ? path.join(place, entryOf(place)) : place).href
}

interface Manifest {
  readonly exports?:
    | string
    | { readonly '.'?: string | Readonly<Record<string, unknown>> }
    | Readonly<Record<string, unknown>>
  readonly main?: string
}

/** The entry of the package in a folder, as far as a manifest of ES modules says it. */
function entryOf(folder: string): string {
  const manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as Manifest
  const { exports } = manifest
  if (typeof exports === 'string') return exports
  const root: unknown = typeof exports === 'object' && '.' in exports ? exports['.'] : exports
  if (typeof root === 'string') return root
  const { import: imported, default: fallback } = (root ?? {}) as {
    readonly import?: unknown
    readonly default?: unknown
  }
  const entry = [imported, fallback].find((target) => typeof target === 'string')
  return (entry as string | undefined) ?? manifest.main ?? 'index.js'
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
