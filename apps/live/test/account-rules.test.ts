import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type InstrumentIndex, QuoteBuffer, toMicros, type Us } from '@scalp/canonical'
import type { AccountStatus } from '@scalp/gates'
import { createExchangeCalendar } from '@scalp/market-data'
import { defineStrategy, type Strategy } from '@scalp/strategy'
import { afterAll, expect, test } from 'vitest'
import { type LiveConfig, liveConfigSchema } from '../src/config/schema.js'
import { ReplayClock } from '../src/market/paced-feed.js'
import { checkParity } from '../src/record/parity.js'
import { layFoundation, simulatedVenue } from '../src/session/foundation.js'
import { LiveSession } from '../src/session/live-session.js'
import { Heard, quiet } from './quiet.js'

const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** Asks for one contract with every quote that finds it with nothing at work. */
const eager = defineStrategy({
  contract: 1,
  name: 'eager',
  config: { '~standard': { version: 1, vendor: 'test', validate: () => ({ value: {} }) } } as const,
  create: (_config: unknown, context) => ({
    onQuote: ({ instrument, askMicros }): undefined => {
      if (context.workingOrders === 0)
        context.submit({ instrument, side: 'buy', contracts: 1, limitMicros: askMicros })
    },
  }),
}) as Strategy<unknown>

const { openUs } = createExchangeCalendar().sessionOn('2026-03-03') ?? expect.fail('no session')

const MARGIN: AccountStatus = {
  type: 'margin',
  settledCashMicros: Number.NaN,
  optionLevel: 3,
  dayTrades: 0,
  sourceUs: openUs,
}

/** A session whose account says what `told` holds, on a market of a quote a second. */
async function open(told: { status: AccountStatus | undefined }, gates: object = {}, dollars = 100_000) {
  const folder = mkdtempSync(path.join(tmpdir(), 'scalp-account-'))
  folders.push(folder)
  const config: LiveConfig = liveConfigSchema.parse({
    mode: 'paper',
    data: { directory: folder, durability: 'process' },
    gates: { minOpenInterest: 0, maxPositionPct: 100, maxUnderlyingPct: 100, ...gates },
    simulation: { slippagePct: 0 },
  })
  const startingCashMicros = toMicros(dollars)
  const clock = new ReplayClock(openUs + 60_000_000)
  const base = await layFoundation(
    {
      config,
      isLiveConfirmed: false,
      publisher: new Heard(),
      log: quiet,
      onAlert: () => undefined,
      onFault: (error) => expect.fail(String(error)),
    },
    { startingCashMicros, impliesUnderlyings: false, clock },
  )
  const venue = simulatedVenue(config, base)
  const session = new LiveSession({
    ...base.common,
    strategy: eager,
    settings: {},
    broker: venue,
    venue,
    feed: { start: () => Promise.resolve(), stop: () => Promise.resolve() },
    startingCashMicros,
    impliesUnderlyings: false,
    links: () => [],
    isFeedHealthy: () => true,
    isBrokerHealthy: () => true,
    accountStatus: () => told.status,
  })
  venue.attach(session.engine)
  await session.start()
  const index: InstrumentIndex = base.instruments.requireOption('TSLA260306C00400000')
  const underlying = base.instruments.underlying('TSLA')
  let us: Us = openUs + 60_000_000
  return {
    /** A second of the market; how many contracts are held then. */
    second: (): number => {
      us += 1_000_000
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
      const quote = {
        ...both,
        instrument: index,
        bidMicros: 2e6,
        askMicros: 2.05e6,
        bidSize: 10,
        askSize: 10,
      }
      session.driver.onQuote(Object.assign(new QuoteBuffer(), quote))
      return session.engine.positions.contracts(index)
    },
    refusedBy: () => session.gates.refusals().map(({ gate }) => gate),
    close: async () => {
      await session.stop()
      await base.recorder?.close()
      base.journal.close()
      return checkParity({
        file: path.join(folder, 'sessions', `${base.runId}.session`),
        loadStrategy: () => Promise.resolve(eager),
      })
    },
  }
}

test('an account of which nothing is known buys nothing, and buys when the broker has told; a recording repeats it', async () => {
  const told: { status: AccountStatus | undefined } = { status: undefined }
  const desk = await open(told)
  for (let second = 0; second < 3; second++) expect(desk.second()).toBe(0)
  expect(desk.refusedBy()).toEqual(['pattern_day_trader'])
  told.status = MARGIN
  for (let second = 0; second < 3; second++) desk.second()
  expect(desk.second()).toBeGreaterThan(0)
  told.status = { ...MARGIN, optionLevel: 1 }
  for (let second = 0; second < 3; second++) desk.second()
  const before = desk.second()
  for (let second = 0; second < 3; second++) expect(desk.second()).toBe(before)
  expect(desk.refusedBy()).toContain('option_level')
  const report = await desk.close()
  expect(report.firstDifference).toBeNull()
  expect(report.orders).toBeGreaterThan(0)
})

test('below $25,000 a fourth day trade is refused, and so is one that nobody counted', async () => {
  const told = { status: { ...MARGIN, dayTrades: 3 } }
  const desk = await open(told, {}, 20_000)
  for (let second = 0; second < 3; second++) expect(desk.second()).toBe(0)
  told.status = { ...MARGIN, dayTrades: Number.NaN }
  for (let second = 0; second < 3; second++) expect(desk.second()).toBe(0)
  expect(desk.refusedBy()).toEqual(['pattern_day_trader'])
  told.status = { ...MARGIN, dayTrades: 2 }
  for (let second = 0; second < 3; second++) desk.second()
  expect(desk.second()).toBeGreaterThan(0)
  expect((await desk.close()).firstDifference).toBeNull()
})

test('a cash account pays with settled money, and what was ordered since the last answer is spent', async () => {
  const cash: AccountStatus = { ...MARGIN, type: 'cash', settledCashMicros: toMicros(500) }
  const told = { status: cash }
  const desk = await open(told)
  for (let second = 0; second < 8; second++) desk.second()
  /** $205 each: two of them and no third, though the account has $100,000. */
  expect(desk.second()).toBe(2)
  expect(desk.refusedBy()).toEqual(['settled_cash'])
  told.status = { ...cash, settledCashMicros: Number.NaN }
  for (let second = 0; second < 3; second++) expect(desk.second()).toBe(2)
  told.status = { ...cash, settledCashMicros: toMicros(300) }
  for (let second = 0; second < 4; second++) desk.second()
  expect(desk.second()).toBe(3)
  expect((await desk.close()).firstDifference).toBeNull()
})

test('an account that needs no rules is held to none', async () => {
  const desk = await open({ status: undefined }, { account: null })
  for (let second = 0; second < 3; second++) desk.second()
  expect(desk.second()).toBeGreaterThan(0)
  expect((await desk.close()).firstDifference).toBeNull()
})
