/**
 * Where one zstd frame lies in a piece of input, or some blocks of it: a decompressor that fails gives nothing of the
 * call that failed, so that each block is a call of its own.
 */
export interface FramePiece {
  readonly bytes: Uint8Array
  /** Where the piece starts in the stream. */
  readonly offset: number
  /** True when the frame's last byte is in this piece. */
  readonly endsFrame: boolean
}

const ZSTD_MAGIC = 0xfd2fb528
const SKIPPABLE_MAGIC = 0x184d2a50

type State =
  | 'magic'
  | 'skippable-size'
  | 'skip'
  | 'descriptor'
  | 'header'
  | 'block-header'
  | 'block'
  | 'checksum'

/** True when bytes start a zstd frame, a skippable one included. */
export function isZstd(bytes: Uint8Array): boolean {
  if (bytes.length < 4) return false
  const magic = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true)
  return magic === ZSTD_MAGIC || (magic & 0xffff_fff0) >>> 0 === SKIPPABLE_MAGIC
}

/** True when bytes start the legacy DBZ format: a skippable frame that holds its name. */
export function isDbz(bytes: Uint8Array): boolean {
  return isZstd(bytes) && bytes[8] === 0x44 && bytes[9] === 0x42 && bytes[10] === 0x5a
}

/**
 * Cuts a zstd stream into frames by their headers, whatever pieces it comes in, without decompressing it:
 * decoders that know one frame only can then be given one at a time, and an end inside a frame is seen.
 *
 * Source: RFC 8878, sections 3.1.1 and 3.1.2.
 */
export class FrameWalker {
  /** Bytes walked. */
  offset = 0
  /** True when bytes followed that start no frame: what the last call gave came before them. */
  isBroken = false
  #state: State = 'magic'
  readonly #small = new Uint8Array(4)
  #have = 0
  #left = 0
  #hasChecksum = false
  #isLastBlock = false

  /** True between frames: the stream may end here. */
  get isBetweenFrames(): boolean {
    return this.#state === 'magic' && this.#have === 0
  }

  /** Cuts the next piece; skippable frames are left out. See {@link isBroken}. */
  walk(bytes: Uint8Array): FramePiece[] {
    const pieces: FramePiece[] = []
    let start = 0
    let at = 0
    /** Bytes of a magic number that came at the end of the piece before. */
    let carried = this.#state === 'magic' ? this.#have : 0
    while (at < bytes.length) {
      switch (this.#state) {
        case 'magic': {
          if (this.#have === 0) start = at
          at = this.#take(bytes, at, 4)
          if (this.#have < 4) break
          const magic = this.#number(4)
          if (carried > 0 && magic === ZSTD_MAGIC)
            pieces.push({
              bytes: this.#small.slice(0, carried),
              offset: this.offset - carried,
              endsFrame: false,
            })
          carried = 0
          if (magic === ZSTD_MAGIC) this.#expect('descriptor', 1)
          else if ((magic & 0xffff_fff0) >>> 0 === SKIPPABLE_MAGIC) this.#expect('skippable-size', 4)
          else {
            this.isBroken = true
            this.offset += at
            return pieces
          }
          break
        }
        case 'skippable-size':
          at = this.#take(bytes, at, 4)
          if (this.#have < 4) break
          this.#wasSkippable = true
          this.#left = this.#number(4)
          this.#expect(this.#left === 0 ? 'magic' : 'skip', this.#left)
          break
        case 'skip':
          at = this.#pass(bytes, at)
          if (this.#left === 0) this.#expect('magic', 0)
          break
        case 'descriptor':
          this.#readDescriptor(bytes[at++] as number)
          break
        case 'header':
        case 'block':
          at = this.#pass(bytes, at)
          if (this.#left > 0) break
          this.#afterBlock()
          if (this.isBetweenFrames) break
          pieces.push({ bytes: bytes.subarray(start, at), offset: this.offset + start, endsFrame: false })
          start = at
          break
        case 'block-header':
          at = this.#take(bytes, at, 3)
          if (this.#have === 3) this.#readBlockHeader(this.#number(3))
          break
        case 'checksum':
          at = this.#pass(bytes, at)
          if (this.#left === 0) this.#expect('magic', 0)
          break
      }
      if (this.#state === 'magic' && this.#have === 0) {
        if (!this.#wasSkippable)
          pieces.push({ bytes: bytes.subarray(start, at), offset: this.offset + start, endsFrame: true })
        this.#wasSkippable = false
        start = at
      }
    }
    const isInFrame = this.#state !== 'magic' && this.#state !== 'skip' && this.#state !== 'skippable-size'
    if (isInFrame && start < bytes.length)
      pieces.push({ bytes: bytes.subarray(start), offset: this.offset + start, endsFrame: false })
    this.offset += bytes.length
    return pieces
  }

  #wasSkippable = false

  #expect(state: State, left: number): void {
    this.#state = state
    this.#left = left
    this.#have = 0
  }

  #take(bytes: Uint8Array, at: number, want: number): number {
    let next = at
    while (this.#have < want && next < bytes.length) this.#small[this.#have++] = bytes[next++] as number
    return next
  }

  #pass(bytes: Uint8Array, at: number): number {
    const step = Math.min(this.#left, bytes.length - at)
    this.#left -= step
    return at + step
  }

  #number(length: number): number {
    let value = 0
    for (let i = length - 1; i >= 0; i--) value = value * 256 + (this.#small[i] as number)
    return value
  }

  #readDescriptor(descriptor: number): void {
    const isSingleSegment = (descriptor & 0x20) !== 0
    const sizeFlag = descriptor >>> 6
    const sizeBytes = sizeFlag === 0 ? (isSingleSegment ? 1 : 0) : 1 << sizeFlag
    const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] as number
    this.#hasChecksum = (descriptor & 4) !== 0
    this.#isLastBlock = false
    this.#expect('header', (isSingleSegment ? 0 : 1) + dictionaryBytes + sizeBytes)
    if (this.#left === 0) this.#expect('block-header', 3)
  }

  #readBlockHeader(header: number): void {
    this.#isLastBlock = (header & 1) === 1
    const isRle = ((header >>> 1) & 3) === 1
    this.#expect('block', isRle ? 1 : header >>> 3)
    if (this.#left === 0) this.#afterBlock()
  }

  #afterBlock(): void {
    if (!this.#isLastBlock) this.#expect('block-header', 3)
    else if (this.#hasChecksum) this.#expect('checksum', 4)
    else this.#expect('magic', 0)
  }
}
