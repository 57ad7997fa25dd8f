import type { z } from 'zod'
import {
  barHistorySchema,
  type OptionSnapshot,
  type Page,
  quoteHistorySchema,
  quotePageSchema,
  type RestBar,
  type RestQuote,
  type RestTrade,
  snapshotPageSchema,
  tradeHistorySchema,
  tradePageSchema,
} from './data-schemas.js'
import { AlpacaHttp, type HttpOptions } from './http.js'

/** What a data client takes. */
export interface DataClientOptions extends HttpOptions {
  /** `indicative` is delayed and altered: not fit for live decisions. Alpaca's default unless told. */
  readonly optionFeed?: 'opra' | 'indicative'
  /** Alpaca's default unless told. */
  readonly stockFeed?: 'sip' | 'iex' | 'delayed_sip'
}

/** A span of history. */
export interface HistoryQuery {
  readonly symbols: readonly string[]
  /** RFC 3339 or a date. */
  readonly start?: string
  readonly end?: string
  /** Rows a page, over all symbols; 10,000 unless told. */
  readonly pageSize?: number
}

/** A span of bars; `timeframe` as Alpaca writes it: `1Min`, `1Hour`, `1Day`. */
export interface BarQuery extends HistoryQuery {
  readonly timeframe: string
}

/** One row of a history and whose it is. */
export interface Row<Value> {
  readonly symbol: string
  readonly value: Value
}

/** A contract's snapshot and its symbol. */
export type SnapshotRow = Row<OptionSnapshot>

type Query = Readonly<Record<string, string | number | readonly string[] | undefined>>

const DATA = 'https://data.alpaca.markets'
/** The most option symbols one call may name. */
const MAX_SYMBOLS = 100

/** The market-data API. There is no history of option quotes: record the stream. */
export class DataClient {
  readonly #http: AlpacaHttp
  readonly #optionFeed: string | undefined
  readonly #stockFeed: string | undefined

  constructor(options: DataClientOptions) {
    this.#http = new AlpacaHttp({ ...options, baseUrl: options.baseUrl ?? DATA })
    this.#optionFeed = options.optionFeed
    this.#stockFeed = options.stockFeed
  }

  /** Snapshots of contracts, any number of them. */
  async *optionSnapshots(symbols: readonly string[]): AsyncGenerator<SnapshotRow> {
    for (const some of chunks(symbols)) {
      const query = { symbols: some, feed: this.#optionFeed, limit: 1_000 }
      for await (const rows of this.#pages('/v1beta1/options/snapshots', query, snapshotPageSchema))
        for (const [symbol, value] of Object.entries(rows)) yield { symbol, value }
    }
  }

  /** The chain of an underlying, page by page. */
  async *optionChain(
    underlying: string,
    {
      expiry,
      expiryFrom,
      expiryTo,
      type,
    }: { expiry?: string; expiryFrom?: string; expiryTo?: string; type?: 'call' | 'put' } = {},
  ): AsyncGenerator<SnapshotRow> {
    const path = `/v1beta1/options/snapshots/${encodeURIComponent(underlying)}`
    const query = {
      feed: this.#optionFeed,
      type,
      expiration_date: expiry,
      expiration_date_gte: expiryFrom,
      expiration_date_lte: expiryTo,
      limit: 1_000,
    }
    for await (const rows of this.#pages(path, query, snapshotPageSchema))
      for (const [symbol, value] of Object.entries(rows)) yield { symbol, value }
  }

  /** The latest quotes of contracts, by symbol. */
  latestOptionQuotes(symbols: readonly string[]): Promise<ReadonlyMap<string, RestQuote>> {
    return this.#latest('/v1beta1/options/quotes/latest', symbols, this.#optionFeed, quotePageSchema)
  }

  /** The latest trades of contracts, by symbol. */
  latestOptionTrades(symbols: readonly string[]): Promise<ReadonlyMap<string, RestTrade>> {
    return this.#latest('/v1beta1/options/trades/latest', symbols, this.#optionFeed, tradePageSchema)
  }

  /** The latest quotes of stocks, by symbol. */
  latestStockQuotes(symbols: readonly string[]): Promise<ReadonlyMap<string, RestQuote>> {
    return this.#latest('/v2/stocks/quotes/latest', symbols, this.#stockFeed, quotePageSchema)
  }

  /** The latest trades of stocks, by symbol. */
  latestStockTrades(symbols: readonly string[]): Promise<ReadonlyMap<string, RestTrade>> {
    return this.#latest('/v2/stocks/trades/latest', symbols, this.#stockFeed, tradePageSchema)
  }

  /** Bars of contracts, by symbol and then by time. */
  optionBars(query: BarQuery): AsyncGenerator<Row<RestBar>> {
    return this.#history('/v1beta1/options/bars', query, undefined, barHistorySchema)
  }

  /** Trades of contracts, by symbol and then by time. */
  optionTrades(query: HistoryQuery): AsyncGenerator<Row<RestTrade>> {
    return this.#history('/v1beta1/options/trades', query, undefined, tradeHistorySchema)
  }

  /** Bars of stocks, by symbol and then by time. */
  stockBars(query: BarQuery): AsyncGenerator<Row<RestBar>> {
    return this.#history('/v2/stocks/bars', query, this.#stockFeed, barHistorySchema)
  }

  /** Trades of stocks, by symbol and then by time. */
  stockTrades(query: HistoryQuery): AsyncGenerator<Row<RestTrade>> {
    return this.#history('/v2/stocks/trades', query, this.#stockFeed, tradeHistorySchema)
  }

  /** Quotes of stocks, by symbol and then by time. */
  stockQuotes(query: HistoryQuery): AsyncGenerator<Row<RestQuote>> {
    return this.#history('/v2/stocks/quotes', query, this.#stockFeed, quoteHistorySchema)
  }

  async *#history<Value>(
    path: string,
    query: HistoryQuery & { readonly timeframe?: string },
    feed: string | undefined,
    schema: z.ZodType<Page<readonly Value[]>>,
  ): AsyncGenerator<Row<Value>> {
    const { symbols, timeframe, start, end, pageSize = 10_000 } = query
    for (const some of chunks(symbols)) {
      const sent = { symbols: some, timeframe, start, end, limit: pageSize, feed }
      for await (const rows of this.#pages(path, sent, schema))
        for (const [symbol, values] of Object.entries(rows))
          for (const value of values) yield { symbol, value }
    }
  }

  async #latest<Value>(
    path: string,
    symbols: readonly string[],
    feed: string | undefined,
    schema: z.ZodType<Page<Value>>,
  ): Promise<ReadonlyMap<string, Value>> {
    const latest = new Map<string, Value>()
    for (const some of chunks(symbols)) {
      const page = await this.#http.send({ method: 'GET', path, query: { symbols: some, feed } }, schema)
      for (const [symbol, value] of Object.entries(page.rows)) latest.set(symbol, value)
    }
    return latest
  }

  async *#pages<Value>(
    path: string,
    query: Query,
    schema: z.ZodType<Page<Value>>,
  ): AsyncGenerator<Readonly<Record<string, Value>>> {
    let token: string | undefined
    do {
      const page = await this.#http.send(
        { method: 'GET', path, query: { ...query, page_token: token } },
        schema,
      )
      yield page.rows
      token = page.next === '' ? undefined : page.next
    } while (token !== undefined)
  }
}

function* chunks(symbols: readonly string[]): Generator<readonly string[]> {
  for (let at = 0; at < symbols.length; at += MAX_SYMBOLS) yield symbols.slice(at, at + MAX_SYMBOLS)
}
