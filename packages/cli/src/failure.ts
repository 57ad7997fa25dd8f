import { isScalpError } from '@scalp/canonical'
import { CommanderError } from 'commander'

/** How a program reports what stopped it. */
export interface FailureOptions {
  /** Error codes that a corrected call would not meet. */
  readonly wrongCalls?: ReadonlySet<string>
  /** The flag that names another place to write to. */
  readonly outFlag?: string
  /** Standard error unless told. */
  readonly write?: (text: string) => void
}

/**
 * Prints what went wrong and what to do, and answers the exit code: 2 for a wrong call, 1 for a failed run, 0 when it
 * was only help or the version that was asked for.
 */
export function reportFailure(error: unknown, options: FailureOptions = {}): number {
  const { wrongCalls, outFlag, write = (text) => process.stderr.write(text) } = options
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  if (isScalpError(error)) {
    write(`\nerror: ${error.message}\n`)
    if (error.hint !== undefined) write(`  ${error.hint}\n`)
    write(`  (${error.code})\n`)
    return wrongCalls?.has(error.code) === true ? 2 : 1
  }
  const system = systemError(error, outFlag)
  if (system !== undefined) {
    write(`\nerror: ${system}\n`)
    return 1
  }
  write(
    `\nunexpected error, please report it:\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  )
  return 1
}

/** Faults of the disk or the system that are nobody's bug, in words. */
function systemError(error: unknown, outFlag: string | undefined): string | undefined {
  if (!(error instanceof Error)) return undefined
  const { code, path } = error as NodeJS.ErrnoException
  const elsewhere = outFlag === undefined ? '.' : `, or write elsewhere with ${outFlag}.`
  switch (code) {
    case 'ENOSPC':
      return `The disk is full${path === undefined ? '' : ` (${path})`}. Free some space${elsewhere}`
    case 'EACCES':
    case 'EPERM':
      return `No permission for ${path ?? 'a file'}. Choose another place, or change its rights.`
    case 'EEXIST':
    case 'ENOTDIR':
      return `${path ?? 'A path'} is a file where a directory is needed. Choose another place.`
    case 'ENOENT':
      return `${path ?? 'A file'} does not exist.`
    case 'EADDRINUSE':
      return `${error.message}. Another program listens there: choose another port.`
    default:
      return undefined
  }
}
