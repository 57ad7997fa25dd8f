import {
  type CalendarReader,
  type Fill,
  type InstrumentTable,
  type JournalEntry,
  type Micros,
  type OrderId,
  US_PER_DAY,
  type Us,
} from '@scalp/canonical'
import type { ManagedState, RestoredState } from '@scalp/engine'
import { toEntry } from '@scalp/journal'
import type { SqliteJournal } from '@scalp/journal/sqlite'
import { type OrderLedger, type RecordedEntry, rebuildLedger } from '@scalp/reconciliation'
import type { KillSwitchState } from '@scalp/risk'
import { type ScalperState, scalperStateSchema, type TradeState } from '@scalp/scalping'
import { type BookedPosition, OwnBook } from './own-book.js'

/** What a run knows from the runs before it. */
export interface Memory {
  readonly ledger: OrderLedger
  readonly book: OwnBook
  readonly strategyState: unknown
  /** Exits that were watched on our side. */
  readonly managedState: ManagedState | undefined
  readonly killSwitch: KillSwitchState | undefined
  /** Of today's session, when it had opened. */
  readonly sessionStartEquityMicros: Micros | undefined
}

/** How far back orders are looked up; an option order lives for a day. */
const LEDGER_DAYS = 5

/** Reads the journal: what was ordered, what is held, what strategy, managed exits and kill switch last said. */
export function recall(journal: SqliteJournal, calendar: CalendarReader, nowUs: Us): Memory {
  const book = new OwnBook()
  const prefixes = new Map<number, string>()
  const recent: RecordedEntry[] = []
  for (const line of journal.lines()) {
    const entry = toEntry(line)
    if (line.type === 'run-started') prefixes.set(line.run, String(entry['prefix']))
    if (!ORDERS.has(line.type)) continue
    book.read(entry)
    if (nowUs - line.atUs < LEDGER_DAYS * US_PER_DAY) recent.push({ run: line.run, entry })
  }
  const ledger = rebuildLedger(recent, {
    clientIdOf: (run, orderId) => `${prefixes.get(run) ?? run}-${orderId}`,
  })
  const last = (type: string): JournalEntry | undefined => {
    const line = journal.last(type)
    return line === undefined ? undefined : toEntry(line)
  }
  const opened = last('session-opened')
  const isToday = opened !== undefined && opened['date'] === calendar.tradingDate(nowUs)
  return {
    ledger,
    book,
    strategyState: last('strategy-state')?.['state'],
    managedState: last('managed-state')?.['state'] as ManagedState | undefined,
    killSwitch: last('kill-switch') as KillSwitchState | undefined,
    sessionStartEquityMicros: isToday ? Number(opened['equityMicros']) : undefined,
  }
}

const ORDERS: ReadonlySet<string> = new Set([
  'order-submitted',
  'order-filled',
  'order-cancelled',
  'order-rejected',
  'position-settled',
])

/** What the engine takes over: our own positions, and the strategy's state with every one of them in it. */
export function toRestored(
  memory: Memory,
  {
    instruments,
    us,
    runId,
  }: { readonly instruments: InstrumentTable; readonly us: Us; readonly runId: string },
): RestoredState {
  const held = memory.book.positions().filter(({ positionType }) => positionType === 'scalp')
  return {
    us,
    holdings: held.map((position) => {
      const fill: Fill = {
        fillId: `${runId}-restored-${position.symbol}`,
        orderId: `${runId}-restored` as OrderId,
        instrument: instruments.requireOption(position.symbol),
        side: position.contracts > 0 ? 'buy' : 'sell',
        contracts: Math.abs(position.contracts),
        priceMicros: position.averageMicros,
        feesMicros: 0,
        remaining: 0,
        receivedUs: position.openedUs,
        quoteAgeUs: Number.NaN,
        bidMicros: Number.NaN,
        askMicros: Number.NaN,
      }
      return { fill, ...(position.tag === undefined ? {} : { tag: position.tag }) }
    }),
    ...withStrategyState(memory.strategyState, held),
    ...(memory.managedState === undefined ? {} : { managedState: memory.managedState }),
    ...(memory.sessionStartEquityMicros === undefined
      ? {}
      : { sessionStartEquityMicros: memory.sessionStartEquityMicros }),
  }
}

/** A position that was filled after the last state was written is still the strategy's: its exits must find it. */
function withStrategyState(state: unknown, held: readonly BookedPosition[]): { strategyState?: unknown } {
  const parsed = scalperStateSchema.safeParse(state)
  if (!parsed.success) {
    if (state !== undefined && state !== null) return { strategyState: state }
    if (held.length === 0) return {}
  }
  const scalper: ScalperState = parsed.success ? parsed.data : EMPTY
  const known = new Set(scalper.trades.map(({ symbol }) => symbol))
  const missing = held.filter(({ symbol, contracts }) => contracts > 0 && !known.has(symbol)).map(toTrade)
  return { strategyState: { ...scalper, trades: [...scalper.trades, ...missing] } }
}

const EMPTY: ScalperState = {
  version: 1,
  trades: [],
  generator: { date: '', signalsToday: 0, lastUs: null, cooldownEndUs: null },
  consecutiveLosses: 0,
  haltedOn: '',
}

function toTrade({ symbol, contracts, averageMicros, openedUs }: BookedPosition): TradeState {
  return {
    symbol,
    openedUs,
    contracts,
    boughtContracts: contracts,
    costMicros: contracts * averageMicros,
    netMicros: -contracts * averageMicros * 100,
    reason: null,
    exit: { pnlPct: 0, maxGainPct: 0, maxDrawdownPct: 0, trailingLevelPct: 0, isTrailing: false },
  }
}
