import type { Journal, JournalEntry, Micros, Us } from '@scalp/canonical'
import { type FailureLimit, FailureWindow } from './failure-window.js'
import {
  type KillCause,
  type KillReason,
  KillSwitch,
  type KillSwitchOptions,
  type TradingState,
} from './kill-switch.js'
import { type LossLimits, LossMonitor } from './loss-monitor.js'
import { OrderRate } from './order-rate.js'

/** What a monitor watches for. */
export interface RiskMonitorOptions {
  readonly killSwitch?: KillSwitchOptions
  /** 5 in 300 s unless told. */
  readonly feedFailures?: FailureLimit
  /** 5 in 300 s unless told. */
  readonly brokerFailures?: FailureLimit
  readonly losses?: LossLimits
  /** Farthest that our clock may be from the venue's, ms; 1,000 unless told. */
  readonly maxClockSkewMs?: number
  /** Readings in a row that must be too far; 3 unless told. */
  readonly clockReadings?: number
  /** Receives the changes of the kill switch, to be recorded at once. */
  readonly record: (entry: JournalEntry) => void
}

/**
 * Watches failures, losses, clock and disk, and throws the kill switch.
 *
 * It is a `Journal`: let it see every entry that the engine writes, and it knows orders, trades and equity.
 */
export class RiskMonitor implements Journal {
  readonly killSwitchDevice: KillSwitch
  readonly orders: OrderRate = new OrderRate()
  readonly losses: LossMonitor
  /** Set by who watches the feed: the word of a `HealthReader`. */
  feedDegraded = false
  readonly #options: RiskMonitorOptions
  readonly #feed: FailureWindow
  readonly #broker: FailureWindow
  #skewed = 0

  constructor(options: RiskMonitorOptions) {
    const usual = { threshold: 5, windowSeconds: 300 }
    this.#options = options
    this.killSwitchDevice = new KillSwitch(options.killSwitch)
    this.losses = new LossMonitor(options.losses ?? {})
    this.#feed = new FailureWindow(options.feedFailures ?? usual)
    this.#broker = new FailureWindow(options.brokerFailures ?? usual)
  }

  get state(): TradingState {
    return this.killSwitchDevice.state
  }

  /** True when entries are refused: the word of a `HealthReader`. */
  get killSwitch(): boolean {
    return this.killSwitchDevice.killSwitch
  }

  /** A connection to the feed that failed or fell at once. */
  feedFailed(atUs: Us): void {
    this.#failed('feed-failures', this.#feed, atUs)
  }

  /** A call to the broker that failed, or an order rejected for no reason of ours. */
  brokerFailed(atUs: Us): void {
    this.#failed('broker-failures', this.#broker, atUs)
  }

  /** A reading of how far our clock is from the venue's. Unknown counts as too far. */
  clockRead(skewMs: number, atUs: Us): void {
    const { maxClockSkewMs = 1_000, clockReadings = 3 } = this.#options
    const isFine = Math.abs(skewMs) <= maxClockSkewMs
    this.#skewed = isFine ? 0 : this.#skewed + 1
    if (this.#skewed < clockReadings) return
    const value = Number.isFinite(skewMs) ? skewMs : null
    const resumes = 'when the clock is set and the switch armed again'
    this.#trip({ cause: 'clock-skew', atUs, value, limit: maxClockSkewMs, unit: 'ms', resumes })
  }

  /** What is to be recorded finds no room. */
  diskFull(atUs: Us, waiting: number): void {
    const resumes = 'when there is room on the disk and the switch is armed again'
    this.#trip({ cause: 'disk-full', atUs, value: waiting, limit: 0, unit: 'entries waiting', resumes })
  }

  /** Positions or orders that cannot be brought to agree with the broker's. */
  reconciliationFailed(atUs: Us, differences: number): void {
    const resumes = 'when ours and the broker agree and the switch is armed again'
    this.#trip({ cause: 'reconciliation', atUs, value: differences, limit: 0, unit: 'differences', resumes })
  }

  /** The equity of now; unknown reaches no limit. */
  equity(equityMicros: Micros, atUs: Us): void {
    for (const reason of this.losses.onEquity(equityMicros, atUs)) this.#trip(reason)
  }

  /** Arms the switch again; a person's word. The present equity is where losses are counted from. */
  rearm({
    atUs,
    by,
    equityMicros,
  }: {
    readonly atUs: Us
    readonly by: string
    readonly equityMicros: Micros
  }): void {
    this.#feed.reset()
    this.#broker.reset()
    this.#skewed = 0
    this.losses.rearm(equityMicros)
    const entry = this.killSwitchDevice.rearm({ atUs, by })
    if (entry !== undefined) this.#options.record(entry)
  }

  /** A person stops trading. */
  halt(wish: { readonly atUs: Us; readonly by: string; readonly flatten: boolean }): void {
    this.#options.record(this.killSwitchDevice.halt(wish))
  }

  /** Sees an entry of the engine. */
  append(entry: JournalEntry): undefined {
    const { type, atUs } = entry
    if (type === 'order-submitted') this.orders.record(atUs)
    if (type === 'session-opened' && typeof entry['equityMicros'] === 'number')
      this.losses.startSession(entry['equityMicros'])
    if (typeof entry['equityMicros'] === 'number') this.equity(entry['equityMicros'], atUs)
    if (type !== 'position-closed') return
    const { netMicros } = entry['trade'] as { netMicros: Micros }
    for (const reason of this.losses.onTrade(netMicros, atUs)) this.#trip(reason)
  }

  #failed(cause: KillCause, window: FailureWindow, atUs: Us): void {
    const count = window.fail(atUs)
    const { threshold, windowSeconds } = window.limit
    if (count < threshold) return
    const unit = `failures in ${windowSeconds} s`
    this.#trip({
      cause,
      atUs,
      value: count,
      limit: threshold,
      unit,
      resumes: 'when it works and is armed again',
    })
  }

  #trip(reason: KillReason): void {
    const entry = this.killSwitchDevice.trip(reason)
    if (entry !== undefined) this.#options.record(entry)
  }
}
