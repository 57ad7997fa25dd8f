import type { ComponentChild } from 'preact'
import { change, contractName, percent, price, timeOfDay, words } from '../format.js'
import { follow } from '../state/live.js'

const SHOWN = 5

/** Signals whose position is not open yet, newest first. */
export function Signals(): ComponentChild {
  const { signals, positions } = follow('signals', 'positions')
  const held = new Set(positions.map(({ signalId }) => signalId))
  const shown = signals.filter(({ id }) => !held.has(id)).slice(0, SHOWN)
  return (
    <section class="card" aria-labelledby="signals-title">
      <h2 id="signals-title">Signals</h2>
      {shown.length === 0 && <p class="quiet">None yet.</p>}
      <ul class="signals">
        {shown.map((signal) => (
          <li key={signal.id}>
            <strong class={signal.signalType === 'SCALP_PUT' ? 'loss' : 'gain'}>
              {signal.signalType === 'SCALP_PUT' ? '▼ Put' : '▲ Call'}
            </strong>{' '}
            {contractName(signal.optionSymbol)} at {price(signal.entryPrice)}
            <span class="quiet">
              {timeOfDay(signal.timestamp)} · {words(signal.trigger)} · {change(signal.velocityPct)} ·
              confidence {signal.confidence} · {signal.dte} days · spread {percent(signal.spreadPct)} · target
              +{signal.takeProfitPct} %, stop −{signal.stopLossPct} %
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}
