import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type Feed, toMicros } from '@scalp/canonical'
import { createExchangeCalendar } from '@scalp/market-data'
import { pino } from 'pino'
import type { LiveClock } from '../src/clock/market-clock.js'
import { liveConfigSchema } from '../src/config/schema.js'
import { type RunningGateway, startGatewayThread } from '../src/gateway/start-gateway.js'
import { type Foundation, layFoundation, simulatedVenue } from '../src/session/foundation.js'
import { LiveSession } from '../src/session/live-session.js'

/** A session on any feed, with journal, recording and a gateway in its thread; fills by simulation. */
export interface Desk {
  readonly session: LiveSession
  readonly gateway: RunningGateway
  readonly folder: string
  stop(): Promise<void>
}

export const TOKEN = 'operator-token-of-a-bench'

/** Opens a desk; `feedOf` gets the instruments of the session. */
export async function openDesk({
  clock,
  feedOf,
}: {
  readonly clock: LiveClock
  readonly feedOf: (base: Foundation) => Feed
}): Promise<Desk> {
  const folder = mkdtempSync(path.join(tmpdir(), 'scalp-bench-'))
  const config = liveConfigSchema.parse({
    mode: 'dry-run',
    data: { directory: folder, durability: 'process' },
    settings: {
      maxConfidence: 100,
      maxDailySignals: 100_000,
      maxContractPriceMicros: 5_000_000,
      minOpenInterest: 0,
      dailyLossLimitPct: null,
    },
    gates: { minOpenInterest: 0 },
    risk: { dailyLossPct: 100, maxOrdersPerDay: 1_000_000 },
  })
  const gateway = await startGatewayThread(
    {
      hub: { mode: 'dry-run', version: 'bench', symbols: config.symbols },
      operatorTokens: [TOKEN],
      readTokens: [],
      host: '127.0.0.1',
      port: 0,
      dashboard: undefined,
      origins: [],
      hosts: [],
      maxClients: 2_000,
      requestsPerMinute: 100_000,
    },
    () => Promise.resolve(null),
    (error) => {
      throw error
    },
    new URL('../dist/gateway-worker.js', import.meta.url),
  )
  const startingCashMicros = toMicros(100_000)
  const base = await layFoundation(
    {
      config,
      isLiveConfirmed: false,
      publisher: gateway.publisher,
      log: pino({ level: 'silent' }),
      onAlert: () => undefined,
      onFault: (error) => {
        throw error
      },
    },
    { startingCashMicros, impliesUnderlyings: false, clock },
  )
  const venue = simulatedVenue(config, base)
  const session = new LiveSession({
    ...base.common,
    broker: venue,
    venue,
    feed: feedOf(base),
    startingCashMicros,
    impliesUnderlyings: false,
    links: () => [],
    isFeedHealthy: () => true,
    isBrokerHealthy: () => true,
  })
  venue.attach(session.engine)
  return {
    session,
    gateway,
    folder,
    stop: async () => {
      await session.stop()
      await gateway.stop()
      await base.recorder?.close()
      base.journal.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export const calendar = createExchangeCalendar()
