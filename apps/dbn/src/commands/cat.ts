import { CsvEncoder, type JsonEncoder } from '@scalp/databento'
import { CallError } from '../errors.js'
import { ENOUGH, readInput } from '../input.js'
import type { Output } from '../output.js'
import { encoderOf, type Stream, type TextFlags } from '../text.js'

/** Flags of `scalp-dbn cat`. */
export interface CatFlags extends TextFlags {
  readonly csv?: boolean
  readonly limit?: number
  readonly partial?: boolean
  /** The version of DBN that a file of records without metadata is in. */
  readonly fragment?: number
}

/** Prints the records of DBN files as text, byte for byte as Databento's own encoder does. */
export async function cat(files: readonly string[], flags: CatFlags, out: Output): Promise<void> {
  if (flags.csv === true && flags.json === true)
    throw new CallError({ problem: '--csv and --json exclude each other.', hint: 'Choose one of them.' })
  let left = flags.limit ?? Number.POSITIVE_INFINITY
  let skipped = 0
  let header: string | undefined
  for (const file of files) {
    if (left <= 0 && header !== undefined) break
    let encoder: CsvEncoder | JsonEncoder | undefined
    const start = (stream: Stream): void => {
      encoder = encoderOf(stream, flags)
      if (encoder instanceof CsvEncoder) header = startCsv(encoder.header(), header, file, out)
      if (left <= 0) throw ENOUGH
    }
    if (flags.fragment !== undefined) start({ version: flags.fragment, tsOut: false })
    const { isTruncated } = await readInput(
      file,
      {
        onMetadata: start,
        onBlock({ bytes, view, length }) {
          const current = encoder as CsvEncoder | JsonEncoder
          for (let at = 0; at < length; at += (bytes[at] as number) * 4) {
            const line = current.row(view, at)
            if (line === '') continue
            out.write(line)
            if (--left <= 0) throw ENOUGH
          }
        },
      },
      { partial: flags.partial ?? false, isFragment: flags.fragment !== undefined },
    )
    if (isTruncated) process.stderr.write(`warning: ${file} was cut short; its whole records were read.\n`)
    skipped += encoder?.skipped ?? 0
  }
  if (skipped > 0) process.stderr.write(`warning: ${skipped} records of unknown type were left out.\n`)
}

/** Prints the header of the first file; the others must have the same. */
function startCsv(header: string, first: string | undefined, file: string, out: Output): string {
  if (first === undefined) {
    out.write(header)
    return header
  }
  if (header === first) return first
  throw new CallError({
    problem: `${file} has other columns than the file before it.`,
    hint: 'Print them one by one, as JSON Lines with --json, or name common columns with --fields.',
  })
}
