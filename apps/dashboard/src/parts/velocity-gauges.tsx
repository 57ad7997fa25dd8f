import type { VelocityReading, VelocityUpdate } from '@scalp/protocol'
import type { ComponentChild } from 'preact'
import { change, price, timeOfDay } from '../format.js'
import { follow } from '../state/live.js'
import { symbol } from '../state/preferences.js'

/** How fast the underlying moves, window by window, and how far a signal is away. */
export function VelocityGauges(): ComponentChild {
  const velocity = follow('market').velocity[symbol.value ?? '']
  return (
    <section class="card" aria-labelledby="velocity-title">
      <h2 id="velocity-title">Velocity</h2>
      {velocity === undefined ? (
        <p class="quiet">No price yet.</p>
      ) : (
        <>
          {velocity.readings.map((reading) => (
            <Gauge key={reading.windowSeconds} reading={reading} velocity={velocity} />
          ))}
          <dl class="pairs">
            <div>
              <dt>Momentum score</dt>
              <dd>{velocity.momentumScore.toFixed(0)} of 100</dd>
            </div>
            <div>
              <dt>Volume ratio, calls / puts</dt>
              <dd>
                {price(velocity.volumeRatioCall)} / {price(velocity.volumeRatioPut)}
              </dd>
            </div>
            <div>
              <dt>Signals today</dt>
              <dd>
                {velocity.signalsToday} of {velocity.maxDailySignals}
              </dd>
            </div>
            {velocity.cooldownUntil !== null && (
              <div>
                <dt>Cooldown until</dt>
                <dd>{timeOfDay(velocity.cooldownUntil)}</dd>
              </div>
            )}
          </dl>
        </>
      )}
    </section>
  )
}

/** A bar from the middle; the two marks are the thresholds of a put and a call. */
function Gauge({
  reading,
  velocity,
}: {
  readonly reading: VelocityReading
  readonly velocity: VelocityUpdate
}): ComponentChild {
  const { windowSeconds, changePct, dataPoints } = reading
  const { thresholdCallPct, thresholdPutPct, signalWindowSeconds } = velocity
  const reach = 1.5 * Math.max(thresholdCallPct, thresholdPutPct, 0.01)
  const place = (percent: number): number => 50 + (Math.max(-reach, Math.min(reach, percent)) / reach) * 50
  const value = changePct ?? 0
  const isSignal = windowSeconds === signalWindowSeconds
  const left = Math.min(50, place(value))
  const text = `${windowSeconds} seconds: ${change(changePct, 3)} over ${dataPoints} prices`
  return (
    <div class={`gauge ${isSignal ? 'main' : ''}`}>
      <span class="label">{windowSeconds} s</span>
      <span
        class="track"
        role="meter"
        aria-label={text}
        aria-valuemin={-reach}
        aria-valuemax={reach}
        aria-valuenow={value}
        aria-valuetext={text}
      >
        <i
          class={value < 0 ? 'loss' : 'gain'}
          style={{ left: `${left}%`, width: `${Math.abs(place(value) - 50)}%` }}
        />
        {isSignal && (
          <>
            <b style={{ left: `${place(-thresholdPutPct)}%` }} title={`Put from −${thresholdPutPct} %`} />
            <b style={{ left: `${place(thresholdCallPct)}%` }} title={`Call from ${thresholdCallPct} %`} />
          </>
        )}
      </span>
      <span class={`value ${value < 0 ? 'loss' : 'gain'}`}>{change(changePct, 3)}</span>
    </div>
  )
}
