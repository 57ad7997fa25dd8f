/**
 * What it costs a replay to gather the quotes around trades: the same blocks through the same engine, without, with the
 * ring alone, and with the ring while a hundred contracts are held. Rounds are interleaved; all must see the same.
 */
import { type BlockTape, type Fill, type InstrumentIndex, type OrderId } from '@scalp/canonical'
import { QuoteTapes } from '../src/quote-tapes.js'
import { ChainQuotes } from './chain-quotes.js'
import { measure, median } from './measure.js'
import { type Pulse, replayPulse } from './pulse.js'

const ROUNDS = Number(process.env['SCALP_BENCH_ROUNDS'] ?? 5)
const [CONTRACTS, MINUTES, HELD] = [3_000, 380, 100]
const chain = new ChainQuotes(CONTRACTS)
const quotes = CONTRACTS * MINUTES

function run(tapOf: (tape: BlockTape) => BlockTape): Promise<Pulse> {
  return replayPulse((instruments) => tapOf(chain.tape(MINUTES, instruments)))
}

function holding(tapes: QuoteTapes): void {
  for (let index = 0; index < HELD; index++) tapes.open(fillOf(index as InstrumentIndex))
}

function fillOf(instrument: InstrumentIndex): Fill {
  return {
    fillId: `f${instrument}`,
    orderId: `o${instrument}` as OrderId,
    instrument,
    side: 'buy',
    contracts: 1,
    priceMicros: 0,
    feesMicros: 0,
    remaining: 0,
    receivedUs: 0,
    quoteAgeUs: 0,
    bidMicros: Number.NaN,
    askMicros: Number.NaN,
  }
}

const cases = {
  without: () => run((tape) => tape),
  ring: () => run((tape) => new QuoteTapes().tap(tape)),
  held: () => {
    const tapes = new QuoteTapes()
    holding(tapes)
    return run((tape) => tapes.tap(tape))
  },
}
const costs: Record<keyof typeof cases, number[]> = { without: [], ring: [], held: [] }
for (let round = -1; round < ROUNDS; round++) {
  const seen = new Set<string>()
  for (const name of ['without', 'ring', 'held'] as const) {
    const { result, cpuNs } = await measure(cases[name])
    if (result.quotes !== quotes) throw new Error(`${result.quotes} of ${quotes} quotes were seen`)
    seen.add(JSON.stringify(result))
    if (round >= 0) costs[name].push(cpuNs / quotes)
  }
  if (seen.size !== 1) throw new Error(`runs disagree: ${[...seen].join(' and ')}`)
}
const ratio = (name: 'ring' | 'held'): string =>
  median(costs[name].map((ns, round) => ns / (costs.without[round] as number))).toFixed(2)
console.log(
  `replay without ${median(costs.without).toFixed(0)} ns of processor time a quote; with the ring ${median(costs.ring).toFixed(0)} ns, ${ratio('ring')} ×; ` +
    `while ${HELD} contracts are held ${median(costs.held).toFixed(0)} ns, ${ratio('held')} ×`,
)
