import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type InstrumentIndex, QuoteBuffer, toMicros, type Us } from '@scalp/canonical'
import { JournalFullError } from '@scalp/journal'
import { createExchangeCalendar } from '@scalp/market-data'
import { defineStrategy, type Strategy } from '@scalp/strategy'
import { afterAll, expect, test } from 'vitest'
import { liveConfigSchema } from '../src/config/schema.js'
import { ReplayClock } from '../src/market/paced-feed.js'
import { checkParity } from '../src/record/parity.js'
import { layFoundation, simulatedVenue } from '../src/session/foundation.js'
import { LiveSession } from '../src/session/live-session.js'
import { Heard, quiet, until } from './quiet.js'

const folder = mkdtempSync(path.join(tmpdir(), 'scalp-close-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Buys the first thing it sees, and never sells. */
const hoarder = defineStrategy({
  contract: 1,
  name: 'hoarder',
  config: { '~standard': { version: 1, vendor: 'test', validate: () => ({ value: {} }) } } as const,
  create: (_config: unknown, context) => ({
    onQuote: ({ instrument, askMicros }): undefined => {
      if (!context.isBusy(instrument) && context.positions.open().length === 0 && context.workingOrders === 0)
        context.submit({ instrument, side: 'buy', contracts: 1, limitMicros: askMicros })
    },
  }),
}) as Strategy<unknown>

test('what a strategy still holds just before the bell is sold, early closes included, and somebody is called', async () => {
  const calendar = createExchangeCalendar()
  /** The day after Thanksgiving closes at 13:00. */
  const { closeUs, isEarlyClose } = calendar.sessionOn('2025-11-28') ?? expect.fail('no session')
  expect(isEarlyClose).toBe(true)
  const config = liveConfigSchema.parse({
    mode: 'dry-run',
    data: { directory: folder, durability: 'process' },
    gates: { minOpenInterest: 0, maxUnderlyingAgeMs: 1e12 },
    simulation: { slippagePct: 0 },
  })
  const clock = new ReplayClock(closeUs - 60_000_000)
  const alerts: string[] = []
  const heard = new Heard()
  const base = await layFoundation(
    {
      config,
      isLiveConfirmed: false,
      publisher: heard,
      log: quiet,
      onAlert: ({ code }) => alerts.push(code),
      onFault: (error) => alerts.push(String(error)),
    },
    { startingCashMicros: toMicros(100_000), impliesUnderlyings: false, clock },
  )
  const venue = simulatedVenue(config, base)
  const feed = { start: () => Promise.resolve(), stop: () => Promise.resolve() }
  const session = new LiveSession({
    ...base.common,
    strategy: hoarder,
    settings: {},
    broker: venue,
    venue,
    feed,
    startingCashMicros: toMicros(100_000),
    impliesUnderlyings: false,
    links: () => [],
    isFeedHealthy: () => true,
    isBrokerHealthy: () => true,
  })
  venue.attach(session.engine)
  await session.start()
  const index: InstrumentIndex = base.instruments.requireOption('TSLA251205C00400000')
  const underlying = base.instruments.underlying('TSLA')
  const quote = (us: Us): void => {
    clock.us = us
    const both = { receivedUs: us, sourceUs: us }
    session.driver.onTrade({
      ...both,
      instrument: underlying,
      priceMicros: 400e6,
      size: 1,
      aggressor: 'unknown',
      copy: () => expect.fail('kept'),
    })
    session.driver.onQuote(
      Object.assign(new QuoteBuffer(), {
        ...both,
        instrument: index,
        bidMicros: 2e6,
        askMicros: 2.05e6,
        bidSize: 10,
        askSize: 10,
      }),
    )
  }
  for (let seconds = 60; seconds > 25; seconds--) quote(closeUs - seconds * 1_000_000)
  expect(session.engine.positions.contracts(index)).toBe(1)
  for (let seconds = 19; seconds > 16; seconds--) quote(closeUs - seconds * 1_000_000)
  await until(() => alerts.includes('HELD_AT_CLOSE'), 'somebody is called')
  await session.command({ command: 'halt' }, 'test')
  quote(closeUs - 10_000_000)
  quote(closeUs - 9_000_000)
  expect(session.engine.positions.contracts(index)).toBe(0)
  expect(heard.of('trade_executed').length + session.engine.tracker.closed.length).toBeGreaterThan(0)
  expect(session.engine.tracker.closed[0]?.exitReason).toBe('market_close')
  await session.stop()
  await base.recorder?.close()
  base.journal.close()
  const report = await checkParity({
    file: path.join(folder, 'sessions', `${base.runId}.session`),
    loadStrategy: () => Promise.resolve(hoarder),
  })
  expect(report.firstDifference).toBeNull()
  expect(alerts.filter((code) => code === 'HELD_AT_CLOSE')).toHaveLength(1)
}, 30_000)

test('a disk without room ends entries, not the daemon: exits go on, and what waits is kept', async () => {
  const calendar = createExchangeCalendar()
  const { openUs } = calendar.sessionOn('2025-11-28') ?? expect.fail('no session')
  const config = liveConfigSchema.parse({
    mode: 'dry-run',
    data: { directory: path.join(folder, 'full'), durability: 'process' },
  })
  const clock = new ReplayClock(openUs + 60_000_000)
  const alerts: string[] = []
  const base = await layFoundation(
    {
      config,
      isLiveConfirmed: false,
      publisher: new Heard(),
      log: quiet,
      onAlert: ({ message }) => alerts.push(message),
      onFault: (error) => alerts.push(String(error)),
    },
    { startingCashMicros: toMicros(100_000), impliesUnderlyings: false, clock },
  )
  const venue = simulatedVenue(config, base)
  let waiting = 0
  const journal = {
    append: (): undefined => void waiting++,
    flush: (): void => {
      throw new JournalFullError({ path: 'scalp.db', waiting })
    },
  }
  const session = new LiveSession({
    ...base.common,
    journal,
    broker: venue,
    venue,
    feed: { start: () => Promise.resolve(), stop: () => Promise.resolve() },
    startingCashMicros: toMicros(100_000),
    impliesUnderlyings: false,
    links: () => [],
    isFeedHealthy: () => true,
    isBrokerHealthy: () => true,
  })
  venue.attach(session.engine)
  await session.start()
  await until(() => session.isHalted, 'entries end')
  expect(session.haltReason).toContain('disk-full')
  expect(alerts.some((message) => message.includes('disk-full'))).toBe(true)
  expect(await session.command({ command: 'flatten' }, 'test')).toMatchObject({ ok: true })
  expect(session.driver.isRunning).toBe(true)
  expect(waiting).toBeGreaterThan(0)
  await session.stop()
  await base.recorder?.close()
  base.journal.close()
})
