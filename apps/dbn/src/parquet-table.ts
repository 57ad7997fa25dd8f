import { zstdCompressSync } from 'node:zlib'
import { fileWriter, ParquetWriter, type SchemaElement } from 'hyparquet-writer'

/** What a column holds; `time` is ns since 1970, `null` stands for "none" in every kind. */
export type ColumnKind = 'time' | 'price' | 'int64' | 'uint64' | 'int32' | 'uint32' | 'text'

/** One column of a table. */
export interface TableColumn {
  readonly name: string
  readonly kind: ColumnKind
}

type Value = number | bigint | string | null

const ROWS_A_GROUP = 131_072
const ELEMENTS: Readonly<Record<ColumnKind, Omit<SchemaElement, 'name'>>> = {
  time: { type: 'INT64', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'NANOS' } },
  price: { type: 'DOUBLE' },
  int64: { type: 'INT64' },
  uint64: { type: 'INT64', converted_type: 'UINT_64' },
  int32: { type: 'INT32' },
  uint32: { type: 'INT64' },
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
}

/** Writes rows as Parquet: a group of rows at a time, compressed with zstd; memory does not grow with the file. */
export class ParquetTable {
  rows = 0
  readonly #columns: readonly TableColumn[]
  readonly #writer: ParquetWriter
  #values: Value[][]

  constructor(file: string, columns: readonly TableColumn[]) {
    this.#columns = columns
    this.#values = columns.map(() => [])
    this.#writer = new ParquetWriter({
      writer: fileWriter(file),
      schema: [
        { name: 'records', num_children: columns.length },
        ...columns.map(
          ({ name, kind }): SchemaElement => ({ name, repetition_type: 'OPTIONAL', ...ELEMENTS[kind] }),
        ),
      ],
      codec: 'ZSTD',
      compressors: { ZSTD: (bytes) => zstdCompressSync(bytes) },
      createdBy: 'scalp-dbn',
    })
  }

  /** Adds a row: a value for each column, in their order. */
  add(row: readonly Value[]): void {
    for (const [at, values] of this.#values.entries()) values.push(row[at] ?? null)
    this.rows++
    if (this.rows % ROWS_A_GROUP === 0) this.#flush()
  }

  /** Writes the last group and the footer. */
  finish(): void {
    if (this.rows === 0 || this.rows % ROWS_A_GROUP > 0) this.#flush()
    void this.#writer.finish()
  }

  #flush(): void {
    void this.#writer.write({
      rowGroupSize: ROWS_A_GROUP,
      columnData: this.#columns.map(({ name }, at) => ({ name, data: this.#values[at] as Value[] })),
    })
    this.#values = this.#columns.map(() => [])
  }
}
