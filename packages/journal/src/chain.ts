import { hash as digest } from 'node:crypto'
import type { JournalLine } from './line.js'

/** What stands before the first entry. */
export const GENESIS: string = '0'.repeat(64)

/**
 * The hash of a line: SHA-256 of the hash before it, its number, instant, run, type and body, one per line.
 * Anybody can check it: `printf '%s\n%d\n%d\n%d\n%s\n%s' "$before" $seq $at $run "$type" "$body" | sha256sum`.
 */
export function hashLine(before: string, { seq, atUs, run, type, body }: Omit<JournalLine, 'hash'>): string {
  return digest('sha256', `${before}\n${seq}\n${atUs}\n${run}\n${type}\n${body}`, 'hex')
}
