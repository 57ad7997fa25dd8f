import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type CutSlice, cutSlices, type DataFile, discoverDataset, filesOf } from '@scalp/databento/node'
import { writePeerData } from './peers/data.js'

/** The same quotes of one root's chain, a day of samples each minute, as they come and as a slice. */
export interface ChainFiles {
  readonly folder: string
  readonly original: DataFile
  readonly slice: DataFile
  readonly rows: number
}

/** Writes a day of a chain into a new folder, which the caller removes. */
export async function writeChainFiles(contracts: number): Promise<ChainFiles> {
  const folder = mkdtempSync(path.join(tmpdir(), 'scalp-bench-'))
  await writePeerData(folder, { contracts, samples: 390, schema: 'cbbo-1m' })
  const [original] = filesOf(await discoverDataset(folder), { schema: 'cbbo-1m' })
  if (original === undefined) throw new Error('no file was written')
  const into = { file: path.join(folder, 'chain.slice') }
  const [cut] = (await cutSlices([original], { criteria: {}, into })) as [CutSlice]
  return { folder, original, slice: { ...original, path: cut.file }, rows: cut.rows }
}
