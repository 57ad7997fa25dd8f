/**
 * Records that lie in memory already, decoded block by block, by the cursor, and the way one writes first: an object with
 * bigints each. Rounds take turns in one process; CPU time, medians. All must see the same sums.
 */
import { type Block, CbboView, RecordAssembler } from '@scalp/databento'
import { readDbnFile } from '@scalp/databento/node'
import { addBlock, addViews } from './jobs.js'
import { optionDay } from './option-day.js'
import { addNaively } from './peers.js'

/** Far more than the caches hold: 80 bytes each. */
const RECORDS = 1_500_000
const ROUNDS = 7

const records = new Uint8Array(RECORDS * 80)
let filled = 0
await readDbnFile(await optionDay({ records: 2_000_000 }), {
  onMetadata() {},
  onBlock({ bytes, length }) {
    const piece = bytes.subarray(0, Math.min(length, records.length - filled))
    records.set(piece, filled)
    filled += piece.length
  },
})

const view = new CbboView()
const sums = new Float64Array(5)
/** Through the assembler, which checks each record and puts it into place. */
const assembled = (onBlock: (block: Block) => void): void => {
  new RecordAssembler({ onMetadata() {}, onBlock }, 'memory', {
    isFragment: true,
    format: { version: 3, tsOut: false },
  }).push(records)
}
const ways: Readonly<Record<string, () => void>> = {
  block: () => assembled((block) => addBlock(block, sums)),
  cursor: () => assembled((block) => addViews(block, view, sums)),
  naive: () => addNaively(records, sums),
}
const times = new Map<string, number[]>()
let truth = ''
for (let round = -1; round < ROUNDS; round++) {
  for (const [name, work] of Object.entries(ways)) {
    sums.fill(0)
    const before = process.cpuUsage()
    work()
    const { user, system } = process.cpuUsage(before)
    if (round >= 0) times.set(name, [...(times.get(name) ?? []), (user + system) * 1_000])
    truth ||= sums.join()
    if (sums.join() !== truth) throw new Error(`${name}: sums ${sums.join()} are not ${truth}`)
  }
}
const median = (name: string): number =>
  (times.get(name) ?? []).toSorted((a, b) => a - b)[ROUNDS >> 1] ?? Number.NaN
for (const name of Object.keys(ways))
  console.log(`  ${name}: ${(median(name) / RECORDS).toFixed(1)} ns of CPU a record in memory`)
console.log(`  bigint objects / block: ${(median('naive') / median('block')).toFixed(1)}x (target ≥ 6)`)
console.log(`  cursor / block: ${(median('cursor') / median('block')).toFixed(2)} without any decompression`)
