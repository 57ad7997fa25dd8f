import type { JournalEntry, Us } from '@scalp/canonical'
import { JournalEntryError } from './errors.js'

/** An entry as it stands in the file. */
export interface JournalLine {
  /** 1, 2, 3 and so on without a gap, over all days and files. */
  readonly seq: number
  readonly atUs: Us
  /** Number of the run that wrote it; see the table `runs`. */
  readonly run: number
  readonly type: string
  /** The rest of the entry as JSON. */
  readonly body: string
  /** SHA-256 over the hash before and this line, hexadecimal. */
  readonly hash: string
}

/** An entry in the buffer: its text is taken at once, so that later changes of its objects do not matter. */
export interface PendingLine {
  readonly atUs: Us
  readonly type: string
  readonly body: string
}

/** Fractions of a micro-dollar: averages. They are rounded, since money is recorded in integers. */
const FRACTION_OF_A_MICRO = /Micros":-?\d+(?:\.\d|e-)/

/**
 * Turns an entry into text. Unknown numbers (`NaN`) become null, money becomes integers.
 *
 * @throws {@link JournalEntryError} On an entry that is none.
 */
export function toPending(entry: JournalEntry): PendingLine {
  const { type, atUs, ...rest } = entry
  if (typeof type !== 'string' || type === '' || type.includes('\n'))
    throw new JournalEntryError({ reason: 'its type is no line', entry })
  if (!Number.isSafeInteger(atUs)) throw new JournalEntryError({ reason: 'its instant is no integer', entry })
  const body = JSON.stringify(rest)
  return { type, atUs, body: FRACTION_OF_A_MICRO.test(body) ? JSON.stringify(rest, roundMicros) : body }
}

/** The entry a line was made of, as far as JSON holds it. */
export function toEntry({ type, atUs, body }: Pick<JournalLine, 'type' | 'atUs' | 'body'>): JournalEntry {
  return { ...(JSON.parse(body) as Record<string, unknown>), type, atUs }
}

function roundMicros(key: string, value: unknown): unknown {
  return typeof value === 'number' && key.endsWith('Micros') && Number.isFinite(value)
    ? Math.round(value)
    : value
}
