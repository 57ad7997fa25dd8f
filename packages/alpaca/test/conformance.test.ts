import { setTimeout as sleep } from 'node:timers/promises'
import { InstrumentTable, type MarketSink, wallClock } from '@scalp/canonical'
import { type BrokerStage, describeBroker, describeFeed, type FeedStage } from '@scalp/canonical/testing'
import { describe, test } from 'vitest'
import { createAlpacaBroker, createAlpacaFeed } from '../src/live.js'
import { createFakeAlpaca } from '../src/testing.js'

const CALL = 'SPY261218C00600000'
const KEYS = { keyId: 'K', secretKey: 'secret-word' }

async function openBroker(): Promise<BrokerStage> {
  const fake = await createFakeAlpaca({ requestsPerMinute: 50_000 })
  fake.venue.list(CALL)
  fake.quote(CALL, { bid: 1, ask: 1.05 })
  const instruments = new InstrumentTable()
  let news = 0
  const broker = createAlpacaBroker({
    ...KEYS,
    baseUrl: fake.url,
    streamUrl: fake.streamUrl,
    instruments,
    runId: 'suite',
    reconcileMs: 50,
    settleMs: 0,
    feesMicros: ({ contracts }) => contracts * 30_000,
  })
  const connect = broker.connect.bind(broker)
  broker.connect = (sink) =>
    connect({
      onOrderEvent: (event): undefined => {
        news++
        sink.onOrderEvent(event)
      },
    })
  return {
    broker,
    instrument: instruments.requireOption(CALL),
    fillsMicros: 1_050_000,
    restsMicros: 500_000,
    nowUs: () => wallClock.nowUs(),
    /** Until there is no news for a while. */
    settle: async () => {
      for (let quiet = 0, seen = news; quiet < 8; quiet = seen === news ? quiet + 1 : 0) {
        seen = news
        await sleep(50)
      }
    },
    close: async () => {
      await broker.close()
      await fake.stop()
    },
  }
}

async function openFeed(): Promise<FeedStage> {
  const fake = await createFakeAlpaca()
  fake.venue.list(CALL)
  const feed = createAlpacaFeed({
    ...KEYS,
    baseUrl: fake.streamUrl,
    instruments: new InstrumentTable(),
    contracts: [CALL],
    underlyings: ['SPY'],
  })
  let told = 0
  const counted =
    <View>(tell: (view: View) => undefined) =>
    (view: View): undefined => {
      told++
      tell(view)
    }
  return {
    feed: {
      start: (sink: MarketSink) =>
        feed.start({
          onQuote: counted((quote) => sink.onQuote(quote)),
          onTrade: counted((trade) => sink.onTrade(trade)),
          onBar: counted((bar) => sink.onBar(bar)),
          onStatistic: counted((statistic) => sink.onStatistic(statistic)),
        }),
      stop: () => feed.stop(),
    },
    publish: async () => {
      const wanted = told + 3
      fake.quote(CALL, { bid: 1, ask: 1.05 })
      fake.quote(CALL, { bid: 0, ask: 0.05 })
      fake.trade('SPY', { price: 600.25, size: 100, conditions: ['@'] })
      /** A feed that has stopped tells nothing, so waiting ends. */
      for (let round = 0; round < 40 && told < wanted; round++) await sleep(10)
    },
    close: () => fake.stop(),
  }
}

describeBroker({ describe, test }, 'Alpaca, simulated', openBroker)
describeFeed({ describe, test }, 'Alpaca, simulated', openFeed)
