import type { IsoDate, Micros, Session, TradeView, Underlying, Us } from '@scalp/canonical'
import type { Indicator, IndicatorMarket } from '@scalp/strategy'
import type { ScalpConfig } from './config.js'
import { DteCounter } from './dte-counter.js'
import { PriceLevels } from './levels.js'
import { SessionVwap } from './session-vwap.js'
import { SmoothedPrice } from './smoothed-price.js'
import { VelocityTracker } from './velocity-tracker.js'
import { VolumeAnalyzer } from './volume-analyzer.js'

/** The symbol, and the settings that its measures hang on. */
export interface MeasureSettings
  extends Pick<
    ScalpConfig,
    | 'momentumWindowSeconds'
    | 'velocityAnchor'
    | 'smoothingSeconds'
    | 'volumeRatioMode'
    | 'minDte'
    | 'maxDte'
    | 'dteUnit'
  > {
  readonly symbol: string
}

/** What the prices and the option trades of one underlying say: velocity, average, levels and volume. */
export class UnderlyingMeasures implements Indicator {
  readonly symbol: string
  readonly velocity: VelocityTracker
  readonly vwap: SessionVwap = new SessionVwap()
  readonly levels: PriceLevels = new PriceLevels()
  readonly volume: VolumeAnalyzer
  nowUs: Us = Number.NaN
  tradingDate: IsoDate = ''
  /** Of the date; undefined where it has none. */
  session: Session | undefined
  priceMicros: Micros = Number.NaN
  previousMicros: Micros = Number.NaN
  velocityPct: number = Number.NaN
  /** Age of the last price when it arrived, µs. */
  ageUs: number = Number.NaN
  /** When the first price of the session came; `NaN` before it. */
  firstUs: Us = Number.NaN
  /** False when the last price was refused: it is none, or older than the one before. */
  isTaken = false
  readonly #smoothed: SmoothedPrice
  readonly #settings: MeasureSettings
  readonly #market: IndicatorMarket
  readonly #dte: DteCounter

  constructor(settings: MeasureSettings, market: IndicatorMarket) {
    this.symbol = settings.symbol
    this.#settings = settings
    this.#market = market
    this.#smoothed = new SmoothedPrice({ spanSeconds: settings.smoothingSeconds })
    this.velocity = new VelocityTracker({
      windows: [settings.momentumWindowSeconds],
      anchor: settings.velocityAnchor,
    })
    this.volume = new VolumeAnalyzer({ mode: settings.volumeRatioMode })
    this.#dte = new DteCounter(market.calendar, settings.dteUnit)
  }

  onDate(date: IsoDate, session: Session | undefined): undefined {
    this.tradingDate = date
    this.session = session
  }

  onUnderlying(underlying: Underlying): undefined {
    if (underlying.symbol === this.symbol) this.isTaken = this.#take(underlying)
  }

  onTrade({ instrument, receivedUs, size }: TradeView): undefined {
    const { instruments } = this.#market
    const listed = instruments.get(instrument)
    if (listed.kind !== 'option' || listed.option.underlying !== this.symbol) return
    const { expiry, right } = listed.option
    const dte = this.#dte.days(expiry, this.tradingDate)
    if (dte >= this.#settings.minDte && dte <= this.#settings.maxDte)
      this.volume.add(receivedUs, instrument, right, size)
  }

  /** Yesterday's prices are no move of today. */
  onSessionOpen(): undefined {
    this.velocity.clear()
    this.#smoothed.clear()
    this.vwap.reset()
    this.levels.clear()
    this.priceMicros = Number.NaN
    this.previousMicros = Number.NaN
    this.velocityPct = Number.NaN
    this.firstUs = Number.NaN
  }

  #take({ receivedUs, sourceUs, priceMicros, volume, isDerived }: Underlying): boolean {
    /** What trades or bars tell does not jitter. */
    if (isDerived && !this.#smoothed.add(receivedUs, priceMicros)) return false
    if (!this.velocity.add(receivedUs, isDerived ? this.#smoothed.priceMicros : priceMicros)) return false
    this.nowUs = receivedUs
    this.previousMicros = this.priceMicros
    this.priceMicros = priceMicros
    this.ageUs = receivedUs - sourceUs
    this.velocityPct = this.velocity.changePct(this.#settings.momentumWindowSeconds)
    if (Number.isNaN(this.firstUs)) this.firstUs = receivedUs
    this.vwap.add(priceMicros, volume)
    this.levels.add(receivedUs, priceMicros)
    return true
  }
}
