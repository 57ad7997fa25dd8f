import { ScalpError } from '@scalp/canonical'

/** Thrown when the options of a synthetic market make no sense; `details.option` names the one. */
export class SyntheticOptionsError extends ScalpError {
  override readonly name = 'SyntheticOptionsError'
  constructor({ option, value, reason }: { option: string; value: unknown; reason: string }) {
    super(`Option ${option} of the synthetic market is ${String(value)}: ${reason}.`, {
      code: 'SYNTHETIC_OPTIONS',
      hint: 'See the options table in the README of @scalp/synthetic.',
      details: { option, value },
    })
  }
}
