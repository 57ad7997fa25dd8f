import {
  type BarBlock,
  BarBuffer,
  type BarView,
  type BlockTape,
  type CalendarReader,
  createQuoteBlock,
  InstrumentCounts,
  type InstrumentIndex,
  type InstrumentTable,
  type IsoDate,
  type MarketSink,
  type Micros,
  type QuoteBlock,
  type QuoteReader,
  QuoteRow,
  type QuoteView,
  type Session,
  type Statistic,
  type TradeView,
  type Underlying,
  UnderlyingBuffer,
  type UnderlyingReader,
  US_PER_SECOND,
  type Us,
} from '@scalp/canonical'
import { ImpliedUnderlying, QuoteColumns, UnderlyingPrices } from '@scalp/market-data'
import type { Indicator, IndicatorClass } from '@scalp/strategy'
import { DayClock } from './day-clock.js'
import { ClockBackwardsError, LateIndicatorError } from './errors.js'
import { IndicatorSeat } from './indicator-seat.js'
import { settingsKey } from './settings-key.js'

/** What a market is made of. */
export interface MarketOptions {
  readonly underlyings: readonly string[]
  readonly instruments: InstrumentTable
  readonly calendar: CalendarReader
  /** True: underlying prices are derived from option quotes, because no bars or trades of them are fed. */
  readonly impliesUnderlyings?: boolean
}

/** Which rows of a block a market may handle before somebody else must be asked. */
export interface RowSpan {
  readonly from: number
  readonly to: number
  readonly untilUs: Us
}

/** {@link RowSpan} of quotes, which a venue may have to see first. */
export interface QuoteSpan extends RowSpan {
  /** By instrument index, not 0: the venue must see quotes of it first. The first row is exempt. */
  readonly watched: Uint16Array
}

/** Who trades on a market, as the market tells it what has happened; what answers tells whether it did anything. */
export interface MarketMember {
  readonly wantsBars: boolean
  readonly wantsEveryQuote: boolean
  /** What it threw ends its part in the market; without this it is thrown to who feeds the market. */
  readonly onFailure: ((error: unknown) => void) | undefined
  /** Set by the market: it takes no part any more. */
  hasFailed: boolean
  isBusy(instrument: InstrumentIndex): boolean
  onDate(date: IsoDate, us: Us, session: Session | undefined): boolean
  onBell(bell: 'open' | 'close', session: Session): boolean
  onQuote(quote: QuoteView): boolean
  onTrade(trade: TradeView): boolean
  onBar(bar: BarView): boolean
  onStatistic(statistic: Statistic): boolean
  onUnderlying(underlying: Underlying): boolean
}

/**
 * The market as all who trade on it see it: the time, instruments, quotes, prices, indicators and the bells of the day.
 *
 * One engine has a market of its own. Many engines on one market hear the same events in the same order, and each
 * decides what it would decide alone, while quotes and indicators are kept once.
 */
export class Market implements MarketSink {
  readonly underlyings: readonly string[]
  readonly instruments: InstrumentTable
  readonly calendar: CalendarReader
  readonly quotes: QuoteReader
  readonly prices: UnderlyingReader
  /** Contracts that somebody holds or guards: their quotes are told. */
  readonly followed: InstrumentCounts = new InstrumentCounts()
  /** Receive time of the latest event. */
  nowUs: Us = Number.NEGATIVE_INFINITY
  /** Somebody wished something, or a date began: what is due may have changed. Who drives the market sets it back. */
  hasActed = false
  readonly #quotes = new QuoteColumns()
  readonly #prices = new UnderlyingPrices()
  readonly #day: DayClock
  readonly #implied: readonly (readonly [string, ImpliedUnderlying])[]
  /** When prices are implied next. */
  #impliedUs: Us = Number.POSITIVE_INFINITY
  /** Indicators before those who ask for them. */
  #members: readonly MarketMember[] = []
  #seated = 0
  /** By class and settings. */
  readonly #seats = new Map<unknown, Map<string, IndicatorSeat>>()
  #wantsBars = false
  #wantsEveryQuote = false
  /** The price, the bar and the quote that are lent. */
  readonly #bar = new BarBuffer()
  readonly #underlying = new UnderlyingBuffer()
  readonly #row = new QuoteRow(createQuoteBlock({ rows: 0, sampleUs: 0 }))

  constructor({ underlyings, instruments, calendar, impliesUnderlyings = false }: MarketOptions) {
    this.underlyings = underlyings
    this.instruments = instruments
    this.calendar = calendar
    this.quotes = this.#quotes
    this.prices = this.#prices
    this.#day = new DayClock(calendar)
    const market = { instruments, quotes: this.#quotes, calendar }
    this.#implied = impliesUnderlyings
      ? underlyings.map((symbol) => [symbol, new ImpliedUnderlying({ symbol, ...market })])
      : []
    instruments.onListed(({ index }) => this.#quotes.reset(index))
  }

  /** When the market does something of itself: a bell rings, or prices are implied; `Infinity` when nothing is due. */
  get nextUs(): Us {
    return Math.min(this.#day.bellUs, this.#impliedUs)
  }

  /** Takes in who trades here, before the first event. */
  join(member: MarketMember): void {
    this.#setMembers([...this.#members, member])
  }

  /**
   * The indicator of a class with these settings, shared by all who ask for the same.
   *
   * @throws {@link LateIndicatorError} After the first event: it would have missed what others have seen.
   * @throws {@link IndicatorSettingsError} When the settings are no plain values.
   */
  indicator<Settings, Kind extends Indicator>(
    user: MarketMember,
    kind: IndicatorClass<Settings, Kind>,
    settings: Settings,
  ): Kind {
    if (this.nowUs > Number.NEGATIVE_INFINITY) throw new LateIndicatorError({ indicator: kind.name })
    const key = settingsKey(kind.name, settings)
    const seats = this.#seats.get(kind) ?? new Map<string, IndicatorSeat>()
    this.#seats.set(kind, seats)
    let seat = seats.get(key)
    if (seat === undefined) {
      seat = new IndicatorSeat(new kind(settings, this), (member, error) => this.fail(member, error))
      seats.set(key, seat)
      this.#setMembers(this.#members.toSpliced(this.#seated++, 0, seat))
    }
    seat.users.push(user)
    return seat.indicator as Kind
  }

  /** Ends a member's part for what it threw; thrown on when it does not want to know. */
  fail(member: MarketMember, error: unknown): void {
    if (member.onFailure === undefined) throw error
    this.#setMembers(this.#members.filter((one) => one !== member))
    this.hasActed = true
    member.hasFailed = true
    member.onFailure(error)
  }

  /** Just after the closing bell of the session that an instant belongs to; the instant itself without one. */
  sessionEndUs(us: Us): Us {
    const session = this.calendar.session(us)
    return session === undefined ? us : Math.max(us, session.closeUs + US_PER_SECOND)
  }

  /**
   * Starts a turn at an instant, and the New York date it belongs to.
   *
   * @throws {@link ClockBackwardsError} When it is older than the turn before.
   */
  moveTo(us: Us): void {
    if (us < this.nowUs) throw new ClockBackwardsError({ nowUs: this.nowUs, eventUs: us })
    this.nowUs = us
    if (this.#day.isNewDate(us)) this.#startDate(us)
  }

  /** Does what is due of itself at {@link Market.nextUs}, a bell before prices. */
  advance(): void {
    const us = this.nextUs
    this.moveTo(us)
    if (this.#day.bellUs === us) this.#ring()
    else if (this.#impliedUs === us) this.#implyUnderlyings()
  }

  onQuote(quote: QuoteView): undefined {
    this.moveTo(quote.receivedUs)
    if (!this.#quotes.apply(quote)) return
    if (this.#implied.length > 0 && this.#impliedUs === Number.POSITIVE_INFINITY)
      this.#impliedUs = nextEstimateUs(quote.receivedUs, quote.sampleUs)
    if (this.#wantsEveryQuote || this.followed.has(quote.instrument)) this.#tell(tellQuote, quote)
  }

  /**
   * Handles rows of a block, each as {@link Market.onQuote} handles a quote, and answers the row it stopped before:
   * `to`, or the first row after `from` that is not before `untilUs`, or whose instrument is `watched` by a venue, or
   * that comes after one on which somebody acted. Whoever drives the market then looks what is due.
   */
  onQuotes(tape: BlockTape, block: QuoteBlock, { from, to, untilUs, watched }: QuoteSpan): number {
    const { indexes, place, receivedUs } = block
    const quotes = this.#quotes
    const view = this.#row
    const isEvery = this.#wantsEveryQuote
    let isEstimateDue = this.#implied.length > 0 && this.#impliedUs === Number.POSITIVE_INFINITY
    let stopUs = untilUs
    let nowUs = Number.NaN
    this.hasActed = false
    view.block = block
    let touched = from
    for (let row = from; row < to; row++) {
      const us = receivedUs[row] as Us
      if (us >= stopUs && row > from) return row
      if (row === touched) touched = quotes.touch(block, row, to)
      const at = place[row] as number
      let instrument = indexes[at] as InstrumentIndex
      if (instrument < 0) instrument = tape.intern(at)
      if (row > from && instrument < watched.length && watched[instrument] !== 0) return row
      if (us !== nowUs) {
        this.moveTo(us)
        nowUs = us
        if (this.#day.bellUs < stopUs) stopUs = this.#day.bellUs
      }
      if (!quotes.applyRow(block, row, instrument)) continue
      if (isEstimateDue) {
        isEstimateDue = false
        this.#impliedUs = nextEstimateUs(us, block.sampleUs)
        if (this.#impliedUs < stopUs) stopUs = this.#impliedUs
      }
      if (!(isEvery || this.followed.has(instrument))) continue
      view.row = row
      view.instrument = instrument
      this.#tell(tellQuote, view)
      if (this.hasActed) return row + 1
    }
    return to
  }

  onTrade(trade: TradeView): undefined {
    this.moveTo(trade.receivedUs)
    this.#tell(tellTrade, trade)
    if (this.instruments.get(trade.instrument).kind !== 'underlying') return
    this.#underlying.sourceUs = trade.sourceUs
    this.#price(trade.instrument, trade.priceMicros, trade.size, false)
  }

  onBar(bar: BarView): undefined {
    this.moveTo(bar.receivedUs)
    if (this.#wantsBars) this.#tell(tellBar, bar)
    if (this.instruments.get(bar.instrument).kind !== 'underlying') return
    this.#underlying.sourceUs = bar.receivedUs
    this.#price(bar.instrument, bar.closeMicros, bar.volume, false)
  }

  /**
   * Handles rows of a block, each as {@link Market.onBar} handles a bar, and answers the row it stopped before: `to`, or
   * the first row after `from` that is not before `untilUs`, or that comes after one that may have changed what is due.
   */
  onBars(tape: BlockTape, block: BarBlock, { from, to, untilUs }: RowSpan): number {
    const { indexes, place, receivedUs, closeMicros, volume } = block
    this.hasActed = false
    for (let row = from; row < to; row++) {
      const us = receivedUs[row] as Us
      if (us >= untilUs && row > from) return row
      const at = place[row] as number
      let instrument = indexes[at] as InstrumentIndex
      if (instrument < 0) instrument = tape.intern(at)
      const isNewDate = this.#day.isNewDate(us)
      this.moveTo(us)
      if (this.#wantsBars) this.#tell(tellBar, this.#barOf(block, row, instrument))
      if (this.instruments.get(instrument).kind === 'underlying') {
        this.#underlying.sourceUs = us
        this.#price(instrument, closeMicros[row] as Micros, volume[row] as number, false)
      }
      if (this.hasActed || isNewDate) return row + 1
    }
    return to
  }

  onStatistic(statistic: Statistic): undefined {
    this.moveTo(statistic.receivedUs)
    this.#quotes.applyStatistic(statistic)
    this.#tell(tellStatistic, statistic)
  }

  /** A new New York date: contracts that expired are forgotten, and yesterday's quotes. */
  #startDate(us: Us): void {
    const date = this.#day.startDate(us)
    this.#tell((member, session) => member.onDate(date, us, session), this.#day.session)
    const members = this.#members
    this.instruments.retireExpired(date, (index) => members.some((member) => member.isBusy(index)))
    this.#quotes.clear()
    this.hasActed = true
    if (this.#day.bellUs === us) this.#ring()
  }

  #ring(): void {
    const { session } = this.#day
    if (session === undefined) return
    const bell = this.#day.ring()
    this.#tell((member) => member.onBell(bell, session), session)
  }

  #implyUnderlyings(): void {
    this.#impliedUs = Number.POSITIVE_INFINITY
    for (const [symbol, implied] of this.#implied) {
      const priceMicros = implied.estimate(this.nowUs)
      if (!(priceMicros > 0)) continue
      this.#underlying.sourceUs = this.nowUs
      this.#price(this.instruments.underlying(symbol), priceMicros, 0, true)
    }
  }

  /** The time that it is of lies in the buffer already: as an argument it would be boxed. */
  #price(instrument: InstrumentIndex, priceMicros: Micros, volume: number, isDerived: boolean): void {
    const underlying = this.#underlying
    underlying.instrument = instrument
    underlying.symbol = this.instruments.get(instrument).symbol
    underlying.receivedUs = this.nowUs
    underlying.priceMicros = priceMicros
    underlying.volume = volume
    underlying.isDerived = isDerived
    if (!this.#prices.apply(underlying)) return
    this.#tell(tellUnderlying, underlying)
  }

  /** One after the other, but for those that failed before their turn came. */
  #tell<Event>(how: (member: MarketMember, event: Event) => boolean, event: Event): void {
    const members = this.#members
    for (let at = 0; at < members.length; at++) {
      const member = members[at] as MarketMember
      if (member.hasFailed) continue
      try {
        if (how(member, event)) this.hasActed = true
      } catch (error) {
        this.fail(member, error)
      }
    }
  }

  #setMembers(members: readonly MarketMember[]): void {
    this.#members = members
    this.#wantsBars = members.some(({ wantsBars }) => wantsBars)
    this.#wantsEveryQuote = members.some(({ wantsEveryQuote }) => wantsEveryQuote)
  }

  /** A row as the one bar that is lent. */
  #barOf(block: BarBlock, row: number, instrument: InstrumentIndex): BarView {
    const bar = this.#bar
    bar.instrument = instrument
    bar.receivedUs = block.receivedUs[row] as Us
    bar.startUs = block.startUs[row] as Us
    bar.lengthUs = bar.receivedUs - bar.startUs
    bar.openMicros = block.openMicros[row] as Micros
    bar.highMicros = block.highMicros[row] as Micros
    bar.lowMicros = block.lowMicros[row] as Micros
    bar.closeMicros = block.closeMicros[row] as Micros
    bar.volume = block.volume[row] as number
    return bar
  }
}

/** Made once, so that telling an event allocates nothing. */
const tellQuote = (member: MarketMember, quote: QuoteView): boolean => member.onQuote(quote)
const tellTrade = (member: MarketMember, trade: TradeView): boolean => member.onTrade(trade)
const tellBar = (member: MarketMember, bar: BarView): boolean => member.onBar(bar)
const tellStatistic = (member: MarketMember, statistic: Statistic): boolean => member.onStatistic(statistic)
const tellUnderlying = (member: MarketMember, underlying: Underlying): boolean =>
  member.onUnderlying(underlying)

/** Samples are complete once their instant has passed; ticks are summed up once a second. */
function nextEstimateUs(receivedUs: Us, sampleUs: number): Us {
  return sampleUs > 0 ? receivedUs + 1 : (Math.floor(receivedUs / US_PER_SECOND) + 1) * US_PER_SECOND
}
