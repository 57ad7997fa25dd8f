import { type Micros, toMicros, type Us } from '@scalp/canonical'
import type { SymbolTable } from './symbol-table.js'
import { toUs } from './timestamp.js'

/** A quote as Alpaca sent it, in one object that is filled again and again: dead once the call returns. */
export class WireQuote {
  readonly #symbols: SymbolTable
  /** Dense id of the symbol in the decoder's table. */
  symbolId = -1
  /** Dollars; 0 or `NaN` where that side is empty. */
  bidPrice: number = Number.NaN
  askPrice: number = Number.NaN
  /** Contracts, or shares of a stock. */
  bidSize = 0
  askSize = 0
  /** Exchange letter as a char code, 0 where there is none. */
  bidExchange = 0
  askExchange = 0
  /** First condition as a char code, 0 where there is none. */
  condition = 0
  /** Event time: whole seconds since 1970, and the nanoseconds. */
  seconds = 0
  nanos = 0

  constructor(symbols: SymbolTable) {
    this.#symbols = symbols
  }

  get symbol(): string {
    return this.#symbols.symbol(this.symbolId)
  }

  get sourceUs(): Us {
    return toUs(this.seconds, this.nanos)
  }

  /** Event time in nanoseconds, exact. */
  get sourceNs(): bigint {
    return BigInt(this.seconds) * 1_000_000_000n + BigInt(this.nanos)
  }

  /** The bid in micro-dollars, `NaN` for an empty side. */
  get bidMicros(): Micros {
    return priceMicros(this.bidPrice)
  }

  /** The ask in micro-dollars, `NaN` for an empty side. */
  get askMicros(): Micros {
    return priceMicros(this.askPrice)
  }

  /** Takes over the fields of another view of the same table. */
  assign(other: WireQuote): void {
    this.symbolId = other.symbolId
    this.bidPrice = other.bidPrice
    this.askPrice = other.askPrice
    this.bidSize = other.bidSize
    this.askSize = other.askSize
    this.bidExchange = other.bidExchange
    this.askExchange = other.askExchange
    this.condition = other.condition
    this.seconds = other.seconds
    this.nanos = other.nanos
  }

  /** Empties every field before the next message is read into it. */
  clear(): void {
    this.symbolId = -1
    this.bidPrice = Number.NaN
    this.askPrice = Number.NaN
    this.bidSize = 0
    this.askSize = 0
    this.bidExchange = 0
    this.askExchange = 0
    this.condition = 0
    this.seconds = 0
    this.nanos = 0
  }
}

/** A trade as Alpaca sent it, filled again and again: dead once the call returns. */
export class WireTrade {
  readonly #symbols: SymbolTable
  symbolId = -1
  /** Dollars. */
  price: number = Number.NaN
  /** Contracts, or shares of a stock. */
  size = 0
  /** Exchange letter as a char code. */
  exchange = 0
  /** Tape letter as a char code; 0 for options. */
  tape = 0
  /** Condition letters in their order; the count is 1 for options. */
  conditions = ''
  /** 64-bit trade id in two halves; both 0 for options, which have none. */
  idHigh = 0
  idLow = 0
  seconds = 0
  nanos = 0

  constructor(symbols: SymbolTable) {
    this.#symbols = symbols
  }

  get symbol(): string {
    return this.#symbols.symbol(this.symbolId)
  }

  get sourceUs(): Us {
    return toUs(this.seconds, this.nanos)
  }

  /** Event time in nanoseconds, exact. */
  get sourceNs(): bigint {
    return BigInt(this.seconds) * 1_000_000_000n + BigInt(this.nanos)
  }

  /** The trade id, exact; 0 for options. */
  get id(): bigint {
    return (BigInt(this.idHigh) << 32n) | BigInt(this.idLow)
  }

  get priceMicros(): Micros {
    return priceMicros(this.price)
  }

  /** Takes over the fields of another view of the same table. */
  assign(other: WireTrade): void {
    this.symbolId = other.symbolId
    this.price = other.price
    this.size = other.size
    this.exchange = other.exchange
    this.tape = other.tape
    this.conditions = other.conditions
    this.idHigh = other.idHigh
    this.idLow = other.idLow
    this.seconds = other.seconds
    this.nanos = other.nanos
  }

  clear(): void {
    this.symbolId = -1
    this.price = Number.NaN
    this.size = 0
    this.exchange = 0
    this.tape = 0
    this.conditions = ''
    this.idHigh = 0
    this.idLow = 0
    this.seconds = 0
    this.nanos = 0
  }
}

function priceMicros(dollars: number): Micros {
  return dollars > 0 ? toMicros(dollars) : Number.NaN
}
