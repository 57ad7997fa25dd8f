import { closeSync, openSync, writeSync } from 'node:fs'
import { fileWriter, ParquetWriter, type SchemaElement } from 'hyparquet-writer'
import { type JournalLine, toEntry } from './line.js'

const BATCH = 20_000

/** Columns of the Parquet export: those of the table `journal`. */
const COLUMNS: SchemaElement[] = [
  { name: 'journal', num_children: 6 },
  { name: 'seq', type: 'INT64', repetition_type: 'REQUIRED' },
  { name: 'at_us', type: 'INT64', repetition_type: 'REQUIRED' },
  { name: 'run', type: 'INT32', repetition_type: 'REQUIRED' },
  { name: 'type', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
  { name: 'body', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
  { name: 'hash', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
]

/** Writes lines as JSON, one object a line: seq, run, hash and the entry's own fields. Answers how many. */
export function exportJsonLines(lines: Iterable<JournalLine>, file: string | number): number {
  const fd = typeof file === 'number' ? file : openSync(file, 'w')
  try {
    let count = 0
    for (const batch of batchesOf(lines)) {
      const text = batch
        .map((line) => JSON.stringify({ seq: line.seq, run: line.run, ...toEntry(line), hash: line.hash }))
        .join('\n')
      const bytes = Buffer.from(`${text}\n`)
      for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done)
      count += batch.length
    }
    return count
  } finally {
    if (typeof file !== 'number') closeSync(fd)
  }
}

/** Writes lines as Parquet, in groups of 20,000 rows. Answers how many. */
export function exportParquet(lines: Iterable<JournalLine>, file: string): number {
  const parquet = new ParquetWriter({ writer: fileWriter(file), schema: COLUMNS, createdBy: 'scalp-journal' })
  let count = 0
  for (const batch of batchesOf(lines)) {
    void parquet.write({
      rowGroupSize: BATCH,
      columnData: [
        { name: 'seq', data: batch.map(({ seq }) => BigInt(seq)) },
        { name: 'at_us', data: batch.map(({ atUs }) => BigInt(atUs)) },
        { name: 'run', data: batch.map(({ run }) => run) },
        { name: 'type', data: batch.map(({ type }) => type) },
        { name: 'body', data: batch.map(({ body }) => body) },
        { name: 'hash', data: batch.map(({ hash }) => hash) },
      ],
    })
    count += batch.length
  }
  void parquet.finish()
  return count
}

function* batchesOf(lines: Iterable<JournalLine>): Generator<JournalLine[]> {
  let batch: JournalLine[] = []
  for (const line of lines) {
    batch.push(line)
    if (batch.length < BATCH) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}
