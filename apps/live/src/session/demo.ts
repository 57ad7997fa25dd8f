import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { createAlpacaBroker, createAlpacaFeed } from '@scalp/alpaca/live'
import { InstrumentTable, toMicros } from '@scalp/canonical'
import { scalpPipeline } from '@scalp/gates'
import { createExchangeCalendar } from '@scalp/market-data'
import { momentumScalper, type ScalpConfig } from '@scalp/scalping'
import { resolveConfig, type Strategy } from '@scalp/strategy'
import { MarketClock } from '../clock/market-clock.js'
import { Hub } from '../gateway/hub.js'
import { Gateway } from '../gateway/server.js'
import { Tokens } from '../gateway/tokens.js'
import { DemoMarket, startDemoAlpaca } from '../market/demo-market.js'
import { version } from '../version.js'
import { LiveSession } from './live-session.js'

/** What a demo may be told. */
export interface DemoOptions {
  readonly host?: string
  readonly port?: number
  readonly symbol?: string
  readonly seed?: string
  /** Times as fast as real time; 1 unless told. */
  readonly speed?: number
  readonly token?: string
}

/** A running demo. */
export interface RunningDemo {
  readonly url: string
  readonly token: string
  readonly session: LiveSession
  stop(): Promise<void>
}

const KEYS = { keyId: 'DEMO', secretKey: 'demo-secret' }
/** A Tuesday, so that several expiries are near. */
const START_DATE = '2026-03-03'

/** Starts the daemon on a simulated Alpaca and a market that never was: no keys, nothing leaves this machine. */
export async function startDemo({
  host = '127.0.0.1',
  port = 8787,
  symbol = 'TSLA',
  seed = 'demo',
  speed = 1,
  token = randomBytes(18).toString('base64url'),
}: DemoOptions = {}): Promise<RunningDemo> {
  const calendar = createExchangeCalendar()
  const { openUs = 0 } = calendar.sessionOn(START_DATE) ?? {}
  const clock = new MarketClock({ startUs: openUs + 40 * 60_000_000, speed })
  const alpaca = await startDemoAlpaca(clock, { [KEYS.keyId]: KEYS.secretKey })
  const market = new DemoMarket({ alpaca, calendar, clock, symbol, seed })
  const instruments = new InstrumentTable()
  const shared = { ...KEYS, clock, instruments }
  const feed = createAlpacaFeed({
    ...shared,
    baseUrl: alpaca.streamUrl,
    contracts: market.contracts,
    underlyings: [symbol],
    optionFeed: 'opra',
    stockFeed: 'sip',
  })
  const runId = `demo-${Date.now().toString(36)}`
  const broker = createAlpacaBroker({ ...shared, baseUrl: alpaca.url, streamUrl: alpaca.streamUrl, runId })
  const settings: ScalpConfig = await resolveConfig(momentumScalper, {
    preset: 'tuned',
    overrides: {
      minOpenInterest: 0,
      maxContractPriceMicros: 4_000_000,
      maxConfidence: 80,
      maxDailySignals: 1_000,
    },
  })
  const hub = new Hub({ mode: 'demo', version, symbols: [symbol] })
  const session = new LiveSession({
    mode: 'demo',
    runId,
    clock,
    calendar,
    instruments,
    symbols: [symbol],
    strategy: momentumScalper as Strategy<unknown>,
    settings,
    preset: 'tuned',
    pipeline: scalpPipeline({
      maxGreeksAgeMs: null,
      delta: null,
      minOpenInterest: null,
      minVolume: null,
      skipOpenMinutes: 0,
      skipCloseMinutes: 0,
    }),
    broker,
    feed,
    startingCashMicros: toMicros(100_000),
    hub,
    links: () => [
      ...feed.streams.map((stream, at) => ({
        name: at === 0 ? 'options' : 'stocks',
        state: stream.state,
        isHealthy: stream.isSubscribed,
        silentMs: null,
        messages: session.driver.events,
        reconnects: 0,
        detail: null,
      })),
      {
        name: 'orders',
        state: broker.stream.state,
        isHealthy: broker.isListening,
        silentMs: null,
        messages: 0,
        reconnects: 0,
        detail: null,
      },
    ],
    isFeedHealthy: () => feed.isReady,
    isBrokerHealthy: () => broker.isListening,
    journal: { append: () => undefined, flush: () => undefined },
    onAlert: (alert) =>
      hub.publish(
        'alert',
        { ...alert, id: randomBytes(6).toString('hex'), at: hub.timestamp },
        hub.timestamp,
      ),
    onFault: (error) => {
      console.error(error)
      process.exitCode = 1
    },
  })
  await session.start()
  market.start()
  const gateway = await Gateway.start({
    hub,
    tokens: new Tokens({ operator: [token], read: [] }),
    source: {
      candles: (of, interval, limit) => session.market.candles(of)?.list(interval, limit) ?? [],
      config: () => ({ mode: 'demo', symbols: [symbol], settings }),
      sessions: async () => [],
      metrics: async () => '',
      unreadiness: () => session.unreadiness(),
    },
    host,
    port,
    dashboard: fileURLToPath(new URL(path.join('..', '..', 'dashboard', 'dist'), import.meta.url)),
    origins: [],
    hosts: [],
    maxClients: 1_000,
    requestsPerMinute: 600,
    onCommand: (command, actor) => session.command(command, actor),
  })
  return {
    url: gateway.url,
    token,
    session,
    stop: async () => {
      market.stop()
      await session.stop()
      await broker.close()
      await gateway.stop()
      await alpaca.stop()
    },
  }
}
