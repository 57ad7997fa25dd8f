import { CONTRACT_VERSION, type SchemaResult, type Strategy } from './contract.js'
import { ContractVersionError, StrategyConfigError, UnknownPresetError } from './errors.js'

/** Where a strategy's settings come from: a preset, and what the user lays over it. */
export interface StrategySettings {
  readonly preset?: string | undefined
  readonly overrides?: Readonly<Record<string, unknown>> | undefined
}

/**
 * Validates settings against a strategy's schema: schema defaults, under the preset, under the overrides.
 *
 * @throws {@link ContractVersionError} {@link UnknownPresetError} {@link StrategyConfigError}
 */
export async function resolveConfig<Config>(
  strategy: Strategy<Config>,
  { preset, overrides = {} }: StrategySettings = {},
): Promise<Config> {
  if (strategy.contract !== CONTRACT_VERSION) {
    throw new ContractVersionError({
      strategy: strategy.name,
      wanted: strategy.contract,
      have: CONTRACT_VERSION,
    })
  }
  const result = await strategy.config['~standard'].validate({ ...presetOf(strategy, preset), ...overrides })
  if (result.issues !== undefined) {
    throw new StrategyConfigError({ strategy: strategy.name, issues: result.issues.map(describeIssue) })
  }
  return result.value
}

function presetOf(
  strategy: Pick<Strategy, 'name' | 'presets'>,
  preset: string | undefined,
): Readonly<Record<string, unknown>> {
  if (preset === undefined) return {}
  const presets = strategy.presets ?? {}
  if (!Object.hasOwn(presets, preset)) {
    throw new UnknownPresetError({ strategy: strategy.name, preset, known: Object.keys(presets) })
  }
  return presets[preset] as Readonly<Record<string, unknown>>
}

type Issue = NonNullable<SchemaResult<unknown>['issues']>[number]

function describeIssue({ message, path }: Issue): string {
  if (path === undefined || path.length === 0) return message
  const keys = path.map((part) => String(typeof part === 'object' ? part.key : part))
  return `${keys.join('.')}: ${message}`
}
