import {
  type CalendarReader,
  type InstrumentIndex,
  type InstrumentReader,
  type JournalEntry,
  type OrderIntent,
  parseAlpaca,
  type QuoteReader,
  type Refusal,
  safeParseAlpaca,
  type UnderlyingReader,
  type Us,
} from '@scalp/canonical'
import type { DecisionRecord } from '@scalp/report'
import { type Outcome, OutcomeTracker } from '@scalp/scalping'
import type { OptionCosts } from '@scalp/simulator'

/** The market that decisions are judged by: an engine is one. */
export interface DecisionMarket {
  readonly instruments: InstrumentReader
  readonly quotes: QuoteReader
  readonly prices: UnderlyingReader
  readonly calendar: CalendarReader
}

type Inputs = DecisionRecord['inputs']

/** What stands in the log of a strategy for an entry that the gates refused; the gates tell it better themselves. */
const TOLD_BY_GATES = 'ORDER_REFUSED'

/**
 * Keeps each signal, exit and missed entry of a run with what decided it, and what came of it later.
 *
 * Reasons not to buy that name no contract are only counted elsewhere: nothing could be missed there.
 */
export class DecisionLog {
  readonly records: DecisionRecord[] = []
  readonly #costs: OptionCosts
  readonly #byId = new Map<string, DecisionRecord>()
  #market: DecisionMarket | undefined
  #tracker: OutcomeTracker | undefined

  constructor(costs: OptionCosts) {
    this.#costs = costs
  }

  /** Tells where prices are read; before that nothing is kept. */
  connect(market: DecisionMarket): void {
    this.#market = market
    this.#tracker = new OutcomeTracker(market, (outcome) => this.#judge(outcome))
  }

  /** Takes outcomes that are due, from the market as it stands. */
  advance(us: Us): void {
    this.#tracker?.advance(us)
  }

  append(entry: JournalEntry): void {
    if (entry.type === 'intent-refused') {
      const { side, instrument, contracts, inputs } = entry['intent'] as OrderIntent
      const [first] = entry['refusals'] as readonly Refusal[]
      if (side !== 'buy' || first === undefined) return
      const limits = { value: first.value, limit: first.limit, resumes: first.resumes, contracts }
      this.#add(entry.atUs, 'refused', first.gate, first.code, instrument, { ...inputs, ...limits })
    } else if (entry.type === 'decision') {
      const code = String(entry['code'])
      const kind = entry['kind'] as 'signal' | 'abstain' | 'exit'
      const instrument = entry['instrument'] as InstrumentIndex | undefined
      if (kind === 'abstain' && (instrument === undefined || code === TOLD_BY_GATES)) return
      this.#add(entry.atUs, kind, kind, code, instrument, (entry['inputs'] as Inputs | undefined) ?? {})
    }
  }

  #add(
    atUs: Us,
    kind: DecisionRecord['kind'],
    gate: string,
    code: string,
    instrument: InstrumentIndex | undefined,
    inputs: Inputs,
  ): void {
    const market = this.#market
    if (market === undefined) return
    const listed = instrument === undefined ? undefined : market.instruments.get(instrument)
    const underlying = listed?.kind === 'option' ? listed.option.underlying : undefined
    const price = underlying === undefined ? undefined : market.prices.get(underlying)?.priceMicros
    const record: DecisionRecord = {
      id: `d${this.records.length + 1}`,
      atUs,
      kind,
      gate,
      code,
      symbol: listed?.symbol ?? null,
      bidMicros: instrument === undefined ? null : orNull(market.quotes.bidMicros(instrument)),
      askMicros: instrument === undefined ? null : orNull(market.quotes.askMicros(instrument)),
      underlyingMicros: price ?? null,
      inputs,
      outcomes: [],
    }
    this.records.push(record)
    if (kind === 'exit' || instrument === undefined || underlying === undefined) return
    this.#byId.set(record.id, record)
    this.#tracker?.watch({ id: record.id, atUs, underlying, instrument })
  }

  /** One contract bought at the ask of the decision and sold at the bid of the horizon, after costs. */
  #judge({ id, horizon, atUs, underlyingMicros, bidMicros }: Outcome): void {
    const record = this.#byId.get(id)
    if (record === undefined) return
    if (horizon === 'close') this.#byId.delete(id)
    record.outcomes.push({
      horizon,
      atUs,
      underlyingMicros: orNull(underlyingMicros),
      bidMicros: orNull(bidMicros),
      netMicros: this.#net(record, bidMicros, atUs),
    })
  }

  #net({ symbol, askMicros, atUs }: DecisionRecord, bidMicros: number, soldUs: Us): number | null {
    const market = this.#market
    if (market === undefined || symbol === null || !(bidMicros >= 0) || !((askMicros ?? 0) > 0)) return null
    if (!safeParseAlpaca(symbol).ok) return null
    const { multiplier } = parseAlpaca(symbol)
    const priceMicros = askMicros ?? 0
    const fees = (side: 'buy' | 'sell', price: number, us: Us): number =>
      this.#costs.feesMicros({
        side,
        contracts: 1,
        priceMicros: price,
        multiplier,
        date: market.calendar.tradingDate(us),
      })
    const feesMicros = fees('buy', priceMicros, atUs) + fees('sell', bidMicros, soldUs)
    return Math.round((bidMicros - priceMicros) * multiplier) - feesMicros
  }
}

/** JSON holds no `NaN`. */
function orNull(value: number): number | null {
  return Number.isFinite(value) ? value : null
}
