import type { Block } from '../dbn/assembler.js'
import type { Metadata } from '../dbn/metadata.js'
import { readDbnMetadata } from '../dbn/node-file.js'
import { writeDbnFile } from '../dbn/node-writer.js'
import type { RecordWriter } from '../dbn/record-writer.js'
import { upgradeRecord } from '../dbn/upgrade.js'
import { MergeInput } from './merge-input.js'
import { mergeMetadata } from './merge-metadata.js'

/** Says of the record at an offset whether it stays. */
export type RecordFilter = (view: DataView, offset: number) => boolean

/** How files become one. */
export interface MergeDbnOptions {
  /** Compresses with zstd; true where the name of the output ends in `.zst`, unless told. */
  readonly zstd?: boolean
  /** Keeps the whole records of files that were cut short. */
  readonly partial?: boolean
  /** Makes the filter of a file's records. */
  readonly filterOf?: (metadata: Metadata) => RecordFilter
  /** Changes the metadata that are written. */
  readonly describe?: (merged: Metadata) => Metadata
  /** Told, now and then, how many records were written, and how many files are done. */
  readonly onProgress?: (records: number, files: number) => void
}

/** What came of a merge. */
export interface MergeSummary {
  readonly records: number
  /** Files that were cut short, where `partial` let that pass. */
  readonly truncated: readonly string[]
}

const FLUSH_BYTES = 1 << 20

/**
 * Writes the records of DBN files into one file, version 3, in the order of their receive time; records of the
 * same time in the order of the files.
 *
 * Each file must be in order itself, and hold nothing before the start of its metadata. Memory does not grow with
 * the files; one file is only upgraded, filtered or compressed anew.
 *
 * @throws {@link MergeError} `TruncatedFileError` `CorruptFileError`
 */
export async function mergeDbn(
  files: readonly string[],
  output: string,
  { zstd = output.endsWith('.zst'), partial = false, filterOf, describe, onProgress }: MergeDbnOptions = {},
): Promise<MergeSummary> {
  const inputs: MergeInput[] = []
  for (const file of files) inputs.push(new MergeInput(file, await readDbnMetadata(file), { partial }))
  const merged = mergeMetadata(inputs.map(({ metadata }) => metadata))
  const filters = inputs.map(({ metadata }) => filterOf?.(metadata))
  let records = 0
  try {
    await writeDbnFile(output, { metadata: describe?.(merged) ?? merged, zstd }, async (writer) => {
      for (let next = earliest(inputs); next >= 0; next = earliest(inputs)) {
        const input = inputs[next] as MergeInput
        if (input.isOpen) records += drain(input, inputs, next, writer.records, filters[next])
        else input.open()
        if (writer.records.bytes().length < FLUSH_BYTES) continue
        await writer.flush()
        onProgress?.(records, inputs.filter(({ isDone }) => isDone).length)
      }
    })
  } finally {
    for (const input of inputs) input.close()
  }
  return { records, truncated: inputs.filter(({ isTruncated }) => isTruncated).map(({ file }) => file) }
}

/** The place of the input whose record comes first; -1 when all are done. */
function earliest(inputs: readonly MergeInput[], except = -1): number {
  let found = -1
  for (let i = 0; i < inputs.length; i++) {
    const input = inputs[i] as MergeInput
    if (i === except || input.isDone) continue
    if (found < 0 || isBefore(input, inputs[found] as MergeInput)) found = i
  }
  return found
}

/** Hands out an input's records until another's comes first, or its block ends. */
function drain(
  input: MergeInput,
  inputs: readonly MergeInput[],
  place: number,
  writer: RecordWriter,
  filter: RecordFilter | undefined,
): number {
  const block = input.block as Block
  const rival = earliest(inputs, place)
  const other = inputs[rival]
  const { version, tsOut } = input.metadata
  let records = 0
  let from = input.at
  do {
    const at = input.at
    const end = at + (block.bytes[at] as number) * 4
    const isKept = filter === undefined || filter(block.view, at)
    const upgraded = isKept && version < 3 ? upgradeRecord(block.view, at, { version, tsOut }) : undefined
    if (isKept) records++
    if (!isKept || upgraded !== undefined) {
      put(writer, block, from, at)
      if (upgraded !== undefined) writer.append(upgraded)
      from = end
    }
    if (end >= block.length) {
      put(writer, block, from, end)
      input.moveTo(end)
      return records
    }
    input.moveTo(end)
  } while (other === undefined || !comesFirst(other, rival, input, place))
  put(writer, block, from, input.at)
  return records
}

function put(writer: RecordWriter, { bytes }: Block, from: number, to: number): void {
  if (to > from) writer.append(bytes.subarray(from, to))
}

function comesFirst(a: MergeInput, aPlace: number, b: MergeInput, bPlace: number): boolean {
  return isBefore(a, b) || (aPlace < bPlace && !isBefore(b, a))
}

function isBefore(a: MergeInput, b: MergeInput): boolean {
  return a.high < b.high || (a.high === b.high && a.low < b.low)
}
