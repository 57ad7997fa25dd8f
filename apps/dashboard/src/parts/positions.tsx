import type { ScalpPosition } from '@scalp/protocol'
import type { ComponentChild } from 'preact'
import { change, contractName, duration, percent, price, profit, timeOfDay, words } from '../format.js'
import { follow } from '../state/live.js'
import { ask, mayCommand } from './command-dialog.js'

/** What is held, with its way to target, stop and time. */
export function Positions(): ComponentChild {
  const { positions } = follow('positions')
  return (
    <section class="card positions" aria-labelledby="positions-title">
      <h2 id="positions-title">Open positions</h2>
      {positions.length === 0 && <p class="quiet">Nothing is held.</p>}
      {positions.map((position) => (
        <Position key={position.id} position={position} />
      ))}
    </section>
  )
}

function Position({ position }: { readonly position: ScalpPosition }): ComponentChild {
  const {
    optionSymbol,
    contracts,
    entryPrice,
    entryTime,
    currentPrice,
    pnlDollars,
    pnlPct,
    holdSeconds,
    takeProfitPct,
    stopLossPct,
    maxHoldSeconds,
    timeStopSeconds,
    trailingArmed,
    trailingLevelPct,
    maxGainPct,
    maxDrawdownPct,
    exitReason,
    trigger,
    positionType,
  } = position
  const tone = (pnlDollars ?? 0) < 0 ? 'loss' : 'gain'
  const limit = maxHoldSeconds ?? timeStopSeconds
  return (
    <article class="position" aria-label={contractName(optionSymbol)}>
      <header>
        <strong>{contractName(optionSymbol)}</strong>
        <span class="quiet">
          {contracts} × {price(entryPrice)} at {timeOfDay(entryTime)}
          {trigger !== null && `, ${words(trigger)}`}
        </span>
        <strong class={`pnl ${tone}`}>
          {profit(pnlDollars)} <small>{change(pnlPct, 1)}</small>
        </strong>
      </header>
      {positionType === 'external' ? (
        <p class="quiet">Not opened by us: it is shown, and no rule closes it.</p>
      ) : (
        <>
          <Progress
            name="Target"
            value={position.progressToTarget}
            text={`+${takeProfitPct} %`}
            tone="gain"
          />
          <Progress name="Stop" value={position.progressToStop} text={`−${stopLossPct} %`} tone="loss" />
          {position.progressToTime !== null && (
            <Progress
              name="Time"
              value={position.progressToTime}
              text={`${duration(holdSeconds)} of ${duration(limit)}`}
              tone="neutral"
            />
          )}
        </>
      )}
      <footer>
        <span>
          Bid {price(currentPrice)} · best {percent(maxGainPct)} · worst {percent(maxDrawdownPct)} · held{' '}
          {duration(holdSeconds)}
          {trailingArmed && ` · trailing at ${percent(trailingLevelPct)}`}
        </span>
        {exitReason === null ? (
          <button
            type="button"
            class="small danger"
            disabled={!mayCommand()}
            onClick={() => ask('flatten', optionSymbol)}
          >
            Close
          </button>
        ) : (
          <strong class="caution">Leaving: {words(exitReason)}</strong>
        )}
      </footer>
    </article>
  )
}

function Progress({
  name,
  value,
  text,
  tone,
}: {
  readonly name: string
  readonly value: number | null
  readonly text: string
  readonly tone: string
}): ComponentChild {
  const share = Math.max(0, Math.min(1, value ?? 0))
  return (
    <div class="progress">
      <span>{name}</span>
      <span
        class="track"
        role="progressbar"
        aria-label={name}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(share * 100)}
      >
        <i class={tone} style={{ width: `${share * 100}%` }} />
      </span>
      <span class="text">{text}</span>
    </div>
  )
}
