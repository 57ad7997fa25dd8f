import { expect, test } from 'vitest'
import { scalpConfigSchema } from './config.js'
import { fromEnvironment } from './environment.js'
import { presets } from './presets.js'

test('variables become settings, and one threshold sets both sides', () => {
  const { preset, symbols, overrides } = fromEnvironment({
    HOME: '/root',
    SCALP_PRESET: 'design',
    SCALP_SYMBOLS: 'TSLA, SPY',
    SCALP_MOMENTUM_THRESHOLD: '0.7',
    SCALP_MOMENTUM_THRESHOLD_CALL: '0.9',
    SCALP_MAX_CONTRACT_PRICE: '2.50',
    SCALP_TIME_STOP_MINUTES: '0',
    SCALP_DTE_PREFERENCE: '2,1',
    SCALP_ENABLE_BREAKOUT: 'no',
  })
  expect({ preset, symbols }).toEqual({ preset: 'design', symbols: ['TSLA', 'SPY'] })
  expect(overrides).toEqual({
    momentumThresholdPutPct: 0.7,
    momentumThresholdCallPct: 0.9,
    maxContractPriceMicros: 2_500_000,
    timeStopMinutes: null,
    dtePreference: [2, 1],
    breakout: false,
  })
})

test.each([
  ['SCALP_TAKE_PROFFIT', '20'],
  ['SCALP_TAKE_PROFIT', 'twenty'],
  ['SCALP_BREAKOUT', '1'],
  ['SCALP_ENABLED', 'maybe'],
  ['SCALP_PRESET', 'toString'],
])('%s=%s is an error, not a default', (variable, value) => {
  expect(() => fromEnvironment({ [variable]: value })).toThrow(
    expect.objectContaining({ code: 'SCALP_ENVIRONMENT', details: { variable, value } }),
  )
})

test('every preset validates, and tuned is what is left out', () => {
  for (const preset of Object.values(presets)) expect(scalpConfigSchema.safeParse(preset).success).toBe(true)
  expect(scalpConfigSchema.parse({})).toEqual(scalpConfigSchema.parse(presets.tuned))
  expect(scalpConfigSchema.safeParse({ takeProfit: 20 }).success).toBe(false)
})
