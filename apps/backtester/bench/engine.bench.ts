/**
 * What the engine itself costs a quote: book, move and average of the contract, one strategy call. Quotes lie in
 * memory, in blocks as a decoder lends them. The naive engine of maps and event objects takes the same quotes and must
 * count the same signals.
 */
import { InstrumentTable, type MarketSink, type QuoteView } from '@scalp/canonical'
import { ChainQuotes } from './chain-quotes.js'
import { measure, median } from './measure.js'
import { NaiveEngine, symbolOf } from './naive-engine.js'
import { type Pulse, replayPulse } from './pulse.js'

const ROUNDS = Number(process.env['SCALP_BENCH_ROUNDS'] ?? 5)

function ours(chain: ChainQuotes, minutes: number): Promise<Pulse> {
  return replayPulse((instruments) => chain.tape(minutes, instruments))
}

async function naive(chain: ChainQuotes, minutes: number): Promise<Pulse> {
  const instruments = new InstrumentTable()
  const engine = new NaiveEngine()
  const tape = chain.tape(minutes, instruments)
  const symbol = symbolOf(instruments)
  const sink = {
    onQuote({ instrument, receivedUs, bidMicros, askMicros, bidSize, askSize }: QuoteView): undefined {
      engine.emit({
        type: 'quote',
        symbol: symbol(instrument),
        time: receivedUs,
        bid: bidMicros,
        ask: askMicros,
        bidSize,
        askSize,
      })
    },
  } as MarketSink
  while (await tape.refill()) while (tape.receivedUs !== Number.POSITIVE_INFINITY) tape.emit(sink)
  return engine.seen
}

for (const [name, contracts, minutes] of [
  ['one root, 3,000 contracts', 3_000, 200],
  ['ten roots, 25,000 contracts', 25_000, 30],
  ['all roots, 200,000 contracts', 200_000, 20],
] as const) {
  const chain = new ChainQuotes(contracts)
  const quotes = contracts * minutes
  const mine: number[] = []
  const clock: number[] = []
  const theirs: number[] = []
  let gcNs = 0
  for (let round = -1; round < ROUNDS; round++) {
    const other = await measure(() => naive(chain, minutes))
    const own = await measure(() => ours(chain, minutes))
    const [seen, expected] = [JSON.stringify(own.result), JSON.stringify(other.result)]
    if (seen !== expected || own.result.quotes !== quotes) throw new Error(`${seen} and ${expected} disagree`)
    if (round < 0) continue
    mine.push(own.cpuNs / quotes)
    clock.push(own.wallNs / quotes)
    theirs.push(other.cpuNs / quotes)
    gcNs += own.gcNs
  }
  const ratio = median(theirs.map((value, round) => value / (mine[round] as number)))
  const share = (gcNs / quotes / clock.reduce((sum, next) => sum + next, 0)) * 100
  console.log(
    `${name.padEnd(30)} ${median(mine).toFixed(0)} ns of processor time a quote, best ${Math.min(...mine).toFixed(0)}; ` +
      `best ${(1_000 / Math.min(...clock)).toFixed(1)} M/s by the clock; naive ${median(theirs).toFixed(0)} ns, ` +
      `${ratio.toFixed(1)} ×; garbage collection ${share.toFixed(1)} %`,
  )
}
