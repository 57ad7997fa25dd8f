import { createServer } from 'node:net'
import { InstrumentTable, type MarketSink, type Us } from '@scalp/canonical'
import { type DbnRecord, encodeRecord, RTYPE, UNDEF_PRICE } from '@scalp/databento'
import { type GatewayOptions, type LiveGateway, startGateway } from '@scalp/databento/testing'
import { createExchangeCalendar } from '@scalp/market-data'
import { afterEach, expect, test } from 'vitest'
import { liveConfigSchema } from '../src/config/schema.js'
import { DatabentoFeed } from '../src/market/databento-feed.js'
import { DatabentoSource, type SourceOptions } from '../src/market/databento-source.js'
import { ReplayClock } from '../src/market/paced-feed.js'
import { quiet, until } from './quiet.js'

const calendar = createExchangeCalendar()
const { openUs } = calendar.sessionOn('2026-03-03') ?? expect.fail('no session')
const NEAR = 'TSLA260304C00250000'
const FAR = 'TSLA260304C00260000'
const LATER = 'TSLA260306C00250000'
const INSTRUMENTS = [
  { id: 1, symbol: 'TSLA  260304C00250000' },
  { id: 2, symbol: 'TSLA  260304C00260000' },
  { id: 3, symbol: 'TSLA  260306C00250000' },
]

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function gatewayOf(clock: ReplayClock, options: GatewayOptions = {}): Promise<LiveGateway> {
  const gateway = await startGateway({ instruments: INSTRUMENTS, nowUs: () => clock.us, ...options })
  ends.push(() => gateway.close())
  return gateway
}

/** Keeps what it hears as `symbol bid`. */
function listener(instruments: InstrumentTable): { readonly heard: string[]; readonly sink: MarketSink } {
  const heard: string[] = []
  const nothing = (): undefined => undefined
  const onQuote: MarketSink['onQuote'] = ({ instrument, bidMicros }) =>
    void heard.push(`${instruments.get(instrument).symbol} ${bidMicros / 1e6}`)
  return { heard, sink: { onQuote, onTrade: nothing, onBar: nothing, onStatistic: nothing } }
}

function quote(instrument_id: number, us: Us, bid: number): Uint8Array {
  const ns = BigInt(us) * 1_000n
  return encodeRecord({
    record: 'cmbp1',
    length: 0,
    rtype: RTYPE.cmbp1,
    publisher_id: 30,
    instrument_id,
    ts_event: ns,
    ts_recv: ns,
    action: 'A',
    price: UNDEF_PRICE,
    bid_px_00: BigInt(bid) * 1_000_000_000n,
    ask_px_00: BigInt(bid + 1) * 1_000_000_000n,
    bid_sz_00: 1,
    ask_sz_00: 1,
  } as unknown as DbnRecord)
}

function feedOf(gateway: LiveGateway, clock: ReplayClock, instruments: InstrumentTable): DatabentoFeed {
  const { host, port, apiKey } = gateway
  const feed = new DatabentoFeed({
    config: liveConfigSchema.parse({
      feed: { kind: 'databento' },
      databento: { apiKey, gateway: { host, port } },
    }),
    log: quiet,
    onAlert: () => undefined,
    onEnded: (error) => expect.fail(error.message),
    contracts: [NEAR],
    instruments,
    clock,
    calendar,
  })
  ends.push(() => feed.stop())
  return feed
}

test('subscriptions follow the universe, by one line for what is new, and begin anew on another day', async () => {
  const clock = new ReplayClock(openUs)
  const gateway = await gatewayOf(clock)
  const instruments = new InstrumentTable()
  const { heard, sink } = listener(instruments)
  const feed = feedOf(gateway, clock, instruments)
  await feed.start(sink)
  const asked = (at: number) => gateway.sessions[at]?.requests.map(({ symbols }) => symbols)
  gateway.publish(Buffer.concat([quote(1, openUs, 4), quote(2, openUs, 5)]))
  await until(() => heard.length === 1, 'what is subscribed to comes')
  feed.watch([NEAR, FAR])
  feed.watch([FAR])
  feed.watch([NEAR, FAR])
  await until(() => asked(0)?.length === 2, 'the new contract is subscribed to')
  gateway.publish(Buffer.concat([quote(1, openUs + 1, 6), quote(2, openUs + 1, 7)]))
  await until(() => heard.length === 3, 'both come')
  expect(heard).toEqual([`${NEAR} 4`, `${NEAR} 6`, `${FAR} 7`])
  expect(asked(0)).toEqual([[INSTRUMENTS[0]?.symbol], [INSTRUMENTS[1]?.symbol]])

  clock.us += 2 * 86_400_000_000
  feed.watch([LATER])
  await gateway.connected(1)
  await until(() => feed.isReady && asked(1)?.length === 1, 'it is connected anew')
  gateway.publish(Buffer.concat([quote(1, clock.us, 8), quote(3, clock.us, 9)]))
  await until(() => heard.length === 4, 'what is wanted today comes')
  expect(heard.at(-1)).toBe(`${LATER} 9`)
  expect(asked(1)).toEqual([[INSTRUMENTS[2]?.symbol]])
  feed.watch([LATER, FAR])
  await until(() => asked(1)?.length === 2, 'it goes on from there')
  expect(gateway.sessions).toHaveLength(2)
})

function sourceOf(
  options: Partial<SourceOptions> & Pick<SourceOptions, 'gateway' | 'clock'>,
): DatabentoSource {
  const source = new DatabentoSource(
    {
      name: 'options',
      apiKey: 'db-gateway-0000000000000000000000',
      dataset: 'OPRA.PILLAR',
      schemas: ['cmbp-1'],
      stypeIn: 'raw_symbol',
      slowReader: 'skip',
      heartbeatSeconds: 5,
      instruments: new InstrumentTable(),
      log: quiet,
      onAlert: () => undefined,
      onEnded: (error) => expect.fail(error.message),
      ...options,
    },
    ['TSLA  260304C00250000', 'NONE  260304C00250000'],
  )
  ends.push(() => source.stop())
  return source
}

test('a gateway that is not there does not hold up a start: it is tried again, and shown', async () => {
  const port = await new Promise<number>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
  const clock = new ReplayClock(openUs)
  const instruments = new InstrumentTable()
  const { heard, sink } = listener(instruments)
  const alerts: string[] = []
  const onAlert: SourceOptions['onAlert'] = ({ code }) => void alerts.push(code)
  const at = { host: '127.0.0.1', port }
  const source = sourceOf({ gateway: at, clock, instruments, startMs: 50, onAlert })
  expect(source.link()).toMatchObject({ state: 'idle', isHealthy: false, silentMs: null })
  await source.start(sink)
  expect(source.isReady).toBe(false)
  expect(source.link().detail).toContain(`No connection to 127.0.0.1:${port}`)
  expect(alerts).toEqual([])
  await until(() => alerts.length > 0, 'it is told')
  expect(alerts).toEqual(['FEED_DOWN'])
  const gateway = await gatewayOf(clock, { port })
  await until(() => source.isReady, 'it is there now')
  gateway.publish(quote(1, openUs, 4))
  await until(() => heard.length === 1, 'a quote comes')
  clock.us += 1_500_000
  expect(source.link()).toEqual({
    name: 'options',
    state: 'streaming',
    isHealthy: true,
    silentMs: 1_500,
    messages: 1,
    reconnects: 0,
    detail: '1 symbol unknown',
  })
})

test('a gap that is older than the gateway keeps is told as a hole, and what comes after it at once', async () => {
  const clock = new ReplayClock(openUs)
  const gateway = await gatewayOf(clock, { retainBytes: 200 })
  const instruments = new InstrumentTable()
  const { heard, sink } = listener(instruments)
  const alerts: string[] = []
  const { host, port } = gateway
  const onAlert: SourceOptions['onAlert'] = ({ code }) => void alerts.push(code)
  const source = sourceOf({ gateway: { host, port }, clock, instruments, onAlert })
  await source.start(sink)
  gateway.publish(quote(1, openUs, 4))
  await until(() => heard.length === 1, 'a quote comes')
  gateway.session?.reset()
  for (let second = 1; second < 20; second++) gateway.publish(quote(1, openUs + second * 1_000_000, 5))
  clock.us += 20_000_000
  await until(() => alerts.length === 1 && source.isReady, 'it is connected again')
  gateway.publish(quote(1, clock.us, 6))
  await until(() => heard.at(-1) === `${NEAR} 6`, 'what is new comes')
  expect(alerts).toEqual(['FEED_GAP'])
  expect(source.link().detail).toContain('1 gap not whole')
})

test('too many connections end others first: it waits and begins anew, and says that something is missing', async () => {
  const clock = new ReplayClock(openUs)
  const limit = { errorFirst: { code: 3, message: 'User has reached their open connection limit' } }
  const gateway = await gatewayOf(clock, { connection: (index) => (index === 1 || index === 2 ? limit : {}) })
  const instruments = new InstrumentTable()
  const { heard, sink } = listener(instruments)
  const alerts: string[] = []
  const onAlert: SourceOptions['onAlert'] = ({ code }) => void alerts.push(code)
  const { host, port } = gateway
  const source = sourceOf({ gateway: { host, port }, clock, instruments, limitMs: 20, onAlert })
  await source.start(sink)
  gateway.publish(quote(1, openUs, 4))
  await until(() => heard.length === 1, 'a quote comes')
  gateway.session?.reset()
  await gateway.connected(3)
  await until(() => source.isReady, 'it is there again')
  gateway.publish(quote(1, openUs + 1, 5))
  await until(() => heard.length === 2, 'quotes come again')
  expect(alerts).toEqual(['FEED_DOWN', 'FEED_DOWN'])
  expect(source.link()).toMatchObject({
    state: 'streaming',
    messages: 2,
    reconnects: 1,
    detail: '1 gap not whole; 1 symbol unknown',
  })
})
