import { type AlpacaBroker, type AlpacaFeed, createAlpacaFeed } from '@scalp/alpaca/live'
import type { Link } from '@scalp/protocol'
import type { LiveConfig } from '../config/schema.js'
import type { Foundation, OpenOptions } from '../session/foundation.js'
import type { WatchedFeed } from './watched-feed.js'

/** Where orders and accounts are: paper unless both switches of live trading are set. */
export function venueOf({ alpaca, mode }: LiveConfig, isLiveConfirmed: boolean) {
  return {
    environment: mode === 'live' ? ('live' as const) : ('paper' as const),
    isLiveConfirmed,
    ...(alpaca.tradingUrl === undefined ? {} : { baseUrl: alpaca.tradingUrl }),
  }
}

/** Alpaca's streams as a feed of the daemon; without contracts only that of stocks. */
export function alpacaFeed(
  { config, log }: OpenOptions,
  { instruments, clock, calendar }: Foundation,
  { contracts, onEnded }: { readonly contracts: readonly string[]; readonly onEnded: (error: Error) => void },
): WatchedFeed {
  const { keyId, secretKey, streamUrl, optionFeed, stockFeed } = config.alpaca
  const feed = createAlpacaFeed({
    keyId,
    secretKey,
    clock,
    instruments,
    contracts,
    underlyings: config.symbols,
    optionFeed,
    stockFeed,
    ...(streamUrl === undefined ? {} : { baseUrl: streamUrl }),
    isDataExpected: () => calendar.isOpen(clock.nowUs()),
    onState: (state, reason) => log.info({ state, reason }, 'feed'),
    onReport: (report) => log.warn({ report }, 'feed'),
    onEnded,
  })
  const names = contracts.length > 0 ? ['options', 'stocks'] : ['stocks']
  return {
    get isReady() {
      return feed.isReady
    },
    links: () => linksOf(feed, names),
    start: (sink) => feed.start(sink),
    stop: () => feed.stop(),
    watch: (wanted) => feed.watch(wanted),
  }
}

function linksOf(feed: AlpacaFeed, names: readonly string[]): readonly Link[] {
  return feed.streams.map((stream, at) => ({
    name: names[at] ?? 'stocks',
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
