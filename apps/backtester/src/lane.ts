import {
  InstrumentTable,
  type Journal,
  type JournalEntry,
  type Tape,
  toMicros,
  US_PER_MINUTE,
  type Us,
} from '@scalp/canonical'
import type { DatasetTape } from '@scalp/databento/node'
import { createEngine, type Engine, type SharedLimits } from '@scalp/engine'
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
import { type ReplayProgress, replay, type SimulatedBroker } from '@scalp/simulator'
import { assembleResult } from './assemble.js'
import type { RunConfig } from './config.js'
import { DecisionLog } from './decision-log.js'
import { hashFiles } from './hash-files.js'
import type { LoadedStrategy } from './members.js'
import { MinuteCloses } from './minute-closes.js'
import { QuoteTapes } from './quote-tapes.js'
import { RunRecorder } from './recorder.js'
import { allFiles, type RunData } from './run-data.js'
import { costsOf, venueOf } from './venue.js'
import { cutTape } from './verify/cut-tape.js'

/** What who checks a run asks of it. */
export interface RunHooks {
  /** The data end after this instant. */
  readonly cutUs?: Us
  /** Called for each line of the run's journal. */
  readonly onEntry?: (entry: JournalEntry) => void
}

/** What a lane is made of. */
export interface LaneOptions {
  readonly config: RunConfig
  readonly loaded: LoadedStrategy
  readonly data: RunData
  readonly calendar: ExchangeCalendar
  readonly hooks?: RunHooks
  /** Hashes of the originals, if they are being made beside the run; else what is missing is hashed at its end. */
  readonly hashing?: Promise<ReadonlyMap<string, string>>
  /** False leaves out what only a report shows: the log of decisions, closes of the underlying, quotes around trades. */
  readonly isReported?: boolean
}

/** The tapes of a lane, by what they tell. */
export interface LaneTapes {
  readonly quotes: DatasetTape
  readonly bars: DatasetTape
  readonly trades: DatasetTape
  readonly statistics: DatasetTape
  readonly volumes: DatasetTape
}

/**
 * One run of one set of settings: an engine, a venue and a recorder of its own over tapes that may share their decode.
 *
 * Nothing else is shared, so that a lane among many gives what it gives alone.
 */
export class Lane {
  readonly instruments: InstrumentTable = new InstrumentTable()
  readonly #options: LaneOptions
  readonly #recorder: RunRecorder
  readonly #log: DecisionLog
  readonly #closes = new MinuteCloses()
  readonly #gates: ReturnType<typeof createGateKeeper>
  readonly #costs: ReturnType<typeof costsOf>
  readonly #broker: SimulatedBroker
  readonly #engine: Engine

  constructor(options: LaneOptions) {
    const { config, loaded, data, calendar, hooks = {}, isReported = true } = options
    const { instruments } = this
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
    this.#broker = venueOf(config, instruments, calendar, this.#costs)
    const greeks = new ComputedGreeks()
    this.#engine = createEngine({
      strategy: loaded.strategy,
      config: loaded.settings,
      underlyings: data.symbols,
      instruments,
      calendar,
      gates: this.#gates,
      broker: this.#broker,
      journal: journalOf(this.#recorder, hooks),
      warmUpUs: config.warmUpMinutes * US_PER_MINUTE,
      limits: limitsOf(config),
      startingCashMicros,
      seed: config.seed,
      impliesUnderlyings: data.files.bars.length === 0,
      gateReaders: { greeks },
      readsInputs: isReported || hooks.onEntry !== undefined,
    })
    greeks.connect(this.#engine, calendar)
    const { quotes, prices } = this.#engine
    if (isReported) this.#log.connect({ instruments, quotes, prices, calendar })
  }

  /** Plays the tapes to their end, and puts the result together. The tapes are closed, also when it fails. */
  async run(tapes: LaneTapes, onProgress?: (progress: ReplayProgress) => void): Promise<BacktestResult> {
    const { config, loaded, data, calendar, hooks = {}, isReported = true } = this.#options
    const quotes = this.#recorder.tapes?.tap(tapes.quotes) ?? tapes.quotes
    const inOrder = [tapes.bars, tapes.trades, quotes, tapes.statistics, tapes.volumes]
    let played: ReplayProgress
    try {
      played = await replay({
        engine: this.#engine,
        broker: this.#broker,
        tapes: hooks.cutUs === undefined ? inOrder : cutAll(inOrder, hooks.cutUs),
        ...(onProgress === undefined ? {} : { onProgress }),
        onMinute: (us) => {
          this.#recorder.sample(us, this.#engine.account.equityMicros)
          if (isReported) this.#show(us)
        },
      })
    } finally {
      await Promise.all(inOrder.map((tape) => tape.close()))
    }
    const { hashing = hashFiles(allFiles(data.originals), data.hashes) } = this.#options
    return assembleResult({
      config,
      strategy: loaded.strategy.name,
      settings: loaded.settings,
      dataset: data.dataset,
      files: allFiles(data.originals),
      quoteTape: tapes.quotes,
      calendar,
      recorder: this.#recorder,
      gates: this.#gates,
      costs: this.#costs,
      closes: this.#closes,
      played,
      impliesUnderlying: data.files.bars.length === 0,
      hashes: await hashing,
      warnings: data.warnings,
    })
  }

  /** What only a report shows. */
  #show(us: Us): void {
    this.#log.advance(us)
    for (const symbol of this.#options.data.symbols) {
      const price = this.#engine.prices.get(symbol)
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

function journalOf(recorder: RunRecorder, { onEntry }: RunHooks): Journal {
  if (onEntry === undefined) return recorder
  return {
    append(entry) {
      onEntry(entry)
      recorder.append(entry)
    },
  }
}

function cutAll(tapes: readonly Tape[], cutUs: Us): readonly Tape[] {
  return tapes.map((tape) => cutTape(tape, cutUs))
}
