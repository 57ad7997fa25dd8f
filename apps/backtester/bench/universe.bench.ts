/**
 * A whole OPRA day, 200,000 contracts of all roots in an order that caches do not like, from uncompressed `.dbn`, one
 * thread: decoding, symbols, book, move and average of each contract, one strategy call. The baseline reads the same
 * file and sums it up. The file is made once, which takes a minute.
 */
import { createReadStream, createWriteStream, existsSync, renameSync } from 'node:fs'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createZstdDecompress } from 'node:zlib'
import { InstrumentTable } from '@scalp/canonical'
import { createDatasetTape, type DataFile, discoverDataset, filesOf } from '@scalp/databento/node'
import { optionDay } from '../../../packages/databento/bench/option-day.js'
import { measure, median } from './measure.js'
import { type Pulse, replayPulse } from './pulse.js'

const ROUNDS = Number(process.env['SCALP_BENCH_ROUNDS'] ?? 3)

function play(file: DataFile): Promise<Pulse> {
  return replayPulse((instruments) => createDatasetTape({ files: [file], instruments }))
}

async function sum(file: DataFile): Promise<number> {
  const tape = createDatasetTape({ files: [file], instruments: new InstrumentTable() })
  let quotes = 0
  while (await tape.refill()) {
    const block = tape.quotes()
    if (block === undefined) throw new Error('no block')
    quotes += block.to - block.from
    tape.advanceTo(block.to)
  }
  return quotes
}

const compressed = await optionDay()
const raw = compressed.replace(/\.zst$/, '')
if (!existsSync(raw)) {
  await pipeline(createReadStream(compressed), createZstdDecompress(), createWriteStream(`${raw}.part`))
  renameSync(`${raw}.part`, raw)
}
const dataset = await discoverDataset(path.dirname(raw))
const like = filesOf(dataset, { schema: 'cbbo-1m' })[0]
const file = { ...like, path: raw, dataset: 'OPRA.PILLAR', schema: 'cbbo-1m', bytes: 0 } as DataFile
const read: number[] = []
const own: number[] = []
const clock: number[] = []
const seen = new Set<string>()
for (let round = 0; round < ROUNDS; round++) {
  const reading = await measure(() => sum(file))
  const playing = await measure(() => play(file))
  seen.add(JSON.stringify(playing.result))
  if (seen.size !== 1 || playing.result.quotes !== reading.result) throw new Error([...seen].join(' and '))
  read.push(reading.cpuNs / reading.result)
  own.push(playing.cpuNs / reading.result)
  clock.push(playing.wallNs / reading.result)
}
const ratio = median(own.map((value, round) => value / (read[round] as number)))
console.log(
  `${median(own).toFixed(0)} ns of processor time a quote, best ${Math.min(...own).toFixed(0)}; best ${(1_000 / Math.min(...clock)).toFixed(1)} M/s by the clock; ` +
    `reading alone ${median(read).toFixed(0)} ns, ${ratio.toFixed(1)} ×; ${[...seen].join()}`,
)
