import { ScalpError } from '@scalp/canonical'

/** Thrown when a limit is no number it could be. */
export class RiskLimitError extends ScalpError {
  override readonly name = 'RiskLimitError'
  constructor({ limit, value }: { readonly limit: string; readonly value: unknown }) {
    super(`The limit ${limit} cannot be ${String(value)}.`, {
      code: 'RISK_LIMIT',
      hint: 'Limits are positive numbers; leave one out to be without it.',
      details: { limit, value: String(value) },
    })
  }
}

/** Thrown when the stored state of a kill switch is of another version: better no start than a switch forgotten. */
export class KillSwitchStateError extends ScalpError {
  override readonly name = 'KillSwitchStateError'
  constructor({ version }: { readonly version: unknown }) {
    super(`A kill switch of version ${String(version)} cannot be restored.`, {
      code: 'KILL_SWITCH_STATE',
      hint: 'Update the program, or re-arm with the version that wrote it.',
      details: { version: String(version) },
    })
  }
}
