import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { ScalpError } from '@scalp/canonical'
import { type BacktestResult, parseResult } from '@scalp/report'
import { renderHtml } from '@scalp/report/node'

/** Where the files of a run are. */
export interface Outputs {
  readonly resultFile: string
  readonly reportFile: string
}

/** Thrown when a file given as a result is none. */
export class ResultFileError extends ScalpError {
  override readonly name = 'ResultFileError'
  constructor({ file, cause }: { file: string; cause: unknown }) {
    super(`${file} is no result of a backtest: ${cause instanceof Error ? cause.message : String(cause)}`, {
      code: 'RESULT_FILE',
      hint: 'Give the result.json that scalp-backtest run wrote, or its directory.',
      details: { file },
      cause,
    })
  }
}

/** Writes `result.json` and `report.html`, each whole or not at all. */
export async function writeOutputs(directory: string, result: BacktestResult): Promise<Outputs> {
  const resultFile = path.resolve(directory, 'result.json')
  const reportFile = path.resolve(directory, 'report.html')
  await mkdir(path.dirname(resultFile), { recursive: true })
  await writeWhole(resultFile, `${JSON.stringify(result, null, 1)}\n`)
  await writeWhole(reportFile, await renderHtml(result))
  return { resultFile, reportFile }
}

/** Reads a result file, or the one in a directory. */
export async function readResult(fileOrDirectory: string): Promise<{ file: string; result: BacktestResult }> {
  let file = path.resolve(fileOrDirectory)
  try {
    if ((await stat(file)).isDirectory()) file = path.join(file, 'result.json')
    return { file, result: parseResult(JSON.parse(await readFile(file, 'utf8'))) }
  } catch (cause) {
    throw new ResultFileError({ file, cause })
  }
}

/** A reader never sees half a file: it is written beside and moved. */
export async function writeWhole(file: string, text: string): Promise<void> {
  const beside = `${file}.tmp`
  await writeFile(beside, text)
  await rename(beside, file)
}
