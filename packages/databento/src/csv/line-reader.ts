/** Told of each line: its bytes, without the line feed, in a buffer that is reused. */
export type LineSink = (bytes: Uint8Array, start: number, end: number, line: number) => void

/** Cuts pieces of text into lines; a line across pieces is put together once. */
export class LineReader {
  /** Lines handed out. */
  lines = 0
  #carry: Uint8Array = new Uint8Array(0)
  readonly #sink: LineSink

  constructor(sink: LineSink) {
    this.#sink = sink
  }

  push(piece: Uint8Array): void {
    let bytes = piece
    if (this.#carry.length > 0) {
      bytes = new Uint8Array(this.#carry.length + piece.length)
      bytes.set(this.#carry)
      bytes.set(piece, this.#carry.length)
    }
    let start = 0
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
      const last = end > start && bytes[end - 1] === 13 ? end - 1 : end
      this.#sink(bytes, start, last, ++this.lines)
      start = end + 1
    }
    this.#carry = bytes.slice(start)
  }

  /** Bytes after the last line feed: a cut line, if there are any. */
  get left(): number {
    return this.#carry.length
  }
}
