import { createHash } from 'node:crypto'
import {
  type ApprovedOrder,
  type InstrumentIndex,
  type InstrumentTable,
  type JournalEntry,
  type Micros,
  type OrderIntent,
  type Refusal,
  type Side,
  type Us,
} from '@scalp/canonical'
import type { ClosedTrade as TrackedTrade } from '@scalp/positions'
import type {
  Abstain,
  ClosedTrade,
  Decision,
  Execution,
  ExitSignal,
  OrderUpdate,
  ScalpSignal,
  ServerData,
  ServerType,
} from '@scalp/protocol'
import type { ScalpConfig } from '@scalp/scalping'
import { resumeCondition } from './resume-condition.js'
import { fixed, iso, usd, usdOr0 } from './wire.js'

/** A message to publish. */
export type Said = {
  [Type in ServerType]: { readonly type: Type; readonly data: ServerData<Type>; readonly symbol?: string }
}[ServerType]

type Inputs = Decision['inputs']

/** What was decided about an open position, for screens. */
export interface EntryFacts {
  readonly signal: ScalpSignal | undefined
  readonly underlyingMicros: Micros
}

const MOST_ORDERS = 500

/** Turns what the engine journals into messages: signals, decisions, orders, executions, closed trades. */
export class TradeView {
  readonly counts = { signals: 0, abstains: 0, refusals: 0, orders: 0, fills: 0 }
  winsToday = 0
  tradesToday = 0
  readonly #instruments: InstrumentTable
  readonly #config: Partial<ScalpConfig>
  readonly #runId: string
  readonly #orders = new Map<string, OrderUpdate>()
  readonly #signals = new Map<InstrumentIndex, ScalpSignal>()
  readonly #entries = new Map<InstrumentIndex, EntryFacts>()
  readonly #reasons = new Map<string, string>()
  readonly #lastOrder = new Map<InstrumentIndex, string>()
  #refused: readonly Refusal[] = []
  #ids = 0

  constructor(instruments: InstrumentTable, config: Partial<ScalpConfig>, runId: string) {
    this.#instruments = instruments
    this.#config = config
    this.#runId = runId
  }

  /** Why the strategy does not signal; null after a signal. */
  reasonOf(symbol: string): string | null {
    return this.#reasons.get(symbol) ?? null
  }

  entryOf(instrument: InstrumentIndex): EntryFacts | undefined {
    return this.#entries.get(instrument)
  }

  read(entry: JournalEntry): readonly Said[] {
    const { atUs } = entry
    switch (entry.type) {
      case 'decision':
        return this.#decision(entry)
      case 'intent-refused':
        return this.#refusal(entry)
      case 'order-submitted': {
        const order = entry['order'] as ApprovedOrder
        this.counts.orders++
        this.#lastOrder.set(order.instrument, order.id)
        return this.#order(order.id, atUs, {
          optionSymbol: String(entry['symbol']),
          side: order.side,
          status: 'submitted',
          contracts: order.contracts,
          limit: usd(order.limitMicros),
          tag: order.tag ?? null,
        })
      }
      case 'order-accepted':
        return this.#order(String(entry['orderId']), atUs, { status: 'accepted' })
      case 'cancel-requested':
        return this.#order(String(entry['orderId']), atUs, { status: 'cancelling' })
      case 'order-rejected':
      case 'order-cancelled': {
        const status = entry.type === 'order-rejected' ? 'rejected' : 'cancelled'
        return this.#order(String(entry['orderId']), atUs, { status, reason: String(entry['reason']) })
      }
      case 'order-filled':
        return this.#fill(entry)
      case 'position-closed':
        return this.#closed(entry['trade'] as TrackedTrade)
      case 'session-opened':
        this.tradesToday = 0
        this.winsToday = 0
        return []
      case 'command':
        return [
          this.#log(entry, 'command', 'command', String(entry['command']), undefined, commandInputs(entry)),
        ]
      default:
        return []
    }
  }

  #decision(entry: JournalEntry): readonly Said[] {
    const kind = entry['kind'] as 'signal' | 'abstain' | 'exit'
    const code = String(entry['code'])
    const instrument = entry['instrument'] as InstrumentIndex | undefined
    const inputs = (entry['inputs'] ?? {}) as Inputs
    const said: Said[] = [this.#log(entry, kind, kind, code, instrument, inputs)]
    const underlying = this.#underlyingOf(instrument, inputs)
    if (kind === 'signal' && instrument !== undefined) {
      this.counts.signals++
      const signal = this.#signal(entry.atUs, code, instrument, inputs)
      if (signal === undefined) return said
      this.#signals.set(instrument, signal)
      this.#reasons.delete(signal.symbol)
      said.push({ type: 'scalp_signal', data: signal, symbol: signal.symbol })
      said.push({ type: 'abstain', data: over(signal.symbol, entry.atUs), symbol: signal.symbol })
    } else if (kind === 'abstain') {
      this.counts.abstains++
      if (underlying === undefined) return said
      this.#reasons.set(underlying, code)
      const refused = code === 'ORDER_REFUSED' ? this.#refused : []
      const abstain: Abstain = {
        underlying,
        reason: refused[0]?.code ?? code,
        resumeCondition: refused[0]?.resumes ?? resumeCondition(code, this.#config),
        failedGates: refused.map(({ gate, value, limit, unit = '' }) => ({
          name: gate,
          message: `${String(value ?? 'unknown')} against ${String(limit)} ${unit}`.trim(),
        })),
        at: iso(entry.atUs),
      }
      said.push({ type: 'abstain', data: abstain, symbol: underlying })
    } else if (kind === 'exit' && instrument !== undefined) {
      const exit = this.#exit(code, instrument, inputs)
      if (exit !== undefined) said.push({ type: 'exit_signal', data: exit })
    }
    return said
  }

  #refusal(entry: JournalEntry): readonly Said[] {
    this.counts.refusals++
    const { instrument, inputs = {}, contracts, tag } = entry['intent'] as OrderIntent
    this.#refused = entry['refusals'] as readonly Refusal[]
    const [first] = this.#refused
    if (first === undefined) return []
    const { gate, code, value, limit, resumes } = first
    const more: Inputs = { value: finite(value), limit: finite(limit), resumes, contracts, tag: tag ?? null }
    return [this.#log(entry, 'refused', gate, code, instrument, { ...(inputs as Inputs), ...more })]
  }

  #fill(entry: JournalEntry): readonly Said[] {
    this.counts.fills++
    const orderId = String(entry['orderId'])
    const contracts = Number(entry['contracts'])
    const instrument = entry['instrument'] as InstrumentIndex
    const side = entry['side'] as Side
    const before = this.#orders.get(orderId)
    const price = usdOr0(entry['priceMicros'] as Micros)
    const filled = (before?.filled ?? 0) + contracts
    const averagePrice =
      before?.averagePrice === null || before?.averagePrice === undefined
        ? price
        : fixed((before.averagePrice * before.filled + price * contracts) / filled, 4)
    const underlyingMicros = Number(entry['underlyingMicros'])
    if (side === 'buy' && !this.#entries.has(instrument))
      this.#entries.set(instrument, { signal: this.#signals.get(instrument), underlyingMicros })
    const execution: Execution = {
      success: true,
      orderId,
      optionSymbol: String(entry['symbol']),
      side,
      contracts,
      price,
      fees: usdOr0(entry['feesMicros'] as Micros),
      at: iso(entry.atUs),
      underlyingPrice: usd(underlyingMicros),
    }
    const status = Number(entry['remaining']) > 0 ? 'partially_filled' : 'filled'
    return [
      ...this.#order(orderId, entry.atUs, { status, filled, averagePrice }),
      { type: 'trade_executed', data: execution },
    ]
  }

  #closed(trade: TrackedTrade): readonly Said[] {
    const { instrument, openedUs, closedUs, entryMicros, contracts, netMicros } = trade
    const listed = this.#instruments.get(instrument)
    if (listed.kind !== 'option') return []
    const { signal } = this.#entries.get(instrument) ?? {}
    this.#entries.delete(instrument)
    this.tradesToday++
    if (netMicros > 0) this.winsToday++
    const cost = entryMicros * Math.abs(contracts) * listed.option.multiplier
    const closed: ClosedTrade = {
      id: positionId(trade.symbol, openedUs),
      signalId: signal?.id ?? null,
      symbol: listed.option.underlying,
      signalType: listed.option.right === 'C' ? 'SCALP_CALL' : 'SCALP_PUT',
      optionSymbol: trade.symbol,
      trigger: trade.entryTag ?? null,
      exitReason: trade.exitReason,
      entryTime: iso(openedUs),
      exitTime: iso(closedUs),
      entryPrice: usdOr0(entryMicros),
      exitPrice: usdOr0(trade.exitMicros),
      contracts: Math.abs(contracts),
      pnlDollars: fixed(netMicros / 1e6, 2) ?? 0,
      pnlPct: fixed((netMicros / cost) * 100, 2) ?? 0,
      fees: usdOr0(trade.feesMicros),
      holdSeconds: Math.floor((closedUs - openedUs) / 1e6),
      maxGainPct: fixed(trade.maxGainPct, 2),
      maxDrawdownPct: fixed(trade.maxDrawdownPct, 2),
      orderId: this.#lastOrder.get(instrument) ?? null,
    }
    return [{ type: 'scalp_position_closed', data: closed }]
  }

  #signal(us: Us, trigger: string, instrument: InstrumentIndex, inputs: Inputs): ScalpSignal | undefined {
    const listed = this.#instruments.get(instrument)
    if (listed.kind !== 'option') return undefined
    const { underlying, strikeThousandths, expiry, right } = listed.option
    const { takeProfitPct = 0, stopLossPct = 0, maxHoldMinutes = null, timeStopMinutes = null } = this.#config
    return {
      id: signalId(underlying, us, `${this.#runId} ${this.#ids}`),
      timestamp: iso(us),
      symbol: underlying,
      signalType: right === 'C' ? 'SCALP_CALL' : 'SCALP_PUT',
      trigger,
      underlyingPrice: numberOf(inputs['underlying']) ?? 0,
      velocityPct: fixed(numberOf(inputs['velocityPct']), 3),
      volumeRatio: fixed(numberOf(inputs['volumeRatio']), 2),
      thresholdUsed: fixed(numberOf(inputs['thresholdPct']), 3),
      velocityMargin: fixed(numberOf(inputs['marginPct']), 3),
      optionSymbol: listed.symbol,
      strike: strikeThousandths / 1_000,
      expiry,
      delta: fixed(numberOf(inputs['delta']), 3),
      dte: numberOf(inputs['dte']) ?? 0,
      bidPrice: numberOf(inputs['bid']),
      askPrice: numberOf(inputs['ask']),
      entryPrice: fixed(numberOf(inputs['ask']), 2),
      spreadPct: fixed(numberOf(inputs['spreadPct']), 2),
      takeProfitPct,
      stopLossPct,
      maxHoldMinutes,
      timeStopMinutes,
      confidence: numberOf(inputs['confidence']) ?? 0,
      suggestedContracts: numberOf(inputs['contracts']) ?? 0,
      orderId: this.#lastOrder.get(instrument) ?? null,
    }
  }

  #exit(reason: string, instrument: InstrumentIndex, inputs: Inputs): ExitSignal | undefined {
    const { signal } = this.#entries.get(instrument) ?? {}
    const position = this.#positionIds.get(instrument)
    if (position === undefined) return undefined
    return {
      positionId: position,
      reason,
      currentPrice: numberOf(inputs['bid']),
      pnl: null,
      pnlPercent: fixed(numberOf(inputs['pnlPct']), 2),
      urgency: reason === 'take_profit' || reason === 'trailing_stop' ? 'medium' : 'high',
      trigger: signal?.trigger ?? null,
    }
  }

  readonly #positionIds = new Map<InstrumentIndex, string>()

  /** Told by whoever looks at open positions, so that an exit can name its own. */
  name(instrument: InstrumentIndex, id: string): void {
    this.#positionIds.set(instrument, id)
  }

  #order(orderId: string, us: Us, change: Partial<OrderUpdate>): readonly Said[] {
    const before: OrderUpdate = this.#orders.get(orderId) ?? {
      orderId,
      at: iso(us),
      optionSymbol: null,
      side: null,
      status: 'submitted',
      contracts: null,
      filled: 0,
      limit: null,
      averagePrice: null,
      reason: null,
      tag: null,
    }
    const data: OrderUpdate = { ...before, ...change, at: iso(us) }
    this.#orders.set(orderId, data)
    if (this.#orders.size > MOST_ORDERS)
      for (const oldest of this.#orders.keys()) {
        this.#orders.delete(oldest)
        break
      }
    return [{ type: 'order_update', data }]
  }

  #log(
    { atUs }: JournalEntry,
    kind: Decision['kind'],
    gate: string,
    code: string,
    instrument: InstrumentIndex | undefined,
    inputs: Inputs,
  ): Said {
    const symbol = instrument === undefined ? null : this.#instruments.get(instrument).symbol
    const data: Decision = {
      id: `d${++this.#ids}`,
      at: iso(atUs),
      kind,
      code,
      gate,
      underlying: this.#underlyingOf(instrument, inputs) ?? null,
      optionSymbol: symbol,
      bid: numberOf(inputs['bid']),
      ask: numberOf(inputs['ask']),
      underlyingPrice: numberOf(inputs['underlying']),
      inputs,
      outcomes: [],
    }
    return { type: 'decision', data }
  }

  #underlyingOf(instrument: InstrumentIndex | undefined, inputs: Inputs): string | undefined {
    if (typeof inputs['symbol'] === 'string') return inputs['symbol']
    if (instrument === undefined) return undefined
    const listed = this.#instruments.get(instrument)
    return listed.kind === 'option' ? listed.option.underlying : listed.symbol
  }
}

/** Names a position: a contract may be held several times a day. */
export function positionId(symbol: string, openedUs: Us): string {
  return `${symbol}-${openedUs}`
}

/** `SYMBOL-yyyymmddHHMMSS-` and six hexadecimal digits, a pure function of the run. */
function signalId(symbol: string, us: Us, salt: string): string {
  const stamp = iso(us).replaceAll(/\D/g, '').slice(0, 14)
  return `${symbol}-${stamp}-${createHash('sha256').update(salt).digest('hex').slice(0, 6)}`
}

function over(underlying: string, us: Us): Abstain {
  return { underlying, reason: null, resumeCondition: null, failedGates: [], at: iso(us) }
}

function commandInputs(entry: JournalEntry): Inputs {
  return {
    actor: String(entry['actor']),
    reason: typeof entry['reason'] === 'string' ? entry['reason'] : null,
    ok: entry['ok'] === true,
  }
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}

function finite(value: number | string | null): number | string | null {
  return typeof value === 'number' && !Number.isFinite(value) ? null : value
}
