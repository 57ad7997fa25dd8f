import { closeSync, openSync, readSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import {
  type Block,
  type CbboFields,
  CbboView,
  RecordAssembler,
  type RecordWriter,
  RTYPE,
} from '@scalp/databento'
import { type DecodeStats, decodeFile, giveBatch, readDbnFile, writeDbnFile } from '@scalp/databento/node'
import { decodeByFzstd, decodeByZstddec, decodeNaively } from './peers.js'

/** What a job saw: records, bids and asks in micro-dollars, their sizes; empty sides count 0. */
export type Sums = readonly [records: number, bid: number, ask: number, bidSize: number, askSize: number]

/** What a job leaves behind. */
export interface JobResult {
  readonly sums: Sums
  /** The most memory the process ever took. */
  readonly peakMb: number
  /** Time of the work alone, without the start of the process. */
  readonly workMs: number
}

/** Records are handed to the file by pieces of so many bytes. */
const FLUSH_BYTES = 1 << 20
const HEAD = 20 | (RTYPE.cbbo1m << 8)

/** Sums the quotes of a block by words, the fastest way there is. */
export function addBlock({ i32, u32, length }: Block, sums: Float64Array): void {
  let records = 0
  let bid = 0
  let ask = 0
  let bidSize = 0
  let askSize = 0
  const words = length >>> 2
  for (let word = 0; word < words; word += (i32[word] as number) & 0xff) {
    if (((i32[word] as number) & 0xffff) !== HEAD) continue
    const bidHigh = i32[word + 13] as number
    const askHigh = i32[word + 15] as number
    if (bidHigh !== 0x7fff_ffff) bid += (bidHigh * 4_294_967_296 + (u32[word + 12] as number)) / 1_000
    if (askHigh !== 0x7fff_ffff) ask += (askHigh * 4_294_967_296 + (u32[word + 14] as number)) / 1_000
    bidSize += u32[word + 16] as number
    askSize += u32[word + 17] as number
    records++
  }
  addTo(sums, records, bid, ask, bidSize, askSize)
}

/** The same by the reused cursor. */
export function addViews(block: Block, view: CbboView, sums: Float64Array): void {
  let records = 0
  let bid = 0
  let ask = 0
  let bidSize = 0
  let askSize = 0
  view.bind(block)
  for (let at = 0; at < block.length; at += view.length) {
    view.moveTo(at)
    if (view.rtype !== RTYPE.cbbo1m) continue
    const { bidMicros, askMicros } = view
    if (!Number.isNaN(bidMicros)) bid += bidMicros
    if (!Number.isNaN(askMicros)) ask += askMicros
    bidSize += view.bidSize
    askSize += view.askSize
    records++
  }
  addTo(sums, records, bid, ask, bidSize, askSize)
}

/** By hand: whatever is taken out of an array by a pattern is kept in a form that sums slowly. */
function addTo(sums: Float64Array, ...of: Sums): void {
  for (let i = 0; i < of.length; i++) sums[i] = (sums[i] as number) + (of[i] as number)
}

async function sumTape(file: string, root: string | undefined, sums: Float64Array): Promise<void> {
  const stats: DecodeStats = { records: 0, kept: 0, filtered: 0, dropped: 0, droppedSymbols: [], skipped: 0 }
  const wanted = { options: true, ...(root === undefined ? {} : { symbols: [root] }) }
  for await (const batch of decodeFile({ file, schema: 'cbbo-1m', wanted, stats })) {
    const { count, a, b, c, d } = batch
    let bid = 0
    let ask = 0
    let bidSize = 0
    let askSize = 0
    for (let row = 0; row < count; row++) {
      const bidMicros = a[row] as number
      const askMicros = b[row] as number
      if (!Number.isNaN(bidMicros)) bid += bidMicros
      if (!Number.isNaN(askMicros)) ask += askMicros
      bidSize += c[row] as number
      askSize += d[row] as number
    }
    addTo(sums, count, bid, ask, bidSize, askSize)
    giveBatch(batch)
  }
}

/** Reads a raw file and writes it anew, field by field, as zstd of the default level, 3. */
async function encodeAgain(file: string, sums: Float64Array): Promise<void> {
  const out = `${file}.${process.pid}.zst`
  const descriptor = openSync(file, 'r')
  const source = {
    fill: (bytes: Uint8Array, from: number, to: number) => readSync(descriptor, bytes, from, to - from, null),
    close: () => closeSync(descriptor),
  }
  let writer: RecordWriter | undefined
  const onBlock = (block: Block): void => {
    addBlock(block, sums)
    view.bind(block)
    for (let at = 0; at < block.length; at += view.length) writer?.cbbo(fieldsAt(at))
  }
  const assembler = new RecordAssembler({ onMetadata() {}, onBlock }, file)
  while (assembler.metadata === undefined) if (!assembler.pull(source)) throw new Error('no metadata')
  await writeDbnFile(out, { metadata: assembler.metadata, zstd: true }, async ({ records, flush }) => {
    writer = records
    while (assembler.pull(source)) if (records.bytes().length >= FLUSH_BYTES) await flush()
    assembler.end()
  })
  source.close()
  await rm(out)
}

/** One object for all records, as a writer of many would have it. */
const fields: { -readonly [Key in keyof CbboFields]: CbboFields[Key] } = {
  rtype: RTYPE.cbbo1m,
  publisherId: 0,
  instrumentId: 0,
  receivedUs: Number.NaN,
  lastUs: Number.NaN,
  lastMicros: Number.NaN,
  lastSize: 0,
  flags: 0,
  bidMicros: Number.NaN,
  askMicros: Number.NaN,
  bidSize: 0,
  askSize: 0,
  bidPublisher: 0,
  askPublisher: 0,
}

function fieldsAt(at: number): CbboFields {
  view.moveTo(at)
  fields.publisherId = view.publisherId
  fields.instrumentId = view.instrumentId
  fields.receivedUs = view.receivedUs
  fields.lastUs = view.eventUs
  fields.lastMicros = view.lastMicros
  fields.lastSize = view.lastSize
  fields.flags = view.flags
  fields.bidMicros = view.bidMicros
  fields.askMicros = view.askMicros
  fields.bidSize = view.bidSize
  fields.askSize = view.askSize
  fields.bidPublisher = view.bidPublisher
  fields.askPublisher = view.askPublisher
  return fields
}

const sums = new Float64Array(5)
const view = new CbboView()

/** The jobs by name; each reads `file`. */
const JOBS: Readonly<Record<string, (file: string, root: string) => Promise<void> | void>> = {
  block: (file) => read(file, (block) => addBlock(block, sums)),
  cursor: (file) => read(file, (block) => addViews(block, view, sums)),
  filter: (file, root) => sumTape(file, root, sums),
  tape: (file) => sumTape(file, undefined, sums),
  encode: (file) => encodeAgain(file, sums),
  naive: (file) => decodeNaively(file, sums),
  zstddec: (file) => decodeByZstddec(file, (block) => addBlock(block, sums)),
  fzstd: (file) => decodeByFzstd(file, (block) => addBlock(block, sums)),
}

async function read(file: string, onBlock: (block: Block) => void): Promise<void> {
  await readDbnFile(file, { onMetadata() {}, onBlock })
}

/** Runs one job in this process, and leaves what it saw in a file. */
export async function runJob([
  job = '',
  file = '',
  root = '',
  result = '',
]: readonly string[]): Promise<void> {
  const start = process.hrtime.bigint()
  await JOBS[job]?.(file, root)
  const workMs = Number(process.hrtime.bigint() - start) / 1e6
  const peakMb = process.resourceUsage().maxRSS / 1_024
  const found: JobResult = { sums: [...sums] as unknown as Sums, peakMb, workMs }
  writeFileSync(result, JSON.stringify(found))
}
