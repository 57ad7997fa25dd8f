import { DataClient, type TradingClient } from '@scalp/alpaca'
import { type AlpacaBroker, type AlpacaFeed, createAlpacaFeed } from '@scalp/alpaca/live'
import type { IsoDate, Micros } from '@scalp/canonical'
import type { Link } from '@scalp/protocol'
import type { LiveConfig } from '../config/schema.js'
import type { Foundation, OpenOptions } from '../session/foundation.js'
import type { LiveSession } from '../session/live-session.js'
import { Universe } from './universe.js'

/** Where orders and accounts are: paper unless both switches of live trading are set. */
export function venueOf({ alpaca, mode }: LiveConfig, isLiveConfirmed: boolean) {
  return {
    environment: mode === 'live' ? ('live' as const) : ('paper' as const),
    isLiveConfirmed,
    ...(alpaca.tradingUrl === undefined ? {} : { baseUrl: alpaca.tradingUrl }),
  }
}

/** The market of an account: its universe, and its feed. */
export interface AlpacaMarket {
  readonly universe: Universe
  feed(contracts: readonly string[], held: readonly string[]): AlpacaFeed
  follow(feed: AlpacaFeed, session: LiveSession, date: IsoDate): Promise<void>
}

/** The feed of an Alpaca account, and the contracts that it watches. */
export function openAlpacaMarket(
  { config, log, onAlert }: OpenOptions,
  { instruments, clock, calendar, settings }: Foundation,
  trading: TradingClient,
  session: () => LiveSession | undefined,
): AlpacaMarket {
  const { keyId, secretKey, dataUrl, streamUrl, optionFeed, stockFeed, requestsPerMinute } = config.alpaca
  const maxDte = Number((settings as { maxDte?: number }).maxDte ?? config.universe.maxDte)
  const universe = new Universe({
    trading,
    data: new DataClient({
      keyId,
      secretKey,
      requestsPerMinute,
      ...(dataUrl === undefined ? {} : { baseUrl: dataUrl }),
    }),
    symbols: config.symbols,
    rules: { strikes: config.universe.strikes, maxDte: Math.max(maxDte, 1) },
    instruments,
  })
  const priceOf = (symbol: string): Micros => session()?.engine.prices.get(symbol)?.priceMicros ?? Number.NaN
  return {
    universe,
    feed: (contracts, held) =>
      createAlpacaFeed({
        keyId,
        secretKey,
        clock,
        instruments,
        contracts: Array.from(new Set([...contracts, ...held])),
        underlyings: config.symbols,
        optionFeed,
        stockFeed,
        ...(streamUrl === undefined ? {} : { baseUrl: streamUrl }),
        isDataExpected: () => calendar.isOpen(clock.nowUs()),
        onState: (state, reason) => log.info({ state, reason }, 'feed'),
        onReport: (report) => log.warn({ report }, 'feed'),
        onEnded: (error) => {
          onAlert({ level: 'critical', code: 'FEED_ENDED', message: error.message })
          session()?.risk.halt({ atUs: Math.round(clock.nowUs()), by: 'the feed', flatten: false })
        },
      }),
    follow: async (feed, running, date) => {
      const nowUs = clock.nowUs()
      const held = running.engine.positions.open().map(({ instrument }) => instruments.get(instrument).symbol)
      await universe.follow(feed, { nowUs, date, priceOf, held })
      universe.tellInterest(running.driver, clock.nowUs())
    },
  }
}

/** How the streams of a feed stand. */
export function linksOf(feed: AlpacaFeed): readonly Link[] {
  return feed.streams.map((stream, at) => ({
    name: at === 0 ? 'options' : 'stocks',
    state: stream.state,
    isHealthy: stream.isSubscribed,
    silentMs: null,
    messages: 0,
    reconnects: 0,
    detail: stream.conflated > 0 ? `${stream.conflated} quotes conflated` : null,
  }))
}

/** How the stream of orders stands. */
export function brokerLink(broker: AlpacaBroker): Link {
  const { stream, isListening, openOrders } = broker
  return {
    name: 'orders',
    state: stream.state,
    isHealthy: isListening,
    silentMs: null,
    messages: 0,
    reconnects: 0,
    detail: openOrders > 0 ? `${openOrders} open` : null,
  }
}
