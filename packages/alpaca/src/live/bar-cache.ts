import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { IsoDate } from '@scalp/canonical'
import type { RestBar } from '../rest/data-schemas.js'

const VERSION = 1
const COLUMNS = [
  'startUs',
  'openMicros',
  'highMicros',
  'lowMicros',
  'closeMicros',
  'volume',
  'trades',
  'vwapMicros',
] as const

/** Keeps bars on disk, one file for each symbol, timeframe and date. */
export class BarCache {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  /**
   * The bars of a day: from disk, or by `load` and then from disk the next time.
   *
   * A file that is damaged is loaded anew. Ask for days that are over only: a day is never loaded twice.
   */
  async get(
    {
      symbol,
      timeframe,
      date,
    }: { readonly symbol: string; readonly timeframe: string; readonly date: IsoDate },
    load: () => Promise<readonly RestBar[]>,
  ): Promise<readonly RestBar[]> {
    const name = `${encodeURIComponent(symbol)}-${encodeURIComponent(timeframe)}-${date}.json`
    const file = path.join(this.#folder, name)
    const known = await read(file)
    if (known !== undefined) return known
    const bars = await load()
    await mkdir(this.#folder, { recursive: true })
    /** Written beside and moved into place, so that a crash leaves no half of a file. */
    const rows = bars.map((bar) => COLUMNS.map((column) => bar[column]))
    await writeFile(`${file}.${process.pid}`, JSON.stringify({ version: VERSION, columns: COLUMNS, rows }))
    await rename(`${file}.${process.pid}`, file)
    return bars
  }
}

async function read(file: string): Promise<readonly RestBar[] | undefined> {
  try {
    const { version, rows } = JSON.parse(await readFile(file, 'utf8')) as {
      version: number
      rows: (number | null)[][]
    }
    if (version !== VERSION) return undefined
    /** JSON has no `NaN` and writes null instead. */
    return rows.map(
      (row) =>
        Object.fromEntries(
          COLUMNS.map((column, index) => [column, row[index] ?? Number.NaN]),
        ) as unknown as RestBar,
    )
  } catch {
    return undefined
  }
}
