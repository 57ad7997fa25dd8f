import type { FakeContract } from './venue-types.js'

/** A row as the data API and the streams show it, without `T` and `S`; times are text. */
export type DataRow = Readonly<Record<string, unknown>> & { readonly t: string }

const MAX_ROWS = 10_000
type Kind = 'quotes' | 'trades' | 'bars'

/** What the simulated data API knows: rows by kind and symbol, the newest last. */
export class MarketBook {
  readonly #rows: Readonly<Record<Kind, Map<string, DataRow[]>>> = {
    quotes: new Map(),
    trades: new Map(),
    bars: new Map(),
  }
  /** Greeks by symbol, as they are to be shown; absent ones are left out, as on the day of expiry. */
  readonly greeks: Map<string, Readonly<Record<string, number>>> = new Map()

  /** Adds a row; of quotes only the newest are kept. */
  add(kind: Kind, symbol: string, row: DataRow): void {
    const rows = this.#rows[kind].get(symbol)
    if (rows === undefined) this.#rows[kind].set(symbol, [row])
    else {
      rows.push(row)
      if (rows.length > MAX_ROWS) rows.splice(0, MAX_ROWS / 2)
    }
  }

  latest(kind: string, symbols: readonly string[]): Readonly<Record<string, unknown>> {
    const found: Record<string, DataRow> = {}
    for (const symbol of symbols) {
      const row = this.#rows[kind as Kind].get(symbol)?.at(-1)
      if (row !== undefined) found[symbol] = row
    }
    return { [kind]: found }
  }

  /** Pages count rows over all symbols; the token is the position in the whole. */
  history(
    kind: string,
    symbols: readonly string[],
    query: URLSearchParams,
  ): Readonly<Record<string, unknown>> {
    const start = query.get('start') ?? ''
    const end = query.get('end') ?? '9'
    const all = Array.from(symbols)
      .sort()
      .flatMap((symbol) => (this.#rows[kind as Kind].get(symbol) ?? []).map((row) => ({ symbol, row })))
      .filter(({ row }) => row.t >= start && row.t <= end)
    const at = Number(query.get('page_token') ?? 0)
    const limit = Math.min(Number(query.get('limit') ?? 1_000), 10_000)
    const page: Record<string, DataRow[]> = {}
    for (const { symbol, row } of all.slice(at, at + limit)) (page[symbol] ??= []).push(row)
    return { [kind]: page, next_page_token: at + limit < all.length ? String(at + limit) : null }
  }

  snapshots(symbols: readonly string[]): Readonly<Record<string, unknown>> {
    const snapshots: Record<string, unknown> = {}
    for (const symbol of symbols) {
      const snapshot = this.#snapshot(symbol)
      if (Object.keys(snapshot).length > 0) snapshots[symbol] = snapshot
    }
    return { snapshots, next_page_token: null }
  }

  chain(
    underlying: string,
    contracts: Iterable<FakeContract>,
    query: URLSearchParams,
  ): Readonly<Record<string, unknown>> {
    const type = query.get('type')
    const expiry = query.get('expiration_date')
    const symbols = Array.from(contracts)
      .filter(
        (contract) =>
          contract.underlying === underlying &&
          (type === null || contract.type === type) &&
          (expiry === null || contract.expiry === expiry),
      )
      .map(({ symbol }) => symbol)
      .sort()
    const at = Number(query.get('page_token') ?? 0)
    const limit = Math.min(Number(query.get('limit') ?? 100), 1_000)
    const { snapshots } = this.snapshots(symbols.slice(at, at + limit))
    return { snapshots, next_page_token: at + limit < symbols.length ? String(at + limit) : null }
  }

  /** Symbols stand at the top level here, as Alpaca has it. */
  stockSnapshots(symbols: readonly string[]): Readonly<Record<string, unknown>> {
    return Object.fromEntries(symbols.map((symbol) => [symbol, this.#snapshot(symbol)]))
  }

  #snapshot(symbol: string): Readonly<Record<string, unknown>> {
    const latestQuote = this.#rows.quotes.get(symbol)?.at(-1)
    const latestTrade = this.#rows.trades.get(symbol)?.at(-1)
    const dailyBar = this.#rows.bars.get(symbol)?.at(-1)
    const { impliedVolatility, ...greeks } = this.greeks.get(symbol) ?? {}
    return {
      ...(latestQuote === undefined ? {} : { latestQuote }),
      ...(latestTrade === undefined ? {} : { latestTrade }),
      ...(dailyBar === undefined ? {} : { dailyBar }),
      ...(impliedVolatility === undefined ? {} : { greeks, impliedVolatility }),
    }
  }
}
