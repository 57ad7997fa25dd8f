import { afterEach, beforeEach, expect, test } from 'vitest'
import WebSocket from 'ws'
import { decodeMsgpack } from '../wire/msgpack-reader.js'
import { encodeMsgpack, type MsgpackValue } from '../wire/msgpack-writer.js'
import { createFakeAlpaca, type FakeAlpaca } from './fake-alpaca.js'

const CALL = 'SPY261218C00600000'
const AUTH = { action: 'auth', key: 'K', secret: 'S' }
let fake: FakeAlpaca
const sockets: WebSocket[] = []

beforeEach(async () => {
  fake = await createFakeAlpaca({ keys: { K: 'S' } })
})
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate()
  await fake.stop()
})

/** A bare socket, so that nothing of our client hides what the server does. */
function open(
  path: string,
  { codec = 'json', headers = {} }: { codec?: string; headers?: Record<string, string> } = {},
) {
  const socket = new WebSocket(fake.streamUrl + path, {
    headers: codec === 'msgpack' ? { 'Content-Type': 'application/msgpack', ...headers } : headers,
  })
  sockets.push(socket)
  const frames: { isBinary: boolean; bytes: Buffer }[] = []
  let isClosed = false
  socket.on('message', (data, isBinary) => frames.push({ isBinary, bytes: data as Buffer }))
  socket.on('close', () => {
    isClosed = true
  })
  socket.on('error', () => undefined)
  const messages = () =>
    frames.flatMap(({ isBinary, bytes }) => {
      const message: unknown =
        codec === 'msgpack' && isBinary ? decodeMsgpack(bytes) : JSON.parse(bytes.toString())
      return (Array.isArray(message) ? message : [message]) as Record<string, unknown>[]
    })
  return {
    socket,
    frames,
    messages,
    isClosed: () => isClosed,
    send: (message: MsgpackValue) =>
      socket.send(codec === 'msgpack' ? encodeMsgpack(message) : JSON.stringify(message)),
    codes: () => messages().flatMap(({ code }) => (typeof code === 'number' ? [code] : [])),
  }
}

async function until(condition: () => boolean, ms = 3_000): Promise<void> {
  const end = Date.now() + ms
  while (!condition()) {
    if (Date.now() > end) throw new Error(`never happened: ${condition.toString()}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

async function authenticated(path: string, codec: string) {
  const client = open(path, { codec })
  await until(() => client.messages().length === 1)
  client.send(AUTH)
  await until(() => client.messages().length === 2)
  return client
}

const OWN_FAULTS: readonly (readonly [number, string, string, MsgpackValue])[] = [
  [400, '/v1beta1/opra', 'msgpack', { action: 'subscribe', quotes: ['not a symbol'] }],
  [400, '/v2/iex', 'json', { action: 'dance' }],
  [403, '/v2/iex', 'json', AUTH],
  [405, '/v1beta1/opra', 'msgpack', { action: 'subscribe', quotes: [CALL, 'SPY261218P00600000'] }],
  [410, '/v1beta1/opra', 'msgpack', { action: 'subscribe', bars: [CALL] }],
  [413, '/v1beta1/opra', 'msgpack', { action: 'subscribe', quotes: ['*'] }],
]
for (const [code, path, codec, message] of OWN_FAULTS)
  test(`${code} on ${path}: the session lives on and its subscriptions stay`, async () => {
    fake.market.plan.optionQuotes = 1
    const client = await authenticated(path, codec)
    client.send(message)
    await until(() => client.codes().includes(code))
    expect(client.messages().some(({ T }) => T === 'subscription')).toBe(false)
    const symbol = path === '/v2/iex' ? 'SPY' : CALL
    client.send({ action: 'subscribe', quotes: [symbol] })
    await until(() => client.messages().at(-1)?.['T'] === 'subscription')
    expect(client.messages().at(-1)?.['quotes']).toEqual([symbol])
    expect(client.isClosed()).toBe(false)
  })

test('401 before authentication, 404 and a close when it does not come', async () => {
  fake.market.authTimeoutMs = 60
  const client = open('/v2/iex')
  await until(() => client.messages().length === 1)
  expect(client.messages()).toEqual([{ T: 'success', msg: 'connected' }])
  client.send({ action: 'subscribe', trades: ['SPY'] })
  await until(() => client.isClosed())
  expect(client.codes()).toEqual([401, 404])
})

test('402 and 409 close, unless told not to', async () => {
  const wrong = open('/v2/iex')
  await until(() => wrong.messages().length === 1)
  wrong.send({ ...AUTH, secret: 'no' })
  await until(() => wrong.isClosed())
  expect(wrong.codes()).toEqual([402])
  fake.streamFaults.closesAfterFatal = false
  fake.market.plan.closedFeeds.add('sip')
  const unpaid = open('/v2/sip')
  await until(() => unpaid.messages().length === 1)
  unpaid.send(AUTH)
  await until(() => unpaid.codes().length === 1)
  expect(unpaid.codes()).toEqual([409])
  expect(unpaid.isClosed()).toBe(false)
})

test('412: options say no to JSON and keep the socket', async () => {
  const client = open('/v1beta1/opra')
  await until(() => client.messages().length === 1)
  client.send(AUTH)
  await until(() => client.codes().length === 1)
  expect(client.codes()).toEqual([412])
  expect(client.isClosed()).toBe(false)
})

test('one session for each key and endpoint; a dead one holds its slot for a while', async () => {
  fake.streamFaults.zombieMs = 10_000
  const first = await authenticated('/v2/iex', 'json')
  const second = open('/v2/iex')
  await until(() => second.messages().length === 1)
  second.send(AUTH)
  await until(() => second.codes().includes(406))
  await authenticated('/v2/sip', 'json')
  first.socket.terminate()
  await until(() => fake.market.count === 1)
  const third = open('/v2/iex')
  await until(() => third.messages().length === 1)
  third.send(AUTH)
  await until(() => third.codes().includes(406))
  fake.market.freeSlots()
  const { messages } = await authenticated('/v2/iex', 'json')
  expect(messages()[1]).toEqual({ T: 'success', msg: 'authenticated' })
})

test('headers authenticate as a message does, and a message may come before the banner', async () => {
  const headers = { 'APCA-API-KEY-ID': 'K', 'APCA-API-SECRET-KEY': 'S' }
  const byHeader = open('/v2/iex', { headers })
  await until(() => byHeader.messages().length === 2)
  expect(byHeader.messages()[1]).toEqual({ T: 'success', msg: 'authenticated' })
  const early = open('/v2/sip')
  early.socket.on('open', () => early.send(AUTH))
  await until(() => early.messages().length === 2)
  expect(early.messages()[1]).toEqual({ T: 'success', msg: 'authenticated' })
})

test('prices take 8 bytes, sizes 4, ids 8 and T comes first', async () => {
  const client = await authenticated('/v1beta1/opra', 'msgpack')
  client.send({ action: 'subscribe', quotes: [CALL] })
  await until(() => client.messages().length === 3)
  fake.quote(CALL, { bid: 2, ask: 3, bidSize: 1, atUs: 1_796_135_460_000_000 })
  await until(() => client.frames.length === 4)
  const hex = client.frames.at(-1)?.bytes.toString('hex') ?? ''
  expect(hex.startsWith('918aa154a171a153')).toBe(true)
  expect(hex).toContain('a26270cb4000000000000000')
  expect(hex).toContain('a26273ce00000001')
  expect(hex).toContain('a174d6ff')
})

test('subscriptions add and subtract, and corrections follow trades', async () => {
  const client = await authenticated('/v2/iex', 'json')
  client.send({ action: 'subscribe', trades: ['SPY', 'QQQ'], bars: ['*'] })
  client.send({ action: 'unsubscribe', trades: ['QQQ', 'IWM'] })
  await until(() => client.messages().length === 4)
  expect(client.messages()[3]).toEqual({
    T: 'subscription',
    trades: ['SPY'],
    quotes: [],
    bars: ['*'],
    updatedBars: [],
    dailyBars: [],
    statuses: [],
    lulds: [],
    corrections: ['SPY'],
    cancelErrors: ['SPY'],
  })
})

test('a slow client is told and closed', async () => {
  const client = await authenticated('/v2/iex', 'json')
  client.send({ action: 'subscribe', quotes: ['*'] })
  await until(() => client.messages().length === 3)
  fake.streamFaults.slowClientBytes = -1
  fake.quote('SPY', { bid: 1, ask: 2 })
  await until(() => client.isClosed())
  expect(client.codes()).toEqual([407])
})

test('the trading stream takes both forms of authentication, and MessagePack when asked', async () => {
  for (const [codec, auth] of [
    ['json', { action: 'auth', key: 'K', secret: 'S' }],
    ['json', { action: 'authenticate', data: { key_id: 'K', secret_key: 'S' } }],
    ['msgpack', { action: 'authenticate', data: { key_id: 'K', secret_key: 'S' } }],
  ] as const) {
    const client = open('/stream', { codec })
    await new Promise((resolve) => client.socket.once('open', resolve))
    const listen = { action: 'listen', data: { streams: ['trade_updates', 'unknown'] } }
    client.send(listen)
    client.send(auth)
    client.send(listen)
    await until(() => client.messages().length === 3)
    const authorization = (status: string, action: string) => ({
      stream: 'authorization',
      data: { status, action },
    })
    const plain: unknown = JSON.parse(JSON.stringify(client.messages()))
    expect(plain).toEqual([
      authorization('unauthorized', 'listen'),
      authorization('authorized', 'authenticate'),
      { stream: 'listening', data: { streams: ['trade_updates'] } },
    ])
    expect(client.frames.every(({ isBinary }) => isBinary)).toBe(true)
  }
})

test('a path that is no stream is answered 404', async () => {
  const client = open('/v2/nowhere')
  const status = await new Promise((resolve) => {
    client.socket.once('unexpected-response', (_, response) => resolve(response.statusCode))
  })
  expect(status).toBe(404)
})
