import { reportFailure } from '@scalp/cli'
import { createProgram } from './program.js'

try {
  await createProgram().parseAsync()
} catch (error) {
  process.exitCode = reportFailure(error, {
    wrongCalls: new Set([
      'LIVE_CONFIG_INVALID',
      'LIVE_LOCKED',
      'FEED_KEY_MISSING',
      'STRATEGY_UNKNOWN',
      'STRATEGY_CONFIG',
      'STRATEGY_PRESET',
      'STRATEGY_CONTRACT',
      'RECORDING_INVALID',
    ]),
    outFlag: '--data',
  })
}
