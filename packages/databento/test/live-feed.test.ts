import { type Feed, InstrumentTable, type MarketSink } from '@scalp/canonical'
import { expect, test } from 'vitest'
import { type DbnRecord, encodeRecord } from '../src/dbn/record.js'
import { createLiveFeed, type LiveFeed, type LiveFeedOptions } from '../src/live.js'
import type { LiveGateway } from '../src/testing.js'
import { APPLE, DATASET, gatewayOf, START_US, TESLA, until } from './live-setup.js'

const UNDEF = 9_223_372_036_854_775_807n
const NS = BigInt(START_US) * 1_000n

class KeepingSink implements MarketSink {
  readonly events: unknown[] = []
  onQuote(quote: Parameters<MarketSink['onQuote']>[0]): undefined {
    this.events.push({ quote: quote.copy() })
  }
  onTrade(trade: Parameters<MarketSink['onTrade']>[0]): undefined {
    this.events.push({ trade: trade.copy() })
  }
  onBar(bar: Parameters<MarketSink['onBar']>[0]): undefined {
    this.events.push({ bar: bar.copy() })
  }
  onStatistic(statistic: Parameters<MarketSink['onStatistic']>[0]): undefined {
    this.events.push({ statistic })
  }
}

function record(name: DbnRecord['record'], rtype: number, id: number, fields: object): Uint8Array {
  const head = { record: name, length: 0, rtype, publisher_id: 30, instrument_id: id, ts_event: NS }
  return encodeRecord({ ts_recv: NS + 500_000n, ...head, ...fields } as DbnRecord)
}

async function start(
  options: Partial<LiveFeedOptions> = {},
  version = 3,
  dataset = DATASET,
): Promise<{ gateway: LiveGateway; feed: LiveFeed; sink: KeepingSink; instruments: InstrumentTable }> {
  const known = [TESLA, APPLE, { id: 5, symbol: 'TSLA' }]
  const gateway = await gatewayOf({ version, dataset, instruments: known })
  const instruments = new InstrumentTable()
  const { host, port, apiKey } = gateway
  const schemas = ['cbbo-1m', 'cmbp-1', 'trades', 'ohlcv-1m', 'statistics', 'bbo-1s', 'mbp-1'] as const
  const feed = createLiveFeed({
    host,
    port,
    apiKey,
    dataset,
    instruments,
    subscriptions: schemas.map((schema) => ({ schema, symbols: 'ALL_SYMBOLS' })),
    reconnect: { firstMs: 1 },
    clock: { nowUs: () => START_US + 777 },
    ...options,
  })
  const sink = new KeepingSink()
  await (feed as Feed).start(sink)
  return { gateway, feed, sink, instruments }
}

const BOOK = { bid_px_00: 1_250_000_000n, ask_px_00: 1_300_000_000n, bid_sz_00: 3, ask_sz_00: 4 }
const RECEIVED = START_US + 777

test.each([1, 2, 3])(
  'every kind of record becomes its event, from a gateway of version %i',
  async (version) => {
    const { gateway, feed, sink, instruments } = await start({}, version)
    const statistics = version < 3 ? 'statistics_v1' : 'statistics_v3'
    const interest = { stat_type: 9, quantity: version < 3 ? 1_200 : 1_200n }
    gateway.publish(
      Buffer.concat([
        record('cbbo', 0xc1, TESLA.id, { ...BOOK, price: UNDEF }),
        record('cmbp1', 0xb1, APPLE.id, {
          ...BOOK,
          bid_px_00: UNDEF,
          bid_sz_00: 0,
          action: 'T',
          side: 'B',
          price: 1_300_000_000n,
          size: 2,
        }),
        record('cmbp1', 0xb1, APPLE.id, { ...BOOK, action: 'A', price: UNDEF }),
        record('trade', 0x00, TESLA.id, { action: 'T', side: 'A', price: 1_250_000_500n, size: 7 }),
        record('ohlcv', 0x21, TESLA.id, { volume: 10n }),
        record('ohlcv', 0x21, TESLA.id, { volume: 5n }),
        record(statistics, 0x18, TESLA.id, interest),
        record(statistics, 0x18, TESLA.id, interest),
        record(statistics, 0x18, APPLE.id, { stat_type: 9, quantity: version < 3 ? 2_147_483_647 : UNDEF }),
        record(statistics, 0x18, APPLE.id, { stat_type: 3, quantity: 1 }),
        record('bbo', 0xc3, TESLA.id, BOOK),
        record('cbbo', 0xc1, 5, BOOK),
      ]),
    )
    gateway.session?.records(record('trade', 0x00, 999, { action: 'T', price: 1n, size: 1 }))
    await until(() => feed.leftOut.unmapped === 1)
    const tesla = instruments.optionSymbol(TESLA.symbol)
    const apple = instruments.optionSymbol(APPLE.symbol)
    const book = { receivedUs: RECEIVED, bidMicros: 1_250_000, askMicros: 1_300_000, bidSize: 3, askSize: 4 }
    const sample = { ...book, instrument: tesla, sourceUs: START_US + 500 }
    const tick = { ...book, instrument: apple, sourceUs: START_US, sampleUs: 0 }
    const told = { receivedUs: RECEIVED, sourceUs: START_US }
    expect(sink.events).toEqual(
      expect.arrayContaining([
        { quote: { ...sample, sampleUs: 60_000_000 } },
        { quote: { ...tick, bidMicros: Number.NaN, bidSize: 0 } },
        { trade: { ...told, instrument: apple, priceMicros: 1_300_000, size: 2, aggressor: 'buy' } },
        { quote: tick },
        { trade: { ...told, instrument: tesla, priceMicros: 1_250_001, size: 7, aggressor: 'sell' } },
        { statistic: { instrument: tesla, receivedUs: RECEIVED, kind: 'volume', value: 10 } },
        { statistic: { instrument: tesla, receivedUs: RECEIVED, kind: 'volume', value: 15 } },
        { statistic: { instrument: tesla, receivedUs: RECEIVED, kind: 'open-interest', value: 1_200 } },
        { quote: { ...sample, sampleUs: 1_000_000 } },
      ]),
    )
    expect(sink.events).toHaveLength(9)
    expect(feed.leftOut).toEqual({ unmapped: 1, notOptions: 1 })
    await feed.stop()
    expect(await feed.client.finished).toBeUndefined()
  },
)

test('of shares, bars are bars, and symbols are underlyings', async () => {
  const { gateway, sink, instruments, feed } = await start({}, 3, 'XNAS.ITCH')
  const prices = { open: 1_000_000_000n, high: 3_000_000_000n, low: 500_000_000n, close: 2_000_000_000n }
  gateway.publish(record('ohlcv', 0x21, 5, { ...prices, volume: 9n }))
  gateway.publish(record('mbp1', 0x01, 5, { ...BOOK, action: 'A', price: UNDEF }))
  await until(() => sink.events.length === 2)
  const instrument = instruments.underlying('TSLA')
  expect(sink.events[0]).toEqual({
    bar: {
      instrument,
      receivedUs: RECEIVED,
      startUs: START_US,
      lengthUs: 60_000_000,
      openMicros: 1_000_000,
      highMicros: 3_000_000,
      lowMicros: 500_000,
      closeMicros: 2_000_000,
      volume: 9,
      vwapMicros: Number.NaN,
    },
  })
  expect(sink.events[1]).toMatchObject({ quote: { instrument, sampleUs: 0, bidMicros: 1_250_000 } })
  await feed.stop()
})

test('an id that is mapped anew stands for its new symbol from there on; recycled indexes are not mixed up', async () => {
  const { gateway, sink, instruments, feed } = await start()
  const quote = (): Uint8Array => record('cbbo', 0xc1, TESLA.id, BOOK)
  gateway.session?.records(quote())
  await until(() => sink.events.length === 1)
  gateway.session?.mapping({ id: TESLA.id, symbol: 'TSLA  250228C00250000' })
  gateway.session?.records(quote())
  await until(() => sink.events.length === 2)
  const symbols = sink.events.map(
    (event) => instruments.get((event as { quote: { instrument: never } }).quote.instrument).symbol,
  )
  expect(symbols).toEqual(['TSLA250221C00250000', 'TSLA250228C00250000'])
  instruments.retireExpired('2025-03-01', () => false)
  instruments.optionSymbol('SPY   250620C00500000')
  instruments.optionSymbol('SPY   250620C00510000')
  gateway.session?.records(quote())
  await until(() => sink.events.length === 3)
  const { instrument } = (sink.events[2] as { quote: { instrument: never } }).quote
  expect(instruments.get(instrument).symbol).toBe('TSLA250228C00250000')
  await feed.stop()
})

test('time never goes back, whatever the clock does; what a replay brings is received now', async () => {
  const times = [START_US + 10, START_US + 5, START_US + 20]
  let at = 0
  const { gateway, sink, feed } = await start({ clock: { nowUs: () => times[Math.min(at, 2)] ?? 0 } })
  for (at = 0; at < 3; at++) {
    gateway.publish(record('trade', 0x00, TESLA.id, { action: 'T', price: BigInt(at + 1) * 1_000n, size: 1 }))
    await until(() => sink.events.length === at + 1)
  }
  expect(sink.events).toMatchObject(
    [10, 10, 20].map((us) => ({ trade: { receivedUs: START_US + us, sourceUs: START_US } })),
  )
  await feed.stop()
})

test('a sink that throws ends the feed, and start() fails when the key is refused', async () => {
  const { gateway, feed, sink } = await start()
  sink.onTrade = () => {
    throw new Error('mine')
  }
  gateway.publish(record('trade', 0x00, TESLA.id, { action: 'T', price: 1_000n, size: 1 }))
  expect(await feed.client.finished).toMatchObject({ code: 'LIVE_CALLBACK' })
  await expect(start({ apiKey: 'db-wrong-0000000000000000000000' })).rejects.toMatchObject({
    code: 'LIVE_AUTH',
  })
})
