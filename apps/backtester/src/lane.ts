import {
  type BlockTape,
  type Journal,
  type JournalEntry,
  toMicros,
  US_PER_MINUTE,
  type Us,
} from '@scalp/canonical'
import type { DatasetTape } from '@scalp/databento/node'
import { createEngine, type Engine, type Market, type SharedLimits } from '@scalp/engine'
import {
  cashGate,
  createGateKeeper,
  deltaGate,
  type Gate,
  greeksFreshGate,
  openInterestGate,
  positionSizeGate,
  quoteFreshGate,
  spreadGate,
  tradingHoursGate,
  underlyingFreshGate,
  volumeGate,
} from '@scalp/gates'
import type { ExchangeCalendar } from '@scalp/market-data'
import type { BacktestResult } from '@scalp/report'
import { ComputedGreeks } from '@scalp/scalping'
import type { ReplayLane, ReplayProgress, SimulatedBroker } from '@scalp/simulator'
import { assembleResult } from './assemble.js'
import type { RunConfig } from './config.js'
import { DecisionLog } from './decision-log.js'
import type { LoadedStrategy } from './members.js'
import { MinuteCloses } from './minute-closes.js'
import { QuoteTapes } from './quote-tapes.js'
import { RunRecorder } from './recorder.js'
import { allFiles, type RunData } from './run-data.js'
import { costsOf, venueOf } from './venue.js'

/** What a lane is made of. */
export interface LaneOptions {
  readonly config: RunConfig
  readonly loaded: LoadedStrategy
  readonly data: RunData
  /** Of all the lanes that run together. */
  readonly market: Market
  readonly calendar: ExchangeCalendar
  readonly onEntry?: (entry: JournalEntry) => void
  /** False leaves out what only a report shows: the log of decisions, closes of the underlying, quotes around trades. */
  readonly isReported: boolean
  /** Takes what ended this lane and no other. */
  readonly onFailure?: (error: unknown) => void
}

/** One run of one set of settings: an engine, a venue and a recorder of its own, on a market that lanes share. */
export class Lane implements ReplayLane {
  readonly engine: Engine
  readonly broker: SimulatedBroker
  readonly #options: LaneOptions
  readonly #recorder: RunRecorder
  readonly #log: DecisionLog
  readonly #closes = new MinuteCloses()
  readonly #gates: ReturnType<typeof createGateKeeper>
  readonly #costs: ReturnType<typeof costsOf>

  constructor(options: LaneOptions) {
    const { config, loaded, market, calendar, onEntry, isReported, onFailure } = options
    const { instruments, quotes, prices } = market
    this.#options = options
    const startingCashMicros = toMicros(config.startingCash)
    this.#gates = createGateKeeper({ gates: gatesOf(config), idPrefix: config.seed })
    this.#costs = costsOf(config)
    this.#log = new DecisionLog(this.#costs)
    this.#recorder = new RunRecorder({
      calendar,
      instruments,
      startingCashMicros,
      log: this.#log,
      ...(isReported ? { tapes: new QuoteTapes() } : {}),
    })
    this.broker = venueOf(config, instruments, calendar, this.#costs)
    const greeks = new ComputedGreeks()
    this.engine = createEngine({
      market,
      strategy: loaded.strategy,
      config: loaded.settings,
      gates: this.#gates,
      broker: this.broker,
      journal: journalOf(this.#recorder, onEntry),
      warmUpUs: config.warmUpMinutes * US_PER_MINUTE,
      limits: limitsOf(config),
      startingCashMicros,
      seed: config.seed,
      gateReaders: { greeks },
      readsInputs: isReported || onEntry !== undefined,
      ...(onFailure === undefined ? {} : { onFailure }),
    })
    greeks.connect(this.engine, calendar)
    if (isReported) this.#log.connect({ instruments, quotes, prices, calendar })
  }

  /** A tape of quotes that remembers those around this lane's trades, where they are reported. */
  tap(quotes: BlockTape): BlockTape {
    return this.#recorder.tapes?.tap(quotes) ?? quotes
  }

  onMinute(us: Us): void {
    this.#recorder.sample(us, this.engine.account.equityMicros)
    if (this.#options.isReported) this.#show(us)
  }

  /** What came of it, once it has been played to its end. */
  result(
    played: ReplayProgress,
    quoteTape: DatasetTape,
    hashes: ReadonlyMap<string, string>,
  ): BacktestResult {
    const { config, loaded, data, calendar } = this.#options
    return assembleResult({
      config,
      strategy: loaded.strategy.name,
      settings: loaded.settings,
      dataset: data.dataset,
      files: allFiles(data.originals),
      quoteTape,
      calendar,
      recorder: this.#recorder,
      gates: this.#gates,
      costs: this.#costs,
      closes: this.#closes,
      played,
      impliesUnderlying: data.files.bars.length === 0,
      hashes,
      warnings: data.warnings,
    })
  }

  /** What only a report shows. */
  #show(us: Us): void {
    this.#log.advance(us)
    for (const symbol of this.#options.data.symbols) {
      const price = this.engine.prices.get(symbol)
      if (price === undefined) continue
      this.#closes.add(symbol, this.#options.calendar.tradingDate(us), us, price.priceMicros)
    }
  }
}

function gatesOf({ gates }: RunConfig): readonly Gate[] {
  return [
    ...(gates.requireUnderlying ? [underlyingFreshGate({ maxAgeMs: gates.maxUnderlyingAgeMs })] : []),
    quoteFreshGate({ maxAgeMs: gates.maxQuoteAgeMs }),
    ...(gates.maxGreeksAgeMs === null ? [] : [greeksFreshGate({ maxAgeMs: gates.maxGreeksAgeMs })]),
    spreadGate({ maxPercent: gates.maxSpreadPct }),
    ...(gates.minOpenInterest > 0 ? [openInterestGate({ min: gates.minOpenInterest })] : []),
    ...(gates.minVolume > 0 ? [volumeGate({ min: gates.minVolume })] : []),
    ...(gates.delta === null ? [] : [deltaGate(gates.delta)]),
    cashGate(),
    positionSizeGate({ maxPercent: gates.maxPositionPct }),
    tradingHoursGate({ skipOpenMinutes: gates.skipOpenMinutes, skipCloseMinutes: gates.skipCloseMinutes }),
  ]
}

function limitsOf({ limits: { maxOpenPositions } }: RunConfig): SharedLimits {
  return maxOpenPositions === undefined ? {} : { maxOpenPositions }
}

function journalOf(recorder: RunRecorder, onEntry: LaneOptions['onEntry']): Journal {
  if (onEntry === undefined) return recorder
  return {
    append(entry) {
      onEntry(entry)
      recorder.append(entry)
    },
  }
}
