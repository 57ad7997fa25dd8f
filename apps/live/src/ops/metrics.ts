import type { SqliteJournal } from '@scalp/journal/sqlite'
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { LiveSession } from '../session/live-session.js'
import type { Histogram } from './histogram.js'

/** What metrics are read from. */
export interface MetricSources {
  readonly session: () => LiveSession | undefined
  readonly journal: () => SqliteJournal | undefined
  readonly gateway: () => {
    readonly clients: number
    readonly conflated: number
    readonly slowClosed: number
  }
}

const QUANTILES = [0.5, 0.9, 0.99, 0.999]

/** Prometheus metrics of the daemon, read when they are asked for. */
export function createMetrics({ session, journal, gateway }: MetricSources): Registry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix: 'scalp_' })
  const gauge = (name: string, help: string, read: () => number | null | undefined): void => {
    const made: Gauge = new Gauge({
      name,
      help,
      registers: [registry],
      collect: () => {
        const value = read()
        if (typeof value === 'number' && Number.isFinite(value)) made.set(value)
        else made.reset()
      },
    })
  }
  const summary = (name: string, help: string, read: () => Histogram | undefined): void => {
    const made: Gauge<'quantile'> = new Gauge({
      name,
      help,
      labelNames: ['quantile'],
      registers: [registry],
      collect: () => {
        const histogram = read()
        made.reset()
        if (histogram === undefined) return
        for (const quantile of QUANTILES) {
          const ms = histogram.quantile(quantile)
          if (ms !== null) made.set({ quantile: String(quantile) }, ms / 1_000)
        }
      },
    })
    gauge(`${name}_count`, `${help} How many.`, () => read()?.count)
  }
  summary(
    'scalp_decision_seconds',
    'From an event to the end of its turn, orders sent.',
    () => session()?.driver.turns,
  )
  summary(
    'scalp_order_round_trip_seconds',
    "From an order's departure to the venue's first word.",
    () => session()?.driver.roundTrips,
  )
  gauge('scalp_quote_age_seconds', 'Since the last market event.', () => {
    const at = session()?.driver.lastEventMs ?? Number.NaN
    return (performance.now() - at) / 1_000
  })
  gauge('scalp_events_total', 'Turns so far.', () => session()?.driver.events)
  gauge(
    'scalp_clock_back_total',
    'Events whose time was before that of the engine.',
    () => session()?.driver.clocksBack,
  )
  gauge('scalp_ready', '1 while orders may go out.', () => (session()?.unreadiness() === null ? 1 : 0))
  gauge('scalp_halted', '1 while entries are refused by operator, limit or kill switch.', () =>
    session()?.isHalted === true ? 1 : 0,
  )
  gauge('scalp_open_positions', 'Positions held.', () => session()?.engine.positions.open().length)
  gauge('scalp_working_orders', 'Orders sent and not ended.', () => session()?.engine.workingOrders)
  gauge('scalp_journal_waiting', 'Entries that wait to be recorded.', () => journal()?.waiting)
  gauge('scalp_clients', 'WebSocket clients.', () => gateway().clients)
  gauge('scalp_client_conflated_total', 'Messages conflated for slow clients.', () => gateway().conflated)
  gauge(
    'scalp_client_slow_closed_total',
    'Clients given up because they were too slow.',
    () => gateway().slowClosed,
  )
  const refusals: Counter<'gate' | 'code'> = new Counter({
    name: 'scalp_refusals_total',
    help: 'Intents that a gate refused.',
    labelNames: ['gate', 'code'],
    registers: [registry],
    collect: () => {
      refusals.reset()
      for (const { gate, code, count } of session()?.gates.refusals() ?? [])
        refusals.inc({ gate, code }, count)
    },
  })
  return registry
}
