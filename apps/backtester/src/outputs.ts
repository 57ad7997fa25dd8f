import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { ScalpError } from '@scalp/canonical'
import {
  type BacktestResult,
  decisionsCsv,
  formatMarkdown,
  parseResult,
  type Study,
  studySchema,
  tradesCsv,
} from '@scalp/report'
import { decisionsParquet, renderHtml, tradesParquet } from '@scalp/report/node'

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

/** Thrown when a file given as a study is none. */
export class StudyFileError extends ScalpError {
  override readonly name = 'StudyFileError'
  constructor({ file, cause }: { file: string; cause: unknown }) {
    super(`${file} is no study: ${cause instanceof Error ? cause.message : String(cause)}`, {
      code: 'STUDY_FILE',
      hint: 'Give the JSON that a sweep wrote for its report.',
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

/** The forms a result can be written in, by name. */
export const FORMATS = ['html', 'md', 'json', 'csv', 'parquet'] as const

/** A form a result can be written in. */
export type Format = (typeof FORMATS)[number]

/** Writes a result in a form, beside others of the same name, and answers the files. */
export async function writeFormat(result: BacktestResult, format: Format, base: string): Promise<string[]> {
  const directory = path.dirname(base)
  const files: readonly (readonly [string, string | Uint8Array])[] = await contentsOf(result, format, base)
  await mkdir(directory, { recursive: true })
  for (const [file, content] of files) await writeWhole(file, content)
  return files.map(([file]) => file)
}

async function contentsOf(
  result: BacktestResult,
  format: Format,
  base: string,
): Promise<readonly (readonly [string, string | Uint8Array])[]> {
  const directory = path.dirname(base)
  const beside = (name: string): string => path.join(directory, name)
  switch (format) {
    case 'html':
      return [[`${base}.html`, await renderHtml(result)]]
    case 'md':
      return [[`${base}.md`, formatMarkdown(result)]]
    case 'json':
      return [[`${base}.json`, `${JSON.stringify(result, null, 1)}\n`]]
    case 'csv':
      return [
        [beside('trades.csv'), tradesCsv(result)],
        [beside('decisions.csv'), decisionsCsv(result)],
      ]
    case 'parquet':
      return [
        [beside('trades.parquet'), tradesParquet(result)],
        [beside('decisions.parquet'), decisionsParquet(result)],
      ]
  }
}

/** Reads what research has to add to a report: surfaces of a sweep, walk-forward, a ledger of trials. */
export async function readStudy(file: string): Promise<Study> {
  try {
    return studySchema.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch (cause) {
    throw new StudyFileError({ file, cause })
  }
}

/** Writes what research found, for {@link readStudy}. */
export async function writeStudy(file: string, study: Study): Promise<void> {
  await mkdir(path.dirname(path.resolve(file)), { recursive: true })
  await writeWhole(path.resolve(file), `${JSON.stringify(study, null, 1)}\n`)
}

/** A reader never sees half a file: it is written beside and moved. */
export async function writeWhole(file: string, text: string | Uint8Array): Promise<void> {
  const beside = `${file}.tmp`
  await writeFile(beside, text)
  await rename(beside, file)
}
