import { statSync } from 'node:fs'
import { createProgressBar } from '@scalp/cli'
import { type MergeDbnOptions, type MergeSummary, mergeDbn } from '@scalp/databento/node'
import { CallError } from '../errors.js'
import type { Output } from '../output.js'
import { formatBytes, formatCount } from '../values.js'

/** Flags that every command has which writes a file. */
export interface WriteFlags {
  readonly output: string
  readonly force?: boolean
  readonly partial?: boolean
  readonly json?: boolean
  readonly quiet?: boolean
}

/** Merges DBN files into one, by receive time. */
export async function merge(files: readonly string[], flags: WriteFlags, out: Output): Promise<void> {
  if (!/\.dbn(?:\.zst)?$/.test(flags.output)) {
    throw new CallError({
      problem: `${flags.output} is no name of a DBN file.`,
      hint: 'Let it end in .dbn or .dbn.zst; scalp-dbn convert makes text of the merged file.',
    })
  }
  await writeDbn(files, flags, {}, out)
}

/** Writes the records of files into one file, shows how far it is, and says what came of it. */
export async function writeDbn(
  files: readonly string[],
  flags: WriteFlags,
  options: Pick<MergeDbnOptions, 'filterOf' | 'describe'>,
  out: Output,
): Promise<MergeSummary> {
  refuseOverwrite(flags, files)
  const bar = createProgressBar({ isSilent: flags.quiet === true })
  bar.start(files.length, 'files')
  const summary = await mergeDbn(files, flags.output, {
    ...options,
    partial: flags.partial ?? false,
    onProgress: (records, done) => bar.update(done, `${formatCount(records)} records`),
  }).finally(() => bar.stop())
  for (const file of summary.truncated)
    process.stderr.write(`warning: ${file} was cut short; its whole records were read.\n`)
  tellWritten(flags, summary.records, out)
  return summary
}

/** Fails where a file would be replaced that was not meant to be, or that is read at the same time. */
export function refuseOverwrite({ output, force = false }: WriteFlags, inputs: readonly string[]): void {
  const found = statSync(output, { throwIfNoEntry: false })
  if (found === undefined) return
  const isInput = inputs.some((file) => {
    const input = statSync(file, { throwIfNoEntry: false })
    return input?.ino === found.ino && input.dev === found.dev
  })
  if (isInput) throw new CallError({ problem: `${output} is itself read.`, hint: 'Write into another file.' })
  if (!force)
    throw new CallError({ problem: `${output} is there already.`, hint: 'Give --force to replace it.' })
}

/** Says what was written. */
export function tellWritten({ output, json = false, quiet }: WriteFlags, records: number, out: Output): void {
  const bytes = statSync(output).size
  if (json) out.write(`${JSON.stringify({ file: output, records, bytes })}\n`)
  else if (quiet !== true) out.write(`${output}: ${formatCount(records)} records, ${formatBytes(bytes)}\n`)
}
