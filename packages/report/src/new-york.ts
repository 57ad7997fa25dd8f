const clock = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'America/New_York',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  weekday: 'short',
  hourCycle: 'h23',
})

/** An instant as the clocks of New York show it. */
export interface NewYorkClock {
  readonly date: string
  readonly hour: string
  readonly minute: string
  readonly weekday: string
}

/** An instant (µs) on the clocks of New York. */
export function newYork(us: number): NewYorkClock {
  const parts = Object.fromEntries(clock.formatToParts(us / 1000).map(({ type, value }) => [type, value]))
  return {
    date: `${parts['year']}-${parts['month']}-${parts['day']}`,
    hour: parts['hour'] ?? '',
    minute: parts['minute'] ?? '',
    weekday: (parts['weekday'] ?? '').replace('.', ''),
  }
}

/** The instant (µs) of a New York wall time on a date, away from the hours in which the clocks change. */
export function newYorkUs(date: string, hour: number, minute: number): number {
  const asUtc = Date.parse(`${date}T${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}:00Z`)
  const shown = newYork(asUtc * 1000)
  const back = Date.parse(`${shown.date}T${shown.hour}:${shown.minute}:00Z`)
  return (asUtc + (asUtc - back)) * 1000
}
