import { createRandom, isScalpError, type Random } from '@scalp/canonical'
import { afterAll, expect, test } from 'vitest'
import { CsvBatcher } from '../src/csv/decode-csv.js'
import type { Block } from '../src/dbn/assembler.js'
import { createMetadata, type Metadata } from '../src/dbn/metadata.js'
import {
  CbboView,
  CsvEncoder,
  decodeMetadata,
  decodeRecord,
  encodeMetadata,
  JsonEncoder,
  layoutOf,
  RecordAssembler,
  type RecordFormat,
  StreamSymbols,
  SymbolMap,
  upgradeRecord,
} from '../src/index.js'
import { DbnBatcher } from '../src/tape/decode-dbn.js'
import { type EventBatch, emptyStats, giveBatch } from '../src/tape/event-batch.js'
import { decompressed } from '../src/zstd/node-stream.js'
import { broken, brokenText, csvText, dbnStream, pieces, poisoned, zstdFrames } from './fuzz-corpus.js'

/** Cases in all; CI takes 200,000, a night can take any number. */
const CASES = Number(process.env['SCALP_FUZZ_CASES'] ?? 200_000)
const SEED = process.env['SCALP_FUZZ_SEED'] ?? 'fuzz'
/** A case that takes longer hangs; wide, for machines are busy. */
const SLOW_MS = 5_000
const MINUTES = 60_000 * Math.max(3, CASES / 20_000)

/** Most cases end in an error, and its stack costs more than the case. */
const { stackTraceLimit } = Error
Error.stackTraceLimit = 0
afterAll(() => {
  Error.stackTraceLimit = stackTraceLimit
})

/** Runs so many cases, each of which can be run alone by its number. */
function run(name: string, share: number, one: (random: Random) => void): void {
  const cases = Math.ceil(CASES * share)
  test(`${name}: ${cases} cases`, { timeout: MINUTES }, () => {
    for (let number = 0; number < cases; number++) {
      const label = `${SEED} ${name} ${number}`
      const start = performance.now()
      try {
        one(createRandom(label))
      } catch (error) {
        throw new Error(`Case "${label}": ${String(error)}`, { cause: error })
      }
      const ms = performance.now() - start
      if (ms > SLOW_MS) throw new Error(`Case "${label}" took ${ms} ms.`)
    }
  })
}

run(
  'DBN: any cut gives the same, nothing is read beyond, whole records before a fault come',
  0.35,
  (random) => {
    const bytes = random() < 0.1 ? dbnStream(random) : broken(random, dbnStream(random))
    const whole = read([poisoned(bytes, 0x00)])
    const cut = read(pieces(random, poisoned(bytes, 0xff)))
    expectSame([cut.code, cut.metadata], [whole.code, whole.metadata])
    if (!cut.records.equals(whole.records)) throw new Error('a cut changes the records')
    if (whole.metadata === undefined) return
    const body = new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true)
    const records = bytes.subarray(8 + body)
    const length = lengthOfWholeRecords(records, whole.metadata)
    if (!whole.records.equals(records.subarray(0, length))) throw new Error('whole records are missing')
    const isFaulty = length < records.length
    if (isFaulty !== (whole.code !== undefined))
      throw new Error(`a fault, and the error ${String(whole.code)}`)
  },
)

run('records: what is decoded, upgraded, mapped and printed fails by name, or not at all', 0.1, (random) => {
  const { metadata, blocks } = read([broken(random, dbnStream(random))])
  if (metadata === undefined) return
  const { version, tsOut } = metadata
  const format: RecordFormat = { version, tsOut }
  for (const block of blocks) useBlock(block, metadata, format)
})

run('tape: events of broken DBN are the same for any cut', 0.004, (random) => {
  const bytes = broken(random, dbnStream(random))
  const feed = (parts: readonly Uint8Array[]): unknown =>
    events((options) => {
      const batcher = new DbnBatcher({ ...options, schema: 'cbbo-1m' })
      const assembler = new RecordAssembler(batcher, 'fuzz')
      return { batcher, push: (part) => assembler.push(part), end: () => assembler.end() }
    }, parts)
  expectSame(feed(pieces(random, bytes)), feed([bytes]))
})

run(
  'metadata: decode or fail by name; what is decoded can be encoded, or is refused by name',
  0.53,
  (random) => {
    const bytes = broken(random, dbnStream(random))
    const one = attempt(() => decodeMetadata(poisoned(bytes, 0x00)))
    const other = attempt(() => decodeMetadata(poisoned(bytes, 0xff)))
    expectSame(one, other)
    if (one.value === undefined) return
    const encoded = attempt(() => encodeMetadata(one.value as Metadata))
    if (encoded.value === undefined) return
    expectSame(attempt(() => decodeMetadata(encoded.value as Uint8Array)).code, undefined)
  },
)

run('CSV: events are the same for any cut, and a fault is told with its line', 0.006, (random) => {
  const bytes = brokenText(random, csvText(random))
  const feed = (parts: readonly Uint8Array[]): unknown =>
    events((options) => {
      const batcher = new CsvBatcher({ ...options, schema: 'cbbo-1m' })
      return { batcher, push: (part) => batcher.push(part), end: () => batcher.end({ partial: false }) }
    }, parts)
  expectSame(feed(pieces(random, poisoned(bytes, 0x31))), feed([poisoned(bytes, 0x0a)]))
})

const zstdCases = Math.ceil(CASES * 0.01)
test(`zstd: frames that are broken fail by name, after what came before: ${zstdCases} cases`, {
  timeout: MINUTES,
}, async () => {
  for (let number = 0; number < zstdCases; number++) {
    const label = `${SEED} zstd ${number}`
    const random = createRandom(label)
    const dbn = dbnStream(random)
    const frames = zstdFrames(random, dbn)
    const bytes = random() < 0.2 ? frames : broken(random, frames)
    const whole = await inflate([poisoned(bytes, 0x00)])
    const cut = await inflate(pieces(random, poisoned(bytes, 0xff)))
    try {
      expectSame(cut.code, whole.code)
      /** Of a block that is corrupt itself some bytes may come, or none. */
      const both = Math.min(cut.bytes.length, whole.bytes.length)
      const isSame = cut.bytes.subarray(0, both).equals(whole.bytes.subarray(0, both))
      if (!isSame) throw new Error('the bytes before the fault differ')
      if (whole.code === undefined && cut.bytes.length !== both) throw new Error('bytes are missing')
      if (bytes === frames && !whole.bytes.equals(dbn)) throw new Error('sound frames came out otherwise')
    } catch (error) {
      throw new Error(`Case "${label}": ${String(error)}`, { cause: error })
    }
  }
})

test.each([
  ['a body of 4 GB', (view: DataView) => view.setUint32(4, 0xffff_ffff, true)],
  ['4 billion symbols', (view: DataView) => view.setUint32(112, 0xffff_ffff, true)],
  ['4 billion partial symbols', (view: DataView) => view.setUint32(116, 0xffff_ffff, true)],
  ['4 billion mappings', (view: DataView) => view.setUint32(124, 0xffff_ffff, true)],
  ['symbols of 64 kB', (view: DataView) => view.setUint16(53, 0xffff, true)],
  ['symbols of no bytes', (view: DataView) => view.setUint16(53, 0, true)],
  ['a schema definition of 4 GB', (view: DataView) => view.setUint32(108, 0xffff_ffff, true)],
])('metadata that claim %s allocate nothing for it', (_, claim) => {
  const bytes = encodeMetadata(EMPTY)
  claim(new DataView(bytes.buffer))
  const before = process.memoryUsage().arrayBuffers
  for (let times = 0; times < 20; times++) {
    const { code } = attempt(() => {
      const assembler = new RecordAssembler({ onMetadata() {}, onBlock() {} })
      assembler.push(bytes)
      assembler.end()
    })
    if (!claim.toString().includes('53')) expect(code).toMatch(/^DBN_/)
  }
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20 * 300_000)
})

const EMPTY = createMetadata({
  dataset: 'OPRA.PILLAR',
  schema: 'trades',
})

interface Outcome {
  readonly metadata: Metadata | undefined
  readonly records: Buffer
  readonly blocks: readonly Block[]
  readonly code: string | undefined
}

function read(parts: readonly Uint8Array[]): Outcome {
  let metadata: Metadata | undefined
  const records: Uint8Array[] = []
  const assembler = new RecordAssembler({
    onMetadata: (found) => (metadata = found),
    onBlock: ({ bytes, length }) => void records.push(bytes.slice(0, length)),
  })
  const { code } = attempt(() => {
    for (const part of parts) assembler.push(part)
    assembler.end()
  })
  const blocks = records.map((bytes) => {
    const { buffer, length } = bytes
    const u32 = new Uint32Array(buffer as ArrayBuffer)
    return { bytes, length, u32, i32: new Int32Array(buffer as ArrayBuffer), view: new DataView(buffer) }
  })
  return { metadata, records: Buffer.concat(records), blocks, code }
}

/** By the format alone: how many bytes of records come before an impossible or unfinished one. */
function lengthOfWholeRecords(bytes: Uint8Array, { version, tsOut }: RecordFormat): number {
  let at = 0
  for (;;) {
    const length = (bytes[at] ?? 0) * 4
    const layout = layoutOf(bytes[at + 1] ?? 0xff, version)
    const fewest = layout === undefined ? 16 : layout.bytes + (tsOut ? 8 : 0)
    if (length < fewest || at + length > bytes.length) return at
    at += length
  }
}

function useBlock(block: Block, metadata: Metadata, format: RecordFormat): void {
  const { bytes, view, length } = block
  const map = attempt(() => new SymbolMap(metadata)).value
  const stream = new StreamSymbols(format.version)
  const { schema } = metadata
  const symbols = map ?? stream
  const encoders = [
    new CsvEncoder({ ...format, schema, symbols, prettyPrices: true, prettyTimes: true, skipUnknown: true }),
    new JsonEncoder({ ...format, symbols, prettyPrices: false, prettyTimes: false, skipUnknown: true }),
    new JsonEncoder({ ...format, upgrade: true, prettyPrices: true, prettyTimes: true, skipUnknown: true }),
  ]
  const quote = new CbboView().bind(block)
  for (let at = 0; at < length; at += (bytes[at] as number) * 4) {
    const from = at
    const decoded = attempt(() => decodeRecord(view, from, format)).value
    const upgraded = attempt(() => upgradeRecord(view, from, format)).value
    if (decoded !== undefined && upgraded !== undefined)
      decodeRecord(new DataView(upgraded.buffer), 0, { ...format, version: 3 })
    attempt(() => stream.symbolOf(view, from))
    attempt(() => map?.symbolOf(view, from))
    for (const encoder of encoders) attempt(() => encoder.row(view, from))
    if (decoded?.record === 'cbbo') {
      const { bidMicros, receivedUs } = quote.moveTo(at)
      expect([typeof bidMicros, typeof receivedUs]).toEqual(['number', 'number'])
    }
  }
}

type BatcherOptions = Omit<ConstructorParameters<typeof CsvBatcher>[0], 'schema'>
interface Fed {
  readonly batcher: { take(isEnd: boolean): EventBatch[] }
  push(part: Uint8Array): void
  end(): void
}

/** The rows that come of pieces, and the error that ends them. */
function events(open: (options: BatcherOptions) => Fed, parts: readonly Uint8Array[]): unknown {
  const stats = emptyStats()
  const { batcher, push, end } = open({ source: 'fuzz', wanted: { options: true }, stats })
  const { code } = attempt(() => {
    for (const part of parts) push(part)
    end()
  })
  const symbols: string[] = []
  const rows: unknown[][] = []
  /** Volumes are told at the end, and may be found out of order there. */
  const taken = attempt(() => batcher.take(true))
  for (const batch of taken.value ?? []) {
    giveBatch(batch)
    symbols.push(...batch.newSymbols)
    const { kind, symbol, receivedUs, sourceUs, a, b, c, d } = batch
    for (let row = 0; row < batch.count; row++)
      rows.push([
        kind[row],
        symbols[symbol[row] as number],
        receivedUs[row],
        sourceUs[row],
        a[row],
        b[row],
        c[row],
        d[row],
      ])
  }
  return { rows, code: code ?? taken.code }
}

async function inflate(parts: readonly Uint8Array[]): Promise<{ bytes: Buffer; code: string | undefined }> {
  const out: Uint8Array[] = []
  const source = (async function* (): AsyncGenerator<Uint8Array> {
    yield* parts
  })()
  try {
    for await (const piece of decompressed(source, { name: 'fuzz' })) out.push(piece.slice())
  } catch (error) {
    return { bytes: Buffer.concat(out), code: codeOf(error) }
  }
  return { bytes: Buffer.concat(out), code: undefined }
}

interface Attempt<T> {
  readonly value?: T
  readonly code?: string
}

/** What a call answers, or the code of the typed error it throws; any other error is a find. */
function attempt<T>(call: () => T): Attempt<T> {
  try {
    return { value: call() }
  } catch (error) {
    return { code: codeOf(error) }
  }
}

function codeOf(error: unknown): string {
  if (!isScalpError(error)) throw error
  return error.code
}

/** Faster than expect() where two things are the same, which is nearly always. */
function expectSame(found: unknown, wanted: unknown): void {
  if (textOf(found) !== textOf(wanted)) expect(found).toEqual(wanted)
}

function textOf(value: unknown): string | undefined {
  return JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? `${each}n` : each))
}
