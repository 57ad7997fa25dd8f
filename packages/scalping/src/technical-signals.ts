import type { Micros } from '@scalp/canonical'
import type { PriceLevel, PriceLevels } from './levels.js'

/** What set a signal off. */
export type Trigger = 'momentum_burst' | 'vwap_bounce' | 'vwap_rejection' | 'breakout'

/** A signal of the price around its VWAP or its levels. */
export interface TechnicalSignal {
  readonly trigger: 'vwap_bounce' | 'vwap_rejection' | 'breakout'
  readonly direction: 'bullish' | 'bearish'
  /** 0 to 100. */
  readonly confidence: number
  /** Of the price from the VWAP, in percent; `NaN` for a breakout. */
  readonly distancePct: number
  /** What broke; absent for VWAP signals. */
  readonly level?: PriceLevel
}

const NEAR_PCT = 0.2
const SIDE_PCT = 0.1
const VWAP_VELOCITY_PCT = 0.1
const BREAKOUT_VELOCITY_PCT = 0.2
const BREAKOUT_VOLUME_RATIO = 1.5

/** A price that bounces up off the VWAP or is turned down at it; unknown inputs (`NaN`) give nothing. */
export function vwapSignal(
  priceMicros: Micros,
  vwapMicros: Micros,
  velocityPct: number,
): TechnicalSignal | undefined {
  const distancePct = ((priceMicros - vwapMicros) / vwapMicros) * 100
  if (!(Math.abs(distancePct) <= NEAR_PCT)) return undefined
  if (distancePct <= SIDE_PCT && velocityPct > VWAP_VELOCITY_PCT) {
    return { trigger: 'vwap_bounce', direction: 'bullish', confidence: 70, distancePct }
  }
  if (distancePct >= -SIDE_PCT && velocityPct < -VWAP_VELOCITY_PCT) {
    return { trigger: 'vwap_rejection', direction: 'bearish', confidence: 70, distancePct }
  }
  return undefined
}

/** True when a price moves fast enough to break a level; asked first, since most do not. */
export function isBreakoutSpeed(velocityPct: number): boolean {
  return Math.abs(velocityPct) > BREAKOUT_VELOCITY_PCT
}

/** A price that crosses a level touched at least twice, fast and on volume. An unknown ratio (`NaN`) confirms nothing. */
export function breakoutSignal(
  levels: Pick<PriceLevels, 'crossed'>,
  previousMicros: Micros,
  priceMicros: Micros,
  velocityPct: number,
  volumeRatio: number,
): TechnicalSignal | undefined {
  if (!(isBreakoutSpeed(velocityPct) && volumeRatio > BREAKOUT_VOLUME_RATIO)) return undefined
  if (priceMicros > previousMicros !== velocityPct > 0) return undefined
  const level = levels.crossed(previousMicros, priceMicros)
  if (level === undefined) return undefined
  return {
    trigger: 'breakout',
    direction: velocityPct > 0 ? 'bullish' : 'bearish',
    confidence: 60 + Math.min(5 * level.strength, 20),
    distancePct: Number.NaN,
    level,
  }
}
