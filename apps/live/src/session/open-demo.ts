import { randomBytes } from 'node:crypto'
import type { FakeAlpaca } from '@scalp/alpaca/testing'
import { US_PER_MINUTE } from '@scalp/canonical'
import { createExchangeCalendar } from '@scalp/market-data'
import { MarketClock } from '../clock/market-clock.js'
import type { LiveConfig } from '../config/schema.js'
import { DemoMarket, startDemoAlpaca } from '../market/demo-market.js'
import type { OpenedSession, OpenOptions } from './foundation.js'
import { openAccountSession } from './open-account.js'

/** A demo, with the market behind it. */
export interface OpenedDemo extends OpenedSession {
  readonly alpaca: FakeAlpaca
  readonly market: DemoMarket
  readonly marketClock: MarketClock
}

/** A Tuesday, so that several expiries are near. */
const START_DATE = '2026-03-03'
const AFTER_OPEN_MINUTES = 40

/** What suits a market where something happens every minute. */
const DEMO_SETTINGS = {
  maxContractPriceMicros: 4_000_000,
  maxConfidence: 80,
  maxDailySignals: 100_000,
  cooldownAfterLossSeconds: 30,
  entryLimitPct: 3,
  entryReprices: 2,
  trailingActivationPct: 10,
  trailingDistancePct: 8,
}

/**
 * Trades a market that never was on a simulated Alpaca, through its own protocol: the same code as on paper, and
 * nothing leaves this machine.
 */
export async function openDemo(options: OpenOptions): Promise<OpenedDemo> {
  const { config } = options
  const calendar = createExchangeCalendar()
  const { openUs = 0 } = calendar.sessionOn(START_DATE) ?? {}
  const clock = new MarketClock({
    startUs: openUs + AFTER_OPEN_MINUTES * US_PER_MINUTE,
    speed: config.demo.speed,
  })
  const keyId = 'DEMO'
  const secretKey = randomBytes(12).toString('hex')
  const alpaca = await startDemoAlpaca(clock, { [keyId]: secretKey })
  const [symbol = 'TSLA'] = config.symbols
  const market = new DemoMarket({
    alpaca,
    calendar,
    clock,
    symbol,
    seed: config.demo.seed,
    burstSeconds: config.demo.burstSeconds,
    /** At high speed more steps, so that the market does not jump. */
    stepMs: Math.max(20, 200 / config.demo.speed),
  })
  market.step()
  const demo: LiveConfig = {
    ...config,
    symbols: [symbol],
    feed: { kind: 'alpaca' },
    settings: { ...DEMO_SETTINGS, ...config.settings },
    gates: { ...config.gates, minVolume: 0 },
    alpaca: {
      ...config.alpaca,
      keyId,
      secretKey,
      requestsPerMinute: 100_000,
      tradingUrl: alpaca.url,
      dataUrl: alpaca.url,
      streamUrl: alpaca.streamUrl,
    },
  }
  try {
    market.start()
    const opened = await openAccountSession({ ...options, config: demo, clock })
    return {
      ...opened,
      alpaca,
      market,
      marketClock: clock,
      stop: async () => {
        market.stop()
        await opened.stop()
        await alpaca.stop()
      },
    }
  } catch (error) {
    market.stop()
    await alpaca.stop()
    throw error
  }
}
