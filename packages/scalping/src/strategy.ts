import { defineStrategy, type Strategy } from '@scalp/strategy'
import { type ScalpConfig, scalpConfigSchema } from './config.js'
import { MomentumScalper } from './momentum-scalper.js'
import { presets } from './presets.js'

/** Buys a short-dated option when the underlying bursts, breaks out or turns at its VWAP, and leaves by rule. */
export const momentumScalper: Strategy<ScalpConfig> = defineStrategy<ScalpConfig>({
  contract: 1,
  name: 'momentum-scalper',
  description: 'Momentum bursts, VWAP turns and breakouts, bought with short-dated options.',
  config: scalpConfigSchema,
  presets,
  create: (config, context) => new MomentumScalper(config, context),
})
