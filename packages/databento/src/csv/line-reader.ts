const LINE_FEED = 10
const RETURN = 13

/** Told of each line: its bytes, without the line feed, in a buffer that is reused. */
export type LineSink = (bytes: Uint8Array, start: number, end: number, line: number) => void

/** Reads the line at a place if it can, and answers where the next one starts; -1: it is the sink's. */
export type FastLine = (bytes: Uint8Array, start: number) => number

/** Cuts pieces of text into lines; a line across pieces is put together once. */
export class LineReader {
  /** Lines handed out. */
  lines = 0
  #carry: Uint8Array = new Uint8Array(0)
  readonly #sink: LineSink
  readonly #fast: FastLine | undefined

  constructor(sink: LineSink, fast?: FastLine) {
    this.#sink = sink
    this.#fast = fast
  }

  push(piece: Uint8Array): void {
    let bytes = piece
    if (this.#carry.length > 0) {
      bytes = new Uint8Array(this.#carry.length + piece.length)
      bytes.set(this.#carry)
      bytes.set(piece, this.#carry.length)
    }
    let start = 0
    const stop = bytes.lastIndexOf(LINE_FEED) + 1
    while (start < stop) {
      let next = this.#fast?.(bytes, start) ?? -1
      this.lines++
      if (next < 0) {
        const end = bytes.indexOf(LINE_FEED, start)
        this.#sink(bytes, start, end > start && bytes[end - 1] === RETURN ? end - 1 : end, this.lines)
        next = end + 1
      }
      start = next
    }
    this.#carry = bytes.slice(start)
  }

  /** Bytes after the last line feed: a cut line, if there are any. */
  get left(): number {
    return this.#carry.length
  }
}
