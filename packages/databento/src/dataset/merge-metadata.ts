import type { MappingInterval, Metadata, SymbolMapping } from '../dbn/metadata.js'
import { MergeError } from './errors.js'

const VERSION = 3
const SYMBOL_LENGTH = 71

/**
 * The metadata of several files' records in one: their periods, symbols and mappings together, in version 3.
 *
 * What the files do not agree on becomes "mixed". A symbol that one file did not find and another did is partial.
 *
 * @throws {@link MergeError} When datasets differ, or only some files hold send times.
 */
export function mergeMetadata(all: readonly Metadata[]): Metadata {
  const [first] = all
  if (first === undefined) throw new MergeError({ reason: 'there are no files' })
  for (const { dataset, tsOut } of all) {
    if (dataset !== first.dataset)
      throw new MergeError({ reason: `one is of ${first.dataset} and one of ${dataset}` })
    if (tsOut !== first.tsOut) throw new MergeError({ reason: 'only some of them hold send times (ts_out)' })
  }
  const same = <Name extends 'schema' | 'stypeIn' | 'stypeOut'>(name: Name): Metadata[Name] | null =>
    all.every((one) => one[name] === first[name]) ? first[name] : null
  const mappings = mergeMappings(all)
  const found = new Set(mappings.map(({ rawSymbol }) => rawSymbol))
  const notFound = union(all.map((one) => one.notFound))
  return {
    version: VERSION,
    dataset: first.dataset,
    schema: same('schema'),
    start: all.reduce((start, one) => (one.start < start ? one.start : start), first.start),
    end: all.reduce<bigint | null>(
      (end, one) => (end === null || one.end === null ? null : one.end > end ? one.end : end),
      first.end,
    ),
    limit: all.length === 1 ? first.limit : null,
    stypeIn: same('stypeIn'),
    stypeOut: same('stypeOut'),
    tsOut: first.tsOut,
    symbolCstrLen: SYMBOL_LENGTH,
    symbols: union(all.map((one) => one.symbols)),
    partial: union([...all.map((one) => one.partial), notFound.filter((symbol) => found.has(symbol))]),
    notFound: notFound.filter((symbol) => !found.has(symbol)),
    mappings,
  }
}

function mergeMappings(all: readonly Metadata[]): SymbolMapping[] {
  if (all.length === 1) return [...(all[0] as Metadata).mappings]
  const bySymbol = new Map<string, MappingInterval[]>()
  for (const { mappings } of all) {
    for (const { rawSymbol, intervals } of mappings) {
      const known = bySymbol.get(rawSymbol)
      if (known === undefined) bySymbol.set(rawSymbol, [...intervals])
      else known.push(...intervals)
    }
  }
  return Array.from(bySymbol, ([rawSymbol, intervals]) => ({ rawSymbol, intervals: join(intervals) }))
}

/** Puts intervals in order, and those that meet and say the same into one. */
function join(intervals: readonly MappingInterval[]): MappingInterval[] {
  const joined: MappingInterval[] = []
  for (const interval of intervals.toSorted((a, b) => a.startDate - b.startDate)) {
    const last = joined.at(-1)
    if (last === undefined || last.symbol !== interval.symbol || interval.startDate > last.endDate)
      joined.push(interval)
    else if (interval.endDate > last.endDate)
      joined[joined.length - 1] = { ...last, endDate: interval.endDate }
  }
  return joined
}

function union(lists: readonly (readonly string[])[]): string[] {
  return [...new Set(lists.flat())]
}
