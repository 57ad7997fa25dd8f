import { WireTimestamp } from './timestamp.js'

/** Thrown inside the codec when bytes are no MessagePack; callers count and skip, so it stays internal. */
export class MsgpackFault extends Error {
  override readonly name = 'MsgpackFault'
}

const MAX_DEPTH = 32
const TWO_32 = 4_294_967_296
const text = new TextDecoder()

/**
 * Reads MessagePack values out of one frame, from `at` on.
 *
 * Every width of integer, float and timestamp is accepted. Integers beyond 2^53 become bigint, timestamps
 * {@link WireTimestamp}, other extensions and binaries bytes. Maps have no prototype.
 */
export class MsgpackReader {
  bytes: Uint8Array = new Uint8Array(0)
  view: DataView = new DataView(new ArrayBuffer(0))
  at = 0
  /** Of the last timestamp that {@link timestamp} read. */
  seconds = 0
  nanos = 0
  #depth = 0

  load(bytes: Uint8Array): void {
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.at = 0
    this.#depth = 0
  }

  get isAtEnd(): boolean {
    return this.at >= this.bytes.length
  }

  /** The number of elements of the array at the head. */
  arrayHeader(): number {
    const head = this.#byte()
    if (head >= 0x90 && head <= 0x9f) return head & 15
    if (head === 0xdc) return this.#uint16()
    if (head === 0xdd) return this.#uint32()
    throw new MsgpackFault(`expected an array and found byte ${head}`)
  }

  /** The number of pairs of the map at the head. */
  mapHeader(): number {
    const head = this.#byte()
    if (head >= 0x80 && head <= 0x8f) return head & 15
    if (head === 0xde) return this.#uint16()
    if (head === 0xdf) return this.#uint32()
    throw new MsgpackFault(`expected a map and found byte ${head}`)
  }

  /** The length in bytes of the string at the head; `at` then stands on its first byte. */
  stringHeader(): number {
    const head = this.#byte()
    const length =
      head >= 0xa0 && head <= 0xbf
        ? head & 31
        : head === 0xd9
          ? this.#byte()
          : head === 0xda
            ? this.#uint16()
            : head === 0xdb
              ? this.#uint32()
              : -1
    if (length < 0) throw new MsgpackFault(`expected a string and found byte ${head}`)
    if (this.at + length > this.bytes.length) throw new MsgpackFault('a string runs past the end')
    return length
  }

  /** A number of any width; 64-bit integers beyond 2^53 are rounded here, and exact by {@link value}. */
  number(): number {
    const head = this.#byte()
    if (head < 0x80) return head
    if (head >= 0xe0) return head - 256
    const { at, view } = this
    switch (head) {
      case 0xcb:
        this.at = at + 8
        return view.getFloat64(at)
      case 0xca:
        this.at = at + 4
        return view.getFloat32(at)
      case 0xcc:
        this.at = at + 1
        return view.getUint8(at)
      case 0xcd:
        this.at = at + 2
        return view.getUint16(at)
      case 0xce:
        this.at = at + 4
        return view.getUint32(at)
      case 0xcf:
        this.at = at + 8
        return view.getUint32(at) * TWO_32 + view.getUint32(at + 4)
      case 0xd0:
        this.at = at + 1
        return view.getInt8(at)
      case 0xd1:
        this.at = at + 2
        return view.getInt16(at)
      case 0xd2:
        this.at = at + 4
        return view.getInt32(at)
      case 0xd3:
        this.at = at + 8
        return view.getInt32(at) * TWO_32 + view.getUint32(at + 4)
      default:
        throw new MsgpackFault(`expected a number and found byte ${head}`)
    }
  }

  /** Reads a timestamp of 4, 8 or 12 bytes into `seconds` and `nanos`. */
  timestamp(): void {
    const { at, view } = this
    const head = view.getUint8(at)
    if (head === 0xd7 && view.getInt8(at + 1) === -1) {
      const high = view.getUint32(at + 2)
      this.nanos = high >>> 2
      this.seconds = (high & 3) * TWO_32 + view.getUint32(at + 6)
      this.at = at + 10
    } else if (head === 0xd6 && view.getInt8(at + 1) === -1) {
      this.nanos = 0
      this.seconds = view.getUint32(at + 2)
      this.at = at + 6
    } else if (head === 0xc7 && view.getUint8(at + 1) === 12 && view.getInt8(at + 2) === -1) {
      this.nanos = view.getUint32(at + 3)
      this.seconds = view.getInt32(at + 7) * TWO_32 + view.getUint32(at + 11)
      this.at = at + 15
    } else throw new MsgpackFault(`expected a timestamp and found byte ${head}`)
    if (this.nanos > 999_999_999) throw new MsgpackFault('a timestamp holds more nanoseconds than a second')
  }

  /** Any value, as plain JavaScript. */
  value(): unknown {
    const head = this.view.getUint8(this.at)
    if (head >= 0x80 && head <= 0x8f) return this.#map()
    if (head >= 0x90 && head <= 0x9f) return this.#array()
    if (head >= 0xa0 && head <= 0xbf) return this.#string()
    if (head < 0x80 || head >= 0xe0) return this.number()
    switch (head) {
      case 0xc0:
        this.at++
        return null
      case 0xc2:
        this.at++
        return false
      case 0xc3:
        this.at++
        return true
      case 0xcf:
        this.at += 9
        return exact(this.view.getBigUint64(this.at - 8))
      case 0xd3:
        this.at += 9
        return exact(this.view.getBigInt64(this.at - 8))
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.#string()
      case 0xdc:
      case 0xdd:
        return this.#array()
      case 0xde:
      case 0xdf:
        return this.#map()
      default:
        return head >= 0xca && head <= 0xd3 ? this.number() : this.#extension(head)
    }
  }

  /** Moves past one value of any kind. */
  skip(): void {
    this.value()
  }

  #string(): string {
    const length = this.stringHeader()
    const start = this.at
    this.at = start + length
    return text.decode(this.bytes.subarray(start, start + length))
  }

  #array(): unknown[] {
    this.#enter()
    const values: unknown[] = []
    for (let left = this.arrayHeader(); left > 0; left--) values.push(this.value())
    this.#depth--
    return values
  }

  #map(): Record<string, unknown> {
    this.#enter()
    const values = Object.create(null) as Record<string, unknown>
    for (let left = this.mapHeader(); left > 0; left--) {
      const key = this.value()
      if (typeof key !== 'string' && typeof key !== 'number')
        throw new MsgpackFault('a key is neither text nor number')
      values[String(key)] = this.value()
    }
    this.#depth--
    return values
  }

  #extension(head: number): unknown {
    if ((head === 0xd6 || head === 0xd7) && this.view.getInt8(this.at + 1) === -1) return this.#timestamp()
    if (head === 0xc7 && this.view.getUint8(this.at + 1) === 12 && this.view.getInt8(this.at + 2) === -1)
      return this.#timestamp()
    this.at++
    if (head >= 0xd4 && head <= 0xd8) return this.#raw(1 + (1 << (head - 0xd4)))
    if (head === 0xc4) return this.#raw(this.#byte())
    if (head === 0xc5) return this.#raw(this.#uint16())
    if (head === 0xc6) return this.#raw(this.#uint32())
    if (head === 0xc7) return this.#raw(1 + this.#byte())
    if (head === 0xc8) return this.#raw(1 + this.#uint16())
    if (head === 0xc9) return this.#raw(1 + this.#uint32())
    throw new MsgpackFault(`byte ${head} starts no value`)
  }

  #timestamp(): WireTimestamp {
    this.timestamp()
    return new WireTimestamp(this.seconds, this.nanos)
  }

  #raw(length: number): Uint8Array {
    if (this.at + length > this.bytes.length) throw new MsgpackFault('bytes run past the end')
    const start = this.at
    this.at = start + length
    return this.bytes.slice(start, start + length)
  }

  #enter(): void {
    if (++this.#depth > MAX_DEPTH) throw new MsgpackFault(`values nest deeper than ${MAX_DEPTH}`)
  }

  #byte(): number {
    return this.view.getUint8(this.at++)
  }

  #uint16(): number {
    this.at += 2
    return this.view.getUint16(this.at - 2)
  }

  #uint32(): number {
    this.at += 4
    return this.view.getUint32(this.at - 4)
  }
}

/** Decodes one frame that holds one value; undefined when it is no MessagePack. */
export function decodeMsgpack(bytes: Uint8Array): unknown {
  const reader = new MsgpackReader()
  reader.load(bytes)
  try {
    const value = reader.value()
    return reader.isAtEnd ? value : undefined
  } catch (error) {
    if (error instanceof MsgpackFault || error instanceof RangeError) return undefined
    throw error
  }
}

function exact(value: bigint): number | bigint {
  return value >= -9_007_199_254_740_991n && value <= 9_007_199_254_740_991n ? Number(value) : value
}
