import { parseMicros } from '@scalp/canonical'
import type { ScalpConfig } from './config.js'
import { EnvironmentError } from './errors.js'
import { presets } from './presets.js'

/** What the environment asks for: a preset, underlyings, and settings to lay over the preset. */
export interface EnvironmentSettings {
  readonly preset: keyof typeof presets | undefined
  readonly symbols: readonly string[] | undefined
  readonly overrides: Partial<ScalpConfig>
}

type Read = (text: string) => unknown
type Setting = readonly [read: Read, ...keys: (keyof ScalpConfig)[]]

const SETTINGS: Readonly<Record<string, Setting>> = {
  SCALP_ENABLED: [toBoolean, 'enabled'],
  SCALP_MOMENTUM_THRESHOLD: [toNumber, 'momentumThresholdPutPct', 'momentumThresholdCallPct'],
  SCALP_MOMENTUM_THRESHOLD_PUT: [toNumber, 'momentumThresholdPutPct'],
  SCALP_MOMENTUM_THRESHOLD_CALL: [toNumber, 'momentumThresholdCallPct'],
  SCALP_MOMENTUM_WINDOW: [toNumber, 'momentumWindowSeconds'],
  SCALP_VOLUME_SPIKE_RATIO: [toNumber, 'volumeSpikeRatio'],
  SCALP_VOLUME_CONFIRMATION: [toText, 'volumeConfirmation'],
  SCALP_TARGET_DELTA: [toNumber, 'targetDelta'],
  SCALP_DELTA_TOLERANCE: [toNumber, 'deltaTolerance'],
  SCALP_MAX_SPREAD_PCT: [toNumber, 'maxSpreadPct'],
  SCALP_MIN_OI: [toNumber, 'minOpenInterest'],
  SCALP_MIN_DTE: [toNumber, 'minDte'],
  SCALP_MAX_DTE: [toNumber, 'maxDte'],
  SCALP_DTE_UNIT: [toText, 'dteUnit'],
  SCALP_DTE_PREFERENCE: [toNumbers, 'dtePreference'],
  SCALP_MAX_CONFIDENCE: [toNumber, 'maxConfidence'],
  SCALP_TAKE_PROFIT: [toNumber, 'takeProfitPct'],
  SCALP_STOP_LOSS: [toNumber, 'stopLossPct'],
  SCALP_MAX_HOLD_MINUTES: [toNumberOrNone, 'maxHoldMinutes'],
  SCALP_TIME_STOP_MINUTES: [toNumberOrNone, 'timeStopMinutes'],
  SCALP_MAX_DAILY: [toNumber, 'maxDailySignals'],
  SCALP_MAX_CONCURRENT: [toNumber, 'maxConcurrent'],
  SCALP_POSITION_SIZE: [toNumber, 'positionSizePct'],
  SCALP_MAX_CONTRACT_PRICE: [parseMicros, 'maxContractPriceMicros'],
  SCALP_MIN_SIGNAL_INTERVAL: [toNumber, 'minSignalIntervalSeconds'],
  SCALP_COOLDOWN_AFTER_LOSS: [toNumber, 'cooldownAfterLossSeconds'],
  SCALP_ENABLE_VWAP_BOUNCE: [toBoolean, 'vwapBounce'],
  SCALP_ENABLE_VWAP_REJECTION: [toBoolean, 'vwapRejection'],
  SCALP_ENABLE_BREAKOUT: [toBoolean, 'breakout'],
  SCALP_CONFIRMATION_SECONDS: [toNumberOrNone, 'confirmationSeconds'],
  SCALP_TRAILING_ACTIVATION: [toNumberOrNone, 'trailingActivationPct'],
  SCALP_TRAILING_DISTANCE: [toNumber, 'trailingDistancePct'],
  SCALP_MOMENTUM_REVERSAL: [toBoolean, 'momentumReversal'],
  SCALP_MARKET_CLOSE_EXIT_MINUTES: [toNumber, 'marketCloseExitMinutes'],
  SCALP_SKIP_OPEN_MINUTES: [toNumber, 'skipOpenMinutes'],
  SCALP_SKIP_CLOSE_MINUTES: [toNumber, 'skipCloseMinutes'],
  SCALP_WARMUP_SECONDS: [toNumber, 'warmupSeconds'],
  SCALP_DAILY_LOSS_LIMIT: [toNumberOrNone, 'dailyLossLimitPct'],
  SCALP_MAX_QUOTE_AGE_MS: [toNumber, 'maxQuoteAgeMs'],
  SCALP_FEE_PER_CONTRACT: [parseMicros, 'feePerContractMicros'],
}
/** Names that belong to the programs around the strategy. */
const FOREIGN: ReadonlySet<string> = new Set([
  'SCALP_EVAL_INTERVAL_MS',
  'SCALP_SLIPPAGE_PCT',
  'SCALP_FIXTURES',
])

/**
 * Reads the SCALP_ variables of an environment. Numbers of 0 mean none where the setting may be null.
 *
 * @throws {@link EnvironmentError} On an unknown SCALP_ name or a value that cannot be read.
 */
export function fromEnvironment(env: Readonly<Record<string, string | undefined>>): EnvironmentSettings {
  const overrides: Record<string, unknown> = {}
  for (const [variable, [read, ...keys]] of Object.entries(SETTINGS)) {
    const value = env[variable]
    if (value === undefined || value === '') continue
    const parsed = attempt(variable, value, read)
    for (const key of keys) overrides[key] = parsed
  }
  for (const [variable, value] of Object.entries(env)) {
    if (!variable.startsWith('SCALP_') || value === undefined || Object.hasOwn(SETTINGS, variable)) continue
    if (FOREIGN.has(variable) || variable === 'SCALP_PRESET' || variable === 'SCALP_SYMBOLS') continue
    throw new EnvironmentError({ variable, value, reason: 'no such setting' })
  }
  const preset = env['SCALP_PRESET']
  return {
    preset: preset === undefined || preset === '' ? undefined : toPreset(preset),
    symbols: env['SCALP_SYMBOLS']?.split(',').map((symbol) => symbol.trim()),
    overrides,
  }
}

function attempt(variable: string, value: string, read: Read): unknown {
  try {
    return read(value.trim())
  } catch (error) {
    throw new EnvironmentError({
      variable,
      value,
      reason: error instanceof Error ? error.message : 'unreadable',
    })
  }
}

function toPreset(value: string): keyof typeof presets {
  if (Object.hasOwn(presets, value)) return value as keyof typeof presets
  throw new EnvironmentError({
    variable: 'SCALP_PRESET',
    value,
    reason: `not one of ${Object.keys(presets).join(', ')}`,
  })
}

function toText(text: string): string {
  return text
}

function toNumber(text: string): number {
  if (!/^[+-]?\d+(\.\d+)?$/.test(text)) throw new TypeError('not a number')
  return Number(text)
}

function toNumberOrNone(text: string): number | null {
  return toNumber(text) === 0 ? null : toNumber(text)
}

function toNumbers(text: string): readonly number[] {
  return text.split(',').map((part) => toNumber(part.trim()))
}

function toBoolean(text: string): boolean {
  if (/^(true|1|yes)$/i.test(text)) return true
  if (/^(false|0|no)$/i.test(text)) return false
  throw new TypeError('neither true/1/yes nor false/0/no')
}
