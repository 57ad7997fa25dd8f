import type { Us } from '@scalp/canonical'
import type { Engine } from '@scalp/engine'
import type { Health, Latency, Link, Mode, ScalpStatus, SessionStatus } from '@scalp/protocol'
import type { ScalpConfig, ScalperState } from '@scalp/scalping'
import type { LiveDriver } from '../drive/live-driver.js'
import type { Histogram } from '../ops/histogram.js'
import type { TradeView } from './trade-view.js'
import { fixed, iso, isoOrNull, usd, usdOr0 } from './wire.js'

/** What stays the same in a session's status. */
export interface SessionFacts {
  readonly mode: Mode
  readonly runId: string
  readonly strategy: string
  readonly preset: string | null
  readonly symbols: readonly string[]
  readonly startedUs: Us
  readonly config: Partial<ScalpConfig>
}

/** What changes in it, and belongs to the session. */
export interface SessionCondition {
  readonly isHalted: boolean
  readonly haltReason: string | null
  readonly isKilled: boolean
  readonly isFeedHealthy: boolean
  readonly isBrokerHealthy: boolean
  readonly unreadiness: string | null
  readonly links: readonly Link[]
  readonly clients: number
}

/** Puts together how a session stands: may it trade, how is the day, how is the machine. */
export class StatusView {
  readonly #engine: Engine
  readonly #driver: LiveDriver
  readonly #trades: TradeView
  readonly #facts: SessionFacts
  readonly #startedMs = performance.now()
  #events = 0
  #eventsMs = performance.now()
  #eventsPerSecond = 0

  constructor(engine: Engine, driver: LiveDriver, trades: TradeView, facts: SessionFacts) {
    this.#engine = engine
    this.#driver = driver
    this.#trades = trades
    this.#facts = facts
  }

  health(at: string, { unreadiness, links, clients }: SessionCondition): Health {
    const { turns, roundTrips, lastEventMs, events } = this.#driver
    const nowMs = performance.now()
    if (nowMs - this.#eventsMs >= 900) {
      this.#eventsPerSecond = ((events - this.#events) / (nowMs - this.#eventsMs)) * 1_000
      this.#events = events
      this.#eventsMs = nowMs
    }
    return {
      at,
      isReady: unreadiness === null,
      problems: unreadiness === null ? [] : [unreadiness],
      links: [...links],
      decision: latencyOf(turns),
      roundTrip: latencyOf(roundTrips),
      quoteAgeMs: fixed(nowMs - lastEventMs, 0),
      eventsPerSecond: fixed(this.#eventsPerSecond, 1) ?? 0,
      clients,
      memoryMb: Math.round(process.memoryUsage.rss() / 1_048_576),
      uptimeSeconds: Math.floor((nowMs - this.#startedMs) / 1_000),
    }
  }

  status(at: string, condition: SessionCondition, state: ScalperState | undefined, nowUs: Us): ScalpStatus {
    const { mode, strategy, preset, symbols, config } = this.#facts
    const { equityMicros, sessionStartEquityMicros } = this.#engine.account
    const pnl = equityMicros - sessionStartEquityMicros
    return {
      enabled: config.enabled !== false,
      halted: condition.isHalted,
      haltReason: condition.haltReason,
      killed: condition.isKilled,
      mode,
      strategy,
      preset,
      symbols: [...symbols],
      dailyPnl: fixed(pnl / 1e6, 2) ?? 0,
      dailyPnlPercent: fixed((pnl / sessionStartEquityMicros) * 100, 3),
      tradesToday: this.#trades.tradesToday,
      winsToday: this.#trades.winsToday,
      lossesInARow: state?.consecutiveLosses ?? 0,
      cooldownUntil: isoOrNull(cooldownEndUs(state, nowUs)),
      feedState: condition.isFeedHealthy ? 'connected' : 'degraded',
      brokerState: condition.isBrokerHealthy ? 'connected' : 'disconnected',
      marketTime: at,
    }
  }

  session(nowUs: Us, session: { readonly openUs: Us; readonly closeUs: Us } | undefined): SessionStatus {
    const { runId, startedUs, config } = this.#facts
    const { account, positions, instruments, tracker } = this.#engine
    const exposure = positions.open().reduce((sum, { instrument, contracts, averageMicros }) => {
      const listed = instruments.get(instrument)
      const multiplier = listed.kind === 'option' ? listed.option.multiplier : 1
      return sum + Math.abs(contracts) * averageMicros * multiplier
    }, 0)
    const { grossMicros, feesMicros } = tracker.realized()
    const most = config.positionSizePct
    const limit = most === null || most === undefined ? Number.NaN : (account.equityMicros * most) / 100
    return {
      sessionId: runId,
      startedAt: iso(startedUs),
      counts: { ...this.#trades.counts },
      equity: usd(account.equityMicros),
      cash: usd(account.cashMicros),
      totalExposure: usdOr0(exposure),
      exposureRemaining: usd(limit - exposure),
      exposurePercent: fixed((exposure / account.equityMicros) * 100, 2),
      isAtLimit: exposure >= limit,
      isWarning: exposure >= limit * 0.8,
      openPositionCount: positions.open().length,
      totalPnl: usdOr0(grossMicros - feesMicros),
      marketOpen: isoOrNull(session?.openUs),
      marketClose: isoOrNull(session?.closeUs),
      isMarketOpen: session !== undefined && nowUs >= session.openUs && nowUs < session.closeUs,
    }
  }
}

/** When the pause after a loss ends; null when there is none. */
export function cooldownEndUs(state: ScalperState | undefined, nowUs: Us): Us | null {
  const endUs = state?.generator.cooldownEndUs ?? null
  return endUs !== null && endUs > nowUs ? endUs : null
}

function latencyOf(histogram: Histogram): Latency {
  return {
    p50: fixed(histogram.quantile(0.5), 4),
    p95: fixed(histogram.quantile(0.95), 4),
    p99: fixed(histogram.quantile(0.99), 4),
    max: fixed(histogram.maxMs, 3),
    count: histogram.count,
  }
}
