import { type Feed, type InstrumentTable, type MarketSink, type Us, wallClock } from '@scalp/canonical'
import { LiveClient } from './client.js'
import { type LeftOut, MarketEvents } from './market-events.js'
import type { LiveClientOptions } from './options.js'

/** What a feed takes besides what its client does. */
export interface LiveFeedOptions extends Omit<LiveClientOptions, 'onBlock' | 'onRecord'> {
  /** Where symbols become indexes: option contracts for OPRA, underlyings for everything else. */
  readonly instruments: InstrumentTable
}

/** The Live API as a feed of canonical events; its client tells of states, gaps and slowness by callbacks. */
export class LiveFeed implements Feed {
  /** The connection: its state, its counts, `subscribe()`, and `finished`, which says why it ended. */
  readonly client: LiveClient
  readonly #events: MarketEvents
  #sink: MarketSink | undefined
  #receivedUs: Us = Number.NEGATIVE_INFINITY

  /** @throws {@link LiveOptionsError} When options or subscriptions cannot be sent as they are. */
  constructor({ instruments, ...options }: LiveFeedOptions) {
    const clock = options.clock ?? wallClock
    this.#events = new MarketEvents(instruments, options.dataset.startsWith('OPRA'))
    this.client = new LiveClient({
      ...options,
      onBlock: (block, metadata) => {
        const sink = this.#sink
        if (sink === undefined) return
        /** A clock that is set back must not make events older than those before. */
        this.#receivedUs = Math.max(this.#receivedUs, clock.nowUs())
        this.#events.onBlock(block, metadata, this.#receivedUs, sink)
      },
    })
  }

  /** Records that became no event, counted by reason. */
  get leftOut(): Readonly<LeftOut> {
    return this.#events.leftOut
  }

  /**
   * Connects; kept when the first session streams.
   *
   * @throws {@link LiveAuthError} {@link LiveGatewayError} {@link LiveGaveUpError} When it cannot.
   */
  async start(sink: MarketSink): Promise<void> {
    this.#sink = sink
    await this.client.start()
  }

  async stop(): Promise<void> {
    await this.client.stop()
    this.#sink = undefined
  }
}

/**
 * Makes a feed of the Live API; nothing is sent before `start()`.
 *
 * @throws {@link LiveOptionsError} When options or subscriptions cannot be sent as they are.
 */
export function createLiveFeed(options: LiveFeedOptions): LiveFeed {
  return new LiveFeed(options)
}
