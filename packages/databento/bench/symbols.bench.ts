/** Symbols of a day with 200,000 mappings: parsed, and looked up a record, in an order that is bad for caches. */
import { type DbnRecord, decodeMetadata, encodeMetadata, encodeRecord, SymbolMap } from '@scalp/databento'
import { idAt, metadataOf, symbolsOf } from './option-day.js'

const MAPPINGS = 200_000
const RECORDS = 500_000
/** Passes over the records in each round: how it goes on, not how it starts. */
const PASSES = 4
const ROUNDS = 9

/** As minutes of a day go: instruments in one scattered order, of which each minute has some. */
function placeOf(at: number): number {
  return (at * 7_919) % MAPPINGS
}

const symbols = symbolsOf(MAPPINGS)
const bytes = encodeMetadata(metadataOf(symbols))
const ns = BigInt(Date.parse('2025-02-20T15:00:00Z')) * 1_000_000n
const quote = {
  record: 'trade',
  length: 12,
  rtype: 0,
  publisher_id: 30,
  instrument_id: 7,
  ts_event: ns,
  ts_recv: ns,
}
const trade = encodeRecord(quote as DbnRecord)
const records = new Uint8Array(RECORDS * trade.length)
const view = new DataView(records.buffer)
for (let at = 0; at < RECORDS; at++) {
  records.set(trade, at * trade.length)
  view.setUint32(at * trade.length + 4, idAt(placeOf(at)), true)
}

/** The usual way: an object a mapping, a map of strings a day, the day out of a bigint. */
function naiveMap(): Map<string, string> {
  const map = new Map<string, string>()
  for (const { rawSymbol, intervals } of decodeMetadata(bytes).mappings)
    for (const { startDate, symbol } of intervals) map.set(`${startDate}:${symbol}`, rawSymbol)
  return map
}

const naive = naiveMap()
const map = new SymbolMap(decodeMetadata(bytes))
const best = { parse: Infinity, naiveParse: Infinity, find: Infinity, naiveFind: Infinity }
/** Time of the processor, in ns: other programs do not count. */
const cpuNs = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) * 1_000
}
const timed = (name: keyof typeof best, work: () => void): void => {
  const start = cpuNs()
  work()
  best[name] = Math.min(best[name], cpuNs() - start)
}
const noneIs = (none: number): void => {
  if (none > 0) throw new Error(`${none} of ${RECORDS} records have no symbol`)
}
/** Looks at no text, which has lines of memory of its own. */
function findAll(symbolsOfDay: SymbolMap): void {
  let none = 0
  for (let pass = 0; pass < PASSES; pass++)
    for (let at = 0; at < RECORDS; at++)
      if (symbolsOfDay.symbolOf(view, at * trade.length) === undefined) none++
  noneIs(none)
}
function findAllNaively(): void {
  let none = 0
  for (let at = 0; at < RECORDS; at++) {
    const offset = at * trade.length
    const day = new Date(Number(view.getBigUint64(offset + 32, true) / 1_000_000n)).toISOString()
    if (!naive.has(`${day.slice(0, 10).replaceAll('-', '')}:${view.getUint32(offset + 4, true)}`)) none++
  }
  noneIs(none)
}
for (let at = 0; at < RECORDS; at++)
  if (map.symbolOf(view, at * trade.length) !== symbols[placeOf(at)])
    throw new Error(`record ${at}: wrong symbol`)
for (let round = 0; round < ROUNDS; round++) {
  timed('parse', () => void decodeMetadata(bytes))
  timed('find', () => findAll(map))
  if (round > 0) continue
  timed('naiveParse', () => void naiveMap())
  timed('naiveFind', findAllNaively)
}
console.log(
  `  ${MAPPINGS} mappings parsed: CPU ${(best.parse / 1e6).toFixed(1)} ms (target ≤ 30), ${(best.naiveParse / best.parse).toFixed(1)}x faster than into objects and a map`,
)
console.log(
  `  a record's symbol: CPU ${(best.find / PASSES / RECORDS).toFixed(1)} ns (target ≤ 40), ${((best.naiveFind * PASSES) / best.find).toFixed(1)}x faster than a map of strings`,
)
