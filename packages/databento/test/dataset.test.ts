import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { InstrumentTable, type MarketSink } from '@scalp/canonical'
import { expect, test } from 'vitest'
import { createDatasetTape, discoverDataset, filesOf } from '../src/node.js'
import { quoteRows, readEvents, toCsv, toDbn, writeFiles, zstd } from './dataset-files.js'
import { DBN_FOLDERS } from './fixtures.js'

const rows = quoteRows(40_000)
/** The shared fixtures where they are there; `fixtures.ts` fails where CI insists on them. */
const BATCH = path.join(DBN_FOLDERS[0] ?? '', 'derived/batch')
const OPRA = path.join(DBN_FOLDERS[0] ?? '', 'datasets/OPRA.PILLAR')

async function codeOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'no error',
    (error: unknown) => (error as { code?: unknown }).code ?? error,
  )
}

async function replay(folder: string, workers: number): Promise<unknown[]> {
  const instruments = new InstrumentTable()
  const files = filesOf(await discoverDataset(folder), { schema: 'cbbo-1m' })
  const tape = createDatasetTape({ files, instruments, workers })
  const seen: unknown[] = []
  const sink: MarketSink = {
    onQuote: (quote) => void seen.push(quote.copy()),
    onTrade: (trade) => void seen.push(trade.copy()),
    onBar: (bar) => void seen.push(bar.copy()),
    onStatistic: (statistic) => void seen.push(statistic),
  }
  try {
    while (await tape.refill()) while (tape.receivedUs !== Number.POSITIVE_INFINITY) tape.emit(sink)
    return [...seen, tape.stats]
  } finally {
    await tape.close()
  }
}

test('gives the same events from DBN and CSV, raw and zstd, pretty and not', async () => {
  const folder = await writeFiles({
    'a.dbn': toDbn(rows),
    'a.dbn.zst': zstd(toDbn(rows)),
    'a.csv': toCsv(rows),
    'a.csv.zst': zstd(toCsv(rows)),
    'raw.csv': toCsv(rows, { isPretty: false }),
    'crlf.csv': new TextDecoder().decode(toCsv(rows)).replaceAll('\n', '\r\n'),
    'quoted.csv': new TextDecoder().decode(toCsv(rows)).replaceAll(/(TSLA [^\n]*)/g, '"$1"'),
    'zone.csv': new TextDecoder().decode(toCsv(rows)).replaceAll('.000000000Z', '+00:00'),
  })
  const wanted = await readEvents(path.join(folder, 'a.dbn'))
  expect(wanted.stats).toMatchObject({
    records: 40_000,
    kept: 30_000,
    dropped: 10_000,
    droppedSymbols: ['NOT AN OPTION'],
  })
  expect(wanted.events.slice(0, 2)).toEqual([
    [0, 'TSLA  250221C00250000', 1_740_061_800_000_000, 1_740_061_800_000_000, 10_001, 40_000, 3, 4],
    [0, 'TSLA  250321P00200000', 1_740_061_800_000_000, 1_740_061_800_000_000, 20_001, 50_000, 3, 4],
  ])
  for (const name of ['a.dbn.zst', 'a.csv', 'a.csv.zst', 'raw.csv', 'crlf.csv', 'quoted.csv', 'zone.csv']) {
    expect(await readEvents(path.join(folder, name)), name).toEqual(wanted)
  }
})

test('leaves out other underlyings and far expiries, the same in both formats', async () => {
  const folder = await writeFiles({ 'a.dbn': toDbn(rows), 'a.csv': toCsv(rows) })
  for (const name of ['a.dbn', 'a.csv']) {
    const { events, stats } = await readEvents(path.join(folder, name), {
      wanted: { options: true, symbols: ['TSLA'], maxDte: 1 },
    })
    expect(new Set(events.map(([, symbol]) => symbol)), name).toEqual(new Set(['TSLA  250221C00250000']))
    expect(stats, name).toMatchObject({ kept: 10_000, filtered: 20_000, dropped: 10_000 })
    const all = await readEvents(path.join(folder, name), { wanted: { options: true, symbols: ['AAPL'] } })
    expect(all.stats, name).toMatchObject({
      records: 40_000,
      kept: 10_000,
      filtered: 20_000,
      dropped: 10_000,
    })
  }
})

test('takes symbols from symbology.json or definitions when a file carries none', async () => {
  const bare = new TextDecoder().decode(toCsv(rows.slice(0, 8))).replaceAll(/,[^,\n]*\n/g, '\n')
  const definitions = 'ts_recv,instrument_id,raw_symbol\n1740009600000000000,7,TSLA  250221C00250000\n'
  const result = { 'TSLA  250221C00250000': [{ d0: '2025-02-20', d1: '2025-02-21', s: '7' }] }
  const folder = await writeFiles({
    'bare.csv': bare,
    'bare.dbn': toDbn(rows.slice(0, 8), { isMapped: false }),
    'symbology.json': JSON.stringify({ result }),
    'definition.csv': definitions,
  })
  for (const name of ['bare.csv', 'bare.dbn'])
    for (const source of ['symbology.json', 'definition.csv']) {
      const symbolFiles = [path.join(folder, source)]
      const { events, stats } = await readEvents(path.join(folder, name), { symbolFiles })
      expect(
        events.map(([, symbol]) => symbol),
        `${name} ${source}`,
      ).toEqual(['TSLA  250221C00250000', 'TSLA  250221C00250000'])
      expect(stats.dropped).toBe(6)
    }
})

test.each([
  ['no JSON', '{"result":'],
  ['no result', '{"status":0}'],
  ['no list', '{"result":{"TSLA":7}}'],
  ['no days', '{"result":{"TSLA":[{"s":"7"}]}}'],
  ['nothing for days', '{"result":{"TSLA":[null]}}'],
])('a symbology.json that is %s is refused by name', async (_, text) => {
  const folder = await writeFiles({
    'day.dbn': toDbn(quoteRows(4), { isMapped: false }),
    'symbology.json': text,
  })
  const reading = readEvents(path.join(folder, 'day.dbn'), {
    symbolFiles: [path.join(folder, 'symbology.json')],
  })
  await expect(reading).rejects.toMatchObject({ code: 'SYMBOLOGY_FILE' })
})

test('gives the same events in the same order with one thread and with two', async () => {
  const folder = await writeFiles({
    'opra-pillar-20250220.cbbo-1m.csv.zst': zstd(toCsv(rows)),
    'opra-pillar-20250221.cbbo-1m.dbn.zst': zstd(
      toDbn(
        rows.map((row) => ({ ...row, id: 7, ns: row.ns + 1n })),
        { isMapped: true },
      ),
    ),
    '2025-02-22.cbbo-1m.csv': toCsv(
      rows.slice(0, 100).map((row) => ({ ...row, ns: row.ns + 172_800_000_000_000n })),
    ),
  })
  const one = await replay(folder, 1)
  expect(one.length).toBeGreaterThan(30_000)
  expect(await replay(folder, 2)).toEqual(one)
})

test.each([
  ['a missing column', (csv: string) => csv.replace('bid_px_00', 'bid'), 'CSV_MISSING_COLUMN', ''],
  [
    'no header',
    (csv: string) => csv.slice(csv.indexOf('\n') + 1),
    'CSV_FORMAT',
    'line 1: the first line is no header',
  ],
  ['a cut last line', (csv: string) => csv.slice(0, -9), 'CSV_FORMAT', 'line 31: the file was cut short'],
  [
    'a bad price',
    (csv: string) => csv.replace('0.040000000', '0.04x'),
    'CSV_FORMAT',
    'line 3: "0.04x" in column ask_px_00 is no price',
  ],
  [
    'a column of two forms',
    (csv: string) => csv.replace('0.050000000', '50000000'),
    'CSV_FORMAT',
    'line 4: column ask_px_00 is raw here',
  ],
  [
    'a field too many',
    (csv: string) => csv.replace('0.050000000', '0.050000000,1'),
    'CSV_FORMAT',
    'line 4: it has more fields',
  ],
  ['no such day', (csv: string) => csv.replaceAll('2025-02-20', '2025-13-20'), 'CSV_FORMAT', 'is no time'],
  [
    'a clock that goes backwards',
    (csv: string) => csv.replace('T14:31:00', 'T14:29:00'),
    'DATA_CLOCK_BACKWARDS',
    'record 4',
  ],
])('refuses %s', async (_, spoil, code, message) => {
  const folder = await writeFiles({ 'a.csv': spoil(new TextDecoder().decode(toCsv(quoteRows(30, 3)))) })
  const promise = readEvents(path.join(folder, 'a.csv'))
  await expect(promise).rejects.toThrow(message)
  expect(await codeOf(promise)).toBe(code)
})

test('refuses DBN that was cut or whose clock goes backwards', async () => {
  const some = quoteRows(30, 3)
  const folder = await writeFiles({
    'cut.dbn': toDbn(some).subarray(0, -9),
    'cut.dbn.zst': zstd(toDbn(some)).subarray(0, -9),
    'back.dbn': toDbn([...some.slice(9), ...some.slice(0, 9)]),
    'empty.dbn': new Uint8Array(0),
  })
  expect(await codeOf(readEvents(path.join(folder, 'cut.dbn')))).toBe('DBN_TRUNCATED')
  expect(await codeOf(readEvents(path.join(folder, 'cut.dbn.zst')))).toBe('DBN_TRUNCATED')
  expect(await codeOf(readEvents(path.join(folder, 'back.dbn')))).toBe('DATA_CLOCK_BACKWARDS')
  expect(await codeOf(readEvents(path.join(folder, 'empty.dbn')))).toBe('DBN_FORMAT')
  expect((await readEvents(path.join(folder, 'cut.dbn'), { partial: true })).stats.records).toBe(29)
})

test('an error in a worker thread keeps its code', async () => {
  const csv = new TextDecoder().decode(toCsv(quoteRows(30)))
  const folder = await writeFiles({
    '2025-02-20.cbbo-1m.csv': csv,
    '2025-02-21.cbbo-1m.csv': csv.slice(0, -9),
  })
  expect(await codeOf(replay(folder, 2))).toBe('CSV_FORMAT')
})

test('a directory that is not there is an error, one without files for the days is empty', async () => {
  expect(await codeOf(discoverDataset('/no/such/folder'))).toBe('DATA_DIRECTORY_MISSING')
  const folder = await writeFiles({ '20250220.csv': toCsv(quoteRows(3)) })
  const dataset = await discoverDataset(folder)
  expect(filesOf(dataset, { schema: 'cbbo-1m', from: '2025-02-20', to: '2025-02-20' })).toHaveLength(1)
  expect(filesOf(dataset, { schema: 'cbbo-1m', from: '2025-02-21' })).toEqual([])
})

test('reports what it does not use: downloads under way, sizes below the manifest, older jobs', async () => {
  const folder = await writeFiles({})
  const csv = toCsv(quoteRows(3))
  const name = 'opra-pillar-20250220.cbbo-1m.csv'
  for (const [job, content] of [
    ['OPRA-20250301-AAAAAAAAAA', csv],
    ['OPRA-20250302-AAAAAAAAAA', csv],
    ['OPRA-20250303-AAAAAAAAAA', csv.subarray(0, 100)],
  ] as const) {
    await mkdir(path.join(folder, job))
    await writeFile(path.join(folder, job, name), content)
    await writeFile(
      path.join(folder, job, 'manifest.json'),
      JSON.stringify({ files: [{ filename: name, size: csv.length }] }),
    )
  }
  await writeFile(path.join(folder, `${name}.part`), 'x')
  const { files, warnings } = await discoverDataset(folder)
  expect(files.map(({ job }) => job)).toEqual(['OPRA-20250302-AAAAAAAAAA'])
  expect(warnings).toEqual([
    expect.stringContaining('.part is a download under way'),
    expect.stringContaining('the download is not complete'),
    expect.stringContaining('both hold cbbo-1m'),
  ])
})

test.skipIf(!existsSync(BATCH))('reads the fixture batch jobs', async () => {
  const dataset = await discoverDataset(BATCH)
  expect(dataset.files.length).toBeGreaterThan(0)
  for (const file of dataset.files) {
    if (file.schema === 'definition') continue
    const { stats } = await readEvents(file.path, {
      schema: file.schema,
      symbolFiles: file.symbolFiles ?? [],
    })
    expect(stats.kept, file.name).toBeGreaterThan(0)
    expect(stats.dropped, file.name).toBe(0)
  }
})

test.skipIf(!existsSync(OPRA))('knows files with names of their own by their headers', async () => {
  const { files } = await discoverDataset(OPRA)
  expect(files.length).toBeGreaterThan(0)
  for (const file of files) {
    expect(file.dataset).toBe('OPRA.PILLAR')
    expect(file.from).toMatch(/^\d{4}-\d\d-\d\d$/)
    expect(file.from <= file.to, file.name).toBe(true)
  }
})
