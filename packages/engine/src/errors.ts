import { formatUs, ScalpError, type Us } from '@scalp/canonical'

/** Thrown when an event is older than the turn before it. */
export class ClockBackwardsError extends ScalpError {
  override readonly name = 'ClockBackwardsError'
  constructor({ nowUs, eventUs }: { nowUs: Us; eventUs: Us }) {
    super(`An event of ${formatUs(eventUs)} came after the engine had reached ${formatUs(nowUs)}.`, {
      code: 'ENGINE_CLOCK_BACKWARDS',
      hint: 'Feed events in the order of their receive time; several sources are merged by replay.',
      details: { nowUs, eventUs },
    })
  }
}

/** Thrown when a strategy wishes an order that no venue could understand. */
export class InvalidIntentError extends ScalpError {
  override readonly name = 'InvalidIntentError'
  constructor({ reason, intent }: { reason: string; intent: unknown }) {
    super(`The strategy wished an impossible order: ${reason}.`, {
      code: 'ENGINE_INVALID_INTENT',
      hint: 'Contracts are a positive integer, a limit is positive micro-dollars, the instrument an option.',
      details: { intent },
    })
  }
}

/** Thrown when an indicator is asked for after the market has begun. */
export class LateIndicatorError extends ScalpError {
  override readonly name = 'LateIndicatorError'
  constructor({ indicator }: { indicator: string }) {
    super(`The indicator ${indicator} was asked for after the first event.`, {
      code: 'ENGINE_LATE_INDICATOR',
      hint: 'Ask for indicators while the strategy is created: one made later has not seen what others have.',
      details: { indicator },
    })
  }
}

/** Thrown when an indicator's settings are no plain values: none could tell whether two are the same. */
export class IndicatorSettingsError extends ScalpError {
  override readonly name = 'IndicatorSettingsError'
  constructor({ indicator, path, found }: { indicator: string; path: string; found: string }) {
    super(`The settings of the indicator ${indicator} hold ${found} at ${path}.`, {
      code: 'ENGINE_INDICATOR_SETTINGS',
      hint: 'Give text, numbers, booleans, null, and lists and objects of them; the market comes by itself.',
      details: { indicator, path },
    })
  }
}
