import { expect, test } from 'vitest'
import { resolveConfig } from './config.js'
import { defineStrategy, type SchemaResult, type Strategy } from './contract.js'

interface Config {
  readonly hold: number
  readonly size: number
}

function strategy(contract = 1): Strategy<Config> {
  return defineStrategy({
    contract,
    name: 'sample',
    presets: { calm: { hold: 60 } },
    config: {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate(value): SchemaResult<Config> {
          const { hold = 5, size = 1 } = value as Partial<Config>
          if (typeof hold !== 'number') return { issues: [{ message: 'must be a number', path: ['hold'] }] }
          return { value: { hold, size } }
        },
      },
    },
    create: () => ({}),
  })
}

test('lays overrides over the preset over the defaults of the schema', async () => {
  expect(await resolveConfig(strategy())).toEqual({ hold: 5, size: 1 })
  expect(await resolveConfig(strategy(), { preset: 'calm' })).toEqual({ hold: 60, size: 1 })
  expect(await resolveConfig(strategy(), { preset: 'calm', overrides: { hold: 7 } })).toEqual({
    hold: 7,
    size: 1,
  })
})

test('names the setting that is wrong', async () => {
  const wrong = resolveConfig(strategy(), { overrides: { hold: 'long' } })
  await expect(wrong).rejects.toMatchObject({
    code: 'STRATEGY_CONFIG',
    message: expect.stringContaining('hold: must be a number'),
  })
})

test('lists the presets there are when asked for another', async () => {
  const wrong = resolveConfig(strategy(), { preset: 'wild' })
  await expect(wrong).rejects.toMatchObject({ code: 'STRATEGY_PRESET', hint: 'It has: calm.' })
  await expect(resolveConfig(strategy(), { preset: 'toString' })).rejects.toMatchObject({
    code: 'STRATEGY_PRESET',
  })
})

test('refuses a strategy of another contract', async () => {
  await expect(resolveConfig(strategy(2))).rejects.toMatchObject({ code: 'STRATEGY_CONTRACT' })
})
