import type { ScalpConfig } from '@scalp/scalping'

/** What ends a strategy's reason for not signalling, in a clause. */
export function resumeCondition(code: string, config: Partial<ScalpConfig>): string | null {
  switch (code) {
    case 'NO_CLEAR_SIGNAL':
      return `when a move over ${config.momentumWindowSeconds ?? 30} s reaches −${config.momentumThresholdPutPct ?? '?'} % or +${config.momentumThresholdCallPct ?? '?'} %`
    case 'DISABLED':
      return 'when the strategy is enabled'
    case 'DAILY_CAP':
      return 'on the next trading date'
    case 'SIGNAL_INTERVAL':
      return `${config.minSignalIntervalSeconds ?? '?'} s after the last signal`
    case 'LOSS_COOLDOWN':
      return `${config.cooldownAfterLossSeconds ?? '?'} s after the last loss`
    case 'SESSION_CLOSED':
      return 'when the session opens'
    case 'SKIP_OPEN':
      return `${config.skipOpenMinutes ?? 0} minutes after the open`
    case 'SKIP_CLOSE':
      return 'in the next session'
    case 'WARM_UP':
      return `${config.warmupSeconds ?? 0} s after the first price`
    case 'DAILY_LOSS_LIMIT':
      return 'on the next trading date'
    case 'STALE_DATA':
      return `when the underlying's price is at most ${(config.maxUnderlyingAgeMs ?? 5_000) / 1_000} s old`
    case 'POSITION_OPEN':
      return 'when the open position is closed'
    case 'NO_DATA':
      return 'with enough prices for a reading'
    case 'VOLUME_TOO_LOW':
      return 'when option volume rises'
    case 'CONFIDENCE_ABOVE_CAP':
      return `with a move whose confidence is at most ${config.maxConfidence ?? '?'}`
    case 'AWAITS_CONFIRMATION':
      return 'with a second reading in the same direction'
    case 'NO_CONTRACT':
      return 'when a contract qualifies'
    case 'SIZE_ZERO':
      return 'when one contract fits the risk'
    default:
      return null
  }
}
