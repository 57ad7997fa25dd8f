import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs'
import { promisify } from 'node:util'
import { constants, zstdCompress, zstdCompressSync } from 'node:zlib'
import type {
  BarView,
  Instrument,
  InstrumentIndex,
  JournalEntry,
  OrderEvent,
  QuoteView,
  Statistic,
  TradeView,
  Us,
} from '@scalp/canonical'
import type { RestoredState } from '@scalp/engine'
import type { AccountStatus } from '@scalp/gates'
import type { EventRecorder } from '../drive/live-driver.js'
import {
  AGGRESSORS,
  type JsonRecord,
  KIND,
  MAGIC,
  QUOTE_BYTES,
  type RecordingHeader,
  TRADE_BYTES,
} from './format.js'

const compress = promisify(zstdCompress)
const LEVEL = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }
const BLOCK = 1_048_576
const LARGEST = 262_144

/**
 * Writes down every event of a session as the engine gets it, and every entry the engine writes.
 *
 * Within a turn it copies some bytes and nothing else. Full blocks, and once a second what there is, are compressed
 * on another thread and appended; a file that was cut short is good up to its last whole block.
 */
export class SessionRecorder implements EventRecorder {
  readonly path: string
  bytes = 0
  events = 0
  readonly #file: number
  readonly #onProblem: (error: unknown) => void
  #block: Buffer = Buffer.allocUnsafe(BLOCK)
  #at = 0
  #writing: Promise<void> = Promise.resolve()
  #timer: NodeJS.Timeout | undefined
  #isOpen = true

  constructor({
    path,
    header,
    onProblem,
  }: {
    readonly path: string
    readonly header: RecordingHeader
    readonly onProblem: (error: unknown) => void
  }) {
    this.path = path
    this.#onProblem = onProblem
    this.#file = openSync(path, 'ax')
    writeSync(this.#file, MAGIC)
    this.#json({ r: 'header', header })
    /** At once, so that a run which was killed in its first second can be told as well. */
    const first = frame(this.#block.subarray(0, this.#at))
    this.bytes += writeSync(this.#file, first)
    this.#at = 0
    this.#timer = setInterval(() => this.#turn(), 1_000)
  }

  listed(instrument: Instrument): void {
    const { index, symbol, kind } = instrument
    this.#json({ r: 'listed', index, symbol, isOption: kind === 'option' })
  }

  quote(quote: QuoteView): void {
    let at = this.#room(QUOTE_BYTES)
    const block = this.#block
    block[at] = KIND.quote
    at = block.writeUInt32LE(quote.instrument, at + 1)
    at = block.writeDoubleLE(quote.receivedUs, at)
    at = block.writeDoubleLE(quote.sourceUs, at)
    at = block.writeDoubleLE(quote.bidMicros, at)
    at = block.writeDoubleLE(quote.askMicros, at)
    at = block.writeDoubleLE(quote.bidSize, at)
    at = block.writeDoubleLE(quote.askSize, at)
    this.#at = block.writeDoubleLE(quote.sampleUs, at)
    this.events++
  }

  trade(trade: TradeView): void {
    let at = this.#room(TRADE_BYTES)
    const block = this.#block
    block[at] = KIND.trade
    at = block.writeUInt32LE(trade.instrument, at + 1)
    at = block.writeUInt8(Math.max(0, AGGRESSORS.indexOf(trade.aggressor)), at)
    at = block.writeDoubleLE(trade.receivedUs, at)
    at = block.writeDoubleLE(trade.sourceUs, at)
    at = block.writeDoubleLE(trade.priceMicros, at)
    this.#at = block.writeDoubleLE(trade.size, at)
    this.events++
  }

  bar(bar: BarView): void {
    this.events++
    this.#json({ r: 'bar', bar: { ...bar.copy() } })
  }

  statistic({ instrument, kind, value, receivedUs }: Statistic): void {
    this.events++
    this.#json({ r: 'statistic', index: instrument, kind, value, us: receivedUs })
  }

  order(event: OrderEvent): void {
    this.events++
    this.#json({ r: 'order', event })
  }

  flatten(us: Us, tag: string, instrument: InstrumentIndex | undefined): void {
    this.#json({ r: 'flatten', us, tag, index: instrument ?? null })
  }

  health(killSwitch: boolean, feedDegraded: boolean): void {
    this.#json({ r: 'health', killSwitch, feedDegraded })
  }

  account(status: AccountStatus | undefined): void {
    this.#json({ r: 'account', status: status ?? null })
  }

  restored(state: RestoredState): void {
    this.#json({ r: 'restored', state })
  }

  entry(entry: JournalEntry): void {
    this.#json({ r: 'entry', entry })
  }

  /** Writes what there is and lets go of the file. */
  async close(): Promise<void> {
    if (!this.#isOpen) return
    this.#json({ r: 'end' })
    this.#isOpen = false
    clearInterval(this.#timer)
    this.#turn()
    await this.#writing
    fdatasyncSync(this.#file)
    closeSync(this.#file)
  }

  #json(record: JsonRecord): void {
    const text = Buffer.from(JSON.stringify(record))
    if (text.length > LARGEST) {
      this.#turn()
      this.#append(frame(Buffer.concat([head(text.length), text])))
      return
    }
    const at = this.#room(5 + text.length)
    this.#block[at] = KIND.json
    this.#block.writeUInt32LE(text.length, at + 1)
    text.copy(this.#block, at + 5)
    this.#at = at + 5 + text.length
  }

  #room(bytes: number): number {
    if (this.#at + bytes > BLOCK) this.#turn()
    return this.#at
  }

  /** Hands the block over and goes on in another. */
  #turn(): void {
    if (this.#at === 0) return
    const full = this.#block.subarray(0, this.#at)
    this.#block = Buffer.allocUnsafe(BLOCK)
    this.#at = 0
    this.#append(compress(full, LEVEL).then((packed) => framed(packed, full.length)))
  }

  #append(bytes: Promise<Buffer> | Buffer): void {
    this.#writing = this.#writing
      .then(async () => {
        const block = await bytes
        writeSync(this.#file, block)
        this.bytes += block.length
      })
      .catch((error: unknown) => this.#onProblem(error))
  }
}

function head(length: number): Buffer {
  const bytes = Buffer.allocUnsafe(5)
  bytes[0] = KIND.json
  bytes.writeUInt32LE(length, 1)
  return bytes
}

function frame(raw: Buffer): Buffer {
  return framed(zstdCompressSync(raw, LEVEL), raw.length)
}

/** A block: length packed, length raw, bytes. */
function framed(packed: Buffer, length: number): Buffer {
  const lengths = Buffer.allocUnsafe(8)
  lengths.writeUInt32LE(packed.length, 0)
  lengths.writeUInt32LE(length, 4)
  return Buffer.concat([lengths, packed])
}
