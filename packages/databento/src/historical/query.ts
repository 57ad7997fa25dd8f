import type { Schema, SType } from '../dbn/enums.js'
import { QueryError, TooManySymbolsError } from './errors.js'
import type { Instant, RangeQuery, Symbols, TextQuery } from './types.js'

/** Source: documentation of the parameter `symbols`. */
export const MAX_SYMBOLS = 2_000
export const ALL_SYMBOLS = 'ALL_SYMBOLS'

/** Parameters of a request; those that are not set are left out. */
export type Parameters = Readonly<Record<string, string | number | boolean | undefined>>

/**
 * The symbols as the API wants them: outer blanks off, raw symbols and parents in upper case, each once.
 *
 * Blanks inside stay, for OPRA symbols hold them.
 *
 * @throws {@link QueryError} When there is none: the API would take that for all symbols, and bill them.
 */
export function toSymbolList(symbols: Symbols, stypeIn: SType = 'raw_symbol'): string[] {
  const isUpper = stypeIn === 'raw_symbol' || stypeIn === 'parent'
  const texts = (typeof symbols === 'string' ? [symbols] : symbols).flatMap((text) => text.split(','))
  const list = new Set<string>()
  for (const text of texts) {
    const symbol = text.trim()
    if (symbol === '')
      throw new QueryError({ parameter: 'symbols', reason: 'holds an empty symbol', hint: SYMBOLS_HINT })
    list.add(isUpper ? symbol.toUpperCase() : symbol)
  }
  if (list.size === 0) throw new QueryError({ parameter: 'symbols', reason: 'is empty', hint: SYMBOLS_HINT })
  if (list.has(ALL_SYMBOLS) && list.size > 1)
    throw new QueryError({
      parameter: 'symbols',
      reason: 'names ALL_SYMBOLS beside others',
      hint: SYMBOLS_HINT,
    })
  return [...list]
}

/** Cuts a list of symbols into parts that one request takes. */
export function inParts(symbols: readonly string[]): string[][] {
  const parts: string[][] = []
  for (let at = 0; at < symbols.length; at += MAX_SYMBOLS) parts.push(symbols.slice(at, at + MAX_SYMBOLS))
  return parts
}

/** @throws {@link TooManySymbolsError} When one request does not take them. */
export function inOneRequest(method: string, symbols: readonly string[]): string {
  if (symbols.length > MAX_SYMBOLS)
    throw new TooManySymbolsError({ method, count: symbols.length, limit: MAX_SYMBOLS })
  return symbols.join(',')
}

/** What all calls about data share, but for the symbols. */
export function rangeParameters(query: RangeQuery): Parameters {
  const { dataset, schema, start, end, stypeIn = 'raw_symbol', limit } = query
  if (limit !== undefined && !(Number.isInteger(limit) && limit > 0)) {
    throw new QueryError({
      parameter: 'limit',
      reason: `is ${limit}`,
      hint: 'Give a whole number of records above 0, or leave it out for no limit.',
    })
  }
  return {
    dataset: toDataset(dataset),
    schema,
    start: toInstant('start', start),
    end: end === undefined ? undefined : toInstant('end', end),
    stype_in: stypeIn,
    limit,
  }
}

/** How text is to look; left out for DBN, which has no such choice. */
export function textParameters({ prettyPrices, prettyTimes, mapSymbols }: TextQuery): Parameters {
  return { pretty_px: prettyPrices, pretty_ts: prettyTimes, map_symbols: mapSymbols }
}

/** @throws {@link QueryError} When a name is empty. */
export function toDataset(dataset: string): string {
  if (dataset.trim() !== '') return dataset.trim()
  throw new QueryError({ parameter: 'dataset', reason: 'is empty', hint: 'Such as OPRA.PILLAR.' })
}

const ISO_INSTANT = /^\d{4}-\d\d-\d\d(?:[T ]\d\d(?::\d\d(?::\d\d(?:\.\d{1,9})?)?)?(?:Z|[+-]\d\d:?\d\d)?)?$/

/**
 * The text of an instant.
 *
 * @throws {@link QueryError} When it is no ISO 8601 text and no ns since 1970.
 */
export function toInstant(parameter: string, instant: Instant): string {
  const text = String(instant).trim()
  if (typeof instant === 'bigint' || /^\d{1,20}$/.test(text) || ISO_INSTANT.test(text)) return text
  throw new QueryError({
    parameter,
    reason: `is "${text}"`,
    hint: 'Give ISO 8601 text such as 2025-02-20 or 2025-02-20T14:30Z, or ns since 1970 as bigint.',
  })
}

/** Schemas whose records are ordered by their `ts_recv`: the others are bars, which have none. */
export function isOrderedByReceiveTime(schema: Schema): boolean {
  return !schema.startsWith('ohlcv-')
}

const SYMBOLS_HINT = 'Name the symbols, or ALL_SYMBOLS alone for everything.'
