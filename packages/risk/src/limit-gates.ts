import type {
  AccountReader,
  CalendarReader,
  InstrumentIndex,
  InstrumentReader,
  Micros,
  OrderIntent,
  PositionReader,
  QuoteReader,
  Us,
} from '@scalp/canonical'
import { RiskLimitError } from './errors.js'
import type { OrderRate } from './order-rate.js'

/** What these limits read: part of the context of `@scalp/gates`. */
export interface LimitContext {
  readonly nowUs: Us
  readonly quotes: QuoteReader
  readonly instruments: InstrumentReader
  readonly positions: PositionReader
  readonly account: AccountReader
  readonly calendar?: CalendarReader
}

/** A limit in the form of a gate of `@scalp/gates`, which a gate keeper takes as it is. */
export interface LimitGate {
  readonly name: string
  readonly stage: 'risk'
  readonly severity: 'hard'
  readonly reason: 'PORTFOLIO_CONSTRAINT'
  check(intent: OrderIntent, context: LimitContext): LimitResult
}

/** What a limit found. */
export interface LimitResult {
  readonly passed: boolean
  readonly value: number | null
  readonly limit: number
  readonly unit: string
  readonly message: string
  readonly resumes: string
}

/** Limits of orders and exposure; one that is left out does not hold. */
export interface RiskLimits {
  readonly maxContracts?: number
  /** Price times contracts times multiplier of one order. */
  readonly maxNotionalMicros?: Micros
  /** How far beyond the far side of the quote a limit may lie, percent of the mid: above it is a slip of the finger. */
  readonly fatFingerPct?: number
  readonly maxOpenPositions?: number
  /** What is held, at cost, and the order together. */
  readonly maxExposureMicros?: Micros
  readonly maxExposurePerUnderlyingMicros?: Micros
  readonly maxOrdersPerMinute?: number
  /** Orders of one trading date. */
  readonly maxOrdersPerDay?: number
}

/** Turns limits into gates. Unknown prices refuse. @throws RiskLimitError On a limit that is no positive number. */
export function limitGates(limits: RiskLimits, orders: OrderRate): readonly LimitGate[] {
  for (const [limit, value] of Object.entries(limits))
    if (!(value > 0)) throw new RiskLimitError({ limit, value })
  const gates: LimitGate[] = []
  const add = (
    name: string,
    limit: number | undefined,
    unit: string,
    resumes: string,
    measure: (intent: OrderIntent, context: LimitContext) => number,
  ): void => {
    if (limit === undefined) return
    const scale = unit === 'USD' ? 1e6 : 1
    gates.push({
      name,
      stage: 'risk',
      severity: 'hard',
      reason: 'PORTFOLIO_CONSTRAINT',
      check: (intent, context) =>
        verdict(name, measure(intent, context) / scale, limit / scale, unit, resumes),
    })
  }
  const { maxContracts, maxNotionalMicros, fatFingerPct, maxOpenPositions } = limits
  add('max_contracts', maxContracts, 'contracts', 'with fewer contracts', ({ contracts }) => contracts)
  add('max_notional', maxNotionalMicros, 'USD', 'with fewer contracts', costMicros)
  add('fat_finger', fatFingerPct, '%', 'with a limit nearer to the quote', strayPct)
  add('max_open_positions', maxOpenPositions, 'positions', 'when a position is closed', openAfter)
  add('max_exposure', limits.maxExposureMicros, 'USD', 'when a position is closed', (intent, context) =>
    exposureMicros(intent, context),
  )
  add(
    'max_exposure_per_underlying',
    limits.maxExposurePerUnderlyingMicros,
    'USD',
    'when a position of the underlying is closed',
    (intent, context) => exposureMicros(intent, context, underlyingOf(intent.instrument, context)),
  )
  add('orders_per_minute', limits.maxOrdersPerMinute, 'orders', 'within a minute', (_, { nowUs }) => {
    return orders.since(nowUs - 60_000_000) + 1
  })
  add(
    'orders_per_day',
    limits.maxOrdersPerDay,
    'orders',
    'with the next session',
    (_, { nowUs, calendar }) => {
      const openUs = calendar?.session(nowUs)?.openUs
      return openUs === undefined ? Number.NaN : orders.since(openUs - 1) + 1
    },
  )
  return gates
}

function verdict(name: string, value: number, limit: number, unit: string, resumes: string): LimitResult {
  const passed = value <= limit
  const known = Number.isFinite(value) ? value : null
  const message = passed ? 'OK' : `${name}: ${known ?? 'unknown'} ${unit}, allowed at most ${limit}`
  return { passed, value: known, limit, unit, message, resumes }
}

/** At the limit, else at the side of the quote that would be paid. */
function costMicros(intent: OrderIntent, { quotes, instruments }: LimitContext): Micros {
  const { instrument, side, contracts, limitMicros } = intent
  const quoted = side === 'buy' ? quotes.askMicros(instrument) : quotes.bidMicros(instrument)
  return contracts * (limitMicros ?? quoted) * multiplierOf(instrument, instruments)
}

function strayPct({ instrument, side, limitMicros }: OrderIntent, { quotes }: LimitContext): number {
  if (limitMicros === undefined) return 0
  const mid = quotes.midMicros(instrument)
  const beyond =
    side === 'buy' ? limitMicros - quotes.askMicros(instrument) : quotes.bidMicros(instrument) - limitMicros
  return mid > 0 ? (beyond / mid) * 100 : Number.NaN
}

function openAfter({ instrument }: OrderIntent, { positions }: LimitContext): number {
  return positions.open().length + (positions.contracts(instrument) === 0 ? 1 : 0)
}

function exposureMicros(intent: OrderIntent, context: LimitContext, only?: string): Micros {
  let exposure = costMicros(intent, context)
  for (const { instrument, contracts, averageMicros } of context.positions.open()) {
    if (only !== undefined && underlyingOf(instrument, context) !== only) continue
    exposure += Math.abs(contracts) * averageMicros * multiplierOf(instrument, context.instruments)
  }
  return exposure
}

function multiplierOf(index: InstrumentIndex, instruments: InstrumentReader): number {
  const instrument = instruments.get(index)
  return instrument.kind === 'option' ? instrument.option.multiplier : 1
}

function underlyingOf(index: InstrumentIndex, { instruments }: LimitContext): string {
  const instrument = instruments.get(index)
  return instrument.kind === 'option' ? instrument.option.underlying : instrument.symbol
}
