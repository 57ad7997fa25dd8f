import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Schema } from '../dbn/enums.js'

/** What is known of a file besides its name, as long as its size and time of change stay the same. */
export interface CachedFile {
  readonly bytes: number
  readonly modifiedMs: number
  /** What the file is; or why it is of no use. */
  readonly content: FileContent | string
}

/** What a file holds. */
export interface FileContent {
  readonly dataset: string
  readonly schema: Schema
  /** First and last day, `YYYY-MM-DD`, both included. */
  readonly from: string
  readonly to: string
  /** Version of DBN; null for CSV and slices. */
  readonly version: number | null
  /** What the name says, where the header says something else, or the name says nothing. */
  readonly renamed: string | null
}

const FORMAT = 1

/** Reads an index kept earlier; empty when there is none, or none of this directory and format. */
export async function readIndexCache(file: string, directory: string): Promise<Map<string, CachedFile>> {
  try {
    const kept = JSON.parse(await readFile(file, 'utf8')) as {
      format?: unknown
      directory?: unknown
      files?: Record<string, CachedFile>
    }
    if (kept.format === FORMAT && kept.directory === directory)
      return new Map(Object.entries(kept.files ?? {}))
  } catch {
    // It is made anew.
  }
  return new Map()
}

/** Keeps an index; the file is replaced as a whole. */
export async function writeIndexCache(
  file: string,
  directory: string,
  files: ReadonlyMap<string, CachedFile>,
): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true })
  const part = `${file}.${process.pid}.part`
  await writeFile(part, JSON.stringify({ format: FORMAT, directory, files: Object.fromEntries(files) }))
  await rename(part, file)
}
