/**
 * Slices against what they replace, on one underlying of a synthetic day: how large they are, how long it takes until
 * a consumer has seen every quote, and what the filtered scan of the whole day costs instead.
 *
 * Rounds of all roads take turns; what is compared is CPU time of this process, and the best of each.
 */
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { CbboView, RTYPE } from '../src/index.js'
import { cutSlices, describeDataFile, readDbnFile, SliceReader, splitDbn } from '../src/node.js'
import { decodeFile } from '../src/tape/decode-file.js'
import { createBatch, type EventBatch, emptyStats, giveBatch } from '../src/tape/event-batch.js'
import { optionDay, ROOT } from './option-day.js'

const ROUNDS = 9
const SCANS = 3

/** What a consumer sees of all quotes; the same on every road. */
interface Sums {
  rows: number
  bid: number
  ask: number
  sizes: number
}

const none = (): Sums => ({ rows: 0, bid: 0, ask: 0, sizes: 0 })

function addBatch(sums: Sums, { count, a, b, c, d }: EventBatch): void {
  let { bid, ask, sizes } = sums
  for (let row = 0; row < count; row++) {
    const x = a[row] as number
    const y = b[row] as number
    if (x === x) bid += x
    if (y === y) ask += y
    sizes += (c[row] as number) + (d[row] as number)
  }
  sums.rows += count
  sums.bid = bid
  sums.ask = ask
  sums.sizes = sizes
}

/** Block by block, as a replay reads it. */
function readSlice(file: string): Sums {
  const sums = none()
  const batch = createBatch()
  const reader = new SliceReader(file)
  while (reader.read(batch)) addBatch(sums, batch)
  reader.close()
  return sums
}

/** The library's own fast road over records: a cursor. */
async function readDbn(file: string): Promise<Sums> {
  const sums = none()
  const quote = new CbboView()
  await readDbnFile(file, {
    onMetadata() {},
    onBlock(block) {
      quote.bind(block)
      for (let at = 0; at < block.length; at += quote.length) {
        quote.moveTo(at)
        if (quote.rtype !== RTYPE.cbbo1m) continue
        const { bidMicros, askMicros } = quote
        sums.rows++
        if (bidMicros === bidMicros) sums.bid += bidMicros
        if (askMicros === askMicros) sums.ask += askMicros
        sums.sizes += quote.bidSize + quote.askSize
      }
    },
  })
  return sums
}

/** As a replay reads any file: symbols, filter, columns. */
async function replayFile(file: string): Promise<Sums> {
  const sums = none()
  const wanted = { options: true, symbols: [ROOT] }
  for await (const batch of decodeFile({ file, schema: 'cbbo-1m', wanted, stats: emptyStats() })) {
    addBatch(sums, batch)
    giveBatch(batch)
  }
  return sums
}

/** CPU milliseconds of a road, best and middle of so many rounds. */
class Road {
  readonly ms: number[] = []
  sums: Sums = none()
  readonly name: string
  readonly run: () => Sums | Promise<Sums>

  constructor(name: string, run: () => Sums | Promise<Sums>) {
    this.name = name
    this.run = run
  }

  async round(): Promise<void> {
    const before = process.cpuUsage()
    this.sums = await this.run()
    const { user, system } = process.cpuUsage(before)
    this.ms.push((user + system) / 1_000)
  }

  get best(): number {
    return Math.min(...this.ms)
  }

  get middle(): number {
    return this.ms.toSorted((a, b) => a - b)[this.ms.length >> 1] as number
  }

  show(): void {
    const nanos = (this.best * 1e6) / this.sums.rows
    console.log(
      `${this.name.padEnd(44)} ${this.best.toFixed(1).padStart(8)} ms best ${this.middle.toFixed(1).padStart(8)} middle ${nanos.toFixed(0).padStart(7)} ns a row kept`,
    )
  }
}

const day = await optionDay()
const folder = mkdtempSync(path.join(tmpdir(), 'scalp-slice-bench-'))
try {
  const criteria = { underlyings: [ROOT] }
  const slice = path.join(folder, 'root.slice')
  const file = await describeDataFile(day)
  await cutSlices([file], { criteria, into: { file: slice } })
  const [dbn] = await splitDbn([day], { criteria, directory: folder })
  if (dbn === undefined || !existsSync(dbn.file)) throw new Error('no DBN slice was made')

  const roads = [
    new Road('slice, block by block', () => readSlice(slice)),
    new Road('slice, as a replay reads it', () => replayFile(slice)),
    new Road('.dbn.zst slice, by a cursor over records', () => readDbn(dbn.file)),
    new Road('.dbn.zst slice, as a replay reads it', () => replayFile(dbn.file)),
  ]
  const scan = new Road('the whole day, filtered, as a replay reads it', () => replayFile(day))
  for (let round = 0; round < ROUNDS; round++) {
    for (const road of roads) for (let time = 0; time < 3; time++) await road.round()
    if (round < SCANS) await scan.round()
  }
  for (const road of [...roads, scan]) road.show()
  const truth = JSON.stringify(scan.sums)
  for (const { name, sums } of roads)
    if (JSON.stringify(sums) !== truth)
      throw new Error(`${name}: ${JSON.stringify(sums)} instead of ${truth}`)
  console.log(`sums of every road: ${truth}`)

  const [block, replayed, cursor, replayedDbn] = roads as [Road, Road, Road, Road]
  const [bytes, dbnBytes] = [statSync(slice).size, statSync(dbn.file).size]
  const ratio = (name: string, value: number, target: string): void =>
    console.log(`${name.padEnd(60)} ${value.toFixed(2).padStart(8)}   target ${target}`)
  console.log(
    `${bytes.toLocaleString()} bytes, ${(bytes / truthRows(scan)).toFixed(2)} a row; as .dbn.zst ${dbnBytes.toLocaleString()}, ${(dbnBytes / truthRows(scan)).toFixed(2)} a row (which also holds last trades and venues)`,
  )
  ratio('size: slice / .dbn.zst slice', bytes / dbnBytes, '<= 0.45')
  ratio('time to the consumer, CPU: slice / .dbn.zst by a cursor', block.best / cursor.best, '<= 0.35')
  ratio('time to a replay, CPU: slice / .dbn.zst', replayed.best / replayedDbn.best, '<= 0.35')
  ratio('CPU: filtered scan of the day / slice, best of each', scan.best / block.best, '>= 150')
  ratio('CPU: the same, middle of each', scan.middle / block.middle, '>= 150')
} finally {
  rmSync(folder, { recursive: true })
}

/**
 * All underlyings of the day in one pass, in this process: its peak of memory is that of all that came before.
 */
const pieces = mkdtempSync(path.join(tmpdir(), 'scalp-slice-bench-'))
try {
  const startedMs = performance.now()
  const before = process.cpuUsage()
  const cut = await cutSlices([await describeDataFile(day)], { criteria: {}, into: { directory: pieces } })
  const { user, system } = process.cpuUsage(before)
  const rows = cut.reduce((sum, piece) => sum + piece.rows, 0)
  const bytes = cut.reduce((sum, piece) => sum + statSync(piece.file).size, 0)
  console.log(
    `one pass: ${cut.length.toLocaleString()} slices, ${rows.toLocaleString()} rows, ${((performance.now() - startedMs) / 1_000).toFixed(1)} s, CPU ${(((user + system) / rows) * 1_000).toFixed(0)} ns a row, ${(bytes / statSync(day).size).toFixed(2)} of the day's bytes, peak ${(process.resourceUsage().maxRSS / 1_024).toFixed(0)} MB`,
  )
} finally {
  rmSync(pieces, { recursive: true })
}

function truthRows({ sums }: Road): number {
  return sums.rows
}
