import { effect, signal } from '@preact/signals'
import type { Candle } from '@scalp/protocol'
import type { ComponentChild } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { change, price } from '../format.js'
import { connectionState, fetchJson, follow, listen, snapshot } from '../state/live.js'
import { isDark, symbol } from '../state/preferences.js'
import { CandleSeries } from './candle-series.js'
import { MarketChart } from './market-chart.js'

const INTERVALS = [5, 60] as const
const interval = signal<(typeof INTERVALS)[number]>(5)

/** The underlying, with VWAP, bands, levels, signals and fills. */
export function PriceChart(): ComponentChild {
  const element = useRef<HTMLDivElement>(null)
  const of = symbol.value
  const seconds = interval.value
  /** After a break there are candles to fetch. */
  const isLive = connectionState.value === 'live'
  useEffect(() => {
    if (element.current === null || of === undefined || !isLive) return undefined
    return draw(element.current, of, seconds)
  }, [of, seconds, isLive])
  return (
    <section class="card chart-card" aria-labelledby="chart-title">
      <div class="row spread">
        <h2 id="chart-title">
          <Title />
        </h2>
        <div class="row" role="group" aria-label="Candles">
          {INTERVALS.map((one) => (
            <button
              key={one}
              type="button"
              class="tab"
              aria-pressed={one === seconds}
              onClick={() => (interval.value = one)}
            >
              {one === 60 ? '1 min' : `${one} s`}
            </button>
          ))}
        </div>
      </div>
      <div
        class="chart"
        ref={element}
        role="img"
        aria-label={`Candles of ${of ?? ''} with VWAP, levels, signals and fills`}
      />
      <p class="legend">
        <i class="vwap" /> VWAP <i class="band" /> bands · ▲▼ signal · ● in · ■ out
      </p>
    </section>
  )
}

function Title(): ComponentChild {
  const { underlyings } = follow('market')
  const name = symbol.value ?? '–'
  const underlying = underlyings[name]
  if (underlying === undefined) return <>{name}</>
  const moved = underlying.open === null ? null : (underlying.price / underlying.open - 1) * 100
  return (
    <>
      {name} {price(underlying.price)}{' '}
      <small class={(moved ?? 0) < 0 ? 'loss' : 'gain'}>{change(moved)}</small>
      {underlying.isDerived && <small class="quiet"> from options</small>}
    </>
  )
}

/** Fetches candles, draws them, and keeps them up; answers how to end it. */
function draw(element: HTMLElement, of: string, seconds: number): () => void {
  const chart = new MarketChart(element)
  let series: CandleSeries | undefined
  let isOver = false
  void fetchJson(`/api/market/${of}/candles?interval=${seconds}&limit=5000`).then(
    (candles) => {
      if (isOver) return
      series = new CandleSeries(candles as Candle[], seconds)
      chart.set(series.candles)
    },
    () => {
      if (!isOver) series = new CandleSeries([], seconds)
    },
  )
  const deaf = listen((message) => {
    if (series === undefined || message.type !== 'underlying_update' || message.data.symbol !== of) return
    const velocity = snapshot().velocity[of]
    const bands = {
      vwap: velocity?.vwap ?? null,
      upperBand: velocity?.upperBand ?? null,
      lowerBand: velocity?.lowerBand ?? null,
    }
    const candle = series.add(Date.parse(message.data.timestamp) / 1_000, message.data.price, bands)
    if (candle !== undefined) chart.update(candle)
  })
  const unmarked = effect(() => {
    const state = follow('signals', 'positions', 'market')
    chart.showTrades(of, state, seconds)
    chart.showLevels(state.velocity[of]?.levels ?? [])
  })
  const unpainted = effect(() => {
    void isDark.value
    chart.paint()
  })
  return () => {
    isOver = true
    deaf()
    unmarked()
    unpainted()
    chart.remove()
  }
}
