/** Symbols of a day with 200,000 mappings: parsed, and looked up a record, in an order that is bad for caches. */
import { type DbnRecord, decodeMetadata, encodeMetadata, encodeRecord, SymbolMap } from '@scalp/databento'
import { idAt, metadataOf, symbolsOf } from './option-day.js'

const MAPPINGS = 200_000
const RECORDS = 500_000
const ROUNDS = 5

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
const timed = (name: keyof typeof best, work: () => void): void => {
  const start = process.hrtime.bigint()
  work()
  best[name] = Math.min(best[name], Number(process.hrtime.bigint() - start))
}
/** How many records have no symbol: looks at no text, which has lines of memory of its own. */
const countNone = (symbolAt: (offset: number) => string | undefined): void => {
  let none = 0
  for (let at = 0; at < RECORDS; at++) if (symbolAt(at * trade.length) === undefined) none++
  if (none > 0) throw new Error(`${none} of ${RECORDS} records have no symbol`)
}
for (let at = 0; at < RECORDS; at++)
  if (map.symbolOf(view, at * trade.length) !== symbols[placeOf(at)])
    throw new Error(`record ${at}: wrong symbol`)
/** What looking at a record and comparing its symbol costs without any mapping. */
let nothing = Infinity
for (let round = 0; round < ROUNDS; round++) {
  timed('parse', () => void decodeMetadata(bytes))
  if (round < 1) timed('naiveParse', () => void naiveMap())
  const start = process.hrtime.bigint()
  countNone((offset) => symbols[view.getUint32(offset + 4, true) % MAPPINGS])
  nothing = Math.min(nothing, Number(process.hrtime.bigint() - start))
  timed('find', () => countNone((offset) => map.symbolOf(view, offset)))
  if (round < 1)
    timed('naiveFind', () =>
      countNone((offset) => {
        const day = new Date(Number(view.getBigUint64(offset + 32, true) / 1_000_000n)).toISOString()
        return naive.get(`${day.slice(0, 10).replaceAll('-', '')}:${view.getUint32(offset + 4, true)}`)
      }),
    )
}
const per = (total: number): string => (total / RECORDS).toFixed(1)
console.log(
  `  ${MAPPINGS} mappings parsed: ${(best.parse / 1e6).toFixed(1)} ms (target ≤ 30), ${(best.naiveParse / best.parse).toFixed(1)}x faster than into objects and a map`,
)
console.log(
  `  a record's symbol: ${per(best.find - nothing)} ns (target ≤ 40; ${per(nothing)} ns of looking at records taken off), ${(best.naiveFind / best.find).toFixed(1)}x faster than a map of strings`,
)
