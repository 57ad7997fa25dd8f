import { InstrumentTable, type JournalEntry, type Micros, toMicros, type Us } from '@scalp/canonical'
import { createEngine, type Engine } from '@scalp/engine'
import {
  cashGate,
  createGateKeeper,
  defineGate,
  type Gate,
  positionSizeGate,
  quoteFreshGate,
  spreadGate,
  tradingHoursGate,
  underlyingFreshGate,
} from '@scalp/gates'
import { createExchangeCalendar, type ExchangeCalendar } from '@scalp/market-data'
import { createFlatCosts, replay, SimulatedBroker } from '@scalp/simulator'
import type { StrategyHarness, Trial, TrialResult } from '@scalp/strategy/testing'
import { createSyntheticMarket, type SyntheticMarket } from '@scalp/synthetic'
import { SyntheticBarTape, SyntheticQuoteTape } from './synthetic-tape.js'
import { type Watch, watchStrategy } from './watched-strategy.js'

/** What the market and the account of a harness are like. */
export interface HarnessOptions {
  /** Sessions; 5 unless told. */
  readonly days?: number
  /** 12,000 unless told. */
  readonly quotesPerDay?: number
  /** First date; 2024-01-02 unless told. */
  readonly startDate?: string
  readonly underlying?: string
  /** 25,000 dollars unless told. */
  readonly startingCashMicros?: Micros
  /** Fees a contract and side; 0.70 dollars unless told. */
  readonly feeMicros?: Micros
}

/** A harness over a synthetic market: seeded, in memory, with the fills, costs and gates of a backtest. */
export function createHarness(options: HarnessOptions = {}): StrategyHarness {
  return { run: (trial) => new Run(options, trial).play() }
}

class Run {
  readonly #options: HarnessOptions
  readonly #trial: Trial
  readonly #calendar: ExchangeCalendar = createExchangeCalendar()
  readonly #market: SyntheticMarket
  readonly #journal: JournalEntry[] = []
  readonly #watch: Watch
  #cashMicros: Micros
  #lowestCashMicros: Micros
  #fills = 0
  #submitted = 0
  #feesMicros: Micros = 0
  #fromUs: Us = Number.NaN
  #toUs: Us = Number.NaN
  #heldAtEnd = 0

  constructor(options: HarnessOptions, trial: Trial) {
    this.#options = options
    this.#trial = trial
    const { days = 5, quotesPerDay = 12_000, startDate = '2024-01-02', underlying = 'DEMO' } = options
    this.#market = createSyntheticMarket({ seed: trial.market, days, quotesPerDay, startDate, underlying })
    this.#cashMicros = options.startingCashMicros ?? toMicros(25_000)
    this.#lowestCashMicros = this.#cashMicros
    this.#watch = {
      around: trial.around ?? ((call) => call()),
      poisonsViews: trial.poisonsViews === true,
      mostIntentsInATurn: 0,
    }
  }

  async play(): Promise<TrialResult> {
    const { restartUs, untilUs } = this.#trial
    if (restartUs === undefined) await this.#stretch(untilUs === undefined ? {} : { untilUs })
    else {
      const state = await this.#stretch({ untilUs: restartUs })
      await this.#stretch({ fromUs: restartUs, state })
    }
    return {
      journal: this.#journal,
      fromUs: this.#fromUs,
      toUs: this.#toUs,
      submitted: this.#submitted,
      fills: this.#fills,
      trades: this.#journal.filter(({ type }) => type === 'position-closed').length,
      feesMicros: this.#feesMicros,
      lowestCashMicros: this.#lowestCashMicros,
      mostIntentsInATurn: this.#watch.mostIntentsInATurn,
      heldAtEnd: this.#heldAtEnd,
    }
  }

  /** Plays from one restart to the next; answers what the strategy wants to remember, as a file would hold it. */
  async #stretch({
    fromUs = Number.NEGATIVE_INFINITY,
    untilUs = Number.POSITIVE_INFINITY,
    state,
  }: {
    readonly fromUs?: Us
    readonly untilUs?: Us
    readonly state?: unknown
  }): Promise<unknown> {
    const { strategy, config, costFactor = 1 } = this.#trial
    const instruments = new InstrumentTable()
    const calendar = this.#calendar
    const broker = new SimulatedBroker({
      instruments,
      calendar,
      costs: createFlatCosts((this.#options.feeMicros ?? toMicros(0.7)) * costFactor),
      slippage: { kind: 'percent', percent: 0.5 },
    })
    const engine: Engine = createEngine({
      strategy: watchStrategy(strategy, this.#watch),
      config,
      underlyings: [this.#market.underlying],
      instruments,
      calendar,
      gates: createGateKeeper({ gates: this.#gates(), idPrefix: 'trial' }),
      broker,
      journal: { append: (entry): undefined => this.#note(entry, engine) },
      startingCashMicros: this.#cashMicros,
      seed: 'trial',
    })
    if (fromUs > Number.NEGATIVE_INFINITY) engine.restore({ us: fromUs, holdings: [], strategyState: state })
    const options = { market: this.#market, instruments, untilUs }
    const tapes = [new SyntheticBarTape(options), new SyntheticQuoteTape(options)]
    await skipTo(fromUs, tapes)
    for (const tape of tapes) if (tape.receivedUs < Number.POSITIVE_INFINITY) this.#see(tape.receivedUs)
    const { us } = await replay({ engine, broker, tapes })
    this.#see(us)
    this.#cashMicros = engine.account.cashMicros
    const snapshot = engine.snapshot()
    return snapshot === undefined ? undefined : (JSON.parse(JSON.stringify(snapshot)) as unknown)
  }

  #note(entry: JournalEntry, engine: Engine): undefined {
    this.#journal.push(structuredClone(entry))
    if (entry.type === 'order-submitted') this.#submitted++
    if (entry.type === 'position-settled' && entry['reason'] === 'end-of-data')
      this.#heldAtEnd += Math.abs(entry['contracts'] as number)
    if (entry.type !== 'order-filled') return
    this.#fills++
    this.#feesMicros += entry['feesMicros'] as Micros
    this.#lowestCashMicros = Math.min(this.#lowestCashMicros, engine.account.cashMicros)
  }

  #see(us: Us): void {
    if (!(us >= this.#fromUs)) this.#fromUs = us
    if (!(us <= this.#toUs)) this.#toUs = us
  }

  #gates(): readonly Gate[] {
    return [
      ...(this.#trial.refusesEntries === true ? [NEVER] : []),
      underlyingFreshGate(),
      quoteFreshGate(),
      spreadGate({ maxPercent: 10 }),
      cashGate(),
      positionSizeGate({ maxPercent: 20 }),
      tradingHoursGate({ skipOpenMinutes: 0, skipCloseMinutes: 0 }),
    ]
  }
}

const NEVER = defineGate({
  name: 'never',
  stage: 'health',
  severity: 'hard',
  reason: 'KILL_SWITCH_ACTIVE',
  check: () => ({
    passed: false,
    value: null,
    limit: null,
    message: 'the harness refuses everything',
    resumes: 'never',
  }),
})

/** Passes over what came before an instant. */
async function skipTo(us: Us, tapes: readonly (SyntheticBarTape | SyntheticQuoteTape)[]): Promise<void> {
  const nobody = {
    onQuote: () => undefined,
    onTrade: () => undefined,
    onBar: () => undefined,
    onStatistic: () => undefined,
  }
  for (const tape of tapes)
    for (;;) {
      if (tape.receivedUs === Number.POSITIVE_INFINITY) {
        if (!(await tape.refill())) break
      } else if (tape.receivedUs >= us) break
      else tape.emit(nobody)
    }
}
