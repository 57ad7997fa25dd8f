import path from 'node:path'
import { type Format, readResult, readStudy, writeFormat } from '../outputs.js'

/** Flags of `scalp-backtest report`. */
export interface ReportFlags {
  readonly format: readonly Format[]
  /** What research adds. */
  readonly study?: string
  /** The file to write; its ending is that of the format. */
  readonly out?: string
}

/** Writes the report of a result file anew, in one form or several. */
export async function report(fileOrDirectory: string, { format, study, out }: ReportFlags): Promise<void> {
  const { file, result } = await readResult(fileOrDirectory)
  const told = study === undefined ? result : { ...result, study: await readStudy(study) }
  const target = path.resolve(out ?? path.join(path.dirname(file), 'report'))
  const base = format.some((one) => target.endsWith(`.${one}`))
    ? target.slice(0, -path.extname(target).length)
    : target
  for (const one of format)
    for (const written of await writeFormat(told, one, base)) process.stdout.write(`Report  ${written}\n`)
}
