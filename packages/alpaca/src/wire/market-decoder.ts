import { WireQuote, WireTrade } from './market-views.js'
import { MsgpackFault, MsgpackReader } from './msgpack-reader.js'
import { SymbolTable } from './symbol-table.js'
import { parseTimestamp, WireTimestamp } from './timestamp.js'

/** A message of a data stream other than a quote or trade, with `T` and its keys as plain values. */
export type MarketMessage = Readonly<Record<string, unknown>> & { readonly T: string }

/** An element of a frame that was left out. */
export interface FrameFault {
  readonly reason: string
  /** The frame it stood in; dead once the call returns. */
  readonly frame: Uint8Array | string
}

/** What decoded frames are told to. Views are dead once the call returns. */
export interface MarketMessageSink {
  onQuote(quote: WireQuote): undefined
  onTrade(trade: WireTrade): undefined
  /** Bars, statuses, corrections, `success`, `error`, `subscription`, and types unknown to us. */
  onMessage(message: MarketMessage): undefined
  onFault(fault: FrameFault): undefined
}

const ONE = 1 << 16
const TWO = 2 << 16
const KEY = {
  T: ONE | 0x54,
  S: ONE | 0x53,
  t: ONE | 0x74,
  p: ONE | 0x70,
  s: ONE | 0x73,
  x: ONE | 0x78,
  c: ONE | 0x63,
  z: ONE | 0x7a,
  i: ONE | 0x69,
  bp: TWO | 0x6270,
  bs: TWO | 0x6273,
  bx: TWO | 0x6278,
  ap: TWO | 0x6170,
  as: TWO | 0x6173,
  ax: TWO | 0x6178,
} as const

/**
 * Decodes the frames of a data stream, of options or stocks, MessagePack or JSON, into views.
 *
 * A known symbol costs no string and a quote no object. `T` may stand anywhere, keys and types unknown are
 * left out, an element that does not parse is told to `onFault` and its neighbours still come through.
 */
export class MarketDecoder {
  readonly symbols: SymbolTable
  readonly #reader = new MsgpackReader()
  readonly #quote: WireQuote
  readonly #trade: WireTrade
  /** Where the element being read starts. */
  #start = 0
  #isCalling = false

  constructor(symbols: SymbolTable = new SymbolTable()) {
    this.symbols = symbols
    this.#quote = new WireQuote(symbols)
    this.#trade = new WireTrade(symbols)
  }

  /** Decodes a binary frame: an array of maps in MessagePack. */
  decode(frame: Uint8Array, sink: MarketMessageSink): void {
    const reader = this.#reader
    reader.load(frame)
    let left = 0
    try {
      left = reader.arrayHeader()
    } catch (error) {
      sink.onFault({ reason: reasonOf(error), frame })
      return
    }
    while (left > 0) {
      try {
        /** The `try` is entered once a frame, and once more after each fault. */
        for (; left > 0; left--) this.#element(sink)
      } catch (error) {
        left--
        /** What a callback threw is not the element's fault: the reader already stands behind it. */
        if (this.#isCalling) sink.onFault({ reason: thrownBy(error), frame })
        else {
          sink.onFault({ reason: reasonOf(error), frame })
          if (!this.#skipFaulty()) return
        }
        this.#isCalling = false
      }
    }
    if (!reader.isAtEnd) sink.onFault({ reason: 'bytes follow the last element', frame })
  }

  /** Decodes a text frame: an array of objects in JSON. */
  decodeText(frame: string, sink: MarketMessageSink): void {
    let elements: unknown
    try {
      elements = JSON.parse(frame)
    } catch {
      sink.onFault({ reason: 'the frame is no JSON', frame })
      return
    }
    if (!Array.isArray(elements)) {
      sink.onFault({ reason: 'the frame is no array', frame })
      return
    }
    for (const element of elements) {
      try {
        this.#record(element, sink)
      } catch (error) {
        sink.onFault({ reason: this.#isCalling ? thrownBy(error) : reasonOf(error), frame })
        this.#isCalling = false
      }
    }
  }

  #element(sink: MarketMessageSink): void {
    const reader = this.#reader
    const { bytes, at } = reader
    this.#start = at
    const head = bytes[at] as number
    /** `8n a1 54 a1 71`: a small map whose first pair is T = q or t. */
    const isTyped = head >= 0x80 && head <= 0x8f && bytes[at + 1] === 0xa1 && bytes[at + 2] === 0x54
    const type = isTyped && bytes[at + 3] === 0xa1 ? bytes[at + 4] : 0
    if (type === 0x71) {
      reader.at = at + 5
      this.#readQuote((head & 15) - 1)
      this.#isCalling = true
      sink.onQuote(this.#quote)
      this.#isCalling = false
    } else if (type === 0x74) {
      reader.at = at + 5
      this.#readTrade((head & 15) - 1)
      this.#isCalling = true
      sink.onTrade(this.#trade)
      this.#isCalling = false
    } else this.#record(reader.value(), sink)
  }

  /** After a fault, moves past the element it stood in; false when its end cannot be found. */
  #skipFaulty(): boolean {
    const reader = this.#reader
    reader.load(reader.bytes)
    reader.at = this.#start
    try {
      reader.skip()
      return true
    } catch {
      return false
    }
  }

  #readQuote(pairs: number): void {
    const reader = this.#reader
    const quote = this.#quote
    quote.clear()
    for (let left = pairs; left > 0; left--) {
      switch (this.#key()) {
        case KEY.S:
          quote.symbolId = this.#symbol()
          break
        case KEY.t:
          reader.timestamp()
          quote.seconds = reader.seconds
          quote.nanos = reader.nanos
          break
        case KEY.bp:
          quote.bidPrice = reader.number()
          break
        case KEY.bs:
          quote.bidSize = reader.number()
          break
        case KEY.bx:
          quote.bidExchange = this.#letter()
          break
        case KEY.ap:
          quote.askPrice = reader.number()
          break
        case KEY.as:
          quote.askSize = reader.number()
          break
        case KEY.ax:
          quote.askExchange = this.#letter()
          break
        case KEY.c:
          quote.condition = this.#firstLetter()
          break
        default:
          reader.skip()
      }
    }
    requireEvent(quote.symbolId, quote.seconds)
  }

  #readTrade(pairs: number): void {
    const reader = this.#reader
    const trade = this.#trade
    trade.clear()
    for (let left = pairs; left > 0; left--) {
      switch (this.#key()) {
        case KEY.S:
          trade.symbolId = this.#symbol()
          break
        case KEY.t:
          reader.timestamp()
          trade.seconds = reader.seconds
          trade.nanos = reader.nanos
          break
        case KEY.p:
          trade.price = reader.number()
          break
        case KEY.s:
          trade.size = reader.number()
          break
        case KEY.x:
          trade.exchange = this.#letter()
          break
        case KEY.z:
          trade.tape = this.#letter()
          break
        case KEY.c:
          trade.conditions = this.#letters()
          break
        case KEY.i:
          this.#readId()
          break
        default:
          reader.skip()
      }
    }
    requireEvent(trade.symbolId, trade.seconds)
  }

  /** The key at the head, its length and its first two bytes in one number; 0 for a key of another form. */
  #key(): number {
    const reader = this.#reader
    const { bytes, at } = reader
    const head = bytes[at]
    if (head === 0xa1) {
      reader.at = at + 2
      return ONE | (bytes[at + 1] as number)
    }
    if (head === 0xa2) {
      reader.at = at + 3
      return TWO | ((bytes[at + 1] as number) << 8) | (bytes[at + 2] as number)
    }
    reader.skip()
    return 0
  }

  #symbol(): number {
    const reader = this.#reader
    const length = reader.stringHeader()
    const id = this.symbols.intern(reader.bytes, reader.at, length)
    reader.at += length
    return id
  }

  #letter(): number {
    const reader = this.#reader
    const length = reader.stringHeader()
    const letter = length === 0 ? 0 : (reader.bytes[reader.at] as number)
    reader.at += length
    return letter
  }

  /** The first letter of a text, or of the first text of a list: options send one, stocks send lists. */
  #firstLetter(): number {
    const reader = this.#reader
    if (!isArrayHead(reader.bytes[reader.at] as number)) return this.#letter()
    let first = 0
    for (let left = reader.arrayHeader(), index = 0; left > 0; left--, index++) {
      const letter = this.#letter()
      if (index === 0) first = letter
    }
    return first
  }

  #letters(): string {
    const reader = this.#reader
    if (!isArrayHead(reader.bytes[reader.at] as number)) return textOf(this.#letter())
    let letters = ''
    for (let left = reader.arrayHeader(); left > 0; left--) letters += textOf(this.#letter())
    return letters
  }

  #readId(): void {
    const reader = this.#reader
    const head = reader.bytes[reader.at]
    if (head === 0xcf || head === 0xd3) {
      this.#trade.idHigh = reader.view.getUint32(reader.at + 1)
      this.#trade.idLow = reader.view.getUint32(reader.at + 5)
      reader.at += 9
    } else setId(this.#trade, reader.number())
  }

  /** The slow way: an element already decoded, of either codec and with its keys in any order. */
  #record(element: unknown, sink: MarketMessageSink): void {
    if (!isRecord(element)) throw new MsgpackFault('an element is no map')
    const type = element['T']
    if (typeof type !== 'string') throw new MsgpackFault('an element has no type T')
    if (type === 'q') this.#fillQuote(element)
    else if (type === 't') this.#fillTrade(element)
    this.#isCalling = true
    if (type === 'q') sink.onQuote(this.#quote)
    else if (type === 't') sink.onTrade(this.#trade)
    else sink.onMessage(element as MarketMessage)
    this.#isCalling = false
  }

  #fillQuote(element: Readonly<Record<string, unknown>>): void {
    const quote = this.#quote
    quote.clear()
    quote.symbolId = this.#textId(element['S'])
    const at = timeOf(element['t'])
    quote.seconds = at.seconds
    quote.nanos = at.nanos
    quote.bidPrice = numberOf(element['bp'], Number.NaN)
    quote.bidSize = numberOf(element['bs'], 0)
    quote.bidExchange = letterOf(element['bx'])
    quote.askPrice = numberOf(element['ap'], Number.NaN)
    quote.askSize = numberOf(element['as'], 0)
    quote.askExchange = letterOf(element['ax'])
    quote.condition = letterOf(element['c'])
    requireEvent(quote.symbolId, quote.seconds)
  }

  #fillTrade(element: Readonly<Record<string, unknown>>): void {
    const trade = this.#trade
    trade.clear()
    trade.symbolId = this.#textId(element['S'])
    const at = timeOf(element['t'])
    trade.seconds = at.seconds
    trade.nanos = at.nanos
    trade.price = numberOf(element['p'], Number.NaN)
    trade.size = numberOf(element['s'], 0)
    trade.exchange = letterOf(element['x'])
    trade.tape = letterOf(element['z'])
    const conditions = element['c']
    trade.conditions = Array.isArray(conditions)
      ? conditions.map((condition) => String(condition).slice(0, 1)).join('')
      : textOf(letterOf(conditions))
    const id = element['i']
    if (typeof id === 'bigint') {
      trade.idHigh = Number(BigInt.asUintN(32, id >> 32n))
      trade.idLow = Number(BigInt.asUintN(32, id))
    } else setId(trade, numberOf(id, 0))
    requireEvent(trade.symbolId, trade.seconds)
  }

  #textId(symbol: unknown): number {
    if (typeof symbol !== 'string') throw new MsgpackFault('a symbol is no text')
    return this.symbols.internText(symbol)
  }
}

function requireEvent(symbolId: number, seconds: number): void {
  if (symbolId < 0) throw new MsgpackFault('an event has no symbol')
  if (seconds === 0) throw new MsgpackFault('an event has no time')
}

function setId(trade: WireTrade, id: number): void {
  trade.idHigh = Math.floor(id / 4_294_967_296)
  trade.idLow = id >>> 0
}

function isArrayHead(head: number): boolean {
  return (head >= 0x90 && head <= 0x9f) || head === 0xdc || head === 0xdd
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function timeOf(value: unknown): WireTimestamp {
  const time = typeof value === 'string' ? parseTimestamp(value) : value
  if (!(time instanceof WireTimestamp)) throw new MsgpackFault('an event has no time')
  return time
}

function numberOf(value: unknown, missing: number): number {
  if (typeof value === 'number') return value
  if (typeof value === 'bigint') return Number(value)
  if (value === undefined || value === null) return missing
  throw new MsgpackFault('a number is none')
}

function letterOf(value: unknown): number {
  const text = Array.isArray(value) ? (value as unknown[])[0] : value
  return typeof text === 'string' && text !== '' ? text.charCodeAt(0) : 0
}

function textOf(letter: number): string {
  return letter === 0 ? '' : String.fromCharCode(letter)
}

function thrownBy(error: unknown): string {
  return `a callback threw: ${error instanceof Error ? error.message : 'no error'}`
}

function reasonOf(error: unknown): string {
  if (error instanceof MsgpackFault) return error.message
  if (error instanceof RangeError) return 'the frame is cut short'
  throw error
}
