import path from 'node:path'
import { compareResults, formatComparison } from '@scalp/report'
import { renderComparison } from '@scalp/report/node'
import { readResult, writeWhole } from '../outputs.js'

/** Flags of `scalp-backtest compare`. */
export interface CompareFlags {
  readonly out: string
  readonly json?: boolean
}

/** Puts two results side by side, as text and as a page. */
export async function compare(first: string, second: string, { out, json }: CompareFlags): Promise<void> {
  const [a, b] = [await readResult(first), await readResult(second)]
  const names = namesOf(a.file, b.file)
  const comparison = compareResults(a.result, b.result)
  const page = path.resolve(out)
  await writeWhole(page, renderComparison(a.result, b.result, names))
  process.stdout.write(
    json === true
      ? `${JSON.stringify(comparison)}\n`
      : `${formatComparison(comparison, names)}\n\nReport  ${page}\n`,
  )
}

/** The folders the results are in, or their files where that does not tell them apart. */
function namesOf(a: string, b: string): [string, string] {
  const folders: [string, string] = [path.basename(path.dirname(a)), path.basename(path.dirname(b))]
  if (folders[0] !== folders[1]) return folders
  const files: [string, string] = [path.basename(a, '.json'), path.basename(b, '.json')]
  return files[0] === files[1] ? ['A', 'B'] : files
}
