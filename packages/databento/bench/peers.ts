import { EventEmitter } from 'node:events'
import { createReadStream, readFileSync } from 'node:fs'
import { createZstdDecompress } from 'node:zlib'
import { type Block, RecordAssembler, RTYPE } from '@scalp/databento'
import { Decompress } from 'fzstd'
import { ZSTDDecoder } from 'zstddec/stream'

const NO_PRICE = 0x7fff_ffff_ffff_ffffn
const PIECE_BYTES = 1 << 17

/** One record as most decoders in TypeScript would have it. */
interface QuoteObject {
  readonly rtype: number
  readonly publisherId: number
  readonly instrumentId: number
  readonly tsEvent: bigint
  readonly price: bigint
  readonly size: number
  readonly flags: number
  readonly tsRecv: bigint
  readonly bidPrice: bigint
  readonly askPrice: bigint
  readonly bidSize: number
  readonly askSize: number
  readonly bidPublisher: number
  readonly askPublisher: number
}

/** The sums of records as the naive way keeps them. */
class NaiveSums {
  readonly emitter = new EventEmitter()
  #records = 0
  #bid = 0n
  #ask = 0n
  #bidSize = 0
  #askSize = 0

  constructor() {
    this.emitter.on('record', (quote: QuoteObject) => {
      if (quote.rtype !== RTYPE.cbbo1m) return
      if (quote.bidPrice !== NO_PRICE) this.#bid += quote.bidPrice
      if (quote.askPrice !== NO_PRICE) this.#ask += quote.askPrice
      this.#bidSize += quote.bidSize
      this.#askSize += quote.askSize
      this.#records++
    })
  }

  /** Emits each whole record; answers where the first that is not whole starts. */
  emitAll(bytes: Buffer): number {
    let at = 0
    for (; at < bytes.length; at += (bytes[at] as number) * 4) {
      if (at + (bytes[at] as number) * 4 > bytes.length) break
      this.emitter.emit('record', quoteAt(bytes, at))
    }
    return at
  }

  writeTo(sums: Float64Array): void {
    sums.set([
      this.#records,
      Number(this.#bid / 1_000n),
      Number(this.#ask / 1_000n),
      this.#bidSize,
      this.#askSize,
    ])
  }
}

/** The decoder that one writes first: a stream of the runtime's, an object with bigints a record, an event each. */
export async function decodeNaively(file: string, sums: Float64Array): Promise<void> {
  const naive = new NaiveSums()
  let left: Buffer = Buffer.alloc(0)
  let metadata: Buffer[] | undefined = []
  let received = 0
  for await (const piece of createReadStream(file).pipe(createZstdDecompress())) {
    if (metadata === undefined) left = Buffer.concat([left, piece as Buffer])
    else {
      metadata.push(piece as Buffer)
      received += (piece as Buffer).length
      const length = 8 + (metadata[0] as Buffer).readUInt32LE(4)
      if (received < length) continue
      left = Buffer.concat(metadata).subarray(length)
      metadata = undefined
    }
    left = left.subarray(naive.emitAll(left))
  }
  naive.writeTo(sums)
}

/** The same of records that lie in memory. */
export function addNaively(records: Uint8Array, sums: Float64Array): void {
  const naive = new NaiveSums()
  naive.emitAll(Buffer.from(records.buffer, records.byteOffset, records.length))
  naive.writeTo(sums)
}

function quoteAt(bytes: Buffer, at: number): QuoteObject {
  return {
    rtype: bytes.readUInt8(at + 1),
    publisherId: bytes.readUInt16LE(at + 2),
    instrumentId: bytes.readUInt32LE(at + 4),
    tsEvent: bytes.readBigUInt64LE(at + 8),
    price: bytes.readBigInt64LE(at + 16),
    size: bytes.readUInt32LE(at + 24),
    flags: bytes.readUInt8(at + 30),
    tsRecv: bytes.readBigUInt64LE(at + 32),
    bidPrice: bytes.readBigInt64LE(at + 48),
    askPrice: bytes.readBigInt64LE(at + 56),
    bidSize: bytes.readUInt32LE(at + 64),
    askSize: bytes.readUInt32LE(at + 68),
    bidPublisher: bytes.readUInt16LE(at + 72),
    askPublisher: bytes.readUInt16LE(at + 76),
  }
}

function* pieces(file: string): Generator<Uint8Array> {
  const bytes = readFileSync(file)
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES)
}

/** Zstandard built to WebAssembly, and then our own loop over blocks. */
export async function decodeByZstddec(file: string, onBlock: (block: Block) => void): Promise<void> {
  const decoder = new ZSTDDecoder()
  await decoder.init()
  const assembler = new RecordAssembler({ onMetadata() {}, onBlock })
  for (const bytes of decoder.decodeStreaming(pieces(file))) assembler.push(bytes)
  assembler.end()
}

/** Zstandard written in JavaScript, and then our own loop over blocks. */
export function decodeByFzstd(file: string, onBlock: (block: Block) => void): void {
  const assembler = new RecordAssembler({ onMetadata() {}, onBlock })
  const decompress = new Decompress((bytes) => assembler.push(bytes))
  for (const bytes of pieces(file)) decompress.push(bytes)
  decompress.push(new Uint8Array(0), true)
  assembler.end()
}
