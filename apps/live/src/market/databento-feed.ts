import { formatOcc, type IsoDate, type MarketSink, parseAlpaca } from '@scalp/canonical'
import type { LiveSubscription } from '@scalp/databento/live'
import type { Link } from '@scalp/protocol'
import type { LiveConfig } from '../config/schema.js'
import type { Foundation, OpenOptions } from '../session/foundation.js'
import { DatabentoSource, type SourceOptions } from './databento-source.js'
import type { WatchedFeed } from './watched-feed.js'

/** What a feed of Databento takes. */
export interface DatabentoFeedOptions extends Pick<Foundation, 'instruments' | 'clock' | 'calendar'> {
  readonly config: LiveConfig
  readonly log: OpenOptions['log']
  readonly onAlert: OpenOptions['onAlert']
  /** To begin with, without padding. */
  readonly contracts: readonly string[]
  /** Of the underlyings, when they come from elsewhere than Databento. */
  readonly underlyings?: WatchedFeed | undefined
  /** It ended for good, after it had started. */
  readonly onEnded: (error: Error) => void
}

/** Option quotes of OPRA by Databento's live gateway, and with them prices of the underlyings where it is told to. */
export class DatabentoFeed implements WatchedFeed {
  readonly #options: DatabentoFeedOptions
  readonly #sources: DatabentoSource[]
  readonly #chain: DatabentoSource
  #date: IsoDate
  #renewal: Promise<void> = Promise.resolve()

  constructor(options: DatabentoFeedOptions) {
    this.#options = options
    const { databento, symbols } = options.config
    const { dataset, subscribe, underlying, gateway } = databento
    this.#date = this.#today()
    const isParent = subscribe === 'parent'
    this.#chain = new DatabentoSource(
      {
        ...this.#common(),
        name: 'options',
        dataset,
        gateway,
        schemas: optionSchemas(databento),
        stypeIn: isParent ? 'parent' : 'raw_symbol',
      },
      isParent ? symbols.map((symbol) => `${symbol}.OPT`) : options.contracts.map(padded),
    )
    this.#sources = [this.#chain]
    if (underlying.from === 'dataset') {
      const { dataset: shares, schema, gateway: own } = underlying
      const named = { name: 'stocks', dataset: shares, gateway: own, schemas: [schema] }
      this.#sources.push(new DatabentoSource({ ...this.#common(), ...named, stypeIn: 'raw_symbol' }, symbols))
    }
  }

  get isReady(): boolean {
    return this.#sources.every(({ isReady }) => isReady) && (this.#options.underlyings?.isReady ?? true)
  }

  links(): readonly Link[] {
    return [...this.#sources.map((source) => source.link()), ...(this.#options.underlyings?.links() ?? [])]
  }

  /** @throws {@link LiveAuthError} {@link FeedNotLicensedError} {@link LiveGatewayError} When it cannot, ever. */
  async start(sink: MarketSink): Promise<void> {
    await Promise.all([
      ...this.#sources.map((source) => source.start(sink)),
      this.#options.underlyings?.start(sink),
    ])
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#sources.map((source) => source.stop()), this.#options.underlyings?.stop()])
    await this.#renewal
  }

  /** What is not wanted any more stays subscribed to until the next day, when all begins anew. */
  watch(contracts: readonly string[]): void {
    if (this.#options.config.databento.subscribe === 'parent') return
    const symbols = contracts.map(padded)
    const today = this.#today()
    if (today === this.#date) {
      this.#chain.add(symbols)
      return
    }
    this.#date = today
    this.#renewal = this.#chain.renew(symbols).catch((error: Error) => this.#options.onEnded(error))
  }

  #today(): IsoDate {
    const { calendar, clock } = this.#options
    return calendar.tradingDate(clock.nowUs())
  }

  #common(): Omit<SourceOptions, 'name' | 'dataset' | 'gateway' | 'schemas' | 'stypeIn'> {
    const { config, instruments, clock, log, onAlert, onEnded } = this.#options
    const { apiKey, slowReader, heartbeatSeconds } = config.databento
    return { apiKey, slowReader, heartbeatSeconds, instruments, clock, log, onAlert, onEnded }
  }
}

/** Schemas of option quotes and trades. */
export function optionSchemas({
  quotes,
  trades,
}: Pick<LiveConfig['databento'], 'quotes' | 'trades'>): readonly LiveSubscription['schema'][] {
  if (trades === 'none' || (trades === 'auto' && quotes === 'cmbp-1')) return [quotes]
  return [quotes, trades === 'auto' ? 'trades' : trades]
}

/** Databento's raw symbols are OCC's, with padding. */
function padded(contract: string): string {
  return formatOcc(parseAlpaca(contract))
}
