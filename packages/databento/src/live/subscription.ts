import type { Us } from '@scalp/canonical'
import { SCHEMAS, type Schema, STYPES, type SType } from '../dbn/enums.js'
import { formatFields } from './control-line.js'
import { LiveOptionsError } from './errors.js'

/** Symbols of one subscription line. Source: Databento Live API. */
export const SYMBOLS_A_LINE = 500
const ALL = 'ALL_SYMBOLS'

/** What is asked of the gateway. */
export interface LiveSubscription {
  readonly schema: Schema
  /** `ALL_SYMBOLS` for everything. */
  readonly symbols: readonly string[] | typeof ALL
  /** Default `raw_symbol`; `parent` for `SPY.OPT`. */
  readonly stypeIn?: SType
  /** Replays from there first, by the time the schema is indexed by; 0: all that is kept, 24 hours. */
  readonly startUs?: Us
  /** Sends the book as it stands first; schema mbo only. */
  readonly snapshot?: boolean
}

/**
 * The lines of a subscription: at most 500 symbols each, the last one marked.
 *
 * @throws {@link LiveOptionsError} When it is none that the protocol can carry.
 */
export function subscriptionLines(
  { schema, symbols, stypeIn = 'raw_symbol', startUs, snapshot = false }: LiveSubscription,
  id: number,
): string[] {
  const list = symbols === ALL ? [ALL] : symbols.map((symbol) => symbol.trim())
  check({ schema, symbols: list, stypeIn, startUs, snapshot })
  const lines: string[] = []
  for (let at = 0; at < list.length; at += SYMBOLS_A_LINE) {
    lines.push(
      formatFields({
        schema,
        stype_in: stypeIn,
        symbols: list.slice(at, at + SYMBOLS_A_LINE).join(','),
        start: startUs === undefined ? undefined : String(BigInt(startUs) * 1_000n),
        snapshot: snapshot ? 1 : 0,
        is_last: at + SYMBOLS_A_LINE >= list.length ? 1 : 0,
        id,
      }),
    )
  }
  return lines
}

function check({
  schema,
  symbols,
  stypeIn,
  startUs,
  snapshot,
}: {
  schema: Schema
  symbols: readonly string[]
  stypeIn: SType
  startUs: Us | undefined
  snapshot: boolean
}): void {
  const fail = (reason: string, hint: string): never => {
    throw new LiveOptionsError({ reason, hint })
  }
  if (!SCHEMAS.includes(schema)) fail(`"${schema}" is no schema`, 'Name one of SCHEMAS, such as "cbbo-1m".')
  if (!STYPES.includes(stypeIn)) fail(`"${stypeIn}" is no symbology`, 'Name one of STYPES, such as "parent".')
  if (symbols.length === 0) fail('a subscription has no symbols', 'Name symbols, or ALL_SYMBOLS.')
  for (const symbol of symbols) {
    if (!/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(symbol) || /[,|]/.test(symbol))
      fail(`"${symbol}" is no symbol`, 'Symbols are ASCII without "," and "|".')
  }
  if (snapshot && schema !== 'mbo') fail('snapshot is for schema mbo', 'Leave snapshot out.')
  if (snapshot && startUs !== undefined)
    fail('snapshot and start exclude each other', 'Choose one of the two.')
  if (startUs !== undefined && !(Number.isSafeInteger(startUs) && startUs >= 0))
    fail(`${startUs} is no start`, 'Give whole µs since 1970, or 0 for all that is kept.')
}
