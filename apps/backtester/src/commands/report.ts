import path from 'node:path'
import { renderHtml } from '@scalp/report/node'
import { readResult, writeWhole } from '../outputs.js'

/** Rebuilds the HTML report of a result file. */
export async function report(fileOrDirectory: string, { out }: { readonly out?: string }): Promise<void> {
  const { file, result } = await readResult(fileOrDirectory)
  const reportFile = path.resolve(out ?? path.join(path.dirname(file), 'report.html'))
  await writeWhole(reportFile, await renderHtml(result))
  process.stdout.write(`Report  ${reportFile}\n`)
}
