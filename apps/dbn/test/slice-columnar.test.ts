import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { zstdCompressSync } from 'node:zlib'
import { decodeFile, type EventBatch, verifySlice } from '@scalp/databento/node'
import { expect, test } from 'vitest'
import { call, newFolder } from './call.js'
import { atUs, metadataOf, nameOf, type QuoteRow, writeDay } from './dataset.js'

const DAYS = ['2025-02-20', '2025-02-21']
const TIMES = Array.from({ length: 60 }, (_, at) => `15:${String(at).padStart(2, '0')}:00`)
const rowsOf = (day: string): QuoteRow[] =>
  TIMES.flatMap((time, minute) =>
    [102, 101, 201].map((id) => ({
      id,
      us: atUs(day, time),
      bid: minute % 7 === 0 ? Number.NaN : 1e6 + minute * 10_000,
      ask: 2e6 + id * 10_000,
      size: 1 + ((minute * id) % 500),
    })),
  )

/** The quotes of a file, by symbol. */
async function quotesOf(file: string, underlying?: string): Promise<unknown[][]> {
  const stats = { records: 0, kept: 0, filtered: 0, dropped: 0, droppedSymbols: [], skipped: 0 }
  const wanted = { options: true, ...(underlying === undefined ? {} : { symbols: [underlying] }) }
  const symbols: string[] = []
  const rows: unknown[][] = []
  const add = ({ newSymbols, count, symbol, receivedUs, a, b, c, d }: EventBatch): void => {
    symbols.push(...newSymbols)
    for (let row = 0; row < count; row++)
      rows.push([symbols[symbol[row] as number], receivedUs[row], a[row], b[row], c[row], d[row]])
  }
  for await (const batch of decodeFile({ file, schema: 'cbbo-1m', wanted, stats })) add(batch)
  return rows
}

async function dataset(): Promise<string> {
  const folder = await newFolder()
  for (const day of DAYS) await writeDay(folder, day, rowsOf(day))
  return folder
}

test('one file becomes a slice of what was chosen, and reads as the original does', async () => {
  const folder = await dataset()
  const file = path.join(folder, nameOf(DAYS[0] as string))
  const output = path.join(folder, 'demo.slice')
  const { code, out, err } = await call('slice', file, '-o', output, '--underlying', 'DEMO', '--json')
  expect([code, err]).toEqual([0, ''])
  expect(JSON.parse(out)).toMatchObject({ file: output, records: 120 })
  expect(await quotesOf(output)).toEqual(await quotesOf(file, 'DEMO'))
  expect(verifySlice(output)).toMatchObject({
    header: { schema: 'cbbo-1m', from: DAYS[0], to: DAYS[0], filter: { underlyings: ['DEMO'] } },
    footer: { rows: 120, symbols: 2 },
  })
})

test.each(['slice', 'dbn.zst'])(
  'a directory is split in one pass into a %s of each underlying and day',
  async (format) => {
    const folder = await dataset()
    const into = path.join(await newFolder(), 'pieces')
    const { code, out } = await call('slice', folder, '--split', '--format', format, '-o', into, '--json')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ files: 4, records: 360 })
    expect(readdirSync(into).sort()).toEqual(
      ['20250220', '20250221'].flatMap((day) =>
        ['DEMO', 'OTHER'].map((root) => `opra-pillar-${day}.cbbo-1m.${root}.${format}`),
      ),
    )
    for (const day of DAYS)
      for (const root of ['DEMO', 'OTHER']) {
        const piece = path.join(into, `opra-pillar-${day.replaceAll('-', '')}.cbbo-1m.${root}.${format}`)
        expect(await quotesOf(piece)).toEqual(await quotesOf(path.join(folder, nameOf(day)), root))
      }
  },
)

test('filters choose rows of a slice as they choose records of a DBN file', async () => {
  const folder = await dataset()
  const file = path.join(folder, nameOf(DAYS[0] as string))
  const filters = ['--right', 'C', '--time', '10:10..10:20']
  const [slice, dbn] = [path.join(folder, 'cut.slice'), path.join(folder, 'cut.dbn')]
  expect((await call('slice', file, '-o', slice, '--quiet', ...filters)).code).toBe(0)
  expect((await call('slice', file, '-o', dbn, '--quiet', ...filters)).code).toBe(0)
  const wanted = await quotesOf(dbn)
  expect(wanted).toHaveLength(22)
  expect(await quotesOf(slice)).toEqual(wanted)
})

test('slices are found in a directory, indexed and checked; a broken one is told of', async () => {
  const folder = await dataset()
  const into = await newFolder()
  await call('slice', folder, '--split', '-o', into, '--quiet')
  const index = JSON.parse((await call('index', into, '--json', '--cache', await newFolder())).out) as {
    series: { schema: string; files: number }[]
    unusable: unknown[]
  }
  expect(index.series).toMatchObject([{ schema: 'cbbo-1m', files: 4 }])
  const { code, out } = await call('check', into, '--json')
  expect(code).toBe(0)
  expect(JSON.parse(out.trimEnd().split('\n').at(-1) as string)).toMatchObject({ records: 360 })
  const broken = path.join(into, readdirSync(into)[0] as string)
  writeFileSync(broken, readFileSync(broken).subarray(0, -20))
  const cut = JSON.parse(
    (await call('index', into, '--json', '--cache', await newFolder())).out,
  ) as typeof index
  expect(cut.unusable).toMatchObject([{ reason: expect.stringContaining('cut short') as string }])
})

test('a file of CSV is cut into a slice too, and refused where DBN is asked for', async () => {
  const folder = await newFolder()
  const file = await writeDay(
    folder,
    DAYS[0] as string,
    rowsOf(DAYS[0] as string),
    'day.dbn',
    metadataOf(DAYS[0] as string),
  )
  const csv = path.join(folder, 'opra-pillar-20250220.cbbo-1m.csv.zst')
  await call('convert', file, '-o', csv, '--pretty', '--symbols', '--quiet')
  const output = path.join(folder, 'all.slice')
  expect(await call('slice', csv, '-o', output, '--quiet')).toMatchObject({ code: 0, err: '' })
  expect(await quotesOf(output)).toEqual(await quotesOf(file))
  expect(await call('slice', csv, '-o', path.join(folder, 'x.dbn'))).toMatchObject({
    code: 2,
    err: expect.stringContaining('is no DBN file') as string,
  })
})

test('a source that is cut leaves no slice behind, unless its whole records are asked for', async () => {
  const folder = await newFolder()
  const file = await writeDay(
    folder,
    DAYS[0] as string,
    rowsOf(DAYS[0] as string),
    'opra-pillar-20250220.cbbo-1m.dbn',
  )
  const cut = path.join(folder, 'cut.cbbo-1m.dbn.zst')
  writeFileSync(cut, zstdCompressSync(readFileSync(file).subarray(0, -100)))
  const output = path.join(folder, 'out.slice')
  expect(await call('slice', cut, '-o', output, '--quiet')).toMatchObject({ code: 1 })
  expect(readdirSync(folder).filter((name) => name.startsWith('out'))).toEqual([])
  expect(await call('slice', cut, '-o', output, '--quiet', '--partial')).toMatchObject({ code: 0 })
  expect(verifySlice(output).footer.rows).toBe(178)
})
