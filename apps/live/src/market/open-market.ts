import { DataClient, type TradingClient } from '@scalp/alpaca'
import type { IsoDate, Micros } from '@scalp/canonical'
import type { LiveConfig } from '../config/schema.js'
import { FeedKeyMissingError } from '../errors.js'
import type { Foundation, OpenOptions } from '../session/foundation.js'
import type { LiveSession } from '../session/live-session.js'
import { alpacaFeed } from './alpaca-market.js'
import { DatabentoFeed } from './databento-feed.js'
import { Universe } from './universe.js'
import type { WatchedFeed } from './watched-feed.js'

/** The market of an account: its universe, and its feed. */
export interface Market {
  readonly universe: Universe
  feed(contracts: readonly string[], held: readonly string[]): WatchedFeed
  follow(feed: WatchedFeed, session: LiveSession, date: IsoDate): Promise<void>
}

/**
 * Refuses a feed that cannot begin, before anything is opened.
 *
 * @throws {@link FeedKeyMissingError} When the feed needs a key that is not there.
 */
export function requireFeedKey({ feed, databento }: LiveConfig): void {
  if (feed.kind === 'databento' && databento.apiKey === '')
    throw new FeedKeyMissingError({ feed: 'databento', variable: 'DATABENTO_API_KEY' })
}

/** True when prices of underlyings are implied from those of their options, for nothing else tells them. */
export function impliesUnderlyings({ feed, databento }: LiveConfig): boolean {
  return feed.kind === 'databento' && databento.underlying.from === 'options'
}

/** The feed of the configuration, and the contracts that it watches: those that the broker lists. */
export function openMarket(
  options: OpenOptions,
  base: Foundation,
  trading: TradingClient,
  session: () => LiveSession | undefined,
): Market {
  const { config, onAlert } = options
  const { instruments, clock, settings } = base
  const { keyId, secretKey, dataUrl, requestsPerMinute } = config.alpaca
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
  const onEnded = (error: Error): void => {
    onAlert({ level: 'critical', code: 'FEED_ENDED', message: error.message })
    session()?.risk.halt({ atUs: Math.round(clock.nowUs()), by: 'the feed', flatten: false })
  }
  return {
    universe,
    feed: (planned, held) => {
      const contracts = Array.from(new Set([...planned, ...held]))
      if (config.feed.kind === 'alpaca') return alpacaFeed(options, base, { contracts, onEnded })
      const isFromAlpaca = config.databento.underlying.from === 'alpaca'
      const underlyings = isFromAlpaca ? alpacaFeed(options, base, { contracts: [], onEnded }) : undefined
      return new DatabentoFeed({ ...base, ...options, instruments, clock, contracts, underlyings, onEnded })
    },
    follow: async (feed, running, date) => {
      const nowUs = clock.nowUs()
      const held = running.engine.positions.open().map(({ instrument }) => instruments.get(instrument).symbol)
      await universe.follow(feed, { nowUs, date, priceOf, held })
      universe.tellInterest(running.driver, clock.nowUs())
    },
  }
}
