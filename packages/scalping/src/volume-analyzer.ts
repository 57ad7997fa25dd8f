import { type InstrumentIndex, type Right, US_PER_MINUTE, type Us } from '@scalp/canonical'
import { TickRing } from './tick-ring.js'

/** Whether the baseline contains the recent window (bounded, near 1 early in a session) or precedes it. */
export type BaselineMode = 'inclusive' | 'exclusive'

/** What a {@link VolumeAnalyzer} may be told. */
export interface VolumeOptions {
  readonly mode?: BaselineMode
  /** 30. */
  readonly baselineMinutes?: number
  /** 60. */
  readonly historyMinutes?: number
}

/** A contract that trades faster than it used to. */
export interface VolumeSpike {
  readonly instrument: InstrumentIndex
  readonly ratio: number
  readonly baselinePerMinute: number
  readonly recentVolume: number
  readonly us: Us
}

const MIN_EXCLUSIVE_BASELINE_US = 5 * US_PER_MINUTE

/** Trades of one contract or one side: times, and the running total, so that any window is two look-ups. */
class VolumeSeries {
  readonly #ring = new TickRing(64)
  readonly #historyUs: number
  #total = 0
  /** Where the recent window and the baseline began last: windows move on, so the next search is short. */
  #recentAt = 0
  #baseAt = 0

  constructor(historyUs: number) {
    this.#historyUs = historyUs
  }

  get length(): number {
    return this.#ring.length
  }

  /** `-Infinity` before the first trade. */
  get lastUs(): Us {
    return this.#ring.length === 0 ? Number.NEGATIVE_INFINITY : this.#ring.time(this.#ring.next - 1)
  }

  add(us: Us, size: number): undefined {
    this.#ring.push(us, this.#total)
    this.#total += size
    this.#ring.dropBefore(us - this.#historyUs)
  }

  /** Volume at or after `us`. */
  since(us: Us): number {
    this.#recentAt = this.#ring.seek(us, this.#recentAt)
    return this.#after(this.#recentAt)
  }

  /** As {@link since}, for the earlier start of a baseline. */
  sinceBase(us: Us): number {
    this.#baseAt = this.#ring.seek(us, this.#baseAt)
    return this.#after(this.#baseAt)
  }

  /** Time from the first trade that the last {@link sinceBase} counted up to `us`; `NaN` when it counted none. */
  baseSpanUs(us: Us): number {
    return this.#baseAt === this.#ring.next ? Number.NaN : us - this.#ring.time(this.#baseAt)
  }

  #after(at: number): number {
    return at === this.#ring.next ? 0 : this.#total - this.#ring.value(at)
  }
}

/** Compares option volume with what it was, per contract and per right. */
export class VolumeAnalyzer {
  readonly #mode: BaselineMode
  readonly #baselineUs: number
  readonly #historyUs: number
  readonly #contracts = new Map<InstrumentIndex, VolumeSeries>()
  readonly #calls: VolumeSeries
  readonly #puts: VolumeSeries
  #lastUs: Us = Number.NEGATIVE_INFINITY
  #rejected = 0

  constructor({ mode = 'exclusive', baselineMinutes = 30, historyMinutes = 60 }: VolumeOptions = {}) {
    this.#mode = mode
    this.#baselineUs = baselineMinutes * US_PER_MINUTE
    this.#historyUs = historyMinutes * US_PER_MINUTE
    this.#calls = new VolumeSeries(this.#historyUs)
    this.#puts = new VolumeSeries(this.#historyUs)
  }

  /** True once any trade came. */
  get hasVolume(): boolean {
    return this.#calls.length + this.#puts.length > 0
  }

  /** Trades refused: a size that is not positive, or a time before the newest. */
  get rejected(): number {
    return this.#rejected
  }

  /** Takes a trade; false when it is refused. Equal times are fine. */
  add(us: Us, instrument: InstrumentIndex, right: Right, contracts: number): boolean {
    const isSize = contracts > 0 && contracts < Number.POSITIVE_INFINITY
    if (!(isSize && Number.isFinite(us) && us >= this.#lastUs)) {
      this.#rejected++
      return false
    }
    this.#lastUs = us
    let series = this.#contracts.get(instrument)
    if (series === undefined) {
      series = new VolumeSeries(this.#historyUs)
      this.#contracts.set(instrument, series)
    }
    series.add(us, contracts)
    this.#of(right).add(us, contracts)
    return true
  }

  /** Recent volume against the baseline, as of the contract's own last trade; `NaN` when exclusive and unknown. */
  ratio(instrument: InstrumentIndex, windowMinutes = 5): number {
    const series = this.#contracts.get(instrument)
    if (series === undefined) return this.#mode === 'inclusive' ? 1 : Number.NaN
    return this.#ratio(series, series.lastUs, windowMinutes)
  }

  /** As {@link ratio}, of all contracts of a right, as of now, so that silence lowers it. */
  rightRatio(right: Right, nowUs: Us, windowMinutes = 5): number {
    return this.#ratio(this.#of(right), nowUs, windowMinutes)
  }

  /** Contracts a minute over the baseline window of a contract; 0 when it spans no time. */
  baselinePerMinute(instrument: InstrumentIndex): number {
    const series = this.#contracts.get(instrument)
    return series === undefined ? 0 : this.#inclusiveBaseline(series, series.lastUs)
  }

  /** The spike of a contract when its 5-minute ratio reaches the threshold. */
  spike(instrument: InstrumentIndex, threshold = 2): VolumeSpike | undefined {
    const series = this.#contracts.get(instrument)
    const ratio = this.ratio(instrument)
    if (series === undefined || !(ratio >= threshold)) return undefined
    const { lastUs } = series
    const recentVolume = series.since(lastUs - 5 * US_PER_MINUTE)
    return { instrument, ratio, baselinePerMinute: recentVolume / 5 / ratio, recentVolume, us: lastUs }
  }

  /** All contracts that spike, in the order of first trade. */
  spikes(threshold = 2): readonly VolumeSpike[] {
    const found: VolumeSpike[] = []
    for (const instrument of this.#contracts.keys()) {
      const spike = this.spike(instrument, threshold)
      if (spike !== undefined) found.push(spike)
    }
    return found
  }

  /** Volume of a right over a window that ends at the last trade of either. */
  volume(right: Right, windowMinutes: number): number {
    return this.#of(right).since(this.#lastUs - windowMinutes * US_PER_MINUTE)
  }

  /** Put volume over call volume; `NaN` without call volume. */
  putCallRatio(windowMinutes: number): number {
    const calls = this.volume('C', windowMinutes)
    return calls > 0 ? this.volume('P', windowMinutes) / calls : Number.NaN
  }

  #of(right: Right): VolumeSeries {
    return right === 'C' ? this.#calls : this.#puts
  }

  #ratio(series: VolumeSeries, nowUs: Us, windowMinutes: number): number {
    const fromUs = nowUs - windowMinutes * US_PER_MINUTE
    const recent = series.since(fromUs)
    if (this.#mode === 'exclusive') {
      const baseFromUs = fromUs - this.#baselineUs
      const before = series.sinceBase(baseFromUs) - recent
      const spanUs = series.baseSpanUs(fromUs)
      if (!(spanUs >= MIN_EXCLUSIVE_BASELINE_US && before > 0)) return Number.NaN
      return recent / ((before / (spanUs / US_PER_MINUTE)) * windowMinutes)
    }
    const baseline = series.length < 2 ? 0 : this.#inclusiveBaseline(series, nowUs)
    return baseline > 0 ? recent / (baseline * windowMinutes) : 1
  }

  #inclusiveBaseline(series: VolumeSeries, nowUs: Us): number {
    const fromUs = nowUs - this.#baselineUs
    const volume = series.sinceBase(fromUs)
    const minutes = series.baseSpanUs(series.lastUs) / US_PER_MINUTE
    return minutes > 0 ? volume / minutes : 0
  }
}
