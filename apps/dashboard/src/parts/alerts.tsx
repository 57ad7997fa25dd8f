import { signal } from '@preact/signals'
import type { ComponentChild } from 'preact'
import { timeOfDay } from '../format.js'
import { follow } from '../state/live.js'

const dismissed = signal<ReadonlySet<string>>(new Set())

/** Alerts that nobody has dismissed: the newest three that are more than news. */
export function Alerts(): ComponentChild {
  const { alerts } = follow('alerts')
  const shown = alerts.filter(({ id, level }) => level !== 'info' && !dismissed.value.has(id)).slice(0, 3)
  return (
    <section class="alerts" aria-label="Alerts" aria-live="assertive">
      {shown.map(({ id, level, at, message }) => (
        <p key={id} class={level}>
          <span>
            <strong>{level === 'critical' ? 'Critical' : 'Warning'}</strong> {timeOfDay(at)} {message}
          </span>
          <button
            type="button"
            class="plain"
            aria-label="Dismiss this alert"
            onClick={() =>
              (dismissed.value = new Set(
                alerts.map((alert) => alert.id).filter((one) => one === id || dismissed.value.has(one)),
              ))
            }
          >
            ×
          </button>
        </p>
      ))}
    </section>
  )
}
