import {
  closeSync,
  fdatasyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs'
import { hashLine } from './chain.js'
import type { JournalLine } from './line.js'

/**
 * The newest lines once more, as text beside the database: what is here is on the disk before anything it
 * announces happens, and what a damaged page of the database held is here again.
 *
 * A line is a JSON array of seq, at_us, run, type, body and hash. When the file is full its predecessor
 * goes, after the database was synced, so that two generations are always there.
 */
export class TailFile {
  readonly #path: string
  readonly #isSynced: boolean
  #fd: number
  #bytes: number

  constructor({ path, bytes, isSynced }: { path: string; bytes: number; isSynced: boolean }) {
    this.#path = path
    this.#isSynced = isSynced
    this.#fd = openSync(path, 'a')
    this.#bytes = bytes
    ftruncateSync(this.#fd, bytes)
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Writes lines and waits for the disk. Either all are there afterwards, or it throws and none is. */
  append(lines: readonly JournalLine[]): void {
    const bytes = Buffer.from(lines.map(toText).join(''))
    try {
      for (let done = 0; done < bytes.length; ) done += writeSync(this.#fd, bytes, done)
      if (this.#isSynced) fdatasyncSync(this.#fd)
    } catch (error) {
      ftruncateSync(this.#fd, this.#bytes)
      throw error
    }
    this.#bytes += bytes.length
  }

  /** Starts an empty file; the present one becomes the old one. */
  turn(): void {
    closeSync(this.#fd)
    renameSync(this.#path, `${this.#path}-old`)
    this.#fd = openSync(this.#path, 'a')
    this.#bytes = 0
  }

  close(): void {
    closeSync(this.#fd)
  }
}

/** What a tail file holds, up to the first line that is torn. */
export interface TailContent {
  readonly lines: readonly JournalLine[]
  /** Length of what is whole. */
  readonly bytes: number
}

/** Reads a tail file; an absent one is empty. A line counts when it is whole and its hash follows the one before. */
export function readTail(path: string): TailContent {
  let content: Buffer
  try {
    content = readFileSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { lines: [], bytes: 0 }
    throw error
  }
  const lines: JournalLine[] = []
  let bytes = 0
  for (let end = content.indexOf(10); end >= 0; end = content.indexOf(10, bytes)) {
    const line = fromText(content.toString('utf8', bytes, end))
    const before = lines.at(-1)
    if (line === undefined) break
    if (before !== undefined && (line.seq !== before.seq + 1 || hashLine(before.hash, line) !== line.hash))
      break
    lines.push(line)
    bytes = end + 1
  }
  return { lines, bytes }
}

function toText({ seq, atUs, run, type, body, hash }: JournalLine): string {
  return `${JSON.stringify([seq, atUs, run, type, body, hash])}\n`
}

function fromText(text: string): JournalLine | undefined {
  try {
    const [seq, atUs, run, type, body, hash] = JSON.parse(text) as [
      number,
      number,
      number,
      string,
      string,
      string,
    ]
    return typeof hash === 'string' ? { seq, atUs, run, type, body, hash } : undefined
  } catch {
    return undefined
  }
}
