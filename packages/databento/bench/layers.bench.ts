/**
 * What a record costs in each of the three layers, on quotes of our own in memory.
 *
 * Run after `pnpm build`: node packages/databento/bench/layers.bench.ts
 */
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import {
  type Block,
  CbboView,
  decodeRecord,
  encodeMetadata,
  type Metadata,
  RecordAssembler,
  RecordWriter,
  RTYPE,
} from '@scalp/databento'

const RECORDS = 1_000_000
const ROUNDS = 5
const metadata: Metadata = {
  version: 3,
  dataset: 'OPRA.PILLAR',
  schema: 'cbbo-1m',
  start: 0n,
  end: null,
  limit: null,
  stypeIn: 'raw_symbol',
  stypeOut: 'instrument_id',
  tsOut: false,
  symbolCstrLen: 71,
  symbols: [],
  partial: [],
  notFound: [],
  mappings: [],
}

const writer = new RecordWriter()
for (let i = 0; i < RECORDS; i++) {
  const bidMicros = 10_000 * (1 + ((i * 7919) % 900))
  writer.cbbo({
    rtype: RTYPE.cbbo1m,
    publisherId: 30,
    instrumentId: i % 3_000,
    receivedUs: 1_740_061_860_000_000 + 60_000_000 * Math.floor(i / 3_000),
    lastUs: Number.NaN,
    lastMicros: Number.NaN,
    lastSize: 0,
    flags: 194,
    bidMicros,
    askMicros: bidMicros + 10_000 * (1 + (i % 5)),
    bidSize: i % 97,
    askSize: i % 89,
    bidPublisher: 22,
    askPublisher: 31,
  })
}
const stream = Buffer.concat([encodeMetadata(metadata), writer.bytes()])
const compressed = zstdCompressSync(stream)

/** Micro-dollars of bids and asks, read by word offsets. */
function sumBlock({ i32, u32, length }: Block): number {
  let sum = 0
  for (let word = 0; word < length >>> 2; word += 20) {
    const bid = (i32[word + 13] as number) * 4_294_967_296 + (u32[word + 12] as number)
    const ask = (i32[word + 15] as number) * 4_294_967_296 + (u32[word + 14] as number)
    sum += (bid + ask) / 1_000
  }
  return sum
}

const view = new CbboView()
function sumViews(block: Block): number {
  let sum = 0
  view.bind(block)
  for (let at = 0; at < block.length; at += view.length) {
    view.moveTo(at)
    sum += view.bidMicros + view.askMicros
  }
  return sum
}

const format = { version: 3, tsOut: false }
function sumObjects({ view: bytes, length }: Block): number {
  let sum = 0
  for (let at = 0; at < length; at += 80) {
    const record = decodeRecord(bytes, at, format)
    sum += Number((record['bid_px_00'] as bigint) + (record['ask_px_00'] as bigint)) / 1_000
  }
  return sum
}

const layers = { block: sumBlock, view: sumViews, object: sumObjects }
const best: Record<string, number> = { zstd: Number.POSITIVE_INFINITY }
let wanted: number | undefined
for (let round = 0; round < ROUNDS; round++) {
  const started = process.hrtime.bigint()
  if (zstdDecompressSync(compressed).length !== stream.length) throw new Error('zstd lost bytes')
  best['zstd'] = Math.min(best['zstd'] as number, Number(process.hrtime.bigint() - started) / RECORDS)
  for (const [name, sumOf] of Object.entries(layers)) {
    let sum = 0
    const from = process.hrtime.bigint()
    const assembler = new RecordAssembler({
      onMetadata: () => undefined,
      onBlock: (block) => void (sum += sumOf(block)),
    })
    for (let at = 0; at < stream.length; at += 524_288) assembler.push(stream.subarray(at, at + 524_288))
    assembler.end()
    best[name] = Math.min(
      best[name] ?? Number.POSITIVE_INFINITY,
      Number(process.hrtime.bigint() - from) / RECORDS,
    )
    wanted ??= sum
    if (sum !== wanted || assembler.records !== RECORDS) throw new Error(`${name}: ${sum} is not ${wanted}`)
  }
}
const base = best['block'] as number
for (const [name, ns] of Object.entries(best))
  console.log(`${name.padEnd(7)} ${ns.toFixed(1)} ns/record  ${(ns / base).toFixed(2)} x block`)
