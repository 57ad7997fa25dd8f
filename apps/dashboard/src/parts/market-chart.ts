import type { Candle, Snapshot, VelocityUpdate } from '@scalp/protocol'
import {
  CandlestickSeries,
  createChart,
  createSeriesMarkers,
  type IChartApi,
  type IPriceLine,
  type ISeriesApi,
  type ISeriesMarkersPluginApi,
  LineSeries,
  LineStyle,
  type SeriesMarker,
  type Time,
  type UTCTimestamp,
} from 'lightweight-charts'
import { hourMinute, newYorkDate, profit, timeOfDay } from '../format.js'

/** The chart of an underlying: candles, VWAP with its bands, levels, and what was bought and sold on it. */
export class MarketChart {
  readonly #chart: IChartApi
  readonly #candles: ISeriesApi<'Candlestick'>
  readonly #vwap: ISeriesApi<'Line'>
  readonly #upper: ISeriesApi<'Line'>
  readonly #lower: ISeriesApi<'Line'>
  readonly #markers: ISeriesMarkersPluginApi<Time>
  #levels: readonly IPriceLine[] = []
  #levelKey = ''
  #markerKey = ''

  constructor(element: HTMLElement) {
    this.#chart = createChart(element, {
      autoSize: true,
      layout: { attributionLogo: false, fontFamily: 'inherit' },
      rightPriceScale: { borderVisible: false },
      localization: { timeFormatter: (time: Time) => `${newYorkDate(ms(time))} ${timeOfDay(ms(time))}` },
      timeScale: {
        timeVisible: true,
        secondsVisible: true,
        borderVisible: false,
        rightOffset: 4,
        tickMarkFormatter: (time: Time) => hourMinute(ms(time)),
      },
    })
    this.#upper = this.#line()
    this.#lower = this.#line()
    this.#vwap = this.#line()
    this.#candles = this.#chart.addSeries(CandlestickSeries, { wickVisible: true, borderVisible: false })
    this.#markers = createSeriesMarkers(this.#candles)
    this.paint()
  }

  /** Takes the colours of the page; after each change of them. */
  paint(): void {
    const style = getComputedStyle(document.documentElement)
    const colour = (name: string): string => style.getPropertyValue(name).trim()
    const grid = { color: colour('--line') }
    this.#chart.applyOptions({
      layout: { background: { color: colour('--card') }, textColor: colour('--quiet') },
      grid: { vertLines: grid, horzLines: grid },
    })
    const [up, down] = [colour('--gain'), colour('--loss')]
    this.#candles.applyOptions({ upColor: up, downColor: down, wickUpColor: up, wickDownColor: down })
    this.#vwap.applyOptions({ color: colour('--accent'), lineWidth: 2 })
    for (const band of [this.#upper, this.#lower])
      band.applyOptions({ color: colour('--band'), lineWidth: 1, lineStyle: LineStyle.Dashed })
    this.#levelKey = this.#markerKey = ''
  }

  /** Shows other candles. */
  set(candles: readonly Candle[]): void {
    this.#candles.setData(
      candles.map(({ time, open, high, low, close }) => ({ time: at(time), open, high, low, close })),
    )
    const line = (valueOf: (candle: Candle) => number | null) =>
      candles.map((candle) => {
        const value = valueOf(candle)
        return value === null ? { time: at(candle.time) } : { time: at(candle.time), value }
      })
    this.#vwap.setData(line(({ vwap }) => vwap))
    this.#upper.setData(line(({ upperBand }) => upperBand))
    this.#lower.setData(line(({ lowerBand }) => lowerBand))
    this.#markerKey = ''
    const last = candles.length - 1
    if (last >= 0)
      this.#chart.timeScale().setVisibleLogicalRange({ from: Math.max(0, last - 180), to: last + 4 })
  }

  /** The last candle changed, or a new one began. */
  update(candle: Candle): void {
    const { open, high, low, close, vwap, upperBand, lowerBand } = candle
    const time = at(candle.time)
    this.#candles.update({ time, open, high, low, close })
    if (vwap !== null) this.#vwap.update({ time, value: vwap })
    if (upperBand !== null) this.#upper.update({ time, value: upperBand })
    if (lowerBand !== null) this.#lower.update({ time, value: lowerBand })
  }

  /** Draws support and resistance, where they changed. */
  showLevels(levels: VelocityUpdate['levels']): void {
    const key = levels.map(({ price, kind, strength }) => `${price}${kind}${strength}`).join()
    if (key === this.#levelKey) return
    this.#levelKey = key
    for (const line of this.#levels) this.#candles.removePriceLine(line)
    const style = getComputedStyle(document.documentElement)
    this.#levels = levels.map(({ price, kind, strength }) =>
      this.#candles.createPriceLine({
        price,
        color: style.getPropertyValue(kind === 'support' ? '--gain' : '--loss').trim(),
        lineWidth: 1,
        lineStyle: LineStyle.Dotted,
        axisLabelVisible: false,
        title: `${kind === 'support' ? 'S' : 'R'} ${strength}`,
      }),
    )
  }

  /** Draws signals, entries and exits of an underlying, where they changed. */
  showTrades(symbol: string, { signals, positions, closedTrades }: Snapshot, intervalSeconds: number): void {
    const key = `${signals[0]?.id} ${positions.map(({ id }) => id).join()} ${closedTrades[0]?.id} ${closedTrades.length}`
    if (key === this.#markerKey) return
    this.#markerKey = key
    const style = getComputedStyle(document.documentElement)
    const colour = (name: string): string => style.getPropertyValue(name).trim()
    const place = (instant: string): UTCTimestamp =>
      at(Math.floor(Date.parse(instant) / 1_000 / intervalSeconds) * intervalSeconds)
    const markers: SeriesMarker<Time>[] = []
    for (const { symbol: of, timestamp, signalType } of signals)
      if (of === symbol) {
        const isPut = signalType === 'SCALP_PUT'
        markers.push({
          time: place(timestamp),
          position: isPut ? 'aboveBar' : 'belowBar',
          shape: isPut ? 'arrowDown' : 'arrowUp',
          color: colour('--accent'),
          text: isPut ? 'put' : 'call',
        })
      }
    for (const { symbol: of, entryTime } of positions)
      if (of === symbol)
        markers.push({
          time: place(entryTime),
          position: 'inBar',
          shape: 'circle',
          color: colour('--accent'),
          text: 'in',
        })
    for (const { symbol: of, entryTime, exitTime, pnlDollars } of closedTrades)
      if (of === symbol) {
        markers.push({
          time: place(entryTime),
          position: 'inBar',
          shape: 'circle',
          color: colour('--accent'),
          text: 'in',
        })
        markers.push({
          time: place(exitTime),
          position: 'inBar',
          shape: 'square',
          color: colour(pnlDollars < 0 ? '--loss' : '--gain'),
          text: profit(pnlDollars),
        })
      }
    this.#markers.setMarkers(markers.sort((a, b) => (a.time as number) - (b.time as number)))
  }

  remove(): void {
    this.#chart.remove()
  }

  #line(): ISeriesApi<'Line'> {
    return this.#chart.addSeries(LineSeries, {
      priceLineVisible: false,
      lastValueVisible: false,
      crosshairMarkerVisible: false,
      pointMarkersVisible: false,
    })
  }
}

function at(seconds: number): UTCTimestamp {
  return seconds as UTCTimestamp
}

function ms(time: Time): number {
  return (time as number) * 1_000
}
