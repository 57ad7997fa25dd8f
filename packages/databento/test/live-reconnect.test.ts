import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { LiveGap, LiveGatewayError, LiveSlowness } from '../src/live.js'
import type { ConnectionPlan, GatewayFault } from '../src/testing.js'
import { clientOf, gatewayOf, range, START_US, TESLA, TRADES, trades, until } from './live-setup.js'

const DAY_US = 86_400_000_000
/** Bytes of a stream before the first trade: metadata, and the record that says that we are subscribed. */
const HEAD = 128 + 320

const faults: [name: string, fault: GatewayFault, code: string | undefined][] = [
  ['closes in good order', { kind: 'end', afterBytes: HEAD + 48 * 3, inStream: true }, undefined],
  [
    'closes inside a record',
    { kind: 'end', afterBytes: HEAD + 48 * 3 + 1, inStream: true },
    'LIVE_DISCONNECTED',
  ],
  ['closes inside the metadata', { kind: 'end', afterBytes: 60, inStream: true }, 'LIVE_DISCONNECTED'],
  ['breaks', { kind: 'reset', afterBytes: HEAD + 48 * 3 + 20, inStream: true }, 'LIVE_DISCONNECTED'],
  ['falls silent', { kind: 'silence', afterBytes: HEAD + 48 * 3 + 20, inStream: true }, 'LIVE_SILENCE'],
  ['sends garbage', { kind: 'garbage', afterBytes: HEAD + 48 * 3, inStream: true }, 'LIVE_PROTOCOL'],
]
test.each(faults.flatMap((fault) => [[...fault, 'none'] as const, [...fault, 'zstd'] as const]))(
  'nothing is lost and nothing comes twice when the gateway %s (%#)',
  async (_, fault, code, compression) => {
    const gateway = await gatewayOf({
      heartbeatMs: 10,
      connection: (index) => (index === 0 ? { fault } : {}),
    })
    const gaps: LiveGap[] = []
    const { client, sequences, errors } = clientOf(gateway, {
      compression,
      silenceMs: 300,
      onGap: (gap) => gaps.push(gap),
    })
    const started = client.start()
    const session = await gateway.connected(0)
    await until(() => session.hasStarted)
    for (let at = 0; at < 40; at++) {
      gateway.publish(trades(at, at + 1))
      await sleep(1)
    }
    await started
    await until(() => gateway.sessions.length > 1 && sequences.at(-1) === 39)
    expect(sequences).toEqual(range(sequences[0] ?? 0, 40))
    if (code !== undefined && compression === 'none') expect(errors).toMatchObject([{ code }])
    for (const gap of gaps) expect(gap).toMatchObject({ schema: 'trades', isWhole: true })
  },
)

test('records that are the same twice are two, before and after a break', async () => {
  const gateway = await gatewayOf()
  const { client, sequences } = clientOf(gateway)
  await client.start()
  for (const at of [0, 1, 1, 2]) gateway.publish(trades(at, at + 1))
  await until(() => sequences.length === 4)
  gateway.session?.reset()
  /** The second twin of 2 falls into the gap. */
  gateway.publish(trades(2, 3))
  gateway.publish(trades(3, 4))
  await until(() => sequences.length >= 6)
  await sleep(20)
  expect(sequences).toEqual([0, 1, 1, 2, 2, 3])
  expect(client.stats).toEqual({ sessions: 2, records: 6, repeated: 4 })
})

test('late records, older than the last one, come once too', async () => {
  const gateway = await gatewayOf()
  const { client, sequences } = clientOf(gateway, { overlapMs: 100 })
  await client.start()
  for (const at of [200, 150, 210, 120]) gateway.publish(trades(at, at + 1))
  await until(() => sequences.length === 4)
  gateway.session?.reset()
  await gateway.connected(1)
  for (const at of [130, 211]) gateway.publish(trades(at, at + 1))
  await until(() => sequences.length >= 6)
  /** One that comes live is no repetition, however old its time is. */
  gateway.publish(trades(3, 4))
  await until(() => sequences.length >= 7)
  expect(sequences).toEqual([200, 150, 210, 120, 130, 211, 3])
})

test.each([
  [1, 3],
  [3, 1],
  [2, 3],
])('a session of version %i goes on in one of version %i', async (before, after) => {
  const one = await gatewayOf({ version: before })
  const { client, sequences } = clientOf(one)
  await client.start()
  one.publish(trades(0, 3))
  await until(() => sequences.length === 3)
  const { port } = one
  await one.close()
  const two = await gatewayOf({ version: after, port, apiKey: one.apiKey })
  two.publish(trades(0, 5))
  await until(() => sequences.length >= 5)
  expect(sequences).toEqual(range(0, 5))
})

test('the gap of a break is told: from the overlap before the last record to the new session', async () => {
  let nowUs = START_US
  const gateway = await gatewayOf({ nowUs: () => nowUs })
  const gaps: LiveGap[] = []
  const { client, sequences } = clientOf(gateway, { overlapMs: 2, onGap: (gap) => gaps.push(gap) })
  await client.start()
  gateway.publish(trades(0, 10))
  await until(() => sequences.length === 10)
  nowUs = START_US + 500_000
  gateway.session?.end()
  await until(() => gaps.length === 1)
  expect(gaps).toEqual([
    { schema: 'trades', fromUs: START_US + 7_000, toUs: START_US + 500_000, isWhole: true },
  ])
  expect(gateway.session?.requests[0]?.start).toBe(BigInt(START_US + 7_000) * 1_000n)
})

test('what the gateway no longer keeps is a gap that is told not to be whole', async () => {
  const gateway = await gatewayOf({ retainBytes: 96 })
  const gaps: LiveGap[] = []
  const told: LiveGatewayError[] = []
  const { client, sequences, states } = clientOf(gateway, {
    onGap: (gap) => gaps.push(gap),
    onGatewayError: (error) => told.push(error),
  })
  await client.start()
  gateway.publish(trades(0, 1))
  await until(() => sequences.length === 1)
  gateway.session?.reset()
  for (const at of [5_001, 5_002, 5_003, 5_004]) gateway.publish(trades(at, at + 1))
  await until(() => gaps.length === 1 && client.state === 'streaming')
  gateway.publish(trades(5_005, 5_006))
  await until(() => sequences.length === 2)
  expect(told).toMatchObject([{ code: 'LIVE_GATEWAY_AGED_OUT' }])
  expect(gaps).toMatchObject([{ schema: 'trades', isWhole: false }])
  expect(sequences).toEqual([0, 5_005])
  expect(states).not.toContain('failed')
})

test('a break of more than a day asks for all that is kept, and is told not to be whole', async () => {
  let nowUs = START_US
  const gateway = await gatewayOf()
  const gaps: LiveGap[] = []
  const { client, sequences } = clientOf(gateway, {
    clock: { nowUs: () => nowUs },
    onGap: (gap) => gaps.push(gap),
  })
  await client.start()
  gateway.publish(trades(0, 1))
  await until(() => sequences.length === 1)
  nowUs = START_US + DAY_US + 60_000_000
  gateway.session?.reset()
  await until(() => gaps.length === 1)
  expect(gaps).toMatchObject([{ fromUs: 0, isWhole: false }])
  expect(gateway.session?.requests[0]?.start).toBe(0n)
})

test('waits longer after each attempt in a row that brings nothing', async () => {
  const plans: ConnectionPlan[] = Array.from({ length: 6 }, () => ({
    errorFirst: { code: 6, message: 'Internal error' },
  }))
  const gateway = await gatewayOf({ connection: (index) => plans[index] ?? {} })
  const waits: number[] = []
  const { client, errors } = clientOf(gateway, {
    reconnect: { firstMs: 2, maxMs: 16 },
    random: () => 1,
    onState: (state, { waitMs }) => void (state === 'waiting' && waits.push(waitMs)),
  })
  await client.start()
  expect(waits).toEqual([2, 4, 8, 16, 16, 16])
  expect(errors).toEqual([])
})

test('a busy consumer holds up the gateway: memory stays, all comes, and it is told', async () => {
  const gateway = await gatewayOf({ retainBytes: 1 << 30, slowChunks: 100 })
  const slow: LiveSlowness[] = []
  const seen: number[] = []
  let open = (): void => undefined
  const busy = new Promise<void>((resolve) => (open = resolve))
  const { client } = clientOf(gateway, {
    slowMs: 30,
    onSlow: (slowness) => slow.push(slowness),
    onBlock: async ({ view, bytes, length }) => {
      await busy
      for (let at = 0; at < length; at += (bytes[at] as number) * 4)
        if (bytes[at + 1] === 0) seen.push(view.getUint32(at + 44, true))
    },
  })
  await client.start()
  const chunk = 1_000
  const chunks = 1_000
  for (let at = 0; at < chunks; at++) gateway.publish(trades(at * chunk, (at + 1) * chunk))
  await until(() => slow.some(({ seenBy }) => seenBy === 'consumer'))
  const before = process.memoryUsage().arrayBuffers
  await sleep(100)
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16_000_000)
  expect(seen).toEqual([])
  open()
  await until(() => seen.length === chunk * chunks)
  expect(seen.every((sequence, at) => sequence === at)).toBe(true)
  expect(new Set(slow.map(({ seenBy }) => seenBy))).toEqual(new Set(['consumer', 'gateway']))
})

test('pause() holds the stream, resume() lets it go on', async () => {
  const gateway = await gatewayOf({ heartbeatMs: 5 })
  const { client, sequences } = clientOf(gateway, { silenceMs: 60 })
  await client.start()
  client.pause()
  await sleep(20)
  gateway.publish(trades(0, 1))
  await sleep(20)
  for (let at = 1; at < 50; at++) gateway.publish(trades(at, at + 1))
  /** Longer than the watchdog's patience: who does not read cannot say that the gateway is silent. */
  await sleep(150)
  expect(sequences.length).toBeLessThan(50)
  client.resume()
  await until(() => sequences.length === 50)
  expect(gateway.sessions).toHaveLength(1)
  expect(sequences).toEqual(range(0, 50))
})

test('a block that is lent while a promise is kept stays as it is', async () => {
  const gateway = await gatewayOf({ connection: () => ({ pieceBytes: 100 }) })
  const sequences: number[] = []
  const { client } = clientOf(gateway, {
    onBlock: async ({ view, bytes, length }) => {
      await sleep(2)
      for (let at = 0; at < length; at += (bytes[at] as number) * 4)
        if (bytes[at + 1] === 0) sequences.push(view.getUint32(at + 44, true))
    },
  })
  await client.start()
  gateway.publish(trades(0, 60))
  await until(() => sequences.length === 60)
  expect(sequences).toEqual(range(0, 60))
})

test('in skip mode a reader that is too slow is told that records are missing', async () => {
  const gateway = await gatewayOf({ retainBytes: 480_000 })
  const told: LiveGatewayError[] = []
  const { client, sequences } = clientOf(gateway, {
    slowReader: 'skip',
    onGatewayError: (error) => told.push(error),
  })
  await client.start()
  client.pause()
  for (let at = 0; at < 3_000; at++) {
    gateway.publish(trades(at * 100, (at + 1) * 100))
    if (at % 100 === 0) await sleep(1)
  }
  client.resume()
  await until(() => sequences.at(-1) === 299_999)
  expect(told.length).toBeGreaterThan(0)
  expect(told[0]).toMatchObject({ code: 'LIVE_GATEWAY_SKIPPED', gatewayCode: 7 })
  expect(sequences.length).toBeLessThan(300_000)
})

const callbacks = [
  'onState',
  'onMetadata',
  'onBlock',
  'onRecord',
  'onSystem',
  'onMapping',
  'onGatewayError',
  'onSlow',
]
test.each(callbacks)('%s that throws ends the client: nothing is lost in silence', async (name) => {
  const gateway = await gatewayOf({ instruments: [TESLA] })
  const cause = new Error('mine')
  const { client } = clientOf(gateway, {
    [name]: () => {
      throw cause
    },
  })
  client.start().catch(() => undefined)
  if (name !== 'onState') {
    const session = await gateway.connected(0)
    await until(() => session.hasStarted)
    session.system(2, 'Warning: slow reading')
    session.error(4, 'Failed to resolve symbol X')
    gateway.publish(trades(0, 1))
  }
  expect(await client.finished).toMatchObject({ code: 'LIVE_CALLBACK', cause })
  expect(client.state).toBe('failed')
})

test('a promise of onBlock that is broken ends the client', async () => {
  const gateway = await gatewayOf()
  const { client } = clientOf(gateway, { onBlock: () => Promise.reject(new Error('mine')) })
  await client.start().catch(() => undefined)
  gateway.publish(trades(0, 1))
  expect(await client.finished).toMatchObject({
    code: 'LIVE_CALLBACK',
    message: expect.stringContaining('mine') as string,
  })
})

test('onState that throws at the very end breaks nothing', async () => {
  const gateway = await gatewayOf()
  const { client } = clientOf(gateway, {
    onState: (state) => {
      if (state === 'stopped' || state === 'failed') throw new Error('mine')
    },
  })
  await client.start()
  await client.stop()
  expect(await client.finished).toMatchObject({ code: 'LIVE_CALLBACK' })
})

test('stop() hands on what the gateway has sent, and connects no more', async () => {
  const gateway = await gatewayOf()
  const { client, sequences, states } = clientOf(gateway)
  await client.start()
  gateway.publish(trades(0, 2_000))
  await client.stop()
  await sleep(20)
  expect(sequences).toEqual(range(0, sequences.length))
  expect(states.at(-1)).toBe('stopped')
  expect(gateway.sessions).toHaveLength(1)
})

test('two schemas break and go on each from its own last record', async () => {
  const gateway = await gatewayOf()
  const gaps: LiveGap[] = []
  const { client, sequences } = clientOf(gateway, {
    subscriptions: [TRADES, { schema: 'cbbo-1m', symbols: 'ALL_SYMBOLS' }],
    overlapMs: 1,
    onGap: (gap) => gaps.push(gap),
  })
  await client.start()
  gateway.publish(trades(0, 50))
  await until(() => sequences.length === 50)
  gateway.session?.reset()
  await until(() => gaps.length === 2)
  expect(gaps).toMatchObject([
    { schema: 'trades', fromUs: START_US + 48_000 },
    { schema: 'cbbo-1m', fromUs: START_US - 1_000 },
  ])
})
