import { statSync } from 'node:fs'
import path from 'node:path'
import { isIsoDate } from '@scalp/canonical'
import type { Schema } from '@scalp/databento'
import { type DataFile, discoverDataset, filesOf, NoDataError } from '@scalp/databento/node'
import { CallError } from './errors.js'

/** A file to read, and what helps to read it. */
export interface InputFile {
  readonly path: string
  readonly symbolFiles: readonly string[]
  /** Undefined for a file that was named itself. */
  readonly schema: Schema | undefined
  /** As it was found in a directory. */
  readonly found?: DataFile
}

/** Which files of a directory are meant. */
export interface FileChoice {
  readonly schemas: readonly Schema[]
  readonly from?: string | undefined
  readonly to?: string | undefined
  /** True when they are read as one: then none may hold a part of what another holds. */
  readonly together?: boolean
}

/**
 * The files of a directory that were chosen, by day; or the one file that was named.
 *
 * @throws {@link NoDataError} When there are none. {@link DataOverlapError}
 */
export async function inputFiles(
  fileOrDirectory: string,
  { schemas, from = '', to = '9999', together = false }: FileChoice,
): Promise<{ readonly files: readonly InputFile[]; readonly others: number }> {
  for (const date of [from, to]) {
    if (date === '' || date === '9999' || isIsoDate(date)) continue
    throw new CallError({ problem: `"${date}" is no date.`, hint: 'Write it as YYYY-MM-DD.' })
  }
  if (statSync(fileOrDirectory).isFile())
    return { files: [{ path: fileOrDirectory, symbolFiles: [], schema: undefined }], others: 0 }
  const dataset = await discoverDataset(fileOrDirectory)
  if (together) for (const schema of schemas) filesOf(dataset, { schema, from, to })
  const wanted = (file: DataFile): boolean =>
    schemas.includes(file.schema) && file.to >= from && file.from <= to
  const files = dataset.files.filter(wanted).map((file) => ({
    path: file.path,
    symbolFiles: file.symbolFiles ?? [],
    schema: file.schema,
    found: file,
  }))
  if (files.length > 0) return { files, others: dataset.files.length - files.length }
  const have = [...new Set(dataset.files.map(({ schema }) => schema))].join(', ')
  throw new NoDataError({
    directory: path.resolve(fileOrDirectory),
    wanted: `files of ${schemas.join(', ')}${from === '' ? '' : ` from ${from}`}${to === '9999' ? '' : ` to ${to}`}`,
    have: have === '' ? 'no data files at all' : `files of ${have}`,
  })
}
