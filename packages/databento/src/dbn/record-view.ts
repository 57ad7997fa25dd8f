import type { Micros, Us } from '@scalp/canonical'
import type { Block } from './assembler.js'

const TWO_32 = 4_294_967_296
const UNDEF_PRICE_HIGH = 0x7fff_ffff
const UNDEF_TIME = 0xffff_ffff

/**
 * A window on one record of a block, moved from record to record; dead once the block is.
 *
 * Prices are micro-dollars, exact to $9 million, `NaN` for "none"; times are µs, `NaN` for "none". The
 * `…Ns` and `…Nano` getters give what the file holds as `bigint`, and cost an allocation each.
 */
export class RecordView {
  protected u32: Uint32Array = new Uint32Array(0)
  protected i32: Int32Array = new Int32Array(0)
  protected bytes: Uint8Array = new Uint8Array(0)
  protected view: DataView = new DataView(new ArrayBuffer(0))
  /** Where the record starts, in bytes and in words of 4 bytes. */
  protected at = 0
  protected word = 0

  /** Looks at a block from now on; call {@link moveTo} next. */
  bind({ u32, i32, bytes, view }: Block): this {
    this.u32 = u32
    this.i32 = i32
    this.bytes = bytes
    this.view = view
    return this
  }

  /** Looks at the record that starts at a byte of the block. */
  moveTo(at: number): this {
    this.at = at
    this.word = at >>> 2
    return this
  }

  /** Bytes of the record, header included: where the next one starts. */
  get length(): number {
    return (this.bytes[this.at] as number) * 4
  }

  get rtype(): number {
    return this.bytes[this.at + 1] as number
  }

  get publisherId(): number {
    return (this.u32[this.word] as number) >>> 16
  }

  get instrumentId(): number {
    return this.u32[this.word + 1] as number
  }

  /** Time of the event; its meaning depends on the schema. */
  get eventUs(): Us {
    return this.timeAt(2)
  }

  get eventNs(): bigint {
    return this.view.getBigUint64(this.at + 8, true)
  }

  /** A price `words` after the record's start. */
  protected priceAt(words: number): Micros {
    const high = this.i32[this.word + words + 1] as number
    const low = this.u32[this.word + words] as number
    if (high === UNDEF_PRICE_HIGH && low === UNDEF_TIME) return Number.NaN
    return Math.round((high * TWO_32 + low) / 1_000)
  }

  /** A time `words` after the record's start, rounded down; exact, for ns do not fit a double. */
  protected timeAt(words: number): Us {
    const high = this.u32[this.word + words + 1] as number
    const low = this.u32[this.word + words] as number
    if (high === UNDEF_TIME && low === UNDEF_TIME) return Number.NaN
    return high * 4_294_967 + Math.floor((high * 296 + low) / 1_000)
  }
}

/** A consolidated quote at the end of an interval, with the last trade: cbbo-1s and cbbo-1m. */
export class CbboView extends RecordView {
  /** End of the interval. */
  get receivedUs(): Us {
    return this.timeAt(8)
  }
  get receivedNs(): bigint {
    return this.view.getBigUint64(this.at + 32, true)
  }
  /** Price of the last trade of the session. */
  get lastMicros(): Micros {
    return this.priceAt(4)
  }
  get lastSize(): number {
    return this.u32[this.word + 6] as number
  }
  get flags(): number {
    return this.bytes[this.at + 30] as number
  }
  get bidMicros(): Micros {
    return this.priceAt(12)
  }
  get askMicros(): Micros {
    return this.priceAt(14)
  }
  get bidNano(): bigint {
    return this.view.getBigInt64(this.at + 48, true)
  }
  get askNano(): bigint {
    return this.view.getBigInt64(this.at + 56, true)
  }
  get bidSize(): number {
    return this.u32[this.word + 16] as number
  }
  get askSize(): number {
    return this.u32[this.word + 17] as number
  }
  /** Publisher id of the best bid; 0: no bid. */
  get bidPublisher(): number {
    return (this.u32[this.word + 18] as number) & 0xffff
  }
  get askPublisher(): number {
    return (this.u32[this.word + 19] as number) & 0xffff
  }
}

/** An event with the consolidated quote after it (cmbp-1), or a trade with the one before it (tcbbo). */
export class Cmbp1View extends CbboView {
  /** ASCII code of what happened; `T` is a trade. */
  get action(): number {
    return this.bytes[this.at + 28] as number
  }
}

/** A trade. */
export class TradeView extends RecordView {
  get receivedUs(): Us {
    return this.timeAt(8)
  }
  get receivedNs(): bigint {
    return this.view.getBigUint64(this.at + 32, true)
  }
  get priceMicros(): Micros {
    return this.priceAt(4)
  }
  get priceNano(): bigint {
    return this.view.getBigInt64(this.at + 16, true)
  }
  get size(): number {
    return this.u32[this.word + 6] as number
  }
  /** ASCII code of the aggressor's side: `A`, `B` or `N`. */
  get side(): number {
    return this.bytes[this.at + 29] as number
  }
  get flags(): number {
    return this.bytes[this.at + 30] as number
  }
}

/** A bar; `eventUs` is its start. */
export class OhlcvView extends RecordView {
  get openMicros(): Micros {
    return this.priceAt(4)
  }
  get highMicros(): Micros {
    return this.priceAt(6)
  }
  get lowMicros(): Micros {
    return this.priceAt(8)
  }
  get closeMicros(): Micros {
    return this.priceAt(10)
  }
  /** Exact below 2^53. */
  get volume(): number {
    return (this.u32[this.word + 13] as number) * TWO_32 + (this.u32[this.word + 12] as number)
  }
}
