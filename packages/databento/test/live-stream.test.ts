import { existsSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { zstdDecompressSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { createMetadata, decodeMetadata, encodeMetadata } from '../src/dbn/metadata.js'
import type { LiveGatewayError, SymbolMessage, SystemMessage } from '../src/live.js'
import { errorRecord } from '../src/testing.js'
import { DBN_FOLDERS } from './fixtures.js'
import { APPLE, clientOf, DATASET, gatewayOf, range, START_US, TESLA, trades, until } from './live-setup.js'

const METADATA = createMetadata({
  dataset: DATASET,
  schema: null,
  start: BigInt(START_US) * 1_000n,
  stypeIn: null,
})

const streams = [1, 2, 3].flatMap((version) =>
  [false, true].flatMap((tsOut) =>
    (['none', 'zstd'] as const).flatMap((compression) =>
      [undefined, 1, 7].map((pieceBytes) => ({ version, tsOut, compression, pieceBytes })),
    ),
  ),
)
test.each(streams)(
  'version $version, ts_out $tsOut, compression $compression, pieces of $pieceBytes: all comes as it was sent',
  async ({ version, tsOut, compression, pieceBytes }) => {
    const gateway = await gatewayOf({
      version,
      instruments: [TESLA, APPLE],
      connection: () => (pieceBytes === undefined ? {} : { pieceBytes }),
    })
    const mappings: SymbolMessage[] = []
    const systems: SystemMessage[] = []
    const gatewayErrors: LiveGatewayError[] = []
    const { client, records, sequences } = clientOf(gateway, {
      tsOut,
      compression,
      subscriptions: [{ schema: 'trades', symbols: ['TSLA.OPT', 'XYZ.OPT'], stypeIn: 'parent' }],
      onMapping: (mapping) => mappings.push(mapping),
      onSystem: (message) => systems.push(message),
      onGatewayError: (error) => gatewayErrors.push(error),
    })
    await client.start()
    gateway.publish(trades(0, 5))
    gateway.publish(trades(100, 105, APPLE.id))
    gateway.session?.mapping(APPLE)
    gateway.session?.system(0, 'Heartbeat')
    gateway.session?.system(2, 'Warning: slow reading')
    gateway.session?.system(3, 'Finished trades replay')
    gateway.session?.system(4, 'End of interval for cbbo-1m', START_US + 60_000_000)
    gateway.session?.error(7, 'Slow client detected for OPRA.PILLAR')
    gateway.publish(trades(5, 10))
    await until(() => sequences.length === 10 && systems.length === 5 && gatewayErrors.length === 2)
    expect(sequences).toEqual(range(0, 10))
    const trade = records.find(({ record }) => record === 'trade')
    expect(trade).toMatchObject({ price: 1_250_000_000n, instrument_id: TESLA.id, publisher_id: 30 })
    for (const { record, ts_out } of records.map((each) => ({ ...each, ts_out: each['ts_out'] })))
      expect([record, typeof ts_out]).toEqual([record, tsOut ? 'bigint' : 'undefined'])
    expect(mappings).toEqual([
      { instrumentId: TESLA.id, symbolIn: 'TSLA.OPT', symbol: TESLA.symbol },
      { instrumentId: APPLE.id, symbolIn: APPLE.symbol, symbol: APPLE.symbol },
    ])
    expect(systems).toMatchObject([
      { kind: 'subscribed', subscriptionId: 1 },
      { kind: 'heartbeat' },
      { kind: 'slow-reader' },
      { kind: 'replay-completed', schema: 'trades' },
      { kind: 'interval-end', schema: 'cbbo-1m', eventUs: START_US + 60_000_000 },
    ])
    expect(gatewayErrors).toMatchObject([
      { code: 'LIVE_GATEWAY_SYMBOL', message: expect.stringContaining('XYZ.OPT') as string },
      { code: 'LIVE_GATEWAY_SKIPPED' },
    ])
    expect(client.stats).toEqual({ sessions: 1, records: 10, repeated: 0 })
    await client.stop()
    expect(await client.finished).toBeUndefined()
  },
)

const codes: [code: number, text: string, name: string, ends: 'fatal' | 'session' | 'none'][] = [
  [1, 'Authentication failed', 'LIVE_GATEWAY_AUTH', 'fatal'],
  [2, 'User or API key deactivated', 'LIVE_GATEWAY_KEY_DEACTIVATED', 'fatal'],
  [3, 'User has reached their open connection limit', 'LIVE_GATEWAY_CONNECTION_LIMIT', 'fatal'],
  [4, 'Failed to resolve symbol X', 'LIVE_GATEWAY_SYMBOL', 'none'],
  [5, 'Invalid subscription', 'LIVE_GATEWAY_SUBSCRIPTION', 'fatal'],
  [6, 'Internal error', 'LIVE_GATEWAY_INTERNAL', 'session'],
  [7, 'Slow client detected for OPRA.PILLAR', 'LIVE_GATEWAY_SKIPPED', 'none'],
  [8, 'Replay data aged out', 'LIVE_GATEWAY_AGED_OUT', 'fatal'],
  [99, 'Something new', 'LIVE_GATEWAY_OTHER', 'none'],
]
test.each(codes)('error %i (%s) is %s and ends: %s', async (code, text, name, ends) => {
  const gateway = await gatewayOf()
  const told: LiveGatewayError[] = []
  const { client, sequences, errors } = clientOf(gateway, { onGatewayError: (error) => told.push(error) })
  await client.start()
  gateway.publish(trades(0, 1))
  await until(() => sequences.length === 1)
  gateway.session?.error(code, text)
  if (ends === 'fatal') {
    expect(await client.finished).toMatchObject({ code: name, isFatal: true, gatewayCode: code })
    expect([client.state, gateway.sessions.length]).toEqual(['failed', 1])
  } else {
    gateway.publish(trades(1, 2))
    await until(() => sequences.length === 2)
    expect(client.state).toBe('streaming')
    expect(gateway.sessions).toHaveLength(ends === 'session' ? 2 : 1)
  }
  expect(told).toMatchObject([{ code: name, hint: expect.any(String) as string }])
  expect(errors).toMatchObject(ends === 'none' ? [] : [{ code: name }])
})

const first = [1, 2, 3].flatMap((version) =>
  [false, true].flatMap((tsOut) =>
    (['none', 'zstd'] as const).map((compression) => ({ version, tsOut, compression })),
  ),
)
test.each(first)(
  'an error in place of the metadata is told: version $version, ts_out $tsOut, $compression',
  async ({ version, tsOut, compression }) => {
    const errorFirst = { code: 2, message: 'User or API key deactivated' }
    const gateway = await gatewayOf({ version, connection: () => ({ errorFirst, pieceBytes: 3 }) })
    const { client } = clientOf(gateway, { tsOut, compression })
    await expect(client.start()).rejects.toMatchObject({ code: 'LIVE_GATEWAY_KEY_DEACTIVATED' })
  },
)

test('an error right after the login may come without compression and ts_out that were asked for', async () => {
  const head = errorRecord({ version: 3, tsOut: false }, { code: 1, message: 'No', eventUs: START_US })
  const greeting = Buffer.concat([Buffer.from('lsg_version=1\ncram=1\nsuccess=1\n'), head])
  const gateway = await gatewayOf({ connection: () => ({ greeting }) })
  const { client } = clientOf(gateway, { tsOut: true, compression: 'zstd' })
  await expect(client.start()).rejects.toMatchObject({ code: 'LIVE_GATEWAY_AUTH' })
})

test.each([
  ['another dataset', encodeMetadata({ ...METADATA, dataset: 'XNAS.ITCH' }), 'LIVE_DATASET'],
  ['a version to come', Uint8Array.of(0x44, 0x42, 0x4e, 4, 200, 0, 0, 0), 'LIVE_VERSION'],
])('a gateway that streams %s fails for good', async (_, head, code) => {
  const gateway = await gatewayOf({ connection: () => ({ head }) })
  const { client } = clientOf(gateway)
  await expect(client.start()).rejects.toMatchObject({ code, hint: expect.any(String) as string })
  expect(gateway.sessions).toHaveLength(1)
})

test.each([
  ['bytes that are no DBN', new Uint8Array(100).fill(7)],
  ['metadata that contradict themselves', Uint8Array.of(0x44, 0x42, 0x4e, 3, 1, 0, 0, 0, 9, 9, 9, 9, 9)],
])('a gateway that sends %s is tried again', async (_, head) => {
  const gateway = await gatewayOf({ connection: (index) => (index === 0 ? { head } : {}) })
  const { client, errors } = clientOf(gateway)
  await client.start()
  expect(errors).toMatchObject([{ code: 'LIVE_PROTOCOL' }])
})

test('silence is a broken connection; heartbeats are none', async () => {
  const silent = await gatewayOf({ heartbeatMs: 100_000 })
  const { client, errors } = clientOf(silent, { silenceMs: 60 })
  await client.start()
  await until(() => silent.sessions.length > 1)
  expect(errors[0]).toMatchObject({ code: 'LIVE_SILENCE', details: { ms: 60 } })
  const alive = await gatewayOf({ heartbeatMs: 15 })
  const hearing = clientOf(alive, { silenceMs: 200 })
  await hearing.client.start()
  await until(() => hearing.records.length > 30)
  expect(alive.sessions).toHaveLength(1)
})

test('sends at most 500 symbols a line, the last one marked, and start in ns', async () => {
  const gateway = await gatewayOf()
  const symbols = range(0, 1_201).map((number) => `S${number}`)
  const { client } = clientOf(gateway, {
    subscriptions: [
      { schema: 'cbbo-1m', symbols, startUs: START_US + 1 },
      { schema: 'mbo', symbols: ['SPY'], snapshot: true },
      { schema: 'definition', symbols: 'ALL_SYMBOLS', stypeIn: 'raw_symbol', startUs: 0 },
      { schema: 'trades', symbols: ['12', '13'], stypeIn: 'instrument_id' },
      { schema: 'statistics', symbols: ['ES.c.0'], stypeIn: 'continuous' },
    ],
  })
  await client.start()
  const { requests = [] } = gateway.session ?? {}
  expect(requests.map(({ id, isLast, symbols: { length } }) => [id, isLast, length])).toEqual([
    [1, false, 500],
    [1, false, 500],
    [1, true, 201],
    [2, true, 1],
    [3, true, 1],
    [4, true, 2],
    [5, true, 1],
  ])
  expect(requests.slice(0, 3).flatMap((request) => request.symbols)).toEqual(symbols)
  expect(requests[0]?.start).toBe(BigInt(START_US + 1) * 1_000n)
  expect(requests.slice(3)).toMatchObject([
    { schema: 'mbo', snapshot: true, start: undefined, symbols: ['SPY'] },
    { schema: 'definition', start: 0n, symbols: ['ALL_SYMBOLS'] },
    { stypeIn: 'instrument_id' },
    { stypeIn: 'continuous' },
  ])
})

test('subscribes to more while it runs, and to all of it after a break', async () => {
  const gateway = await gatewayOf({ instruments: [TESLA, APPLE] })
  const { client, sequences } = clientOf(gateway, {
    subscriptions: [{ schema: 'trades', symbols: [TESLA.symbol] }],
  })
  await client.start()
  gateway.publish(trades(-60_000, -59_999, APPLE.id))
  expect(client.subscribe({ schema: 'trades', symbols: [APPLE.symbol] })).toBe(2)
  expect(() => client.subscribe({ schema: 'trades', symbols: ['X'], startUs: 0 })).toThrow(/with a start/)
  await until(() => gateway.session?.requests.length === 2)
  gateway.publish(trades(1, 2, APPLE.id))
  gateway.publish(trades(2, 3))
  await until(() => sequences.length === 2)
  gateway.session?.reset()
  const session = await gateway.connected(1)
  await until(() => session.hasStarted)
  gateway.publish(trades(3, 4, APPLE.id))
  await until(() => sequences.length === 3)
  expect(sequences).toEqual([1, 2, 3])
  expect(session.requests.map(({ id, symbols }) => [id, symbols[0]])).toEqual([
    [1, TESLA.symbol],
    [2, APPLE.symbol],
  ])
})

test('a subscription to a schema that is being replayed waits until that has caught up', async () => {
  const gateway = await gatewayOf({ instruments: [TESLA, APPLE] })
  gateway.publish(trades(0, 3))
  const { client, sequences } = clientOf(gateway, {
    subscriptions: [{ schema: 'trades', symbols: [TESLA.symbol], startUs: 0 }],
    onMetadata: () => void client.subscribe({ schema: 'trades', symbols: [APPLE.symbol] }),
  })
  await client.start()
  await until(() => gateway.session?.requests.length === 2)
  gateway.publish(trades(3, 4, APPLE.id))
  await until(() => sequences.length === 4)
  expect(sequences).toEqual(range(0, 4))
})

test('a record shorter than its type is a fault of the stream; what stands before it is handed on', async () => {
  const gateway = await gatewayOf()
  const { client, errors, sequences } = clientOf(gateway)
  await client.start()
  gateway.publish(trades(0, 2))
  await until(() => sequences.length === 2)
  gateway.session?.records(Buffer.concat([trades(2, 4), Uint8Array.of(4, 0x17, ...new Uint8Array(14))]))
  gateway.publish(trades(2, 5))
  await until(() => gateway.sessions.length === 2)
  expect(errors).toMatchObject([{ code: 'LIVE_PROTOCOL', cause: { code: 'DBN_CORRUPT' } }])
  await until(() => sequences.length >= 5)
  expect(sequences).toEqual(range(0, 5))
})

test('a session that ends waits for the consumer before the next one begins', async () => {
  const gateway = await gatewayOf()
  const told: string[] = []
  const { client } = clientOf(gateway, {
    onMetadata: () => void told.push('metadata'),
    onBlock: async () => {
      told.push('busy')
      await sleep(20)
      told.push('done')
    },
  })
  await client.start()
  await until(() => told.at(-1) === 'done')
  gateway.session?.error(6, 'Internal error')
  await until(() => told.length >= 8)
  expect(told.join(' ')).toMatch(/^metadata (busy done )+metadata (busy done ?)+/)
})

const recordings = DBN_FOLDERS.map((folder) => `${folder}/live/test_data.live.dbn.zst`).filter((file) =>
  existsSync(file),
)
test.skipIf(recordings.length === 0).each(recordings)(
  'a recorded session comes as it was: %s',
  async (file) => {
    const bytes = new Uint8Array(zstdDecompressSync(readFileSync(file)))
    const { dataset } = decodeMetadata(bytes, file)
    const records = bytes.subarray(8 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true))
    const version = bytes[3] ?? 0
    const gateway = await gatewayOf({ dataset, version, connection: () => ({ pieceBytes: 101 }) })
    const pieces: Uint8Array[] = []
    const mappings: SymbolMessage[] = []
    const { client } = clientOf(gateway, {
      dataset,
      onMapping: (mapping) => mappings.push(mapping),
      onBlock: ({ bytes: block, length }) => void pieces.push(block.slice(0, length)),
    })
    await client.start()
    gateway.session?.records(records)
    const seen = (): number => pieces.reduce((sum, { length }) => sum + length, 0)
    const acknowledged = version === 1 ? 80 : 320
    await until(() => seen() >= records.length + acknowledged)
    const whole = Buffer.concat(pieces)
    expect(whole.subarray(whole.length - records.length).equals(records)).toBe(true)
    expect(mappings.length).toBe(countOf(records, 0x16))
  },
)

function countOf(records: Uint8Array, rtype: number): number {
  let count = 0
  for (let at = 0; at < records.length; at += (records[at] as number) * 4)
    if (records[at + 1] === rtype) count++
  return count
}
