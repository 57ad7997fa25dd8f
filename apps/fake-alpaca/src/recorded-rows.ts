import { createReadStream } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import type { RecordedRow } from '@scalp/alpaca/testing'

/** The rows of `*.jsonl` files, line by line; lines that are no quote or trade are left out. */
export async function* recordedRows(folder: string, files: readonly string[]): AsyncGenerator<RecordedRow> {
  for (const file of files)
    for await (const line of createInterface({ input: createReadStream(path.join(folder, file)) })) {
      const row = parse(line)
      if (row !== undefined) yield row
    }
}

function parse(line: string): RecordedRow | undefined {
  try {
    const row = JSON.parse(line) as Partial<RecordedRow> | null
    const isRow = (row?.T === 'q' || row?.T === 't') && typeof row.S === 'string' && typeof row.t === 'string'
    return isRow ? (row as RecordedRow) : undefined
  } catch {
    return undefined
  }
}
