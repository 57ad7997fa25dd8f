import type { Micros, Us } from '@scalp/canonical'
import { RTYPE } from './enums.js'

/** A consolidated quote as CBBO records hold it. */
export interface CbboFields {
  readonly rtype: typeof RTYPE.cbbo1m | typeof RTYPE.cbbo1s
  readonly publisherId: number
  readonly instrumentId: number
  /** End of the interval. */
  readonly receivedUs: Us
  /** Time, price and size of the last trade; `NaN`, `NaN`, 0 when there was none. */
  readonly lastUs: Us
  readonly lastMicros: Micros
  readonly lastSize: number
  readonly flags: number
  /** `NaN`: no quote on that side. */
  readonly bidMicros: Micros
  readonly askMicros: Micros
  readonly bidSize: number
  readonly askSize: number
  readonly bidPublisher: number
  readonly askPublisher: number
}

/** A bar as OHLCV records hold it. */
export interface OhlcvFields {
  readonly rtype: typeof RTYPE.ohlcv1s | typeof RTYPE.ohlcv1m | typeof RTYPE.ohlcv1h | typeof RTYPE.ohlcv1d
  readonly publisherId: number
  readonly instrumentId: number
  readonly startUs: Us
  readonly openMicros: Micros
  readonly highMicros: Micros
  readonly lowMicros: Micros
  readonly closeMicros: Micros
  readonly volume: number
}

/** A figure as version 3 statistics records hold it. */
export interface StatisticFields {
  readonly publisherId: number
  readonly instrumentId: number
  readonly receivedUs: Us
  readonly statType: number
  readonly quantity: number
}

const UNDEF_WORDS: readonly [number, number] = [0xffff_ffff, 0x7fff_ffff]
const TWO_32 = 4_294_967_296
/** The word of flags: `N` in its second byte, the side. */
const NO_SIDE = 0x4e00

/** Writes version 3 records one after the other into a buffer that grows. */
export class RecordWriter {
  #buffer: ArrayBuffer = new ArrayBuffer(1 << 20)
  #u32: Uint32Array = new Uint32Array(this.#buffer)
  #view: DataView = new DataView(this.#buffer)
  #length = 0
  /** Records written. */
  records = 0

  /** The records so far; borrowed until the next write. */
  bytes(): Uint8Array {
    return new Uint8Array(this.#buffer, 0, this.#length)
  }

  cbbo(fields: CbboFields): void {
    const word = this.#begin(80, fields.rtype, fields.publisherId, fields.instrumentId) >>> 2
    const u32 = this.#u32
    this.#time(word + 2, fields.lastUs)
    this.#price(word + 4, fields.lastMicros)
    u32[word + 6] = fields.lastSize
    u32[word + 7] = NO_SIDE | ((fields.flags & 0xff) << 16)
    this.#time(word + 8, fields.receivedUs)
    u32[word + 10] = 0
    u32[word + 11] = 0
    this.#price(word + 12, fields.bidMicros)
    this.#price(word + 14, fields.askMicros)
    u32[word + 16] = fields.bidSize
    u32[word + 17] = fields.askSize
    u32[word + 18] = fields.bidPublisher
    u32[word + 19] = fields.askPublisher
  }

  ohlcv(fields: OhlcvFields): void {
    const word = this.#start(56, fields.rtype, fields.publisherId, fields.instrumentId) >>> 2
    this.#time(word + 2, fields.startUs)
    this.#price(word + 4, fields.openMicros)
    this.#price(word + 6, fields.highMicros)
    this.#price(word + 8, fields.lowMicros)
    this.#price(word + 10, fields.closeMicros)
    this.#u32[word + 12] = fields.volume % TWO_32
    this.#u32[word + 13] = Math.floor(fields.volume / TWO_32)
  }

  statistic(fields: StatisticFields): void {
    const at = this.#start(80, RTYPE.statistics, fields.publisherId, fields.instrumentId)
    const word = at >>> 2
    this.#time(word + 2, fields.receivedUs)
    this.#time(word + 4, fields.receivedUs)
    this.#time(word + 6, Number.NaN)
    this.#price(word + 8, Number.NaN)
    this.#view.setBigInt64(at + 40, BigInt(fields.quantity), true)
    this.#view.setUint16(at + 56, fields.statType, true)
    this.#view.setUint16(at + 58, 1, true)
    this.#view.setUint8(at + 60, 1)
  }

  /** Adds a record as it is, such as one of {@link encodeRecord}. */
  append(record: Uint8Array): void {
    while (this.#length + record.length > this.#buffer.byteLength) this.#grow()
    new Uint8Array(this.#buffer).set(record, this.#length)
    this.#length += record.length
    this.records++
  }

  /** Forgets the records so far, and keeps the buffer: call it once they are written elsewhere. */
  clear(): void {
    this.#length = 0
  }

  /** Starts a record whose fields are 0 until they are written. */
  #start(bytes: number, rtype: number, publisherId: number, instrumentId: number): number {
    const at = this.#begin(bytes, rtype, publisherId, instrumentId)
    this.#u32.fill(0, (at >>> 2) + 2, (at + bytes) >>> 2)
    return at
  }

  /** Starts a record of whose fields each is to be written. */
  #begin(bytes: number, rtype: number, publisherId: number, instrumentId: number): number {
    const at = this.#length
    if (at + bytes > this.#buffer.byteLength) this.#grow()
    this.#u32[at >>> 2] = (bytes >>> 2) | (rtype << 8) | (publisherId << 16)
    this.#u32[(at >>> 2) + 1] = instrumentId
    this.#length += bytes
    this.records++
    return at
  }

  #time(word: number, us: Us): void {
    if (Number.isNaN(us)) {
      this.#u32[word] = 0xffff_ffff
      this.#u32[word + 1] = 0xffff_ffff
    } else this.#thousandfold(word, us)
  }

  #price(word: number, micros: Micros): void {
    if (micros >= 0) this.#thousandfold(word, micros)
    else if (Number.isNaN(micros)) {
      this.#u32[word] = UNDEF_WORDS[0]
      this.#u32[word + 1] = UNDEF_WORDS[1]
    } else this.#view.setBigInt64(word * 4, BigInt(micros) * 1_000n, true)
  }

  /** Writes value × 1,000 as 64 bits, exactly, without a bigint. */
  #thousandfold(word: number, value: number): void {
    const high = Math.floor(value / TWO_32)
    const low = (value - high * TWO_32) * 1_000
    const carry = Math.floor(low / TWO_32)
    this.#u32[word] = low - carry * TWO_32
    this.#u32[word + 1] = high * 1_000 + carry
  }

  #grow(): void {
    const buffer = new ArrayBuffer(this.#buffer.byteLength * 2)
    new Uint8Array(buffer).set(new Uint8Array(this.#buffer))
    this.#buffer = buffer
    this.#u32 = new Uint32Array(buffer)
    this.#view = new DataView(buffer)
  }
}
