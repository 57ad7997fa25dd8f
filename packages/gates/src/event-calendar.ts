import type { Us } from '@scalp/canonical'
import { z } from 'zod'
import type { EventCalendar, EventKind } from './event-gate.js'

export type { EventCalendar, EventKind, ScheduledEvent } from './event-gate.js'

/** Minutes before and after an event that are closed unless it names its own. */
const WINDOWS: Readonly<Record<EventKind, { readonly before: number; readonly after: number }>> = {
  earnings: { before: 390, after: 60 },
  fomc: { before: 30, after: 60 },
  cpi: { before: 30, after: 60 },
  other: { before: 30, after: 30 },
}

const instant: z.ZodType<Us, string> = z.iso
  .datetime({ offset: true })
  .transform((text) => Date.parse(text) * 1_000)
const minutes = z.number().nonnegative().max(10_080)
const symbol = z.string().regex(/^[A-Z][A-Z0-9.]{0,5}$/)

const event = z
  .strictObject({
    kind: z.enum(['earnings', 'fomc', 'cpi', 'other']),
    at: instant,
    underlying: symbol.optional(),
    beforeMinutes: minutes.optional(),
    afterMinutes: minutes.optional(),
  })
  .refine(({ kind, underlying }) => kind !== 'earnings' || underlying !== undefined, {
    message: 'earnings are those of an underlying',
    path: ['underlying'],
  })
  .transform(({ kind, at, underlying, beforeMinutes, afterMinutes }) => ({
    kind,
    atUs: at,
    ...(underlying === undefined ? {} : { underlying }),
    beforeMinutes: beforeMinutes ?? WINDOWS[kind].before,
    afterMinutes: afterMinutes ?? WINDOWS[kind].after,
  }))

/**
 * Reads a calendar file: `version` 1, `asOf`, `from` and `until` as ISO 8601 instants with a zone, `earningsOf` the
 * underlyings whose earnings it is complete for (`*` for all), and `events` of `kind`, `at`, perhaps `underlying`,
 * `beforeMinutes` and `afterMinutes`. Unless told, earnings close 390 minutes before and 60 after, rate decisions
 * and inflation figures 30 before and 60 after, others 30 and 30.
 */
export const eventCalendarSchema: z.ZodType<EventCalendar> = z
  .strictObject({
    version: z.literal(1),
    asOf: instant,
    from: instant,
    until: instant,
    earningsOf: z.array(z.union([symbol, z.literal('*')])).default([]),
    events: z.array(event),
  })
  .refine(({ from, until }) => from < until, { message: 'from must lie before until', path: ['until'] })
  .transform(({ asOf, from, until, earningsOf, events }) => ({
    asOfUs: asOf,
    fromUs: from,
    untilUs: until,
    earningsOf,
    events: events.toSorted((a, b) => a.atUs - b.atUs),
  }))

/**
 * Parses the text of a calendar file.
 *
 * @throws SyntaxError On text that is no JSON, a ZodError on JSON that is no calendar.
 */
export function parseEventCalendar(text: string): EventCalendar {
  return eventCalendarSchema.parse(JSON.parse(text))
}
