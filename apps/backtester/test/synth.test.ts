import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { discoverDataset } from '@scalp/databento/node'
import { expect, test } from 'vitest'
import { writeMarket } from './market.js'

interface Manifest {
  readonly files: readonly { filename: string; size: number; hash: string }[]
}

function hashes(folder: string): string[] {
  return readdirSync(folder).flatMap((job) => {
    const { files } = JSON.parse(readFileSync(path.join(folder, job, 'manifest.json'), 'utf8')) as Manifest
    return files.map(({ filename, size, hash }) => {
      const bytes = readFileSync(path.join(folder, job, filename))
      expect(bytes.length).toBe(size)
      expect(`sha256:${createHash('sha256').update(bytes).digest('hex')}`).toBe(hash)
      return `${filename} ${hash}`
    })
  })
}

test('writes genuine batch jobs under their official names, labelled as synthetic', async () => {
  const folder = await writeMarket('dbn.zst')
  const names = hashes(folder).map((line) => line.split(' ')[0])
  expect(names).toEqual([
    'equs-mini-20240102.ohlcv-1s.dbn.zst',
    'equs-mini-20240103.ohlcv-1s.dbn.zst',
    'opra-pillar-20240102.cbbo-1m.dbn.zst',
    'opra-pillar-20240103.cbbo-1m.dbn.zst',
    'opra-pillar-20240102.statistics.dbn.zst',
    'opra-pillar-20240103.statistics.dbn.zst',
  ])
  const { files, warnings } = await discoverDataset(folder)
  expect(files).toHaveLength(6)
  expect(files.every(({ isSynthetic }) => isSynthetic)).toBe(true)
  expect(warnings).toEqual([])
})

test('the same seed gives the same bytes, another seed others', async () => {
  const [a, b, c] = [
    await writeMarket('csv.zst'),
    await writeMarket('csv.zst'),
    await writeMarket('csv.zst', 'other'),
  ].map(hashes)
  expect(a).toEqual(b)
  expect(a).not.toEqual(c)
})
