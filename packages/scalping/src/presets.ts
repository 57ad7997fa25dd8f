import { parseMicros } from '@scalp/canonical'
import type { ScalpConfig } from './config.js'

const design: Partial<ScalpConfig> = {
  momentumThresholdPutPct: 0.5,
  momentumThresholdCallPct: 0.5,
  momentumWindowSeconds: 30,
  volumeSpikeRatio: 2,
  volumeRelax: 1,
  volumeConfirmation: 'auto',
  selectionMode: 'prefer0dte',
  dtePreference: [0, 1],
  minDte: 0,
  maxDte: 1,
  targetDelta: 0.35,
  deltaTolerance: 0.05,
  maxSpreadPct: 5,
  minOpenInterest: 500,
  maxContractPriceMicros: parseMicros('5'),
  takeProfitPct: 30,
  stopLossPct: 15,
  timeStopMinutes: null,
  maxHoldMinutes: 15,
  vwapBounce: true,
  vwapRejection: true,
  breakout: true,
  maxConfidence: 100,
  maxDailySignals: 5,
}

/**
 * Named settings: `phase0` after the findings, `design` after the design document, `tuned` after the later runs.
 *
 * All measure a move over 30 s, for which the underlying must be known every few seconds. Where it is known once a
 * minute, as when derived from sampled option quotes, lay `momentumWindowSeconds` of 60 to 180 over them.
 */
export const presets: Readonly<Record<'phase0' | 'design' | 'tuned', Partial<ScalpConfig>>> = {
  phase0: { ...design, maxSpreadPct: 10, minVolume: 100 },
  design,
  tuned: {
    momentumThresholdPutPct: 0.4,
    momentumThresholdCallPct: 0.6,
    momentumWindowSeconds: 30,
    volumeSpikeRatio: 1.5,
    volumeRelax: 0.5,
    volumeConfirmation: 'neutral',
    selectionMode: 'dtePreference',
    dtePreference: [1, 2, 3],
    minDte: 1,
    maxDte: 3,
    targetDelta: 0.4,
    deltaTolerance: 0.15,
    maxSpreadPct: 10,
    minOpenInterest: 100,
    maxContractPriceMicros: parseMicros('3'),
    takeProfitPct: 20,
    stopLossPct: 15,
    timeStopMinutes: 5,
    maxHoldMinutes: null,
    vwapBounce: false,
    vwapRejection: false,
    breakout: true,
    maxConfidence: 75,
    maxDailySignals: 10,
  },
}
