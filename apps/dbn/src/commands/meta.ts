import type { Metadata } from '@scalp/databento'
import { ENOUGH, readInput } from '../input.js'
import type { Output } from '../output.js'
import { formatNs } from '../values.js'

const SHOWN = 10

/** Prints what a DBN file says of itself; only its first bytes are read. */
export async function meta(
  file: string,
  { json = false }: { readonly json?: boolean },
  out: Output,
): Promise<void> {
  let metadata: Metadata | undefined
  await readInput(file, {
    onMetadata(found) {
      metadata = found
      throw ENOUGH
    },
    onBlock() {},
  })
  if (metadata === undefined) return
  const plain = plainMetadata(metadata)
  out.write(json ? `${JSON.stringify(plain, undefined, 2)}\n` : describe(metadata))
}

/** Metadata under Databento's names: 64-bit integers as decimal text, as its own encoder writes them. */
export function plainMetadata(metadata: Metadata): Record<string, unknown> {
  const { start, end, limit } = metadata
  return {
    version: metadata.version,
    dataset: metadata.dataset,
    schema: metadata.schema,
    start: String(start),
    end: end === null ? null : String(end),
    limit: limit === null ? null : String(limit),
    stype_in: metadata.stypeIn,
    stype_out: metadata.stypeOut,
    ts_out: metadata.tsOut,
    symbol_cstr_len: metadata.symbolCstrLen,
    symbols: metadata.symbols,
    partial: metadata.partial,
    not_found: metadata.notFound,
    mappings: metadata.mappings.map(({ rawSymbol, intervals }) => ({
      raw_symbol: rawSymbol,
      intervals: intervals.map(({ startDate, endDate, symbol }) => ({
        start_date: startDate,
        end_date: endDate,
        symbol,
      })),
    })),
  }
}

function describe(metadata: Metadata): string {
  const { start, end, limit, schema, stypeIn, stypeOut, mappings } = metadata
  const rows: [string, string][] = [
    ['version', String(metadata.version)],
    ['dataset', metadata.dataset],
    ['schema', schema ?? 'mixed'],
    ['start', formatNs(start)],
    ['end', end === null ? 'open' : formatNs(end)],
    ['limit', limit === null ? 'none' : String(limit)],
    ['stype_in', stypeIn ?? 'mixed'],
    ['stype_out', stypeOut ?? 'mixed'],
    ['ts_out', String(metadata.tsOut)],
    ['symbols', list(metadata.symbols)],
    ['partial', list(metadata.partial)],
    ['not_found', list(metadata.notFound)],
    ['mappings', String(mappings.length)],
  ]
  const lines = rows.map(([name, value]) => `${name.padEnd(11)}${value}`)
  for (const { rawSymbol, intervals } of mappings.slice(0, SHOWN)) {
    const spans = intervals.slice(0, 3).map((span) => `${span.startDate}-${span.endDate} ${span.symbol}`)
    const more = intervals.length > 3 ? `, and ${intervals.length - 3} more` : ''
    lines.push(`  ${rawSymbol}: ${spans.join(', ')}${more}`)
  }
  if (mappings.length > SHOWN) lines.push(`  and ${mappings.length - SHOWN} more; --json prints all`)
  return `${lines.join('\n')}\n`
}

function list(symbols: readonly string[]): string {
  if (symbols.length === 0) return '0'
  const more = symbols.length > SHOWN ? ', …' : ''
  return `${symbols.length}: ${symbols.slice(0, SHOWN).join(', ')}${more}`
}
