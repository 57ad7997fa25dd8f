import {
  type AccountReader,
  type InstrumentIndex,
  type OrderIntent,
  type PositionReader,
  US_PER_MS,
  type Us,
} from '@scalp/canonical'
import type { GateContext, Pipeline } from '@scalp/gates'
import type { GateStatus } from '@scalp/protocol'
import {
  ComputedGreeks,
  ContractFinder,
  type ContractRanking,
  OptionDelta,
  type ScalpConfig,
} from '@scalp/scalping'
import type { ViewedMarket } from './market-view.js'
import { fixed, iso, usd, usdOr0 } from './wire.js'

/** What the board reads besides the market. */
export interface BoardOptions {
  readonly market: ViewedMarket
  readonly positions: PositionReader
  readonly account: AccountReader
  readonly pipeline: Pipeline
  readonly config: ScalpConfig
  readonly readers: Pick<GateContext, 'health' | 'accountStatus' | 'facts'>
}

/** "Why no trade now?": every gate, measured on the contract that a signal of this moment would buy. */
export class GateBoard {
  readonly #options: BoardOptions
  readonly #finder: ContractFinder
  readonly #greeks = new ComputedGreeks()
  /** The market as of the moment of a look. */
  readonly #now: ViewedMarket & { nowUs: Us }

  constructor(options: BoardOptions) {
    this.#options = options
    const { market, config } = options
    this.#finder = new ContractFinder(market, config, new OptionDelta(market))
    this.#now = { ...market, nowUs: Number.NaN }
    this.#greeks.connect(this.#now, market.calendar)
  }

  /** `signalPct`: the move of the moment; it decides between calls and puts. */
  look(symbol: string, signalPct: number, strategyReason: string | null, nowUs: Us): GateStatus {
    const { market, positions, account, pipeline, readers } = this.#options
    this.#now.nowUs = nowUs
    const right = signalPct < 0 ? 'P' : 'C'
    const price = market.prices.get(symbol)?.priceMicros ?? Number.NaN
    const ranking = this.#finder.choose(symbol, right, price, nowUs, () => false)
    const instrument = ranking.chosen?.row.instrument ?? this.#nearest(symbol, right, price)
    const status = {
      underlying: symbol,
      evaluatedAt: iso(nowUs),
      candidates: this.#candidates(ranking),
      rejected: countReasons(ranking),
      strategyReason,
    }
    if (instrument === undefined) return { ...status, gates: [], evaluatedOption: null, passed: false }
    const ask = market.quotes.askMicros(instrument)
    const intent: OrderIntent = {
      instrument,
      side: 'buy',
      contracts: 1,
      ...(ask > 0 && { limitMicros: ask }),
    }
    const context: GateContext = {
      nowUs,
      quotes: market.quotes,
      prices: market.prices,
      instruments: market.instruments,
      positions,
      account,
      calendar: market.calendar,
      greeks: this.#greeks,
      ...readers,
    }
    const gates = pipeline.stages.flatMap((stage) =>
      stage.gates.map((gate) => {
        const { passed, value, limit, unit = '', ageMs, message, resumes } = gate.check(intent, context)
        return {
          name: gate.name,
          stage: stage.name,
          severity: gate.severity,
          passed,
          value: finite(value),
          threshold: finite(limit),
          unit,
          ageMs: fixed(ageMs, 0),
          message,
          resumes,
        }
      }),
    )
    const listed = market.instruments.get(instrument)
    if (listed.kind !== 'option') return { ...status, gates, evaluatedOption: null, passed: false }
    const { strikeThousandths, expiry } = listed.option
    return {
      ...status,
      gates,
      evaluatedOption: {
        canonicalId: listed.symbol,
        strike: strikeThousandths / 1_000,
        right,
        expiry,
        premium: usd(ask),
        delta: fixed(ranking.chosen?.delta, 3),
      },
      passed: gates.every(({ passed, severity }) => passed || severity === 'soft'),
    }
  }

  #candidates({ ranked }: ContractRanking): GateStatus['candidates'] {
    const { instruments } = this.#options.market
    return ranked.slice(0, 8).flatMap(({ row, delta, spreadPct, score }) => {
      const listed = instruments.get(row.instrument)
      if (listed.kind !== 'option') return []
      return {
        canonicalId: row.symbol,
        strike: listed.option.strikeThousandths / 1_000,
        right: listed.option.right,
        expiry: listed.option.expiry,
        dte: row.dte,
        bid: usdOr0(row.bidMicros),
        ask: usdOr0(row.askMicros),
        delta: fixed(delta, 3) ?? 0,
        spreadPercent: fixed(spreadPct, 2) ?? 0,
        score: fixed(score, 3) ?? 0,
      }
    })
  }

  /** What the gates are measured on while no contract qualifies: the one nearest to the money. */
  #nearest(symbol: string, right: string, price: number): InstrumentIndex | undefined {
    const { instruments } = this.#options.market
    let nearest: InstrumentIndex | undefined
    let least = Number.POSITIVE_INFINITY
    for (const index of instruments.options(symbol)) {
      const listed = instruments.get(index)
      if (listed.kind !== 'option' || listed.option.right !== right) continue
      const distance = Math.abs(listed.option.strikeThousandths * US_PER_MS - price)
      if (!(distance < least) && nearest !== undefined) continue
      least = distance
      nearest = index
    }
    return nearest
  }
}

function countReasons({ rejected }: ContractRanking): GateStatus['rejected'] {
  const counts = new Map<string, number>()
  for (const { reason } of rejected) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  return Array.from(counts, ([reason, count]) => ({ reason, count }))
}

function finite(value: number | string | null): number | string | null {
  return typeof value === 'number' ? fixed(value, 4) : value
}
