import { isScalpError } from '@scalp/canonical'
import { CommanderError } from 'commander'

/** Codes of errors that a corrected call would not meet: exit code 2. */
const WRONG_CALL = new Set(['CALL_INVALID', 'COST_REFUSED', 'TEXT_UNKNOWN_FIELD', 'DBN_MIXED_RECORDS'])

/** Prints what went wrong and what to do, and answers the exit code: 2 for a wrong call, 1 for a failed run. */
export function reportFailure(
  error: unknown,
  write: (text: string) => void = (text) => process.stderr.write(text),
): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  if (isScalpError(error)) {
    write(`\nerror: ${error.message}\n`)
    if (error.hint !== undefined) write(`  ${error.hint}\n`)
    write(`  (${error.code})\n`)
    return WRONG_CALL.has(error.code) ? 2 : 1
  }
  const system = systemError(error)
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
function systemError(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  const { code, path } = error as NodeJS.ErrnoException
  switch (code) {
    case 'ENOSPC':
      return `The disk is full${path === undefined ? '' : ` (${path})`}. Free some space, or write elsewhere with -o.`
    case 'EACCES':
    case 'EPERM':
      return `No permission for ${path ?? 'a file'}. Choose another place, or change its rights.`
    case 'EEXIST':
    case 'ENOTDIR':
      return `${path ?? 'A path'} is a file where a directory is needed. Choose another place.`
    case 'ENOENT':
      return `${path ?? 'A file'} does not exist.`
    default:
      return undefined
  }
}
