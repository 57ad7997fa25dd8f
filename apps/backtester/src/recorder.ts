import {
  type ApprovedOrder,
  type CalendarReader,
  daysToExpiry,
  type Fill,
  type Journal,
  type JournalEntry,
  type Micros,
  parseAlpaca,
  type Us,
} from '@scalp/canonical'
import type { ClosedTrade } from '@scalp/positions'
import type { TradeRecord } from '@scalp/report'
import type { DecisionLog } from './decision-log.js'

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
}

/** Folds the journal of a run into trade records, an equity curve and counts. */
export class RunRecorder implements Journal {
  readonly trades: TradeRecord[] = []
  readonly equity: { atUs: Us; equityMicros: Micros }[] = []
  readonly daily = new Map<string, Micros>()
  readonly decisions = { signals: 0, abstains: new Map<string, number>(), exits: 0 }
  readonly log: DecisionLog
  readonly #calendar: CalendarReader
  readonly #orders = new Map<string, ApprovedOrder>()
  readonly #trips = new Map<string, Trip>()
  #equityMicros: Micros

  constructor({
    calendar,
    startingCashMicros,
    log,
  }: {
    readonly calendar: CalendarReader
    readonly startingCashMicros: Micros
    readonly log: DecisionLog
  }) {
    this.log = log
    this.#calendar = calendar
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
    const trip = this.#trips.get(fill.symbol)
    if (trip !== undefined) trip.last = fill
    else
      this.#trips.set(fill.symbol, {
        order: this.#orders.get(fill.orderId),
        entry: fill,
        last: undefined,
        equityBeforeMicros: this.#equityMicros,
      })
    this.sample(fill.receivedUs, fill.equityMicros)
  }

  #close(trade: ClosedTrade, equityAfterMicros: Micros, atUs: Us): void {
    const trip = this.#trips.get(trade.symbol)
    this.#trips.delete(trade.symbol)
    this.sample(atUs, equityAfterMicros)
    if (trip === undefined) return
    const option = parseAlpaca(trade.symbol)
    const { entry, order, last } = trip
    const cost = trade.entryMicros * Math.abs(trade.contracts) * option.multiplier
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
