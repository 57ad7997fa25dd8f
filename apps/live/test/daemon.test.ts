import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import {
  createLiveClient,
  type GetRoute,
  getRoutes,
  type ServerMessage,
  serverData,
  snapshotSchema,
} from '@scalp/protocol'
import { afterAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { liveConfigSchema } from '../src/config/schema.js'
import { readToken, startDaemon, tokenFile } from '../src/daemon.js'
import { RemoteDaemon } from '../src/remote.js'
import { quiet, until } from './quiet.js'

const folder = mkdtempSync(path.join(tmpdir(), 'scalp-daemon-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('a demo answers every route in its shape, speaks the protocol, shows metrics, and obeys', async () => {
  const config = liveConfigSchema.parse({
    mode: 'demo',
    data: { directory: folder, durability: 'process' },
    server: { port: 0 },
    demo: { speed: 5, burstSeconds: 15 },
  })
  const fatal: unknown[] = []
  const daemon = await startDaemon({
    config,
    isLiveConfirmed: false,
    log: quiet,
    hasGatewayThread: false,
    onFatal: (error) => fatal.push(error),
  })
  const token = daemon.token ?? ''
  expect(token.length).toBeGreaterThan(20)
  expect(readToken(config)).toBe(token)
  expect(statSync(tokenFile(config)).mode & 0o777).toBe(0o600)
  const problems: string[] = []
  const types = new Set<string>()
  const client = createLiveClient({
    url: `${daemon.url.replace('http', 'ws')}/ws`,
    token,
    connect: (to, protocols) => new WebSocket(to, protocols) as never,
    onProblem: (reason) => problems.push(reason),
    onMessage: (message: ServerMessage) => {
      types.add(message.type)
      expect(() => serverData[message.type].parse(message.data)).not.toThrow()
    },
  })
  await until(() => client.snapshot.closedTrades.length > 0, 'a trade is opened and closed', 60_000)
  expect(problems).toEqual([])
  expect(snapshotSchema.safeParse(client.snapshot).success).toBe(true)
  for (const type of [
    'snapshot',
    'option_updates',
    'underlying_update',
    'velocity_update',
    'gate_status',
    'abstain',
    'decision',
    'scalp_signal',
    'scalp_position_opened',
    'scalp_position_update',
    'scalp_position_closed',
    'exit_signal',
    'order_update',
    'trade_executed',
    'session_status',
    'scalp_status',
    'health',
  ])
    expect(types, type).toContain(type)
  const signal = client.snapshot.signals[0]
  expect(signal?.id).toMatch(/^TSLA-\d{14}-[0-9a-f]{6}$/)

  const remote = new RemoteDaemon({ url: daemon.url, token })
  for (const route of Object.keys(getRoutes) as GetRoute[]) {
    if (route === '/api/replay/status') continue
    const answer = await remote.get(route, route.replace(':symbol', 'TSLA'))
    expect(answer, route).toBeDefined()
  }
  await expect(remote.get('/api/replay/status')).rejects.toMatchObject({ code: 'NOT_KNOWN_YET' })
  const chain = await remote.get('/api/options/:symbol', '/api/options/TSLA')
  expect(chain.expiries.length).toBeGreaterThanOrEqual(2)
  expect(chain.expiries[0]?.withGreeks).toBeGreaterThan(5)
  const candles = await remote.get(
    '/api/market/:symbol/candles',
    '/api/market/TSLA/candles?interval=60&limit=3',
  )
  expect(candles.length).toBeGreaterThan(0)
  for (const { high, low, open, close } of candles)
    expect(high >= Math.max(open, close) && low <= Math.min(open, close)).toBe(true)
  expect(JSON.stringify(await remote.get('/api/scalp/config'))).not.toContain(token)

  const metrics = await (
    await fetch(`${daemon.url}/metrics`, { headers: { authorization: `Bearer ${token}` } })
  ).text()
  for (const name of [
    'scalp_decision_seconds{quantile="0.99"}',
    'scalp_order_round_trip_seconds{quantile="0.5"}',
    'scalp_quote_age_seconds',
    'scalp_journal_waiting',
    'scalp_clients 1',
    'scalp_ready 1',
    'scalp_process_resident_memory_bytes',
  ])
    expect(metrics).toContain(name)

  expect(await remote.command({ command: 'halt', reason: 'lunch' })).toMatchObject({ ok: true })
  await until(() => client.snapshot.status?.halted === true, 'it is shown as halted')
  await until(
    () => client.snapshot.gates['TSLA']?.gates.find(({ name }) => name === 'kill_switch')?.passed === false,
    'the board says why',
  )
  expect(
    client.snapshot.decisions.some(
      ({ kind, code, inputs }) => kind === 'command' && code === 'halt' && inputs['reason'] === 'lunch',
    ),
  ).toBe(true)
  expect(await remote.command({ command: 'resume' })).toMatchObject({ ok: true })
  expect(await remote.command({ command: 'flatten', optionSymbol: 'NOPE' })).toMatchObject({
    ok: false,
    code: 'CONTRACT_UNKNOWN',
  })
  expect(await remote.command({ command: 'reconcile' })).toMatchObject({ ok: true })
  expect(await remote.command({ command: 'kill' })).toMatchObject({ ok: true })
  expect(await remote.command({ command: 'resume' })).toMatchObject({ ok: false, code: 'KILLED' })
  await until(() => client.snapshot.positions.length === 0, 'everything is sold')
  expect(await remote.command({ command: 'rearm' })).toMatchObject({ ok: true })
  expect(await remote.command({ command: 'replay-pause' })).toMatchObject({ ok: false, code: 'NO_REPLAY' })
  client.close()
  await daemon.stop()
  expect(fatal).toEqual([])
  expect(readFileSync(tokenFile(config), 'utf8')).toBe(token)
}, 120_000)
