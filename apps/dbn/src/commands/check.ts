import { isScalpError } from '@scalp/canonical'
import { createProgressBar } from '@scalp/cli'
import type { Schema } from '@scalp/databento'
import {
  addCounts,
  checkFile,
  emptyCounts,
  type QuoteCounts,
  type QuoteReport,
  type SessionTimes,
} from '@scalp/databento/node'
import { inputFiles } from '../data-files.js'
import type { Output } from '../output.js'
import { calendar } from '../trading-days.js'
import { formatCount } from '../values.js'

/** Flags of `scalp-dbn check`. */
export interface CheckFlags {
  readonly underlying?: readonly string[]
  readonly from?: string
  readonly to?: string
  readonly frozenAfter: number
  readonly json?: boolean
  readonly quiet?: boolean
}

/** Schemas of quotes; of CSV only those that are sampled. */
const QUOTES: readonly Schema[] = [
  'cbbo-1m',
  'cbbo-1s',
  'bbo-1m',
  'bbo-1s',
  'cmbp-1',
  'tcbbo',
  'mbp-1',
  'tbbo',
]
const COLUMNS: readonly (readonly [keyof QuoteCounts, string])[] = [
  ['records', 'records'],
  ['crossed', 'crossed'],
  ['locked', 'locked'],
  ['oneSided', 'one-sided'],
  ['empty', 'empty'],
  ['frozen', 'frozen'],
  ['unsorted', 'unsorted'],
  ['duplicates', 'duplicates'],
  ['outOfSession', 'out of session'],
  ['missingMinutes', 'missing minutes'],
]
const SHOWN = 40

/** Checks quotes file by file, and prints each day as it is done; answers 1 when a file could not be read. */
export async function check(fileOrDirectory: string, flags: CheckFlags, out: Output): Promise<number> {
  const { files, others } = await inputFiles(fileOrDirectory, { ...flags, schemas: QUOTES })
  const bar = createProgressBar({ isSilent: flags.quiet === true })
  bar.start(files.length, 'files')
  const report = new Report(out, flags.json === true)
  const startedMs = performance.now()
  let done = 0
  try {
    for (const { path: file, symbolFiles, schema } of files) {
      const checked = await checkFile(file, {
        symbolFiles,
        sessionOn,
        frozenAfter: flags.frozenAfter,
        ...(flags.underlying === undefined ? {} : { underlyings: flags.underlying }),
        ...(schema === 'cbbo-1s' ? { schema } : {}),
        onReport: (day) => report.add(day),
      })
      report.endFile(checked.file, checked.records, checked.failure)
      bar.update(++done, report.date)
    }
  } finally {
    bar.stop()
  }
  report.end((performance.now() - startedMs) / 1_000, others)
  return report.failures === 0 ? 0 : 1
}

function sessionOn(date: string): SessionTimes | undefined {
  try {
    return calendar.sessionOn(date)
  } catch (error) {
    if (isScalpError(error)) return undefined
    throw error
  }
}

/** Sums reports up and prints them: a row for each day, then each underlying; or all of them as JSON Lines. */
class Report {
  date = ''
  failures = 0
  #records = 0
  #days = 0
  #hasHeader = false
  #day: QuoteCounts = emptyCounts()
  readonly #underlyings = new Map<string, QuoteCounts>()
  readonly #out: Output
  readonly #isJson: boolean

  constructor(out: Output, isJson: boolean) {
    this.#out = out
    this.#isJson = isJson
  }

  add(report: QuoteReport): void {
    const { date, underlying } = report
    if (this.#isJson) this.#out.write(`${JSON.stringify({ type: 'day', ...report })}\n`)
    if (date !== this.date) this.#endDay()
    this.date = date
    addCounts(this.#day, report)
    let sum = this.#underlyings.get(underlying)
    if (sum === undefined) this.#underlyings.set(underlying, (sum = emptyCounts()))
    addCounts(sum, report)
  }

  endFile(file: string, records: number, failure: { code: string; message: string } | undefined): void {
    this.#records += records
    if (failure === undefined) return
    this.failures++
    const { code, message } = failure
    this.#out.write(
      this.#isJson
        ? `${JSON.stringify({ type: 'file', file, records, error: { code, message } })}\n`
        : `${message} (${code}) What came before was checked.\n`,
    )
  }

  end(seconds: number, others: number): void {
    this.#endDay()
    const sums = [...this.#underlyings].sort(([, a], [, b]) => b.records - a.records)
    const total = emptyCounts()
    for (const [, sum] of sums) addCounts(total, sum)
    const totals = { records: this.#records, days: this.#days, failures: this.failures, otherFiles: others }
    if (this.#isJson) {
      const underlyings = sums.map(([underlying, sum]) => ({ underlying, ...sum }))
      this.#out.write(`${JSON.stringify({ type: 'total', ...totals, counts: total, underlyings })}\n`)
      return
    }
    this.#out.write(`\n${header('underlying')}`)
    for (const [underlying, sum] of sums.slice(0, SHOWN)) this.#out.write(row(underlying, sum))
    if (sums.length > SHOWN)
      this.#out.write(`and ${formatCount(sums.length - SHOWN)} more; --json prints all\n`)
    if (sums.length > 1) this.#out.write(row('all', total))
    const speed = this.#records === 0 ? '' : `, ${((seconds * 1e9) / this.#records).toFixed(0)} ns a record`
    this.#out.write(
      `\n${formatCount(this.#records)} records of quotes on ${formatCount(this.#days)} days in ${seconds.toFixed(1)} s${speed}\n`,
    )
    if (others > 0) this.#out.write(`${formatCount(others)} files of other schemas or days were not read.\n`)
  }

  #endDay(): void {
    if (this.date === '') return
    this.#days++
    if (!this.#isJson) {
      if (!this.#hasHeader) this.#out.write(header('day'))
      this.#hasHeader = true
      this.#out.write(row(this.date, this.#day))
    }
    this.#day = emptyCounts()
  }
}

function header(first: string): string {
  return `${[first.padEnd(10), ...COLUMNS.map(([, title]) => title.padStart(widthOf(title)))].join('  ')}\n`
}

function row(first: string, counts: QuoteCounts): string {
  const cells = COLUMNS.map(([name, title]) => formatCount(counts[name]).padStart(widthOf(title)))
  return `${[first.padEnd(10), ...cells].join('  ')}\n`
}

function widthOf(title: string): number {
  return Math.max(title.length, 9)
}
