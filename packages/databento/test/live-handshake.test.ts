import { createServer } from 'node:net'
import { expect, test, vi } from 'vitest'
import { cramResponse, createLiveClient, type LiveClientOptions, LiveOptionsError } from '../src/live.js'
import { clientOf, DATASET, gatewayOf, TRADES, until } from './live-setup.js'

test.each([
  [
    't7kNhwj4xqR0QYjzFKtBEG2ec2pXJ4FK',
    'db-00000000000000000000000000000',
    '6e62bff937811a8e5db3f83a1d37a1c5197ff9ae41a8ee41f640bd09142e9370-00000',
  ],
  [
    't7kNhwj4xqR0QYjzFKtBEG2ec2pXJ4FK',
    '32-character-with-lots-of-filler',
    '42e2c6c6a874b2f4498bcaf0541be406901a23adef1fb2843d5426f6d2387d14-iller',
  ],
  [
    'challenge-123',
    'db-abcdefghijklmnopqrstuvwxyz12345',
    '44151f08364aed917587b50ac9df3c58db3fe9937c39ad2d5e7da0584b24dd97-12345',
  ],
])('answers the challenge %s as the official clients do', (challenge, key, response) => {
  expect(cramResponse(challenge, key)).toBe(response)
})

test('says who it is and what it wants, whatever the pieces the lines come in', async () => {
  const gateway = await gatewayOf({ connection: () => ({ pieceBytes: 1 }) })
  const { client, states } = clientOf(gateway, {
    tsOut: true,
    compression: 'zstd',
    heartbeatSeconds: 7,
    slowReader: 'skip',
    clientName: 'Scalp tests 1.0',
  })
  await client.start()
  expect(client.sessionId).toMatch(/^\d+$/)
  expect(Object.fromEntries(gateway.session?.auth ?? [])).toEqual({
    auth: expect.stringMatching(/^[0-9a-f]{64}-00000$/) as string,
    dataset: DATASET,
    encoding: 'dbn',
    ts_out: '1',
    compression: 'zstd',
    client: 'Scalp tests 1.0',
    heartbeat_interval_s: '7',
    slow_reader_behavior: 'skip',
  })
  expect(states).toEqual(['connecting', 'subscribing', 'streaming'])
})

test('reads the key from the environment', async () => {
  const gateway = await gatewayOf()
  vi.stubEnv('DATABENTO_API_KEY', gateway.apiKey)
  const { client } = clientOf(gateway, { apiKey: undefined })
  await client.start()
  vi.unstubAllEnvs()
  expect(client.state).toBe('streaming')
})

test.each<[string, Partial<LiveClientOptions>, string]>([
  ['a wrong key', { apiKey: 'db-wrong-key-0000000000000000099' }, 'User authentication failed'],
  ['another dataset', { dataset: 'XNAS.ITCH' }, 'Unknown dataset XNAS.ITCH'],
])('%s fails for good, and no error shows the key', async (_, options, says) => {
  const gateway = await gatewayOf()
  const { client, states } = clientOf(gateway, options)
  const error = await client.start().catch((reason: unknown) => reason)
  expect(error).toMatchObject({
    code: 'LIVE_AUTH',
    message: expect.stringContaining(says) as string,
    hint: expect.stringContaining('API key') as string,
  })
  expect(await client.finished).toBe(error)
  expect(states).toEqual(['connecting', 'failed'])
  expect(gateway.sessions).toHaveLength(1)
  expect(JSON.stringify([error, (error as Error).stack])).not.toContain(options.apiKey ?? gateway.apiKey)
})

test('a refusal that quotes the key does not spread it', async () => {
  const gateway = await gatewayOf()
  const refusing = await gatewayOf({
    apiKey: gateway.apiKey,
    connection: () => ({ refuse: `key ${gateway.apiKey} is blocked` }),
  })
  const { client } = clientOf(refusing)
  const error = await client.start().catch((reason: unknown) => reason)
  expect(error).toMatchObject({
    code: 'LIVE_AUTH',
    message: expect.stringContaining('key …00000 is blocked') as string,
  })
  expect(JSON.stringify([error, String(error), (error as Error).stack])).not.toContain(gateway.apiKey)
})

test.each([
  ['it does not greet', 'hello\n', 'LIVE_PROTOCOL'],
  ['it sends no challenge', 'lsg_version=1\nfoo=bar\n', 'LIVE_PROTOCOL'],
  ['its line does not end', 'x'.repeat(70_000), 'LIVE_PROTOCOL'],
  ['it says nothing', '', 'LIVE_TIMEOUT'],
  ['it stops in its first line', 'lsg_ver', 'LIVE_TIMEOUT'],
  ['it stops after its greeting', 'lsg_version=0.4.2\n', 'LIVE_TIMEOUT'],
  ['it does not answer', 'lsg_version=0.4.2\ncram=1234\n', 'LIVE_TIMEOUT'],
])('a gateway is tried again when %s', async (_, greeting, code) => {
  const gateway = await gatewayOf({ connection: (index) => (index === 0 ? { greeting } : {}) })
  const { client, errors } = clientOf(gateway, { authMs: 60 })
  await client.start()
  expect(errors).toMatchObject([{ code }])
  expect(gateway.sessions).toHaveLength(2)
})

test('an answer without success is a refusal', async () => {
  const greeting = 'lsg_version=0.4.2\ncram=1234\nsession_id=5\n'
  const { client } = clientOf(await gatewayOf({ connection: () => ({ greeting }) }))
  await expect(client.start()).rejects.toMatchObject({ code: 'LIVE_AUTH' })
})

test('a session id may be missing, and the stream may begin in the packet of the answer', async () => {
  const gateway = await gatewayOf()
  const { client } = clientOf(gateway)
  await client.start()
  const greeting = 'lsg_version=9|\ncram=1|\nsuccess=1|\n'
  const mute = await gatewayOf({ connection: () => ({ greeting: `${greeting}DB` }) })
  const { client: other, errors } = clientOf(mute, { silenceMs: 80, reconnect: { maxAttempts: 0 } })
  await expect(other.start()).rejects.toMatchObject({ code: 'LIVE_GAVE_UP' })
  expect(other.sessionId).toBe('')
  expect(errors.at(-1)).toMatchObject({ cause: { code: 'LIVE_SILENCE' } })
})

test('a connection that breaks at any byte of the handshake is made again', async () => {
  const whole = 'lsg_version=0.4.2\ncram=challenge-12345|\nsuccess=1|session_id=12345|\n'.length
  const cuts = Array.from({ length: whole }, (_, at) => at + 1)
  const gateway = await gatewayOf({
    connection: (index) => {
      const afterBytes = cuts[index]
      if (afterBytes === undefined) return {}
      return { fault: { kind: index % 2 === 0 ? 'end' : 'reset', afterBytes } }
    },
  })
  const { client, errors } = clientOf(gateway)
  await client.start()
  expect(gateway.sessions.length).toBe(cuts.length + 1)
  const codes = errors.map((error) => (error as { code: string }).code)
  expect(codes).toHaveLength(cuts.length)
  /** A reset can be seen before the connection is. */
  expect(codes.filter((code) => code !== 'LIVE_CONNECT')).toEqual(
    codes.filter((code) => code === 'LIVE_DISCONNECTED'),
  )
})

test('gives up after as many attempts as are allowed, and says why', async () => {
  const closed = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => closed.once('listening', resolve))
  const { port } = closed.address() as { port: number }
  await new Promise((resolve) => closed.close(resolve))
  const gateway = await gatewayOf()
  const { client, states } = clientOf(gateway, { port, reconnect: { firstMs: 1, maxMs: 2, maxAttempts: 3 } })
  await expect(client.start()).rejects.toMatchObject({
    code: 'LIVE_GAVE_UP',
    details: { attempts: 4 },
    cause: { code: 'LIVE_CONNECT', message: expect.stringContaining('ECONNREFUSED') as string },
  })
  expect(states.filter((state) => state === 'connecting')).toHaveLength(4)
})

test('stop() ends it in any state', async () => {
  const gateway = await gatewayOf({ connection: () => ({ greeting: '' }) })
  const idle = clientOf(gateway)
  await idle.client.stop()
  const shaking = clientOf(gateway)
  const starting = shaking.client.start()
  await until(() => gateway.sessions.length > 0)
  await shaking.client.stop()
  await starting
  const waiting = clientOf(gateway, { authMs: 10, reconnect: { firstMs: 100_000, maxMs: 100_000 } })
  void waiting.client.start()
  await until(() => waiting.client.state === 'waiting')
  await waiting.client.stop()
  expect([idle, shaking, waiting].map(({ client }) => client.state)).toEqual(Array(3).fill('stopped'))
})

const bad: [string, Partial<LiveClientOptions>][] = [
  ['no key', { apiKey: '' }],
  ['a key that would break the line', { apiKey: 'db-1234|5678' }],
  ['no dataset', { dataset: 'opra' }],
  ['a heartbeat too often', { heartbeatSeconds: 4 }],
  ['a heartbeat of no whole seconds', { heartbeatSeconds: 5.5 }],
  ['a client name that would break the line', { clientName: 'a|b' }],
  ['no symbols', { subscriptions: [{ schema: 'trades', symbols: [] }] }],
  ['a symbol that would break the line', { subscriptions: [{ schema: 'trades', symbols: ['A|B'] }] }],
  ['a symbol with a newline', { subscriptions: [{ schema: 'trades', symbols: ['A\nB'] }] }],
  ['an unknown schema', { subscriptions: [{ schema: 'quotes' as 'trades', symbols: ['A'] }] }],
  ['an unknown symbology', { subscriptions: [{ ...TRADES, stypeIn: 'osi' as 'parent' }] }],
  ['a snapshot of trades', { subscriptions: [{ ...TRADES, snapshot: true }] }],
  ['snapshot and start', { subscriptions: [{ schema: 'mbo', symbols: ['A'], snapshot: true, startUs: 0 }] }],
  ['half a µs', { subscriptions: [{ ...TRADES, startUs: 0.5 }] }],
  ['two starts of a schema', { subscriptions: [TRADES, { ...TRADES, startUs: 0 }] }],
  [
    'two schemas of one record type',
    {
      subscriptions: [
        { ...TRADES, schema: 'tbbo' },
        { ...TRADES, schema: 'mbp-1' },
      ],
    },
  ],
]
test.each(bad)('refuses %s before anything is sent', (_, options) => {
  const make = (): unknown =>
    createLiveClient({ apiKey: 'db-1234567', dataset: DATASET, subscriptions: [TRADES], ...options })
  expect(make).toThrow(LiveOptionsError)
  expect(make).toThrow(expect.objectContaining({ code: 'LIVE_OPTIONS', hint: expect.any(String) as string }))
})
