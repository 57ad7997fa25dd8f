import type { ComponentChild } from 'preact'
import { newYorkDate, timeOfDay } from '../format.js'
import { command, follow } from '../state/live.js'
import { mayCommand } from './command-dialog.js'

const SPEEDS = [1, 2, 5, 10, 30, 60, 120, 300, 600, 1_000]

/** Plays, pauses and hurries a replay; nothing in the other modes. */
export function ReplayBar(): ComponentChild {
  const { replay } = follow('replay')
  if (replay === null) return null
  const { state, speed, position, progress, source } = replay
  const isPlaying = state === 'playing'
  const speeds = SPEEDS.includes(speed) ? SPEEDS : [...SPEEDS, speed].sort((a, b) => a - b)
  return (
    <section class="replay" aria-label="Replay">
      <button
        type="button"
        disabled={!mayCommand() || state === 'ended'}
        onClick={() => void command({ command: isPlaying ? 'replay-pause' : 'replay-play' })}
      >
        {isPlaying ? 'Pause' : 'Play'}
      </button>
      <label>
        Speed{' '}
        <select
          value={String(speed)}
          disabled={!mayCommand()}
          onChange={(event) =>
            void command({ command: 'replay-speed', speed: Number(event.currentTarget.value) })
          }
        >
          {speeds.map((one) => (
            <option key={one} value={String(one)}>
              {one} ×
            </option>
          ))}
        </select>
      </label>
      <progress value={progress} max={1} aria-label="Played" />
      <span class="quiet">
        {newYorkDate(position)} {timeOfDay(position)} New York, {state === 'ended' ? 'the end of ' : ''}
        {source}
      </span>
    </section>
  )
}
