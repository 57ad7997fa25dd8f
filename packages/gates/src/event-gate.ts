import type { Us } from '@scalp/canonical'
import { defineGate, type Gate, type GateResult } from './gate.js'
import { underlyingOf } from './internal/intent.js'
import { ageMsOf, inapplicable, toResult, withAge } from './internal/result.js'

/** Kinds of events known in advance that move prices. */
export type EventKind = 'earnings' | 'fomc' | 'cpi' | 'other'

/** One event; without `underlying` it concerns all. */
export interface ScheduledEvent {
  readonly kind: EventKind
  readonly atUs: Us
  readonly underlying?: string
  readonly beforeMinutes: number
  readonly afterMinutes: number
}

/** Events of a stretch of time; outside it nothing is known. `parseEventCalendar` reads one from JSON. */
export interface EventCalendar {
  /** When the list was made. */
  readonly asOfUs: Us
  /** The stretch that the list is complete for, half-open. */
  readonly fromUs: Us
  readonly untilUs: Us
  /** Underlyings whose earnings it is complete for; `*` in it stands for all. */
  readonly earningsOf: readonly string[]
  /** By time. */
  readonly events: readonly ScheduledEvent[]
}

/** How the event gate is set. */
export interface EventBlackoutOptions {
  /** Absent: nothing is known of events. */
  readonly calendar?: EventCalendar
  /** Refuses where nothing is known of the moment or of the underlying's earnings; false lets that pass. */
  readonly required?: boolean
}

/** Refuses from some minutes before an event to some minutes after it: earnings, rate decisions, inflation figures. */
export function eventBlackoutGate({ calendar, required = true }: EventBlackoutOptions = {}): Gate {
  return defineGate({
    name: 'event_blackout',
    stage: 'risk_management',
    severity: 'hard',
    reason: 'EVENT_BLACKOUT',
    check({ instrument }, { nowUs, instruments }) {
      const symbol = underlyingOf(instruments.get(instrument))
      const isKnown = calendar !== undefined && nowUs >= calendar.fromUs && nowUs < calendar.untilUs
      if (!isKnown) {
        const what =
          calendar === undefined ? 'no calendar of events' : 'the calendar of events does not cover now'
        return unknown(required, what, 'with a calendar of events that covers now')
      }
      const ageMs = ageMsOf(nowUs, calendar.asOfUs)
      const blocking = findBlocking(calendar.events, symbol, nowUs)
      if (blocking !== undefined) return withAge(blackedOut(blocking, nowUs), ageMs)
      const { earningsOf } = calendar
      if (!earningsOf.includes('*') && !earningsOf.includes(symbol))
        return withAge(
          unknown(
            required,
            `the earnings of ${symbol} are unknown`,
            `with the earnings of ${symbol} in the calendar`,
          ),
          ageMs,
        )
      return withAge(
        { passed: true, value: null, limit: null, unit: 'min', message: 'OK', resumes: '' },
        ageMs,
      )
    },
  })
}

/** The event that blocks longest. */
function findBlocking(
  events: readonly ScheduledEvent[],
  symbol: string,
  nowUs: Us,
): ScheduledEvent | undefined {
  let found: ScheduledEvent | undefined
  for (const event of events) {
    if (event.underlying !== undefined && event.underlying !== symbol) continue
    if (nowUs < event.atUs - event.beforeMinutes * 60e6 || nowUs >= endUs(event)) continue
    if (found === undefined || endUs(event) > endUs(found)) found = event
  }
  return found
}

function endUs({ atUs, afterMinutes }: ScheduledEvent): Us {
  return atUs + afterMinutes * 60e6
}

function blackedOut(event: ScheduledEvent, nowUs: Us): GateResult {
  const minutes = (event.atUs - nowUs) / 60e6
  const name = event.kind === 'other' ? 'an event' : event.kind
  const whose = event.underlying === undefined ? name : `${name} of ${event.underlying}`
  const left = (endUs(event) - nowUs) / 60e6
  return toResult({
    passed: false,
    value: minutes,
    limit: minutes > 0 ? event.beforeMinutes : event.afterMinutes,
    unit: 'min',
    message:
      minutes > 0 ? `${whose} in ${minutes.toFixed(1)} min` : `${whose} ${(-minutes).toFixed(1)} min ago`,
    resumes: `${event.afterMinutes} min after the event, in ${left.toFixed(1)} min`,
  })
}

function unknown(required: boolean, message: string, resumes: string): GateResult {
  if (!required) return inapplicable('no event is known')
  return { passed: false, value: null, limit: 'known', unit: '', message, resumes }
}
