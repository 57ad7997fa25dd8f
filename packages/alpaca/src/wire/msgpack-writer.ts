import { WireTimestamp } from './timestamp.js'

const text = new TextEncoder()

/** A number that is written as a float64 even when it is whole, as Alpaca writes prices. */
export class Float64 {
  readonly value: number
  constructor(value: number) {
    this.value = value
  }
}

/** An integer that is written in 4 bytes whatever its value, as Alpaca writes sizes. */
export class Uint32 {
  readonly value: number
  constructor(value: number) {
    this.value = value
  }
}

/** An integer that is written in 8 bytes whatever its value, as Alpaca writes trade ids. */
export class Uint64 {
  readonly value: bigint
  constructor(value: bigint) {
    this.value = value
  }
}

/** What {@link encodeMsgpack} writes. */
export type MsgpackValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | WireTimestamp
  | Float64
  | Uint32
  | Uint64
  | readonly MsgpackValue[]
  | { readonly [key: string]: MsgpackValue | undefined }

/**
 * Writes one value in the shortest MessagePack form; keys stay in their order and undefined ones are left out.
 *
 * Timestamps take 4 bytes when they have no nanoseconds, 8 until the year 2514, else 12.
 */
export function encodeMsgpack(value: MsgpackValue): Uint8Array<ArrayBuffer> {
  const writer = new Writer()
  writer.value(value)
  return writer.finish()
}

class Writer {
  #bytes = new Uint8Array(256)
  #view = new DataView(this.#bytes.buffer)
  #length = 0

  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length)
  }

  value(value: MsgpackValue): void {
    if (value === null) this.#byte(0xc0)
    else if (typeof value === 'boolean') this.#byte(value ? 0xc3 : 0xc2)
    else if (typeof value === 'number') this.#number(value)
    else if (typeof value === 'bigint') this.#bigint(value)
    else if (typeof value === 'string') this.#string(value)
    else if (value instanceof WireTimestamp) this.#timestamp(value)
    else if (value instanceof Float64) this.#float(value.value)
    else if (value instanceof Uint32) this.#wide(0xce, 4, (at) => this.#view.setUint32(at, value.value))
    else if (value instanceof Uint64) this.#wide(0xcf, 8, (at) => this.#view.setBigUint64(at, value.value))
    else if (Array.isArray(value)) this.#array(value as readonly MsgpackValue[])
    else this.#map(value as { readonly [key: string]: MsgpackValue | undefined })
  }

  #number(value: number): void {
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) this.#float(value)
    else if (value >= 0 && value < 128) this.#byte(value)
    else if (value < 0 && value >= -32) this.#byte(value + 256)
    else if (value >= 0 && value < 256) this.#wide(0xcc, 1, (at) => this.#view.setUint8(at, value))
    else if (value >= 0 && value < 65_536) this.#wide(0xcd, 2, (at) => this.#view.setUint16(at, value))
    else if (value >= 0 && value < 4_294_967_296) this.#wide(0xce, 4, (at) => this.#view.setUint32(at, value))
    else if (value < 0 && value >= -128) this.#wide(0xd0, 1, (at) => this.#view.setInt8(at, value))
    else if (value < 0 && value >= -32_768) this.#wide(0xd1, 2, (at) => this.#view.setInt16(at, value))
    else if (value < 0 && value >= -2_147_483_648) this.#wide(0xd2, 4, (at) => this.#view.setInt32(at, value))
    else this.#bigint(BigInt(value))
  }

  #bigint(value: bigint): void {
    if (value >= 0n) this.#wide(0xcf, 8, (at) => this.#view.setBigUint64(at, value))
    else this.#wide(0xd3, 8, (at) => this.#view.setBigInt64(at, value))
  }

  #float(value: number): void {
    this.#wide(0xcb, 8, (at) => this.#view.setFloat64(at, value))
  }

  #string(value: string): void {
    const bytes = text.encode(value)
    this.#header(bytes.length, { fix: 0xa0, fixMax: 31, one: 0xd9, two: 0xda, four: 0xdb })
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
  }

  #timestamp({ seconds, nanos }: WireTimestamp): void {
    if (seconds < 0 || seconds >= 2 ** 34) {
      this.#byte(0xc7)
      this.#byte(12)
      this.#byte(0xff)
      this.#fixed(4, (at) => this.#view.setUint32(at, nanos))
      this.#fixed(8, (at) => this.#view.setBigInt64(at, BigInt(seconds)))
    } else if (nanos === 0 && seconds < 2 ** 32) {
      this.#byte(0xd6)
      this.#byte(0xff)
      this.#fixed(4, (at) => this.#view.setUint32(at, seconds))
    } else {
      this.#byte(0xd7)
      this.#byte(0xff)
      this.#fixed(8, (at) => this.#view.setBigUint64(at, (BigInt(nanos) << 34n) | BigInt(seconds)))
    }
  }

  #array(values: readonly MsgpackValue[]): void {
    this.#header(values.length, { fix: 0x90, fixMax: 15, two: 0xdc, four: 0xdd })
    for (const value of values) this.value(value)
  }

  #map(values: { readonly [key: string]: MsgpackValue | undefined }): void {
    const entries = Object.entries(values).filter(([, value]) => value !== undefined)
    this.#header(entries.length, { fix: 0x80, fixMax: 15, two: 0xde, four: 0xdf })
    for (const [key, value] of entries) {
      this.#string(key)
      this.value(value as MsgpackValue)
    }
  }

  #header(
    length: number,
    { fix, fixMax, one, two, four }: { fix: number; fixMax: number; one?: number; two: number; four: number },
  ): void {
    if (length <= fixMax) this.#byte(fix | length)
    else if (one !== undefined && length < 256) this.#wide(one, 1, (at) => this.#view.setUint8(at, length))
    else if (length < 65_536) this.#wide(two, 2, (at) => this.#view.setUint16(at, length))
    else this.#wide(four, 4, (at) => this.#view.setUint32(at, length))
  }

  #wide(head: number, width: number, write: (at: number) => void): void {
    this.#byte(head)
    this.#fixed(width, write)
  }

  #fixed(width: number, write: (at: number) => void): void {
    this.#reserve(width)
    write(this.#length)
    this.#length += width
  }

  #byte(value: number): void {
    this.#reserve(1)
    this.#bytes[this.#length++] = value
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return
    const bytes = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + count))
    bytes.set(this.#bytes)
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer)
  }
}
