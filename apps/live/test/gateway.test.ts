import { request } from 'node:http'
import { connect } from 'node:net'
import {
  createLiveClient,
  type LiveClient,
  parseServerMessage,
  type ServerMessage,
  SUBPROTOCOL,
} from '@scalp/protocol'
import { afterEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { type ApiSource } from '../src/gateway/api.js'
import { Hub } from '../src/gateway/hub.js'
import { Gateway } from '../src/gateway/server.js'
import { Tokens } from '../src/gateway/tokens.js'
import { pause, until } from './quiet.js'

const OPERATOR = 'operator-token-1'
const READER = 'reader-token-1'
const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

const source: ApiSource = {
  candles: () => Promise.resolve([]),
  config: () => Promise.resolve({ mode: 'demo' }),
  sessions: () => Promise.resolve([]),
  metrics: () => Promise.resolve('scalp_ready 1\n'),
  unreadiness: () => Promise.resolve(null),
}

async function serve(
  settings: { requestsPerMinute?: number; softBytes?: number; maxWaiting?: number; hardBytes?: number } = {},
) {
  const { requestsPerMinute = 10_000, ...limits } = settings
  const hub = new Hub({ mode: 'demo', version: '0.0.0', symbols: ['TSLA', 'SPY'], limits })
  const commands: string[] = []
  const gateway = await Gateway.start({
    hub,
    tokens: new Tokens({ operator: [OPERATOR], read: [READER] }),
    source,
    host: '127.0.0.1',
    port: 0,
    dashboard: new URL('../src', import.meta.url).pathname,
    origins: ['https://desk.example'],
    hosts: [],
    maxClients: 50,
    requestsPerMinute,
    onCommand: (command, actor) => {
      commands.push(`${command.command} by ${actor}`)
      return Promise.resolve({ ok: true, code: null, message: 'done' })
    },
  })
  ends.push(() => gateway.stop())
  return { hub, gateway, commands, ws: `${gateway.url.replace('http', 'ws')}/ws` }
}

function open(
  url: string,
  token: string,
  headers: Record<string, string> = {},
): Promise<{ socket: WebSocket; heard: ServerMessage[]; closed: Promise<number> }> {
  const socket = new WebSocket(url, [SUBPROTOCOL, `bearer.${token}`], { headers })
  ends.push(() => socket.terminate())
  const heard: ServerMessage[] = []
  socket.on('message', (raw: Buffer) => {
    const parsed = parseServerMessage(raw.toString())
    if (parsed.ok) heard.push(parsed.message)
    else throw new Error(parsed.reason)
  })
  const closed = new Promise<number>((resolve) => {
    socket.on('close', resolve)
  })
  return new Promise((resolve, reject) => {
    socket.on('open', () => resolve({ socket, heard, closed }))
    socket.on('error', reject)
  })
}

function follow(url: string, token = OPERATOR): LiveClient {
  const client = createLiveClient({
    url,
    token,
    retryMs: () => 30,
    connect: (to, protocols) => new WebSocket(to, protocols) as never,
  })
  ends.push(() => client.close())
  return client
}

const at = '2026-03-03T15:00:00.000Z'
const price = (symbol: string, value: number) =>
  ({
    symbol,
    price: value,
    ivRank: null,
    ivPercentile: null,
    timestamp: at,
    age: 0,
    isDerived: false,
    open: null,
    high: null,
    low: null,
  }) as const
const alert = (id: string) => ({ id, at, level: 'info', code: 'TEST', message: 'x'.repeat(100) }) as const

async function get(
  url: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: string; headers: Headers }> {
  const response = await fetch(url, { headers })
  return { status: response.status, body: await response.text(), headers: response.headers }
}

/** A contract as the gateway tells it, with a quote and nothing else known. */
const optionOf = (canonicalId: string) =>
  ({
    canonicalId,
    underlying: 'TSLA',
    expiry: '2026-03-04',
    right: 'C',
    strike: 250,
    bid: 1,
    ask: 1.1,
    bidSize: 1,
    askSize: 1,
    last: null,
    mid: 1.05,
    spread: 0.1,
    spreadPercent: 9.5,
    delta: null,
    gamma: null,
    theta: null,
    vega: null,
    iv: null,
    theoreticalValue: null,
    openInterest: null,
    volume: null,
    quoteTimestamp: null,
    greeksTimestamp: null,
    quoteAge: null,
    greeksAge: null,
  }) as const

test('without a token, or with a wrong one, nothing is shown', async () => {
  const { gateway, ws, hub } = await serve()
  hub.publish('underlying_update', price('TSLA', 251), at, 'TSLA')
  for (const path of ['/api/snapshot', '/api/scalp/config', '/api/positions', '/metrics'])
    for (const headers of [
      {},
      { authorization: 'Bearer wrong' },
      { authorization: OPERATOR },
      { cookie: `token=${OPERATOR}` },
    ]) {
      const { status, body } = await get(gateway.url + path, headers as Record<string, string>)
      expect(status, path).toBe(401)
      expect(JSON.parse(body)).toMatchObject({ error: { code: 'TOKEN_WRONG' } })
    }
  expect((await get(`${gateway.url}/api/snapshot?token=${OPERATOR}`)).status).toBe(401)
  const { heard, closed } = await open(ws, 'wrong')
  expect(await closed).toBe(4401)
  expect(heard).toEqual([])
  const client = follow(ws, 'wrong')
  await until(() => client.state === 'refused', 'the client gives up')
  expect((await get(`${gateway.url}/healthz`)).status).toBe(200)
  expect((await get(`${gateway.url}/readyz`)).status).toBe(200)
})

test('guesses are limited: after twenty even the right token has to wait', async () => {
  const { gateway } = await serve()
  for (let guess = 0; guess < 20; guess++)
    await get(`${gateway.url}/api/snapshot`, { authorization: `Bearer guess-${guess}` })
  expect((await get(`${gateway.url}/api/snapshot`, { authorization: `Bearer ${OPERATOR}` })).status).toBe(401)
})

test('a reader may look and not act, by REST and by WebSocket', async () => {
  const { gateway, ws, commands } = await serve()
  const post = (token: string, body: string) =>
    fetch(`${gateway.url}/api/commands`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body,
    })
  expect((await get(`${gateway.url}/api/snapshot`, { authorization: `Bearer ${READER}` })).status).toBe(200)
  for (const command of ['halt', 'resume', 'flatten', 'kill', 'rearm', 'reconcile']) {
    const answer = await post(READER, JSON.stringify({ command }))
    expect(answer.status).toBe(403)
  }
  const reader = follow(ws, READER)
  await until(() => reader.state === 'live', 'connected')
  expect(await reader.command({ command: 'kill' })).toMatchObject({ ok: false, code: 'ROLE_MISSING' })
  expect(commands).toEqual([])
  expect((await post(OPERATOR, '{"command":"halt"}')).status).toBe(200)
  const operator = follow(ws, OPERATOR)
  await until(() => operator.state === 'live', 'connected')
  expect(await operator.command({ command: 'kill', reason: 'test' })).toMatchObject({
    ok: true,
    command: 'kill',
  })
  expect(commands).toHaveLength(2)
  expect((await post(OPERATOR, '{"command":"delete"}')).status).toBe(400)
  expect((await post(OPERATOR, '{"command":')).status).toBe(400)
  expect(commands).toHaveLength(2)
})

test('pages of foreign origins and foreign names are refused, ours and configured ones are not', async () => {
  const { gateway, ws } = await serve()
  const bearer = { authorization: `Bearer ${OPERATOR}` }
  const { port, host } = new URL(gateway.url)
  expect(
    (await get(`${gateway.url}/api/snapshot`, { ...bearer, origin: 'https://evil.example' })).status,
  ).toBe(403)
  expect((await get(`${gateway.url}/api/snapshot`, { ...bearer, origin: 'null' })).status).toBe(403)
  expect((await get(`${gateway.url}/api/snapshot`, { ...bearer, origin: gateway.url })).status).toBe(200)
  expect(
    (await get(`${gateway.url}/api/snapshot`, { ...bearer, origin: 'https://desk.example' })).status,
  ).toBe(200)
  await expect(open(ws, OPERATOR, { origin: 'https://evil.example' })).rejects.toThrow('403')
  await expect(open(ws, OPERATOR, { host: `rebound.example:${port}` })).rejects.toThrow('421')
  await open(ws, OPERATOR, { origin: `http://${host}` })
  const rebound = await new Promise<number>((resolve) => {
    request(
      { host: '127.0.0.1', port, path: '/api/snapshot', headers: { ...bearer, host: 'rebound.example' } },
      (response) => resolve(response.statusCode ?? 0),
    ).end()
  })
  expect(rebound).toBe(421)
})

test('frames and bodies that are too large, malformed or too many end or are refused, and nothing else suffers', async () => {
  const { gateway, ws, hub } = await serve()
  const witness = follow(ws)
  await until(() => witness.state === 'live', 'the witness is connected')
  const large = await open(ws, OPERATOR)
  large.socket.send(JSON.stringify({ type: 'hello', padding: 'x'.repeat(20_000) }))
  expect(await large.closed).toBe(1009)
  const broken = await open(ws, OPERATOR)
  for (const text of [
    '{',
    '[]',
    'null',
    '"hello"',
    '{"type":"nonsense"}',
    '{"type":"hello","symbols":"TSLA"}',
    '{"type":"command","id":"1","command":"halt"}',
    '{"__proto__":{"x":1},"type":"pong"}',
  ])
    broken.socket.send(text)
  broken.socket.send(Buffer.from([1, 2, 3]))
  await until(
    () => broken.heard.filter(({ type }) => type === 'error').length >= 8,
    'each is answered by an error',
  )
  const flood = await open(ws, OPERATOR)
  for (let i = 0; i < 200; i++) flood.socket.send('{"type":"ping"}')
  expect(await flood.closed).toBe(4429)
  const silent = await open(ws, OPERATOR)
  expect(await silent.closed).toBe(4408)
  const utf8 = await open(ws, OPERATOR)
  ;(utf8.socket as unknown as { _socket: { write(bytes: Buffer): void } })._socket.write(
    Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0xff, 0xfe]),
  )
  expect(await utf8.closed).toBeGreaterThan(1_000)
  const body = await fetch(`${gateway.url}/api/commands`, {
    method: 'POST',
    headers: { authorization: `Bearer ${OPERATOR}`, 'content-type': 'application/json' },
    body: JSON.stringify({ command: 'halt', reason: 'x'.repeat(50_000) }),
  })
  expect(body.status).toBe(413)
  await new Promise<void>((resolve) => {
    const raw = connect(Number(new URL(gateway.url).port), '127.0.0.1', () =>
      raw.end('NONSENSE / HTTP/9.9\r\n\r\n'),
    )
    raw.on('close', () => resolve()).on('error', () => resolve())
    raw.resume()
  })
  hub.publish('underlying_update', price('TSLA', 252), at, 'TSLA')
  await until(() => witness.snapshot.underlyings['TSLA']?.price === 252, 'the witness hears on')
  expect(witness.resumes).toBe(0)
}, 30_000)

test('requests are limited by address', async () => {
  const { gateway } = await serve({ requestsPerMinute: 5 })
  const statuses: number[] = []
  for (let i = 0; i < 8; i++)
    statuses.push((await get(`${gateway.url}/api/snapshot`, { authorization: `Bearer ${OPERATOR}` })).status)
  expect(statuses.filter((status) => status === 429)).toHaveLength(3)
  expect((await get(`${gateway.url}/healthz`)).status).toBe(200)
})

test('no path leads out of the folder of the page', async () => {
  const { gateway } = await serve()
  const { port } = new URL(gateway.url)
  const ask = (path: string) =>
    new Promise<{ status: number; body: string }>((resolve) => {
      request({ host: '127.0.0.1', port, path }, (response) => {
        let body = ''
        response.on('data', (chunk: Buffer) => void (body += chunk.toString()))
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body }))
      }).end()
    })
  expect((await ask('/main.ts')).status).toBe(200)
  for (const path of [
    '/../package.json',
    '/..%2fpackage.json',
    '/%2e%2e/package.json',
    '/..\\package.json',
    '/%2e%2e%2fpackage.json',
    '//etc/passwd',
    '/../../../../../etc/passwd',
    '/%00',
    '/main.ts%00.html',
    '/.env',
  ]) {
    const { status, body } = await ask(path)
    expect(status, path).toBeGreaterThanOrEqual(400)
    expect(body, path).not.toContain('@scalp/live')
    expect(body, path).not.toContain('root:')
  }
})

test('answers carry headers that keep pages of others out', async () => {
  const { gateway } = await serve()
  const { headers } = await get(`${gateway.url}/main.ts`)
  expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect(headers.get('x-frame-options')).toBe('DENY')
  expect(headers.get('referrer-policy')).toBe('no-referrer')
})

test('a client that loses its connection goes on with the next number, and misses nothing', async () => {
  const { hub, ws } = await serve()
  const problems: string[] = []
  const ids: string[] = []
  const seqs: number[] = []
  let socket: WebSocket | undefined
  const client = createLiveClient({
    url: ws,
    token: OPERATOR,
    retryMs: () => 60,
    connect: (to, protocols) => (socket = new WebSocket(to, protocols)) as never,
    onProblem: (reason) => problems.push(reason),
    onMessage: (message) => {
      if (message.seq !== undefined) seqs.push(message.seq)
      if (message.type === 'alert') ids.push(message.data.id)
    },
  })
  ends.push(() => client.close())
  await until(() => client.state === 'live', 'connected')
  let sent = 0
  let mostPrices = 0
  for (let cut = 0; cut < 5; cut++) {
    for (let i = 0; i < 20; i++) hub.publish('alert', alert(`${sent++}`), at)
    await pause(10)
    socket?.terminate()
    /** These are on their way when the connection breaks: they are sent again. */
    for (let i = 0; i < 5; i++) hub.publish('alert', alert(`${sent++}`), at)
    await until(() => hub.clients === 0 || client.resumes === cut + 1, 'the loss is noticed')
    for (let i = 0; i < 20; i++) {
      hub.publish('alert', alert(`${sent++}`), at)
      hub.publish('underlying_update', price('TSLA', sent), at, 'TSLA')
    }
    mostPrices += 20
    await until(() => client.resumes === cut + 1, 'it resumed')
  }
  await until(() => ids.length === sent, 'all arrived')
  expect(ids).toEqual(Array.from({ length: sent }, (_, id) => String(id)))
  expect(seqs).toEqual(Array.from({ length: seqs.length }, (_, at) => at + 1))
  expect(client.snapshot.underlyings['TSLA']?.price).toBe(sent)
  expect(problems).toEqual([])
  /** What was conflated while it was away has no number. */
  expect(seqs.length).toBeLessThanOrEqual(1 + sent + mostPrices)
})

test('a stream that nobody knows any more begins anew with a snapshot', async () => {
  const { hub, ws } = await serve()
  hub.publish('underlying_update', price('TSLA', 1), at, 'TSLA')
  const { socket, heard } = await open(ws, OPERATOR)
  socket.send(JSON.stringify({ type: 'hello', streamId: 'of-another-daemon', seq: 17 }))
  await until(() => heard.length >= 2, 'greeted')
  expect(heard[0]).toMatchObject({ type: 'connection_status', data: { resumed: false, role: 'operator' } })
  expect(heard[1]).toMatchObject({ type: 'snapshot', seq: 1 })
})

test('the stream of one client cannot be taken over with a lesser token', async () => {
  const { ws } = await serve()
  const operator = await open(ws, OPERATOR)
  operator.socket.send('{"type":"hello"}')
  await until(() => operator.heard.length >= 2, 'greeted')
  const [greeting] = operator.heard
  if (greeting?.type !== 'connection_status') throw new Error('no greeting')
  const { streamId } = greeting.data
  const reader = await open(ws, READER)
  reader.socket.send(JSON.stringify({ type: 'hello', streamId, seq: 1 }))
  await until(() => reader.heard.length >= 2, 'greeted')
  expect(reader.heard[0]).toMatchObject({ data: { resumed: false, role: 'read' } })
})

test('a client hears of the underlyings it asked for, and of all that is not about one', async () => {
  const { hub, ws } = await serve()
  const { socket, heard } = await open(ws, READER)
  socket.send('{"type":"hello","symbols":["SPY"]}')
  await until(() => heard.length >= 2, 'greeted')
  hub.publish('underlying_update', price('TSLA', 1), at, 'TSLA')
  hub.publish('underlying_update', price('SPY', 2), at, 'SPY')
  hub.publish('alert', alert('a'), at)
  await until(() => heard.some(({ type }) => type === 'alert'), 'the alert')
  expect(
    heard.map(({ type, data }) => `${type} ${'symbol' in data ? data.symbol : ''}`.trim()).slice(2),
  ).toEqual(['underlying_update SPY', 'alert'])
  socket.send('{"type":"subscribe","symbol":"TSLA"}')
  await until(() => heard.filter(({ type }) => type === 'snapshot').length === 2, 'a snapshot of both')
  expect(heard.at(-1)).toMatchObject({ data: { underlyings: { TSLA: { price: 1 }, SPY: { price: 2 } } } })
})

test('older screens get the names and shapes they know', async () => {
  const { hub, ws } = await serve()
  const socket = new WebSocket(ws, [SUBPROTOCOL, `bearer.${READER}`])
  ends.push(() => socket.terminate())
  const types: string[] = []
  let exit: unknown
  socket.on('message', (raw: Buffer) => {
    const { type, data } = JSON.parse(raw.toString()) as { type: string; data: unknown }
    types.push(type)
    if (type === 'scalp_exit') exit = data
  })
  await new Promise((resolve) => socket.on('open', resolve))
  socket.send('{"type":"hello","compat":true}')
  await until(() => types.includes('connection_status'), 'greeted')
  const option = optionOf('TSLA260304C00250000')
  hub.publish(
    'option_updates',
    { options: [option, { ...option, canonicalId: 'TSLA260304P00250000', right: 'P' }] },
    at,
    'TSLA',
  )
  hub.publish('underlying_update', price('TSLA', 250), at, 'TSLA')
  hub.publish(
    'abstain',
    { underlying: 'TSLA', reason: null, resumeCondition: null, failedGates: [], at },
    at,
    'TSLA',
  )
  hub.publish(
    'scalp_position_closed',
    {
      id: 'p',
      signalId: 's',
      symbol: 'TSLA',
      signalType: 'SCALP_CALL',
      optionSymbol: option.canonicalId,
      trigger: 'momentum_burst',
      exitReason: 'take_profit',
      entryTime: at,
      exitTime: at,
      entryPrice: 1,
      exitPrice: 1.2,
      contracts: 1,
      pnlDollars: 20,
      pnlPct: 20,
      fees: 0,
      holdSeconds: 5,
      maxGainPct: 20,
      maxDrawdownPct: 0,
      orderId: null,
    },
    at,
  )
  await until(
    () => types.includes('scalp_exit') && types.filter((type) => type === 'option_update').length === 2,
    'all names',
  )
  expect(types).toEqual(
    expect.arrayContaining(['option_update', 'underlying_update', 'abstain', 'scalp_exit']),
  )
  expect(exit).toMatchObject({ signal_id: 's', exit_reason: 'take_profit', pnl_dollars: 20, hold_seconds: 5 })
})

test('a slow client is conflated, and given up when it does not read at all; the others notice nothing', async () => {
  const { hub, ws } = await serve({ softBytes: 20_000, hardBytes: 200_000, maxWaiting: 500 })
  const fast = follow(ws)
  await until(() => fast.state === 'live', 'connected')
  const slow = await open(ws, READER)
  slow.socket.send('{"type":"hello"}')
  await until(() => slow.heard.length >= 2, 'greeted')
  ;(slow.socket as unknown as { _socket: { pause(): void } })._socket.pause()
  let sent = 0
  const startMs = performance.now()
  while (hub.slowClosed === 0 && performance.now() - startMs < 15_000) {
    for (let i = 0; i < 200; i++) hub.publish('alert', alert(String(sent++)), at)
    hub.publish('underlying_update', price('TSLA', sent), at, 'TSLA')
    await pause(1)
  }
  expect(hub.slowClosed).toBe(1)
  await until(() => fast.snapshot.alerts[0]?.id === String(sent - 1), 'the fast one is up to date')
  expect(fast.resumes).toBe(0)
}, 30_000)

test('contracts that expired go from every screen, also from one that was away', async () => {
  const { hub, ws } = await serve()
  const client = follow(ws)
  await until(() => client.state === 'live', 'connected')
  hub.publish('option_updates', { options: [optionOf('A'), optionOf('B')] }, at, 'TSLA')
  hub.publish('option_updates', { options: [], removed: ['A'] }, at, 'TSLA')
  hub.publish('alert', alert('last'), at)
  await until(() => client.snapshot.alerts.length > 0, 'everything arrived')
  expect(Object.keys(client.snapshot.options)).toEqual(['B'])
  expect(Object.keys(hub.state.options)).toEqual(['B'])
})
