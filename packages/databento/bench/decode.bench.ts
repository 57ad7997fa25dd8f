import { spawnSync } from 'node:child_process'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { decodeFile } from '../src/tape/decode-file.js'
import { emptyStats } from '../src/tape/event-batch.js'
import { quoteRows, toCsv, toDbn, writeFiles, zstd } from '../test/dataset-files.js'

const ROWS = 400_000
const rows = quoteRows(ROWS, 1_000)
const folder = await writeFiles({ 'day.dbn.zst': zstd(toDbn(rows)), 'day.csv.zst': zstd(toCsv(rows)) })

async function measure(name: string): Promise<number> {
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < 3; round++) {
    const stats = emptyStats()
    const start = process.hrtime.bigint()
    const wanted = { options: true }
    for await (const batch of decodeFile({ file: path.join(folder, name), schema: 'cbbo-1m', wanted, stats }))
      if (batch.count === 0) throw new Error(`${name}: an empty batch`)
    best = Math.min(best, Number(process.hrtime.bigint() - start))
    if (stats.records !== ROWS || stats.kept !== (ROWS * 3) / 4)
      throw new Error(`${name}: ${JSON.stringify(stats)}`)
  }
  return best
}

/** The time of `zstd -dc` for the same file; undefined when there is no such program. */
function measureZstd(name: string): number | undefined {
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < 3; round++) {
    const start = process.hrtime.bigint()
    const { error, status } = spawnSync('zstd', ['-dc', path.join(folder, name)], {
      stdio: ['ignore', 'ignore', 'ignore'],
    })
    if (error !== undefined || status !== 0) return undefined
    best = Math.min(best, Number(process.hrtime.bigint() - start))
  }
  return best
}

try {
  for (const name of ['day.dbn.zst', 'day.csv.zst']) {
    const ns = await measure(name)
    const baseline = measureZstd(name)
    const ratio =
      baseline === undefined ? 'zstd is not installed' : `${(ns / baseline).toFixed(2)} x zstd -dc`
    console.log(`${name}: ${(ns / ROWS).toFixed(0)} ns per record, ${ratio}`)
  }
} finally {
  await rm(folder, { recursive: true })
}
