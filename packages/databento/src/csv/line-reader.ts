import type { ByteSource } from '../zstd/byte-source.js'

const LINE_FEED = 10
const RETURN = 13
const BUFFER_BYTES = 1 << 17
/** Bytes behind the text that a reader of whole words may look at. */
export const SLACK_BYTES = 64

/** Text that is reused; borrowed until the next call. */
export interface Text {
  readonly bytes: Uint8Array
  /** Of all of `bytes`, which are {@link SLACK_BYTES} more than there can be text. */
  readonly view: DataView
}

/** Told of each line: its bytes, without the line feed, in a buffer that is reused. */
export type LineSink = (bytes: Uint8Array, start: number, end: number, line: number) => void

/** Reads lines that are as most are. */
export interface FastLines {
  /** Reads the line at a place if it can, and answers where the next one starts; -1: it is the sink's. */
  read(text: Text, start: number): number
  /** Ends what was read: the sink has the next line, or the text moves. */
  flush(text: Text): void
}

/** Cuts text into lines, in a buffer of its own that keeps the start of a line until its end comes. */
export class LineReader {
  /** Lines handed out. */
  lines = 0
  #text: Text = textOf(BUFFER_BYTES)
  #filled = 0
  readonly #sink: LineSink
  readonly #fast: FastLines | undefined

  constructor(sink: LineSink, fast?: FastLines) {
    this.#sink = sink
    this.#fast = fast
  }

  /** Takes the next piece of the text. */
  push(piece: Uint8Array): void {
    for (let at = 0; at < piece.length; ) {
      const room = this.#room() - this.#filled
      const next = piece.subarray(at, at + room)
      this.#text.bytes.set(next, this.#filled)
      this.#filled += next.length
      at += next.length
      this.#cut()
    }
  }

  /** Takes the next piece of a source; false at its end. */
  pull(source: ByteSource): boolean {
    const length = source.fill(this.#text.bytes, this.#filled, this.#room())
    this.#filled += length
    if (length > 0) this.#cut()
    return length > 0
  }

  /** Bytes after the last line feed: a cut line, if there are any. */
  get left(): number {
    return this.#filled
  }

  #room(): number {
    return this.#text.bytes.length - SLACK_BYTES
  }

  #cut(): void {
    const text = this.#text
    const { bytes } = text
    let start = 0
    const stop = bytes.lastIndexOf(LINE_FEED, this.#filled - 1) + 1
    while (start < stop) {
      let next = this.#fast?.read(text, start) ?? -1
      this.lines++
      if (next < 0) {
        this.#fast?.flush(text)
        const end = bytes.indexOf(LINE_FEED, start)
        this.#sink(bytes, start, end > start && bytes[end - 1] === RETURN ? end - 1 : end, this.lines)
        next = end + 1
      }
      start = next
    }
    this.#fast?.flush(text)
    bytes.copyWithin(0, start, this.#filled)
    this.#filled -= start
    if (this.#filled === this.#room()) this.#grow()
  }

  /** A line that is longer than the buffer. */
  #grow(): void {
    const before = this.#text.bytes
    this.#text = textOf(this.#room() * 2)
    this.#text.bytes.set(before.subarray(0, this.#filled))
  }
}

function textOf(bytes: number): Text {
  const buffer = new Uint8Array(bytes + SLACK_BYTES)
  return { bytes: buffer, view: new DataView(buffer.buffer) }
}
