import { ScalpError } from '@scalp/canonical'

/** Thrown when a velocity is asked over a window that the tracker does not keep. */
export class VelocityWindowError extends ScalpError {
  override readonly name = 'VelocityWindowError'
  constructor({ windowSeconds }: { windowSeconds: number }) {
    super(`The velocity tracker keeps no window of ${windowSeconds} s.`, {
      code: 'VELOCITY_WINDOW_UNKNOWN',
      hint: 'Name it in `windows` when making the tracker.',
      details: { windowSeconds },
    })
  }
}

/** Thrown when an environment variable of ours is unknown or cannot be read. */
export class EnvironmentError extends ScalpError {
  override readonly name = 'EnvironmentError'
  constructor({ variable, value, reason }: { variable: string; value: string; reason: string }) {
    super(`${variable}="${value}": ${reason}.`, {
      code: 'SCALP_ENVIRONMENT',
      hint: 'Correct or unset the variable; every SCALP_ name must be one we know.',
      details: { variable, value },
    })
  }
}
