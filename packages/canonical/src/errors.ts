/** What a {@link ScalpError} is made of besides its message. */
export interface ScalpErrorOptions {
  /** Permanent and searchable, `UPPER_SNAKE_CASE`. */
  readonly code: string
  /** What to do about it, in a sentence. */
  readonly hint?: string
  /** The facts, as plain values; never a secret. */
  readonly details?: Readonly<Record<string, unknown>>
  readonly cause?: unknown
}

/**
 * The base of every error that Scalp throws: what happened, a permanent code and what to do.
 *
 * Match with {@link isScalpError} and `code`; `instanceof` fails across two copies of a package.
 */
export class ScalpError extends Error {
  override readonly name: string = 'ScalpError'
  readonly code: string
  readonly hint: string | undefined
  readonly details: Readonly<Record<string, unknown>>

  constructor(message: string, { code, hint, details = {}, cause }: ScalpErrorOptions) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.hint = hint
    this.details = details
  }
}

/** Tells whether a thrown value is a {@link ScalpError} of any copy of this package. */
export function isScalpError(error: unknown): error is ScalpError {
  return (
    error instanceof Error && typeof (error as Partial<ScalpError>).code === 'string' && 'details' in error
  )
}

/** Thrown when text is no amount of money that micro-dollars can hold exactly. */
export class MoneyFormatError extends ScalpError {
  override readonly name = 'MoneyFormatError'
  constructor({ text }: { text: string }) {
    super(`"${text}" is not an amount of dollars.`, {
      code: 'MONEY_FORMAT',
      hint: 'Write digits with at most six decimals, such as 1.15 or -0.05, up to 9 billion.',
      details: { text },
    })
  }
}

/** The part of an option id that is wrong. */
export type OptionIdFault = 'format' | 'underlying' | 'expiry' | 'right' | 'strike' | 'multiplier'

/** Thrown when text or fields make no option id; `fault` names the part. */
export class OptionIdError extends ScalpError {
  override readonly name = 'OptionIdError'
  readonly fault: OptionIdFault
  constructor({ fault, input, reason }: { fault: OptionIdFault; input: string; reason: string }) {
    super(`"${input}" is no option id: ${reason}.`, {
      code: 'OPTION_ID',
      hint: 'OCC form: root padded to 6, YYMMDD, C or P, strike in thousandths as 8 digits, as in "AAPL  250221C00250000".',
      details: { fault, input },
    })
    this.fault = fault
  }
}

/** Thrown on an instrument index that no table handed out. */
export class UnknownInstrumentError extends ScalpError {
  override readonly name = 'UnknownInstrumentError'
  constructor({ index }: { index: number }) {
    super(`No instrument has index ${index}.`, {
      code: 'INSTRUMENT_UNKNOWN',
      hint: 'Use indexes handed out by the InstrumentTable of this run.',
      details: { index },
    })
  }
}
