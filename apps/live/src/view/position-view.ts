import {
  type CalendarReader,
  type InstrumentIndex,
  US_PER_DAY,
  US_PER_MS,
  US_PER_SECOND,
  type Us,
} from '@scalp/canonical'
import type { Engine } from '@scalp/engine'
import type { ScalpPosition } from '@scalp/protocol'
import { type ScalpConfig, type ScalperState, scalperStateSchema, type TradeState } from '@scalp/scalping'
import type { MarketView } from './market-view.js'
import { positionId, type Said, type TradeView } from './trade-view.js'
import { fixed, iso, usd, usdOr0 } from './wire.js'

/** A position of the account that is not ours. */
export interface ExternalPosition {
  readonly symbol: string
  readonly contracts: number
  readonly averageMicros: number
  readonly openedUs: Us
}

/** What a view of positions reads. */
export interface PositionViewOptions {
  readonly engine: Engine
  readonly market: MarketView
  readonly trades: TradeView
  readonly config: Partial<ScalpConfig>
  readonly calendar: CalendarReader
  /** Positions of the account that are not ours: shown, never closed by a rule. */
  readonly externals: () => readonly ExternalPosition[]
}

interface Held {
  readonly instrument: InstrumentIndex
  readonly contracts: number
  readonly averageMicros: number
  readonly openedUs: Us
  readonly isOurs: boolean
}

/** Open positions with their progress to target, stop and time, as messages when something changed. */
export class PositionView {
  readonly #options: PositionViewOptions
  readonly #shown = new Map<string, string>()

  constructor(options: PositionViewOptions) {
    this.#options = options
  }

  /** What the strategy keeps; undefined of one that keeps no such state. */
  state(): ScalperState | undefined {
    const parsed = scalperStateSchema.safeParse(this.#options.engine.snapshot())
    return parsed.success ? parsed.data : undefined
  }

  /** Forgets a position that was told to be closed. */
  forget(id: string): void {
    this.#shown.delete(id)
  }

  /** Positions that are new or have changed since the last call. */
  take(nowUs: Us): readonly Said[] {
    const held = this.#held()
    if (held.length === 0) return []
    const states = new Map(this.state()?.trades.map((trade) => [trade.symbol, trade]))
    const said: Said[] = []
    for (const one of held) {
      const { symbol } = this.#options.engine.instruments.get(one.instrument)
      const data = this.#position(one, states.get(symbol), nowUs)
      if (data === undefined) continue
      if (one.isOurs) this.#options.trades.name(one.instrument, data.id)
      const text = JSON.stringify(data)
      const before = this.#shown.get(data.id)
      this.#shown.set(data.id, text)
      if (before === undefined) said.push({ type: 'scalp_position_opened', data })
      else if (before !== text) said.push({ type: 'scalp_position_update', data })
    }
    return said
  }

  #held(): readonly Held[] {
    const { engine, externals } = this.#options
    const ours = engine.positions.open().map((position) => ({ ...position, isOurs: true }))
    const others = externals().flatMap(({ symbol, contracts, averageMicros, openedUs }) => {
      const instrument = engine.instruments.find(symbol)?.index
      return instrument === undefined
        ? []
        : [{ instrument, contracts, averageMicros, openedUs, isOurs: false }]
    })
    return [...ours, ...others]
  }

  #position(held: Held, state: TradeState | undefined, nowUs: Us): ScalpPosition | undefined {
    const { instrument, contracts, averageMicros, openedUs, isOurs } = held
    const { engine, market, trades, config, calendar } = this.#options
    const listed = engine.instruments.get(instrument)
    if (listed.kind !== 'option') return undefined
    const { underlying, strikeThousandths, expiry, right, multiplier } = listed.option
    const {
      takeProfitPct = 0,
      stopLossPct = 0,
      maxHoldMinutes = null,
      timeStopMinutes = null,
    } = isOurs ? config : {}
    const { signal, underlyingMicros } = (isOurs ? trades.entryOf(instrument) : undefined) ?? {}
    const bid = engine.quotes.bidMicros(instrument)
    const pnlPct = ((bid - averageMicros) / averageMicros) * 100
    const holdSeconds = Math.max(0, Math.floor((nowUs - openedUs) / US_PER_SECOND))
    const limitMinutes = maxHoldMinutes ?? timeStopMinutes
    const share = (value: number): number | null => fixed(Math.min(1, Math.max(0, value)), 3)
    return {
      id: isOurs ? positionId(listed.symbol, openedUs) : `external-${listed.symbol}`,
      positionType: isOurs ? 'scalp' : 'external',
      signalId: signal?.id ?? null,
      symbol: underlying,
      optionSymbol: listed.symbol,
      signalType: right === 'C' ? 'SCALP_CALL' : 'SCALP_PUT',
      trigger: signal?.trigger ?? null,
      confidence: signal?.confidence ?? null,
      strike: strikeThousandths / 1_000,
      expiry,
      right,
      delta: market.option(instrument, nowUs)?.delta ?? null,
      dte: daysBetween(calendar.tradingDate(nowUs), expiry),
      entryTime: iso(openedUs),
      entryPrice: usdOr0(averageMicros),
      entryUnderlying: usd(underlyingMicros),
      contracts,
      takeProfitPct,
      stopLossPct,
      maxHoldSeconds: maxHoldMinutes === null ? null : maxHoldMinutes * 60,
      timeStopSeconds: timeStopMinutes === null ? null : timeStopMinutes * 60,
      currentPrice: usd(bid),
      pnlPct: fixed(pnlPct, 2),
      pnlDollars: fixed(((bid - averageMicros) * contracts * multiplier) / 1e6, 2),
      holdSeconds,
      maxGainPct: fixed(state?.exit.maxGainPct, 2) ?? 0,
      maxDrawdownPct: fixed(state?.exit.maxDrawdownPct, 2) ?? 0,
      trailingArmed: state?.exit.isTrailing ?? false,
      trailingLevelPct: state?.exit.isTrailing === true ? fixed(state.exit.trailingLevelPct, 2) : null,
      entryDirection: right === 'C' ? 'up' : 'down',
      progressToTarget: takeProfitPct > 0 ? share(pnlPct / takeProfitPct) : null,
      progressToStop: stopLossPct > 0 ? share(-pnlPct / stopLossPct) : null,
      progressToTime: limitMinutes === null ? null : share(holdSeconds / (limitMinutes * 60)),
      exitReason: state?.reason ?? null,
    }
  }
}

function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / (US_PER_DAY / US_PER_MS))
}
