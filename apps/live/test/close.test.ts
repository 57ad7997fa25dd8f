import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type ApprovedOrder, type InstrumentIndex, QuoteBuffer, toMicros, type Us } from '@scalp/canonical'
import { JournalFullError, toEntry } from '@scalp/journal'
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

/** A session on the day after Thanksgiving, which closes at 13:00, and its market. */
async function halfDay(name: string) {
  const calendar = createExchangeCalendar()
  const { closeUs, isEarlyClose } = calendar.sessionOn('2025-11-28') ?? expect.fail('no session')
  expect(isEarlyClose).toBe(true)
  const directory = path.join(folder, name)
  const config = liveConfigSchema.parse({
    mode: 'dry-run',
    data: { directory, durability: 'process' },
    gates: { minOpenInterest: 0, maxUnderlyingAgeMs: 1e12 },
    simulation: { slippagePct: 0 },
  })
  const clock = new ReplayClock(closeUs - 120_000_000)
  const alerts: string[] = []
  const base = await layFoundation(
    {
      config,
      isLiveConfirmed: false,
      publisher: new Heard(),
      log: quiet,
      onAlert: ({ code }) => alerts.push(code),
      onFault: (error) => alerts.push(String(error)),
    },
    { startingCashMicros: toMicros(100_000), impliesUnderlyings: false, clock },
  )
  const venue = simulatedVenue(config, base)
  const session = new LiveSession({
    ...base.common,
    strategy: hoarder,
    settings: {},
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
  const index: InstrumentIndex = base.instruments.requireOption('TSLA251205C00400000')
  const underlying = base.instruments.underlying('TSLA')
  const held = (): number => session.engine.positions.contracts(index)
  return {
    session,
    alerts,
    held,
    quote: (secondsBefore: number, bidMicros = 2e6): number => {
      clock.us = closeUs - secondsBefore * 1_000_000
      const both: { receivedUs: Us; sourceUs: Us } = { receivedUs: clock.us, sourceUs: clock.us }
      session.driver.onTrade({
        ...both,
        instrument: underlying,
        priceMicros: 400e6,
        size: 1,
        aggressor: 'unknown',
        copy: () => expect.fail('kept'),
      })
      const sizes = { bidSize: 10, askSize: 10 }
      const quote = { ...both, ...sizes, instrument: index, bidMicros, askMicros: bidMicros + 50_000 }
      session.driver.onQuote(Object.assign(new QuoteBuffer(), quote))
      return held()
    },
    /** Time passes without a quote. */
    wait: (secondsBefore: number): number => {
      clock.us = closeUs - secondsBefore * 1_000_000
      session.driver.tick()
      return held()
    },
    /** Ends it, compares with a replay, and tells what each sale asked for. */
    close: async () => {
      await session.stop()
      await base.recorder?.close()
      const sales = Array.from(base.journal.lines())
        .filter(({ type }) => type === 'order-submitted')
        .map((line) => toEntry(line)['order'] as ApprovedOrder)
        .filter(({ side }) => side === 'sell')
        .map(({ limitMicros }) => limitMicros ?? 'market')
      base.journal.close()
      const report = await checkParity({
        file: path.join(directory, 'sessions', `${base.runId}.session`),
        loadStrategy: () => Promise.resolve(hoarder),
      })
      expect(report.firstDifference).toBeNull()
      return sales
    },
  }
}

test('what a strategy still holds near the bell of a half day is sold at the bid, and not bought again', async () => {
  const day = await halfDay('limit')
  for (let seconds = 120; seconds > 45; seconds--) day.quote(seconds)
  expect(day.held()).toBe(1)
  for (let seconds = 45; seconds > 40; seconds--) day.quote(seconds)
  for (let seconds = 40; seconds > 0; seconds--) expect(day.quote(seconds)).toBe(0)
  expect(day.session.engine.tracker.closed.map(({ exitReason }) => exitReason)).toEqual(['market_close'])
  expect(await day.close()).toEqual([2e6])
  expect(day.alerts).toEqual([])
})

test('in a market that falls away the limits follow it, and then the market order sells, also while halted', async () => {
  const day = await halfDay('walk')
  let bid = 100e6
  for (let seconds = 120; seconds > 46; seconds--) day.quote(seconds, bid)
  expect(day.held()).toBe(1)
  await day.session.command({ command: 'halt' }, 'test')
  for (let seconds = 46; seconds > 20; seconds--) {
    bid *= seconds > 32 ? 0.97 : 0.8
    expect(day.quote(seconds, bid)).toBe(1)
  }
  for (let seconds = 20; seconds > 15; seconds--) day.quote(seconds, bid)
  expect(day.held()).toBe(0)
  const sales = await day.close()
  expect(sales.length).toBeGreaterThan(4)
  expect(sales.indexOf('market')).toBe(sales.length - 1)
  const limits = sales.slice(0, -1).map(Number)
  expect(limits).toEqual([...limits].sort((a, b) => b - a))
})

test('without a quote the orders go on, somebody is called once, and the next quote sells', async () => {
  const day = await halfDay('silent')
  for (let seconds = 120; seconds > 50; seconds--) day.quote(seconds)
  for (let seconds = 50; seconds > 12; seconds--) expect(day.wait(seconds)).toBe(1)
  expect(day.alerts).not.toContain('HELD_AT_CLOSE')
  for (let seconds = 12; seconds > 5; seconds--) expect(day.wait(seconds)).toBe(1)
  expect(day.alerts.filter((code) => code === 'HELD_AT_CLOSE')).toHaveLength(1)
  day.quote(5)
  day.quote(4)
  expect(day.quote(3)).toBe(0)
  await day.close()
})

test('an operator who flattens near the bell and the net do not sell the same contract twice', async () => {
  const day = await halfDay('operator')
  for (let seconds = 120; seconds > 50; seconds--) day.quote(seconds)
  await day.session.command({ command: 'flatten' }, 'test')
  for (let seconds = 50; seconds > 10; seconds--) expect(day.wait(seconds)).toBe(1)
  day.quote(10)
  expect(day.quote(9)).toBe(0)
  expect(await day.close()).toEqual(['market'])
})

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
