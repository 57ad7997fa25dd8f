import {
  type ApprovedOrder,
  type CalendarReader,
  daysToExpiry,
  type Fill,
  type InstrumentIndex,
  type InstrumentReader,
  type Journal,
  type JournalEntry,
  type Micros,
  parseAlpaca,
  type Us,
} from '@scalp/canonical'
import type { ClosedTrade } from '@scalp/positions'
import type { TradeRecord } from '@scalp/report'
import type { DecisionLog } from './decision-log.js'
import type { QuoteTapes, TapeWatch } from './quote-tapes.js'

type FillEntry = Fill & {
  readonly symbol: string
  readonly underlyingMicros: Micros
  readonly equityMicros: Micros
}

interface Trip {
  readonly order: ApprovedOrder | undefined
  readonly entry: FillEntry
  readonly equityBeforeMicros: Micros
  last: FillEntry | undefined
  /** What the fills would have gained or lost against the booked ones; undefined until one has bounds. */
  bounds: { best: Micros; expected: Micros; worst: Micros } | undefined
  isForced: boolean
  readonly watch: TapeWatch | undefined
}

/** Ends that no order of the strategy made, and that a reader ought to notice. */
const FLAGGED: ReadonlySet<string> = new Set(['end-of-data', 'adjusted', 'assigned-early'])

/** Folds the journal of a run into trade records, an equity curve and counts. */
export class RunRecorder implements Journal {
  readonly trades: TradeRecord[] = []
  readonly equity: { atUs: Us; equityMicros: Micros }[] = []
  readonly daily = new Map<string, Micros>()
  readonly decisions = { signals: 0, abstains: new Map<string, number>(), exits: 0 }
  readonly log: DecisionLog
  /** Quotes around the trades, where they are gathered. */
  readonly tapes: QuoteTapes | undefined
  readonly #calendar: CalendarReader
  readonly #instruments: InstrumentReader
  readonly #orders = new Map<string, ApprovedOrder>()
  readonly #trips = new Map<string, Trip>()
  #equityMicros: Micros

  constructor({
    calendar,
    instruments,
    startingCashMicros,
    log,
    tapes,
  }: {
    readonly calendar: CalendarReader
    readonly instruments: InstrumentReader
    readonly startingCashMicros: Micros
    readonly log: DecisionLog
    readonly tapes?: QuoteTapes | undefined
  }) {
    this.log = log
    this.tapes = tapes
    this.#calendar = calendar
    this.#instruments = instruments
    this.#equityMicros = startingCashMicros
  }

  append(entry: JournalEntry): undefined {
    this.log.append(entry)
    switch (entry.type) {
      case 'order-submitted': {
        const order = entry['order'] as ApprovedOrder
        this.#orders.set(order.id, order)
        break
      }
      case 'order-filled':
        this.#fill(entry as unknown as FillEntry)
        break
      case 'position-closed':
        this.#close(entry['trade'] as ClosedTrade, entry['equityMicros'] as Micros, entry.atUs)
        break
      case 'decision':
        this.#decide(entry)
        break
    }
  }

  /** Samples the equity; a point is kept when it has changed. */
  sample(us: Us, equityMicros: Micros): void {
    const date = this.#calendar.tradingDate(us)
    this.daily.set(date, equityMicros)
    if (equityMicros === this.#equityMicros && this.equity.length > 0) return
    this.#equityMicros = equityMicros
    this.equity.push({ atUs: us, equityMicros })
  }

  #fill(fill: FillEntry): void {
    let trip = this.#trips.get(fill.symbol)
    if (trip !== undefined) {
      trip.last = fill
      if (trip.watch !== undefined) this.tapes?.fill(trip.watch, fill)
    } else {
      trip = {
        order: this.#orders.get(fill.orderId),
        entry: fill,
        last: undefined,
        equityBeforeMicros: this.#equityMicros,
        bounds: undefined,
        isForced: false,
        watch: this.tapes?.open(fill),
      }
      this.#trips.set(fill.symbol, trip)
    }
    if (fill.isForced === true) trip.isForced = true
    this.#bound(trip, fill)
    this.sample(fill.receivedUs, fill.equityMicros)
  }

  #bound(trip: Trip, { bounds, priceMicros, contracts, side, instrument }: FillEntry): void {
    if (bounds === undefined) return
    const shares = (side === 'buy' ? contracts : -contracts) * this.#multiplier(instrument)
    const gain = (micros: Micros): Micros => (priceMicros - micros) * shares
    const { best, expected, worst } = trip.bounds ?? { best: 0, expected: 0, worst: 0 }
    trip.bounds = {
      best: best + gain(bounds.bestMicros),
      expected: expected + gain(bounds.expectedMicros),
      worst: worst + gain(bounds.worstMicros),
    }
  }

  #multiplier(index: InstrumentIndex): number {
    const instrument = this.#instruments.get(index)
    return instrument.kind === 'option' ? instrument.option.multiplier : 1
  }

  #close(trade: ClosedTrade, equityAfterMicros: Micros, atUs: Us): void {
    const trip = this.#trips.get(trade.symbol)
    this.#trips.delete(trade.symbol)
    this.sample(atUs, equityAfterMicros)
    if (trip === undefined) return
    const option = parseAlpaca(trade.symbol)
    const { entry, order, last, bounds, watch } = trip
    if (watch !== undefined) this.tapes?.close(watch, this.trades.length, trade.closedUs)
    const multiplier = this.#multiplier(trade.instrument)
    const cost = trade.entryMicros * Math.abs(trade.contracts) * multiplier
    const net = (gained: Micros): Micros => Math.round(trade.netMicros + gained)
    const strategy = order?.inputs?.['strategy']
    const flags = [
      ...(trip.isForced ? ['forced-exit'] : []),
      ...(FLAGGED.has(trade.exitReason) ? [trade.exitReason] : []),
    ]
    this.trades.push({
      symbol: trade.symbol,
      underlying: option.underlying,
      expiry: option.expiry,
      right: option.right,
      strikeThousandths: option.strikeThousandths,
      dte: daysToExpiry(option.expiry, this.#calendar.tradingDate(trade.openedUs)),
      side: trade.contracts > 0 ? 'long' : 'short',
      contracts: Math.abs(trade.contracts),
      trigger: trade.entryTag ?? 'unknown',
      exitReason: trade.exitReason,
      signalUs: order?.decidedUs ?? trade.openedUs,
      entryUs: trade.openedUs,
      exitUs: trade.closedUs,
      entryMicros: Math.round(trade.entryMicros),
      exitMicros: Math.round(trade.exitMicros),
      entryBidMicros: orNull(entry.bidMicros),
      entryAskMicros: orNull(entry.askMicros),
      spreadPct: orNull(
        ((entry.askMicros - entry.bidMicros) / ((entry.askMicros + entry.bidMicros) / 2)) * 100,
      ),
      feesMicros: trade.feesMicros,
      grossMicros: trade.grossMicros,
      netMicros: trade.netMicros,
      pnlPct: (trade.netMicros / cost) * 100,
      maxGainPct: trade.maxGainPct,
      maxDrawdownPct: trade.maxDrawdownPct,
      holdSeconds: Math.floor((trade.closedUs - trade.openedUs) / 1e6),
      entryQuoteAgeMs: orNull(entry.quoteAgeUs / 1_000),
      exitQuoteAgeMs: orNull((last?.quoteAgeUs ?? Number.NaN) / 1_000),
      underlyingAtEntryMicros: orNull(entry.underlyingMicros),
      underlyingAtExitMicros: orNull(last?.underlyingMicros ?? Number.NaN),
      equityBeforeMicros: trip.equityBeforeMicros,
      equityAfterMicros,
      inputs: { ...order?.inputs },
      ...(multiplier === 100 ? {} : { multiplier }),
      bounds:
        bounds === undefined
          ? null
          : {
              bestMicros: net(bounds.best),
              expectedMicros: net(bounds.expected),
              worstMicros: net(bounds.worst),
            },
      ...(flags.length === 0 ? {} : { flags }),
      ...(typeof strategy === 'string' ? { strategy } : {}),
    })
  }

  #decide(entry: JournalEntry): void {
    if (entry['kind'] === 'signal') this.decisions.signals++
    else if (entry['kind'] === 'exit') this.decisions.exits++
    else {
      const code = String(entry['code'])
      this.decisions.abstains.set(code, (this.decisions.abstains.get(code) ?? 0) + 1)
    }
  }
}

/** JSON holds no `NaN`. */
function orNull(value: number): number | null {
  return Number.isFinite(value) ? value : null
}
