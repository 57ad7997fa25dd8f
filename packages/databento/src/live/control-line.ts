import { LiveProtocolError } from './errors.js'

const NEWLINE = 0x0a
const MAX_LINE_BYTES = 1 << 16
const decoder = new TextDecoder()

/** Reads `key=value|key=value`: empty parts are left out, and a value may hold `=`. */
export function parseFields(line: string): Map<string, string> {
  const fields = new Map<string, string>()
  for (const part of line.split('|')) {
    if (part === '') continue
    const at = part.indexOf('=')
    if (at < 0) fields.set(part, '')
    else fields.set(part.slice(0, at), part.slice(at + 1))
  }
  return fields
}

/** Writes fields as one line; undefined ones are left out. */
export function formatFields(fields: Readonly<Record<string, string | number | undefined>>): string {
  const parts = Object.entries(fields).filter(([, value]) => value !== undefined)
  return `${parts.map(([key, value]) => `${key}=${value}`).join('|')}\n`
}

/** Puts lines together out of any pieces. */
export class LineReader {
  #bytes: Uint8Array = new Uint8Array(0)

  /** Adds bytes. */
  push(bytes: Uint8Array): void {
    const joined = new Uint8Array(this.#bytes.length + bytes.length)
    joined.set(this.#bytes)
    joined.set(bytes, this.#bytes.length)
    this.#bytes = joined
  }

  /**
   * The next whole line, without its end; undefined when there is none yet.
   *
   * @throws {@link LiveProtocolError} When a line does not end.
   */
  next(): string | undefined {
    const at = this.#bytes.indexOf(NEWLINE)
    if (at < 0 && this.#bytes.length > MAX_LINE_BYTES)
      throw new LiveProtocolError({ reason: `a line is longer than ${MAX_LINE_BYTES} bytes` })
    if (at < 0) return undefined
    const line = decoder.decode(this.#bytes.subarray(0, at)).replace(/\r$/, '')
    this.#bytes = this.#bytes.subarray(at + 1)
    return line
  }

  /** Bytes after the last line taken. */
  rest(): Uint8Array {
    return this.#bytes
  }
}
