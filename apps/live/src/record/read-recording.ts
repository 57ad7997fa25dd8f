import { createReadStream } from 'node:fs'
import { zstdDecompressSync } from 'node:zlib'
import { type InstrumentIndex, QuoteBuffer, TradeBuffer } from '@scalp/canonical'
import { RecordingError } from '../errors.js'
import { AGGRESSORS, type JsonRecord, KIND, MAGIC, QUOTE_BYTES, TRADE_BYTES } from './format.js'

/** Takes the records of a recording, in their order. Quotes and trades are lent. */
export interface RecordingSink {
  onQuote(quote: QuoteBuffer): void
  onTrade(trade: TradeBuffer): void
  onJson(record: JsonRecord): void
}

/** How a reading ended: `isWhole` is false for a file that was cut short, as by a crash. */
export interface RecordingEnd {
  readonly isWhole: boolean
  readonly blocks: number
}

/**
 * Reads a recording block by block. A block that was cut short at the end is left out.
 *
 * @throws {@link RecordingError} When it is no recording, or damaged before its end.
 */
export async function readRecording(file: string, sink: RecordingSink): Promise<RecordingEnd> {
  let pending: Buffer = Buffer.alloc(0)
  let isOpened = false
  let blocks = 0
  let hasEnd = false
  const watch: RecordingSink = {
    onQuote: (quote) => sink.onQuote(quote),
    onTrade: (trade) => sink.onTrade(trade),
    onJson: (record) => {
      if (record.r === 'end') hasEnd = true
      sink.onJson(record)
    },
  }
  const quote = new QuoteBuffer()
  const trade = new TradeBuffer()
  for await (const chunk of createReadStream(file, { highWaterMark: 1_048_576 })) {
    pending = pending.length === 0 ? (chunk as Buffer) : Buffer.concat([pending, chunk as Buffer])
    if (!isOpened) {
      if (pending.length < MAGIC.length) continue
      if (pending.toString('latin1', 0, MAGIC.length) !== MAGIC)
        throw new RecordingError({ file, reason: 'it is no recording of a session' })
      pending = pending.subarray(MAGIC.length)
      isOpened = true
    }
    while (pending.length >= 8) {
      const packed = pending.readUInt32LE(0)
      const length = pending.readUInt32LE(4)
      if (pending.length < 8 + packed) break
      readBlock(file, unpack(file, pending.subarray(8, 8 + packed), length), { quote, trade, sink: watch })
      pending = pending.subarray(8 + packed)
      blocks++
    }
  }
  if (!isOpened) throw new RecordingError({ file, reason: 'it is empty' })
  return { isWhole: hasEnd && pending.length === 0, blocks }
}

function unpack(file: string, packed: Buffer, length: number): Buffer {
  let block: Buffer
  try {
    block = zstdDecompressSync(packed)
  } catch (cause) {
    throw new RecordingError({ file, reason: 'a block is damaged', cause })
  }
  if (block.length !== length)
    throw new RecordingError({ file, reason: 'a block has another length than it says' })
  return block
}

function readBlock(
  file: string,
  block: Buffer,
  { quote, trade, sink }: { quote: QuoteBuffer; trade: TradeBuffer; sink: RecordingSink },
): void {
  for (let at = 0; at < block.length; ) {
    switch (block[at]) {
      case KIND.quote:
        quote.instrument = block.readUInt32LE(at + 1) as InstrumentIndex
        quote.receivedUs = block.readDoubleLE(at + 5)
        quote.sourceUs = block.readDoubleLE(at + 13)
        quote.bidMicros = block.readDoubleLE(at + 21)
        quote.askMicros = block.readDoubleLE(at + 29)
        quote.bidSize = block.readDoubleLE(at + 37)
        quote.askSize = block.readDoubleLE(at + 45)
        quote.sampleUs = block.readDoubleLE(at + 53)
        sink.onQuote(quote)
        at += QUOTE_BYTES
        break
      case KIND.trade:
        trade.instrument = block.readUInt32LE(at + 1) as InstrumentIndex
        trade.aggressor = AGGRESSORS[block.readUInt8(at + 5)] ?? 'unknown'
        trade.receivedUs = block.readDoubleLE(at + 6)
        trade.sourceUs = block.readDoubleLE(at + 14)
        trade.priceMicros = block.readDoubleLE(at + 22)
        trade.size = block.readDoubleLE(at + 30)
        sink.onTrade(trade)
        at += TRADE_BYTES
        break
      case KIND.json: {
        const length = block.readUInt32LE(at + 1)
        sink.onJson(JSON.parse(block.toString('utf8', at + 5, at + 5 + length)) as JsonRecord)
        at += 5 + length
        break
      }
      default:
        throw new RecordingError({ file, reason: `a record of kind ${block[at]} is not known` })
    }
  }
}
