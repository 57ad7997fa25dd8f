import { ScalpError } from '../errors.js'

/** What the suites need of a test framework; those of Vitest, Jest and `node:test` fit. */
export interface TestFramework {
  readonly describe: (name: string, define: () => void) => void
  readonly test: (name: string, run: () => Promise<void>, timeoutMs?: number) => void
}

/** Thrown when an adapter does not keep what its port promises. */
export class BrokenPortError extends ScalpError {
  override readonly name = 'BrokenPortError'
  constructor({ problem, seen }: { problem: string; seen?: unknown }) {
    super(`${problem}${seen === undefined ? '' : `: ${show(seen)}`}.`, {
      code: 'PORT_BROKEN',
      hint: 'The doc comment of the port in @scalp/canonical says what callers rely on.',
      details: seen === undefined ? {} : { seen },
    })
  }
}

/** Fails the test unless it is so. */
export function must(isSo: boolean, problem: string, seen?: unknown): void {
  if (!isSo) throw new BrokenPortError({ problem, seen })
}

/** A whole number of µs since 1970, of this century. */
export function isInstant(us: number): boolean {
  return Number.isSafeInteger(us) && us > 946_684_800_000_000 && us < 4_102_444_800_000_000
}

/** An amount in whole micro-dollars that is not negative. */
export function isAmount(micros: number): boolean {
  return Number.isSafeInteger(micros) && micros >= 0
}

function show(seen: unknown): string {
  return JSON.stringify(seen, (_, value: unknown) => (Number.isNaN(value) ? 'NaN' : value)) ?? String(seen)
}
