import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import type { DatasetIndex } from '@scalp/databento/node'
import { beforeEach, expect, test } from 'vitest'
import { cacheFileOf } from '../src/commands/index-dataset.js'
import { call, newFolder } from './call.js'
import { metadataOf, nameOf, writeDay } from './dataset.js'
import { DBN_FOLDERS } from './fixtures.js'

let root = ''
let cache = ''
beforeEach(async () => {
  root = await newFolder()
  cache = await newFolder()
})

async function indexed(...flags: readonly string[]): Promise<DatasetIndex> {
  const { code, out, err } = await call('index', root, '--json', '--cache', cache, ...flags)
  expect([code, err]).toEqual([0, ''])
  return JSON.parse(out) as DatasetIndex
}

function job(id: string, files: Readonly<Record<string, unknown>> = {}): string {
  const folder = path.join(root, id)
  mkdirSync(folder)
  const texts = { 'metadata.json': { version: 1, job_id: id, query: {} }, ...files }
  for (const [name, content] of Object.entries(texts))
    writeFileSync(path.join(folder, name), JSON.stringify(content))
  return folder
}

test('it finds days, missing days and conditions; holidays and weekends are not missing', async () => {
  const folder = job('OPRA-20240201-AAAAAAAAAA', {
    'condition.json': [
      { date: '2024-01-12', condition: 'degraded' },
      { date: '2024-01-16', condition: 'available' },
    ],
  })
  // Monday the 15th is a holiday; Wednesday the 17th is missing.
  for (const date of ['2024-01-12', '2024-01-16', '2024-01-18']) await writeDay(folder, date)
  const { series, jobs, conditions, files } = await indexed()
  expect(files.map(({ name }) => name)).toEqual(['2024-01-12', '2024-01-16', '2024-01-18'].map(nameOf))
  expect(series).toEqual([
    expect.objectContaining({
      dataset: 'OPRA.PILLAR',
      schema: 'cbbo-1m',
      files: 3,
      from: '2024-01-12',
      to: '2024-01-18',
      missing: ['2024-01-17'],
    }),
  ])
  expect(jobs).toEqual([expect.objectContaining({ id: 'OPRA-20240201-AAAAAAAAAA', files: 3 })])
  expect(conditions).toEqual([{ job: 'OPRA-20240201-AAAAAAAAAA', date: '2024-01-12', condition: 'degraded' }])
  const { out } = await call('index', root, '--cache', cache)
  expect(out).toMatch(/1 days missing[\s\S]*2024-01-17[\s\S]*2024-01-12 degraded/)
})

test('it names running downloads, renamed files, doubled days and what is of no use', async () => {
  const old = job('OPRA-20240201-AAAAAAAAAA')
  const name = nameOf('2024-01-16')
  const newer = job('OPRA-20240301-BBBBBBBBBB', {
    'manifest.json': { files: [{ filename: nameOf('2024-01-18'), size: 1_000_000, hash: '' }] },
  })
  await writeDay(old, '2024-01-16')
  await writeDay(newer, '2024-01-16')
  await writeDay(newer, '2024-01-18')
  writeFileSync(path.join(newer, `${nameOf('2024-01-19')}.part`), 'abc')
  await writeDay(root, '2024-01-22', undefined, 'monday.dbn')
  await writeDay(root, '2024-01-23', undefined, nameOf('2024-01-24'))
  await writeDay(root, '2024-01-25', undefined, 'mixed.dbn', { ...metadataOf('2024-01-25'), schema: null })
  writeFileSync(path.join(root, 'rubbish.dbn.zst'), 'rubbish')
  const found = await indexed()
  expect(found.overlaps).toEqual([
    {
      used: `OPRA-20240301-BBBBBBBBBB/${name}`,
      left: `OPRA-20240201-AAAAAAAAAA/${name}`,
      content: 'OPRA.PILLAR cbbo-1m 2024-01-16',
    },
  ])
  expect(found.running).toEqual([
    {
      path: `OPRA-20240301-BBBBBBBBBB/${nameOf('2024-01-18')}`,
      bytes: expect.any(Number) as number,
      expected: 1_000_000,
    },
    { path: `OPRA-20240301-BBBBBBBBBB/${nameOf('2024-01-19')}.part`, bytes: 3, expected: null },
  ])
  expect(found.renamed.map(({ path: file, content }) => [file, content])).toEqual([
    ['monday.dbn', 'OPRA.PILLAR cbbo-1m 2024-01-22'],
    [nameOf('2024-01-24'), 'OPRA.PILLAR cbbo-1m 2024-01-23'],
  ])
  expect(found.unusable.map(({ path: file }) => file)).toEqual(['mixed.dbn', 'rubbish.dbn.zst'])
})

test('it lists overlaps as they are read: longer files, other symbols, and what cannot be told apart', async () => {
  const day = metadataOf('2024-01-16')
  const of = (...symbols: string[]) => ({ ...day, symbols })
  const old = job('OPRA-20240201-AAAAAAAAAA')
  const newer = job('OPRA-20240301-BBBBBBBBBB')
  const other = job('OPRA-20240401-CCCCCCCCCC')
  const long = 'opra-pillar-20240116-20240118.cbbo-1m.dbn.zst'
  const days = { ...of('TSLA.OPT'), end: day.start + 3n * 86_400_000_000_000n }
  await writeDay(old, '2024-01-16', undefined, long, days)
  await writeDay(newer, '2024-01-16', undefined, undefined, of('TSLA.OPT'))
  await writeDay(other, '2024-01-16', undefined, undefined, of('AAPL.OPT'))
  expect(await indexed()).toMatchObject({
    overlaps: [
      {
        used: `OPRA-20240301-BBBBBBBBBB/${nameOf('2024-01-16')}`,
        left: `OPRA-20240201-AAAAAAAAAA/${long}`,
        content: 'OPRA.PILLAR cbbo-1m 2024-01-16',
      },
    ],
    conflicts: [],
  })
  await writeDay(other, '2024-01-16', undefined, undefined, of('AAPL.OPT', 'TSLA.OPT'))
  await writeDay(newer, '2024-01-16', undefined, undefined, of('TSLA.OPT', 'SPY.OPT'))
  const { conflicts } = await indexed()
  expect(conflicts.map(({ files }) => files)).toEqual([
    [`OPRA-20240401-CCCCCCCCCC/${nameOf('2024-01-16')}`, `OPRA-20240301-BBBBBBBBBB/${nameOf('2024-01-16')}`],
  ])
  const { out } = await call('index', root, '--cache', cache)
  expect(out).toMatch(/Neither with nor without each other:\n.*of symbols that are the same in part/)
})

test('a file is opened again only when its size or its time of change is another', async () => {
  const file = await writeDay(root, '2024-01-16')
  await writeDay(root, '2024-01-17')
  const first = await indexed()
  expect([first.opened, first.known]).toEqual([2, 0])
  const again = await indexed()
  expect([again.opened, again.known]).toEqual([0, 2])
  expect(again.files).toEqual(first.files)
  const { atime, mtime } = statSync(file)
  utimesSync(file, atime, new Date(mtime.getTime() + 5_000))
  expect((await indexed()).opened).toBe(1)
  await writeDay(root, '2024-01-17', [])
  expect((await indexed()).opened).toBe(1)
  expect((await indexed('--refresh')).opened).toBe(2)
})

test('files that are gone leave the index, and an index that is broken is made anew', async () => {
  await writeDay(root, '2024-01-16')
  copyFileSync(path.join(root, nameOf('2024-01-16')), path.join(root, 'copy.dbn.zst'))
  expect((await indexed()).overlaps).toHaveLength(1)
  const kept = cacheFileOf(root, cache)
  expect(existsSync(kept)).toBe(true)
  writeFileSync(kept, readFileSync(kept, 'utf8').slice(0, 50))
  expect((await indexed()).opened).toBe(2)
})

test('a directory that is not there ends with 1', async () => {
  const { code, err } = await call('index', '/nowhere', '--cache', cache)
  expect([code, err]).toEqual([1, expect.stringContaining('DATA_DIRECTORY_MISSING')])
})

test('a folder of fixtures is indexed without a fault', async () => {
  for (const folder of DBN_FOLDERS) {
    const { code, out } = await call('index', folder, '--json', '--cache', cache)
    expect(code).toBe(0)
    expect((JSON.parse(out) as DatasetIndex).files.length).toBeGreaterThan(0)
  }
})
