import { ScalpError } from '@scalp/canonical'

/** Thrown when a strategy was written for another version of the contract. */
export class ContractVersionError extends ScalpError {
  override readonly name = 'ContractVersionError'
  constructor({ strategy, wanted, have }: { strategy: string; wanted: unknown; have: number }) {
    super(`Strategy "${strategy}" is written for contract ${String(wanted)}; this is contract ${have}.`, {
      code: 'STRATEGY_CONTRACT',
      hint: 'Install the version of the strategy, or of Scalp, that matches.',
      details: { strategy, wanted, have },
    })
  }
}

/** Thrown when settings do not fit a strategy's config schema. */
export class StrategyConfigError extends ScalpError {
  override readonly name = 'StrategyConfigError'
  constructor({ strategy, issues }: { strategy: string; issues: readonly string[] }) {
    super(`The settings of strategy "${strategy}" are wrong: ${issues.join('; ')}.`, {
      code: 'STRATEGY_CONFIG',
      hint: 'Correct them in the config file or on the command line.',
      details: { strategy, issues },
    })
  }
}

/** Thrown when a strategy has no preset of that name. */
export class UnknownPresetError extends ScalpError {
  override readonly name = 'UnknownPresetError'
  constructor({ strategy, preset, known }: { strategy: string; preset: string; known: readonly string[] }) {
    super(`Strategy "${strategy}" has no preset "${preset}".`, {
      code: 'STRATEGY_PRESET',
      hint: known.length === 0 ? 'It has no presets; leave the option out.' : `It has: ${known.join(', ')}.`,
      details: { strategy, preset, known },
    })
  }
}
