import {
  BarBuffer,
  type Broker,
  type Fill,
  type InstrumentIndex,
  InstrumentTable,
  type JournalEntry,
  type OrderEvent,
  type QuoteBuffer,
  type Settlement,
  type TradeBuffer,
  type Us,
} from '@scalp/canonical'
import type { RestoredState } from '@scalp/engine'
import { createExchangeCalendar } from '@scalp/market-data'
import type { Strategy } from '@scalp/strategy'
import type { LiveConfig } from '../config/schema.js'
import { RecordingError } from '../errors.js'
import { type BuiltEngine, buildEngine } from '../session/build-engine.js'
import type { JsonRecord, RecordingHeader } from './format.js'
import { readRecording } from './read-recording.js'

/** What a comparison found. */
export interface ParityReport {
  readonly runId: string
  readonly strategy: string
  readonly events: number
  /** From the first event to the last, seconds of market time. */
  readonly marketSeconds: number
  /** Entries of the journal that are equal, one by one and in their order. */
  readonly matches: number
  /** Of these, signals, abstains, refusals and exits. */
  readonly decisions: number
  readonly orders: number
  /** Null when everything is equal. */
  readonly firstDifference: {
    readonly at: number
    readonly recorded: JournalEntry | null
    readonly replayed: JournalEntry | null
  } | null
  /** False when the file was cut short, as by a crash; what is there was compared. */
  readonly isWhole: boolean
}

/** How to compare. */
export interface ParityOptions {
  readonly file: string
  readonly loadStrategy: (name: string) => Promise<Strategy<unknown>>
  /** Changes the time of receipt of events: a clock broken on purpose, to see that it is caught. */
  readonly breakClock?: (us: Us) => Us
}

const NOWHERE: Broker = {
  connect: () => Promise.resolve(),
  submit: () => undefined,
  cancel: () => undefined,
}

/** Replays a recorded session through the same engine, and compares every entry of its journal with the recorded one. */
export async function checkParity({ file, loadStrategy, breakClock }: ParityOptions): Promise<ParityReport> {
  const header = await headerOf(file)
  const strategy = await loadStrategy(header.strategy)
  const replayed = new Replayed(header, strategy, breakClock)
  const { isWhole } = await readRecording(file, {
    onQuote: (quote) => replayed.quote(quote),
    onTrade: (trade) => replayed.trade(trade),
    onJson: (record) => replayed.json(record),
  })
  return replayed.report(isWhole)
}

/** The header of a recording, which is its first record. */
export async function headerOf(file: string): Promise<RecordingHeader> {
  let header: RecordingHeader | undefined
  const done = new Error('the header was read')
  try {
    await readRecording(file, {
      onQuote: () => undefined,
      onTrade: () => undefined,
      onJson: (record) => {
        if (record.r === 'header') header = record.header
        throw done
      },
    })
  } catch (error) {
    if (error !== done) throw error
  }
  if (header === undefined) throw new RecordingError({ file, reason: 'it has no header' })
  return header
}

/** An engine that is fed a recording, and the entries still to be compared. */
class Replayed {
  readonly #header: RecordingHeader
  readonly #instruments = new InstrumentTable()
  readonly #indexes: InstrumentIndex[] = []
  readonly #built: BuiltEngine
  readonly #breakClock: ((us: Us) => Us) | undefined
  readonly #replayed: { readonly text: string; readonly entry: JournalEntry }[] = []
  readonly #bar = new BarBuffer()
  #events = 0
  #matches = 0
  #decisions = 0
  #orders = 0
  #firstUs: Us = Number.NaN
  #lastUs: Us = Number.NaN
  #difference: ParityReport['firstDifference'] = null

  constructor(
    header: RecordingHeader,
    strategy: Strategy<unknown>,
    breakClock: ((us: Us) => Us) | undefined,
  ) {
    this.#header = header
    this.#breakClock = breakClock
    this.#built = buildEngine({
      strategy,
      settings: header.settings,
      gates: header.gates as LiveConfig['gates'],
      risk: header.risk as LiveConfig['risk'],
      symbols: header.symbols,
      instruments: this.#instruments,
      calendar: createExchangeCalendar(),
      broker: NOWHERE,
      startingCashMicros: header.startingCashMicros,
      impliesUnderlyings: header.impliesUnderlyings,
      seed: header.runId,
      onEntry: (entry) => this.#replayed.push({ text: JSON.stringify(entry), entry }),
      onHeldAtClose: () => undefined,
      onRisk: () => undefined,
    })
  }

  quote(quote: QuoteBuffer): void {
    const us = this.#begin(quote.receivedUs)
    quote.receivedUs = us
    quote.instrument = this.#indexOf(quote.instrument)
    this.#built.engine.onQuote(quote)
  }

  trade(trade: TradeBuffer): void {
    const us = this.#begin(trade.receivedUs)
    trade.receivedUs = us
    trade.instrument = this.#indexOf(trade.instrument)
    this.#built.engine.onTrade(trade)
  }

  json(record: JsonRecord): void {
    const { engine, health, accountStatus } = this.#built
    switch (record.r) {
      case 'header':
      case 'end':
        return
      case 'listed': {
        const { index, symbol, isOption } = record
        this.#indexes[index] = isOption
          ? this.#instruments.requireOption(symbol)
          : this.#instruments.underlying(symbol)
        return
      }
      case 'bar': {
        const values = record.bar as unknown as Record<keyof BarBuffer, number | null>
        const bar = this.#bar as unknown as Record<string, number>
        for (const [key, value] of Object.entries(values)) bar[key] = value ?? Number.NaN
        this.#bar.receivedUs = this.#begin(this.#bar.receivedUs)
        this.#bar.instrument = this.#indexOf(this.#bar.instrument)
        engine.onBar(this.#bar)
        return
      }
      case 'statistic': {
        const receivedUs = this.#begin(record.us)
        const { kind, value } = record
        engine.onStatistic({ instrument: this.#indexOf(record.index), kind, value, receivedUs })
        return
      }
      case 'order': {
        const event = this.#revive(record.event)
        const receivedUs = this.#begin(event.receivedUs)
        engine.onOrderEvent({ ...event, receivedUs })
        return
      }
      case 'flatten':
        engine.flatten(
          this.#begin(record.us),
          record.tag,
          record.index === null ? undefined : this.#indexOf(record.index),
        )
        return
      case 'health':
        health.killSwitch = record.killSwitch
        health.feedDegraded = record.feedDegraded
        return
      case 'account': {
        const { status } = record
        const numberOf = (value: number | null): number => value ?? Number.NaN
        accountStatus.latch(
          status === null
            ? undefined
            : {
                ...status,
                settledCashMicros: numberOf(status.settledCashMicros),
                optionLevel: numberOf(status.optionLevel),
                dayTrades: numberOf(status.dayTrades),
              },
        )
        return
      }
      case 'restored': {
        const state = record.state as RestoredState
        engine.restore({
          ...state,
          holdings: state.holdings.map(({ fill, ...rest }) => ({
            ...rest,
            fill: this.#revive({ type: 'order-filled', ...fill }) as Fill,
          })),
        })
        return
      }
      case 'entry':
        this.#compare(record.entry)
    }
  }

  report(isWhole: boolean): ParityReport {
    const left = this.#replayed[0]
    /** What the replay decided after the last recorded entry is a difference, unless the file was cut short. */
    if (this.#difference === null && left !== undefined && isWhole)
      this.#difference = { at: this.#matches + 1, recorded: null, replayed: left.entry }
    return {
      runId: this.#header.runId,
      strategy: this.#header.strategy,
      events: this.#events,
      marketSeconds: Math.round((this.#lastUs - this.#firstUs) / 1e6) || 0,
      matches: this.#matches,
      decisions: this.#decisions,
      orders: this.#orders,
      firstDifference: this.#difference,
      isWhole,
    }
  }

  /** Does what was due before an event, as the live driver did. */
  #begin(us: Us): Us {
    const { engine } = this.#built
    const at = Math.max(this.#breakClock === undefined ? us : this.#breakClock(us), engine.nowUs)
    this.#events++
    if (Number.isNaN(this.#firstUs)) this.#firstUs = us
    this.#lastUs = us
    this.#advance(at)
    return at
  }

  #advance(us: Us): void {
    const { engine } = this.#built
    for (let wakeUs = engine.nextWakeUs; wakeUs <= us; wakeUs = engine.nextWakeUs) engine.advanceTo(wakeUs)
  }

  #compare(recorded: JournalEntry): void {
    if (this.#difference !== null) return
    /** An entry of a wake that no event came after. */
    if (this.#replayed.length === 0) this.#advance(recorded.atUs)
    const replayed = this.#replayed.shift()
    if (replayed === undefined || replayed.text !== JSON.stringify(recorded)) {
      this.#difference = { at: this.#matches + 1, recorded, replayed: replayed?.entry ?? null }
      return
    }
    this.#matches++
    if (recorded.type === 'decision' || recorded.type === 'intent-refused') this.#decisions++
    if (recorded.type === 'order-submitted') this.#orders++
  }

  #indexOf(index: InstrumentIndex): InstrumentIndex {
    return this.#indexes[index] ?? index
  }

  /** JSON holds no `NaN`. */
  #revive(event: OrderEvent): OrderEvent {
    if (event.type === 'position-settled') {
      const settlement: Settlement = { ...event, instrument: this.#indexOf(event.instrument) }
      return { ...settlement, type: event.type }
    }
    if (event.type !== 'order-filled') return event
    const numberOf = (value: number | null): number => value ?? Number.NaN
    return {
      ...event,
      instrument: this.#indexOf(event.instrument),
      quoteAgeUs: numberOf(event.quoteAgeUs),
      bidMicros: numberOf(event.bidMicros),
      askMicros: numberOf(event.askMicros),
    }
  }
}
