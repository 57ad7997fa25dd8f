import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { loadLiveConfig } from './load.js'

const folder = mkdtempSync(path.join(tmpdir(), 'scalp-config-'))
const envFile = path.join(folder, 'none.env')
const file = path.join(folder, 'config.json')

test('flags lie over the environment, that over the file, that over the defaults', async () => {
  writeFileSync(
    file,
    JSON.stringify({
      symbols: ['SPY'],
      server: { port: 1_111 },
      risk: { dailyLossPct: 3 },
      settings: { takeProfitPct: 11 },
    }),
  )
  const config = await loadLiveConfig({
    file,
    env: {
      SCALP_LIVE_PORT: '2222',
      SCALP_SYMBOLS: 'QQQ, IWM',
      SCALP_TAKE_PROFIT: '12',
      SCALP_STOP_LOSS: '9',
      SCALP_PRESET: 'design',
    },
    envFile,
    flags: { server: { port: 3_333 } },
  })
  expect(config).toMatchObject({
    mode: 'dry-run',
    symbols: ['QQQ', 'IWM'],
    preset: 'design',
    server: { port: 3_333, host: '127.0.0.1' },
    risk: { dailyLossPct: 3, maxOpenPositions: 3 },
    settings: { takeProfitPct: 12, stopLossPct: 9 },
  })
})

test('our preset is for our strategy: another one starts from its own defaults', async () => {
  expect(await loadLiveConfig({ env: {}, envFile })).toMatchObject({ preset: 'tuned' })
  const flags = { strategy: './calm-open' }
  expect(await loadLiveConfig({ env: {}, envFile, flags })).toMatchObject({ preset: null })
  expect(await loadLiveConfig({ env: {}, envFile, flags: { ...flags, preset: 'calm' } })).toMatchObject({
    preset: 'calm',
  })
})

test('the variables of the specification are understood', async () => {
  const env = {
    ALPACA_API_KEY: 'k',
    ALPACA_SECRET_KEY: 's',
    DATABENTO_API_KEY: 'db-k',
    SCALP_LIVE_FEED: 'databento',
    LOG_LEVEL: 'WARNING',
    TRADING_MODE: 'paper',
    SIMULATION_SPEED: '7',
    SIMULATION_BALANCE: '5000',
    DATABENTO_DATA_DIR: 'd',
  }
  expect(await loadLiveConfig({ env, envFile })).toMatchObject({
    mode: 'paper',
    alpaca: { keyId: 'k', secretKey: 's' },
    feed: { kind: 'databento' },
    databento: { apiKey: 'db-k', dataset: 'OPRA.PILLAR', quotes: 'cmbp-1', subscribe: 'contracts' },
    log: { level: 'warn' },
    demo: { speed: 7 },
    simulation: { startingCash: 5_000 },
    replay: { data: 'd' },
  })
  expect((await loadLiveConfig({ env: { MOCK_DATA: 'yes' }, envFile })).mode).toBe('demo')
  expect((await loadLiveConfig({ env: { TRADING_MODE: 'off' }, envFile })).mode).toBe('dry-run')
})

test('a file .env lies under the environment', async () => {
  const dotEnv = path.join(folder, '.env')
  writeFileSync(dotEnv, 'ALPACA_API_KEY=from-file\nALPACA_SECRET_KEY=secret\n')
  const { alpaca } = await loadLiveConfig({ env: { ALPACA_API_KEY: 'from-env' }, envFile: dotEnv })
  expect(alpaca).toMatchObject({ keyId: 'from-env', secretKey: 'secret' })
})

test('what is unknown or unreadable is refused with its name', async () => {
  const fails = async (sources: Parameters<typeof loadLiveConfig>[0], text: string): Promise<void> => {
    await expect(loadLiveConfig({ envFile, ...sources })).rejects.toMatchObject({
      code: 'LIVE_CONFIG_INVALID',
      message: expect.stringContaining(text) as string,
    })
  }
  await fails({ env: { SCALP_NONSENSE: '1' } }, 'SCALP_NONSENSE')
  await fails({ env: { SCALP_LIVE_NONSENSE: '1' } }, 'SCALP_LIVE_NONSENSE')
  await fails({ env: { SCALP_LIVE_PORT: 'many' } }, 'SCALP_LIVE_PORT')
  await fails({ env: { ALPACA_PAPER: 'perhaps' } }, 'ALPACA_PAPER')
  await fails({ env: { TRADING_MODE: 'maybe' } }, 'TRADING_MODE')
  await fails({ env: { SCALP_LIVE_OPERATOR_TOKEN: 'short' } }, 'at least 12')
  await fails({ env: {}, flags: { mode: 'yolo' } }, 'mode')
  await fails({ env: {}, flags: { symbols: ['tsla'] } }, 'symbols.0')
  writeFileSync(file, '{"serverr": {}}')
  await fails({ env: {}, file }, 'serverr')
  writeFileSync(file, '{')
  await fails({ env: {}, file }, 'config.json')
  await fails({ env: {}, file: path.join(folder, 'missing.json') }, 'missing.json')
})

test("Alpaca's streams are the feed unless told, whatever keys there are; what Databento does not have is refused", async () => {
  const env = { DATABENTO_API_KEY: 'db-k' }
  expect(await loadLiveConfig({ env, envFile })).toMatchObject({
    feed: { kind: 'alpaca' },
    databento: { apiKey: 'db-k', underlying: { from: 'options' } },
  })
  const gateway = { host: '127.0.0.1' }
  expect(await loadLiveConfig({ env, envFile, flags: { databento: { gateway } } })).toMatchObject({
    databento: { gateway: { host: '127.0.0.1', port: 13_000 } },
  })
  const refused: [object, string][] = [
    [{ feed: { kind: 'bloomberg' } }, 'feed.kind'],
    [{ feed: { kind: 'databento', dataset: 'OPRA.PILLAR' } }, 'dataset'],
    [{ databento: { key: 'db-k' } }, 'key'],
    [{ databento: { dataset: 'XNAS.ITCH' } }, 'databento.dataset: must be a dataset of options'],
    [{ databento: { quotes: 'mbo' } }, 'databento.quotes'],
    [{ databento: { trades: 'tcbbo' } }, 'cmbp-1 brings its trades itself'],
    [{ databento: { underlying: { dataset: 'OPRA.PILLAR' } } }, 'databento.underlying.dataset'],
    [{ databento: { heartbeatSeconds: 1 } }, 'databento.heartbeatSeconds'],
  ]
  for (const [flags, text] of refused)
    await expect(
      loadLiveConfig({ env, envFile, flags: flags as Record<string, unknown> }),
      text,
    ).rejects.toMatchObject({
      code: 'LIVE_CONFIG_INVALID',
      message: expect.stringContaining(text) as string,
    })
})

test('what was validated cannot be changed', async () => {
  const config = await loadLiveConfig({ env: {}, envFile })
  expect(() => {
    ;(config.server as { port: number }).port = 1
  }).toThrow()
})
