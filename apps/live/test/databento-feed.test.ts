import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type InstrumentIndex, toDollars, type Us } from '@scalp/canonical'
import { openJournal } from '@scalp/journal/sqlite'
import type { Alert } from '@scalp/protocol'
import { afterAll, expect, test } from 'vitest'
import { type LiveConfig, liveConfigSchema } from '../src/config/schema.js'
import { examine } from '../src/doctor.js'
import { checkParity, headerOf } from '../src/record/parity.js'
import { readRecording } from '../src/record/read-recording.js'
import type { OpenedSession } from '../src/session/foundation.js'
import { openAccountSession } from '../src/session/open-account.js'
import { openDryRun } from '../src/session/open-dry-run.js'
import { loadStrategy } from '../src/session/strategies.js'
import { type OpraDesk, opraDesk, type Published, saidOf } from './opra-desk.js'
import { Heard, pause, quiet, until } from './quiet.js'

const folder = mkdtempSync(path.join(tmpdir(), 'scalp-opra-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Breaks of the gateway in the long test; the proof of record takes 30. */
const BREAKS = Number(process.env['SCALP_OPRA_BREAKS'] ?? 3)

/** What trades in a market where something happens every minute. */
const SETTINGS = {
  maxContractPriceMicros: 9_000_000,
  maxConfidence: 100,
  maxDailySignals: 100_000,
  minOpenInterest: 0,
  cooldownAfterLossSeconds: 5,
  minSignalIntervalSeconds: 1,
  momentumThresholdPutPct: 0.2,
  momentumThresholdCallPct: 0.2,
  entryLimitPct: 5,
}

function configOf(
  { alpaca, opra, shares }: OpraDesk,
  name: string,
  databento: Record<string, unknown> = {},
  mode = 'paper',
): LiveConfig {
  const { underlying, ...others } = databento as { underlying?: object }
  return liveConfigSchema.parse({
    mode,
    symbols: ['TSLA'],
    feed: { kind: 'databento' },
    databento: {
      apiKey: opra.apiKey,
      gateway: { host: opra.host, port: opra.port },
      underlying: { gateway: { host: shares.host, port: shares.port }, ...underlying },
      ...others,
    },
    alpaca: {
      keyId: 'KEY',
      secretKey: 'secret',
      requestsPerMinute: 100_000,
      tradingUrl: alpaca.url,
      dataUrl: alpaca.url,
      streamUrl: alpaca.streamUrl,
    },
    settings: SETTINGS,
    gates: { minVolume: 0 },
    data: { directory: path.join(folder, name), durability: 'process' },
  })
}

interface Run {
  readonly opened: OpenedSession
  readonly heard: Heard
  readonly alerts: Omit<Alert, 'id' | 'at'>[]
  readonly faults: unknown[]
}

async function run(desk: OpraDesk, config: LiveConfig): Promise<Run> {
  const heard = new Heard()
  const alerts: Run['alerts'] = []
  const faults: unknown[] = []
  const open = config.mode === 'dry-run' ? openDryRun : openAccountSession
  const opened = await open({
    config,
    isLiveConfirmed: false,
    publisher: heard,
    log: quiet,
    clock: desk.clock,
    onAlert: (alert) => void alerts.push(alert),
    onFault: (error) => void faults.push(error),
  })
  return { opened, heard, alerts, faults }
}

function linkOf({ heard }: Run, name: string) {
  return heard
    .of('health')
    .at(-1)
    ?.links.find((link) => link.name === name)
}

function recordingOf({ opened }: Run): string {
  return path.join(opened.directory, 'sessions', `${opened.runId}.session`)
}

/** Quotes and trades of contracts in the order in which the engine saw them, as the gateway published them. */
async function recorded(file: string): Promise<readonly Published[]> {
  const symbols = new Map<InstrumentIndex, string>()
  const seen: Published[] = []
  await readRecording(file, {
    onJson: (record) => {
      if (record.r === 'listed' && record.isOption) symbols.set(record.index, record.symbol)
    },
    onQuote: ({ instrument, sourceUs, bidMicros, askMicros, bidSize, askSize }) => {
      const symbol = symbols.get(instrument) ?? expect.fail('a quote of no contract')
      const bid = Number.isNaN(bidMicros) ? 'none' : toDollars(bidMicros)
      seen.push(saidOf(symbol, sourceUs, false, `${bid} ${toDollars(askMicros)} ${bidSize} ${askSize}`))
    },
    onTrade: ({ instrument, sourceUs, priceMicros, size }) => {
      const symbol = symbols.get(instrument)
      if (symbol !== undefined) seen.push(saidOf(symbol, sourceUs, true, `${priceMicros} ${size}`))
    },
  })
  return seen
}

function countsOf(all: readonly Published[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { key } of all) counts.set(key, (counts.get(key) ?? 0) + 1)
  return counts
}

/** Breaks the gateway's connection, and answers from when to when what came may be of the gap. */
async function breakOff({ opra, clock }: OpraDesk, { opened }: Run, how: 'reset' | 'end'): Promise<[Us, Us]> {
  const brokenUs = clock.nowUs()
  const next = opra.sessions.length
  opra.session?.[how]()
  await until(() => opened.session.unreadiness() === 'the feed is degraded', 'it says that its feed is gone')
  await opra.connected(next)
  await until(() => opened.session.unreadiness() === null, 'the gap is filled')
  return [brokenUs, clock.nowUs()]
}

test(
  'trades an Alpaca account on quotes of OPRA, through breaks of the gateway, and decides the same when replayed',
  async () => {
    const desk = await opraDesk({ seed: 'opra', speed: 30, burstSeconds: 20 })
    const daemon = await run(desk, configOf(desk, 'paper'))
    const { opened, heard } = daemon
    const { session } = opened
    await until(() => heard.of('scalp_position_closed').length > 0, 'a position is opened and closed', 60_000)
    expect(linkOf(daemon, 'options')).toMatchObject({ state: 'streaming', isHealthy: true, reconnects: 0 })
    expect(session.unreadiness()).toBeNull()

    /** Every third time while something is held, every other in good order. */
    const gaps: [Us, Us][] = []
    for (let at = 0; at < BREAKS; at++) {
      if (at % 3 === 0)
        await until(() => session.engine.positions.open().length > 0, 'something is held', 60_000)
      gaps.push(await breakOff(desk, daemon, at % 2 === 0 ? 'reset' : 'end'))
      const closed = heard.of('scalp_position_closed').length
      await until(() => heard.of('scalp_position_closed').length > closed, 'it trades on', 60_000)
    }
    await session.command({ command: 'halt' }, 'test')
    await until(() => session.engine.positions.open().length === 0, 'nothing is held', 60_000)
    await until(() => desk.alpaca.venue.working.size === 0, 'nothing works')
    await until(() => linkOf(daemon, 'options')?.reconnects === BREAKS, 'it shows its reconnects')
    expect(linkOf(daemon, 'options')).toMatchObject({
      state: 'streaming',
      isHealthy: true,
      detail: `${BREAKS} gaps filled`,
    })
    const lastUs = desk.clock.nowUs()
    await opened.stop()
    expect(daemon.faults).toEqual([])
    expect(desk.alpaca.market.count, 'streams of the market that Alpaca was asked for').toBe(0)

    /** What was published came, once each; but of a gap only the newest quote of each contract. */
    const seen = await recorded(recordingOf(daemon))
    const came = countsOf(seen)
    const sent = countsOf(desk.published)
    for (const [key, times] of came)
      expect(times, `${key} came too often`).toBeLessThanOrEqual(sent.get(key) ?? 0)
    const firstUs = seen[0]?.us ?? expect.fail('nothing was recorded')
    const missing = desk.published.filter(({ us, key }) => us > firstUs && us < lastUs && !came.has(key))
    const gapOf = (us: Us): [Us, Us] | undefined =>
      gaps.find(([from, to]) => us > from - 1_000_000 && us < to)
    for (const { symbol, us, key, isTrade } of missing) {
      expect(isTrade, `${key} was lost`).toBe(false)
      const [, toUs] = gapOf(us) ?? expect.fail(`${key} was lost outside of the gaps`)
      const newer = seen.some((one) => one.symbol === symbol && !one.isTrade && one.us > us && one.us < toUs)
      expect(newer, `${key} was lost, and no newer one of the gap came`).toBe(true)
    }
    const told = seen.filter(({ us }) => gaps.some(([from, to]) => us > from && us < to)).length
    expect(told).toBeGreaterThan(0)
    expect(missing.length).toBeGreaterThan(0)

    /** Every order that was decided is at the venue, once. */
    const journal = openJournal({ path: path.join(opened.directory, 'scalp.db') })
    const decided = Array.from(
      journal.lines({ type: 'order-submitted' }),
      ({ body }) => `${opened.runId}-${(JSON.parse(body) as { order: { id: string } }).order.id}`,
    )
    journal.close()
    const placed = Array.from(desk.alpaca.venue.orders.values(), ({ clientOrderId }) => clientOrderId)
    expect(placed.sort()).toEqual(decided.sort())
    expect(new Set(placed).size).toBe(placed.length)

    const report = await checkParity({ file: recordingOf(daemon), loadStrategy })
    console.log(
      `databento: ${report.events} events, ${(report.marketSeconds / 60).toFixed(1)} market minutes, ${report.decisions} decisions, ${report.orders} orders; gaps of ${gaps.map(([from, to]) => `${((to - from) / 1e6).toFixed(1)} s`).join(', ')}: ${told} events of them told in all, ${missing.length} older quotes left out`,
    )
    expect(report.firstDifference).toBeNull()
    expect(report.isWhole).toBe(true)
    expect(report.orders).toBe(decided.length)
    expect(report.decisions).toBeGreaterThan(0)
    expect((await headerOf(recordingOf(daemon))).feed).toBe(
      'databento OPRA.PILLAR cmbp-1, underlyings of options',
    )
  },
  60_000 + BREAKS * 20_000,
)

test('a dry run takes samples of a parent symbol, prices of shares from another dataset, and decides the same when replayed', async () => {
  const desk = await opraDesk({ seed: 'samples', speed: 20, burstSeconds: 10, quotes: 'cbbo-1s' })
  const databento = { quotes: 'cbbo-1s', subscribe: 'parent', underlying: { from: 'dataset' } }
  const daemon = await run(desk, configOf(desk, 'dry', databento, 'dry-run'))
  const { session } = daemon.opened
  await until(() => daemon.heard.of('trade_executed').length > 0, 'something fills', 60_000)
  expect(session.engine.prices.get('TSLA')).toMatchObject({ isDerived: false })
  const asked = desk.opra.session?.requests.map(({ schema, stypeIn, symbols }) => ({
    schema,
    stypeIn,
    symbols,
  }))
  expect(asked).toEqual([
    { schema: 'cbbo-1s', stypeIn: 'parent', symbols: ['TSLA.OPT'] },
    { schema: 'trades', stypeIn: 'parent', symbols: ['TSLA.OPT'] },
  ])
  expect(desk.shares.session?.requests).toMatchObject([{ schema: 'trades', symbols: ['TSLA'] }])

  /** Prices of shares may break off too, and nothing is bought without them. */
  const next = desk.shares.sessions.length
  desk.shares.session?.reset()
  await until(() => session.unreadiness() === 'the feed is degraded', 'it misses prices of shares')
  await desk.shares.connected(next)
  await until(() => session.unreadiness() === null, 'they are back')
  const health = (): readonly string[] =>
    (daemon.heard.of('health').at(-1)?.links ?? []).map(
      (link) => `${link.name} ${link.state} ${link.reconnects}`,
    )
  await until(
    () => health().join() === 'options streaming 0,stocks streaming 1',
    () => health().join(),
  )
  await daemon.opened.stop()
  expect(daemon.faults).toEqual([])
  expect(desk.alpaca.venue.orders.size).toBe(0)
  expect(desk.alpaca.market.count).toBe(0)
  const report = await checkParity({ file: recordingOf(daemon), loadStrategy })
  expect(report.firstDifference).toBeNull()
  expect(report.orders).toBeGreaterThan(0)
}, 120_000)

test('prices of shares can come from the stream of stocks of Alpaca', async () => {
  const desk = await opraDesk({ seed: 'stocks', speed: 10, burstSeconds: 10 })
  const daemon = await run(desk, configOf(desk, 'stocks', { underlying: { from: 'alpaca' } }))
  const { session } = daemon.opened
  await until(() => session.engine.prices.get('TSLA') !== undefined, 'there is a price')
  expect(session.engine.prices.get('TSLA')).toMatchObject({ isDerived: false })
  expect(desk.alpaca.market.subscriptions()).toEqual([
    expect.objectContaining({ quotes: ['TSLA'], trades: ['TSLA'] }),
  ])
  await until(() => linkOf(daemon, 'stocks')?.isHealthy === true, 'the stream is shown')
  expect(linkOf(daemon, 'options')).toMatchObject({ isHealthy: true })
  await daemon.opened.stop()
  const report = await checkParity({ file: recordingOf(daemon), loadStrategy })
  expect(report.firstDifference).toBeNull()
}, 60_000)

test('a key that is deactivated while it trades halts it for good, and slowness is told', async () => {
  const desk = await opraDesk({ seed: 'ended', speed: 10, burstSeconds: 10 })
  const daemon = await run(desk, configOf(desk, 'ended'))
  const { session } = daemon.opened
  await until(() => session.unreadiness() === null, 'it is ready')
  desk.opra.session?.system(2, 'Warning: slow reading')
  desk.opra.session?.error(7, 'Slow client detected')
  await until(() => linkOf(daemon, 'options')?.detail === '2 times too slow', 'slowness is shown')
  expect(daemon.alerts.map(({ code }) => code)).toEqual(['FEED_SLOW', 'FEED_SKIPPED'])
  desk.opra.session?.error(2, 'User or API key deactivated')
  await until(() => session.risk.killSwitch, 'the kill switch is thrown')
  expect(daemon.alerts).toContainEqual(expect.objectContaining({ level: 'critical', code: 'FEED_ENDED' }))
  await until(() => linkOf(daemon, 'options')?.state === 'failed', 'its end is shown')
  await pause(300)
  expect(desk.opra.sessions, 'connections').toHaveLength(1)
  await daemon.opened.stop()
}, 60_000)

test('a key that is missing, wrong or without a licence is refused by an error of its own, and nothing is left running', async () => {
  const licence = 'A live data license is required to access OPRA.PILLAR.'
  const plans = [{}, { refuse: licence }, { errorFirst: { code: 5, message: 'Not authorized for cmbp-1' } }]
  const desk = await opraDesk({
    seed: 'refused',
    speed: 1,
    burstSeconds: 10,
    opra: { connection: (index) => plans[index] ?? {} },
  })
  for (const mode of ['paper', 'dry-run']) {
    const config = configOf(desk, 'missing', { apiKey: '' }, mode)
    await expect(run(desk, config)).rejects.toMatchObject({
      code: 'FEED_KEY_MISSING',
      hint: expect.stringContaining('DATABENTO_API_KEY') as string,
    })
  }
  expect(existsSync(path.join(folder, 'missing')), 'a file was written').toBe(false)
  const wrong = 'db-a-wrong-key-0000000000'
  const refusal = await run(desk, configOf(desk, 'wrong', { apiKey: wrong })).catch((error: unknown) => error)
  expect(refusal).toMatchObject({ code: 'LIVE_AUTH' })
  expect(String((refusal as Error).stack) + JSON.stringify(refusal)).not.toContain(wrong)
  for (const name of ['unlicensed', 'unlicensed-schema'])
    await expect(run(desk, configOf(desk, name))).rejects.toMatchObject({
      code: 'FEED_NOT_LICENSED',
      details: { dataset: 'OPRA.PILLAR' },
    })
  await expect(run(desk, configOf(desk, 'dry', { apiKey: wrong }, 'dry-run'))).rejects.toMatchObject({
    code: 'LIVE_AUTH',
  })
  expect(desk.opra.sessions).toHaveLength(4)
  await until(() => desk.alpaca.trading.listening === 0, 'the stream of orders is closed')
  expect(desk.alpaca.venue.orders.size).toBe(0)
}, 60_000)

test('doctor asks the gateways whether they let the key in, subscribes to nothing, and says what is wrong', async () => {
  const desk = await opraDesk({
    seed: 'doctor',
    speed: 1,
    burstSeconds: 10,
    opra: { connection: (index) => (index === 2 ? { refuse: 'no live license for OPRA.PILLAR' } : {}) },
  })
  const look = async (databento: object): Promise<Record<string, string>> => {
    const findings = await examine(configOf(desk, 'doctor', databento as Record<string, unknown>))
    return Object.fromEntries(findings.map(({ name, state, detail }) => [name, `${state}: ${detail}`]))
  }
  const fine = await look({ underlying: { from: 'dataset' }, apiKey: desk.opra.apiKey })
  expect(fine['databento key']).toMatch(/^ok/)
  expect(fine['databento OPRA.PILLAR']).toMatch(/^ok: .*cmbp-1 are not subscribed to here/)
  expect(fine['databento EQUS.MINI']).toMatch(/^ok/)
  expect(fine['entitlements']).toBeUndefined()
  expect((await look({ apiKey: 'db-a-wrong-key-00000' }))['databento OPRA.PILLAR']).toMatch(
    /^failed: .*authentication failed.*Check the API key/,
  )
  expect((await look({}))['databento OPRA.PILLAR']).toMatch(/^failed: .*no live licence for OPRA/)
  const missing = await look({ apiKey: '' })
  expect(missing['databento key']).toMatch(/^failed: .*DATABENTO_API_KEY/)
  expect(missing['databento OPRA.PILLAR']).toBeUndefined()
  expect((await look({ apiKey: '', quotes: 'cbbo-1m' }))['databento samples']).toMatch(
    /^warning: .*once a minute/,
  )
  expect(missing['databento samples']).toBeUndefined()
  const gone = await look({ gateway: { host: '127.0.0.1', port: 1 } })
  expect(gone['databento OPRA.PILLAR']).toMatch(/^failed: No connection to 127.0.0.1:1/)
  for (const { requests, hasStarted } of [...desk.opra.sessions, ...desk.shares.sessions]) {
    expect(requests).toEqual([])
    expect(hasStarted).toBe(false)
  }
}, 60_000)
