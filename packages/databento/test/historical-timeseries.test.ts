import { readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { zstdDecompressSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createHistoricalClient } from '../src/historical.js'
import { dbnToCsv } from '../src/index.js'
import { readDbnFile } from '../src/node.js'
import { quoteRows, toDbn, writeFiles } from './dataset-files.js'
import { DAY, DAY_MICROS, FILE, KeepingSink, newFolder, RECORDS, ROWS, start } from './historical-setup.js'

const GET_RANGE = 'timeseries.get_range'
const NO_CEILING = { maxCostMicros: Number.POSITIVE_INFINITY }

test('decodes an answer while it arrives', async () => {
  const { client, server } = await start()
  server.fail(GET_RANGE, { kind: 'slow', pieceBytes: 1_000 })
  const sink = new KeepingSink()
  const seen: [bytes: number, records: number][] = []
  const summary = await client.timeseries.getRange({
    ...DAY,
    ...NO_CEILING,
    sink,
    onProgress: ({ bytes, records }) => seen.push([bytes, records]),
  })
  expect(sink.bytes.equals(RECORDS)).toBe(true)
  expect(sink.metadata).toHaveLength(1)
  expect(sink.metadata[0]).toMatchObject({ dataset: 'OPRA.PILLAR', schema: 'cbbo-1m', version: 3 })
  expect(summary).toEqual({ records: ROWS, bytes: seen.at(-1)?.[0], requests: 1, costMicros: undefined })
  expect(seen.some(([, records]) => records > 0 && records < ROWS)).toBe(true)
  expect(server.calls).toHaveLength(1)
})

test('decodes an answer that comes byte by byte, mappings included', async () => {
  const { client, server } = await start()
  server.fail(GET_RANGE, { kind: 'slow', pieceBytes: 1 })
  const sink = new KeepingSink()
  const symbols = 'TSLA  250221C00250000'
  await client.timeseries.getRange({ ...DAY, ...NO_CEILING, symbols, limit: 5, sink })
  expect(sink.bytes.length).toBe(5 * 80)
  expect(sink.metadata[0]).toMatchObject({
    symbols: [symbols],
    mappings: [{ rawSymbol: symbols, intervals: [{ startDate: 20250220, endDate: 20250221, symbol: '7' }] }],
  })
})

test('nothing found is an answer without records, and a warning', async () => {
  const warnings: string[] = []
  const { client } = await start({}, { onWarning: ({ message }) => warnings.push(message) })
  const sink = new KeepingSink()
  const query = { ...DAY, ...NO_CEILING, start: '2025-02-21', sink }
  expect(await client.timeseries.getRange(query)).toMatchObject({ records: 0 })
  expect(sink.metadata).toHaveLength(1)
  expect(warnings).toEqual(['No data found for the request you submitted.'])
})

test('asks the cost first, and goes on when it is at the ceiling', async () => {
  const { client, server } = await start()
  const query = { ...DAY, sink: new KeepingSink(), maxCostMicros: DAY_MICROS }
  expect(await client.timeseries.getRange(query)).toMatchObject({ costMicros: DAY_MICROS })
  expect(server.calls.map(({ method }) => method)).toEqual(['metadata.get_cost', GET_RANGE])
  expect(server.billedUsd).toBeCloseTo(DAY_MICROS / 1e6, 9)
})

test('refuses a cost above the ceiling with nothing billed and no file', async () => {
  const { client, server } = await start()
  const folder = await newFolder()
  const maxCostMicros = DAY_MICROS - 1
  const sink = new KeepingSink()
  const calls = [
    () => client.timeseries.getRange({ ...DAY, sink, maxCostMicros }),
    () => client.timeseries.download({ ...DAY, file: path.join(folder, 'day.dbn.zst'), maxCostMicros }),
    () => client.batch.submitJob({ ...DAY, maxCostMicros }),
  ]
  for (const call of calls) {
    await expect(call()).rejects.toMatchObject({
      name: 'CostCeilingError',
      code: 'DATABENTO_COST_CEILING',
      value: DAY_MICROS,
      threshold: maxCostMicros,
      hint: expect.stringContaining(String(DAY_MICROS)),
    })
  }
  expect(server.billedUsd).toBe(0)
  expect(server.calls.map(({ method }) => method)).toEqual(Array(3).fill('metadata.get_cost'))
  expect(await readdir(folder)).toEqual([])
})

test.each([Number.NaN, -1, undefined])('refuses %s as a ceiling', async (maxCostMicros) => {
  const { client, server } = await start()
  const query = { ...DAY, sink: new KeepingSink(), maxCostMicros: maxCostMicros as number }
  await expect(client.timeseries.getRange(query)).rejects.toMatchObject({
    details: { parameter: 'maxCostMicros' },
  })
  expect(server.calls).toHaveLength(0)
})

test('refuses more symbols than one request takes, with nothing sent', async () => {
  const { client, server } = await start()
  const symbols = Array.from({ length: 2_001 }, (_, index) => `S${index}`)
  const query = { ...DAY, ...NO_CEILING, symbols, sink: new KeepingSink() }
  await expect(client.timeseries.getRange(query)).rejects.toMatchObject({
    code: 'DATABENTO_TOO_MANY_SYMBOLS',
    details: { count: 2_001, limit: 2_000 },
  })
  expect(server.calls).toHaveLength(0)
})

test.each([
  { kind: 'status', status: 500 },
  { kind: 'status', status: 502 },
  { kind: 'status', status: 503 },
  { kind: 'status', status: 504 },
  { kind: 'drop' },
  { kind: 'cut', afterBytes: 3_000 },
  { kind: 'half' },
] as const)('a billed call is not repeated after %j', async (fault) => {
  const { client, server } = await start()
  server.fail(GET_RANGE, fault)
  server.fail('batch.submit_job', fault.kind === 'cut' ? { kind: 'cut', afterBytes: 30 } : fault)
  const sink = new KeepingSink()
  await expect(client.timeseries.getRange({ ...DAY, ...NO_CEILING, sink })).rejects.toThrow()
  await expect(client.batch.submitJob({ ...DAY, ...NO_CEILING })).rejects.toThrow()
  expect(server.count(GET_RANGE)).toBe(1)
  expect(server.count('batch.submit_job')).toBe(1)
})

test.each([
  [429, {}],
  [429, { 'retry-after': '0' }],
  [503, { 'retry-after': '0' }],
])('a billed call refused with %i %j is sent again, and billed once', async (status, headers) => {
  const { client, server } = await start()
  server.fail(GET_RANGE, { kind: 'status', status, headers })
  server.fail('batch.submit_job', { kind: 'status', status, headers })
  const sink = new KeepingSink()
  await client.timeseries.getRange({ ...DAY, ...NO_CEILING, sink })
  expect(server.billedUsd).toBeCloseTo(DAY_MICROS / 1e6, 9)
  await client.batch.submitJob({ ...DAY, ...NO_CEILING })
  expect(server.billedUsd).toBeCloseTo((2 * DAY_MICROS) / 1e6, 9)
  expect(sink.bytes.equals(RECORDS)).toBe(true)
})

test('a billed call is sent again when no connection was made', async () => {
  let calls = 0
  const refused = Object.assign(new TypeError('fetch failed'), {
    cause: Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }),
  })
  const fetch: typeof globalThis.fetch = async (input, init) => {
    if (++calls === 1) throw refused
    return await globalThis.fetch(input, init)
  }
  const { client, server } = await start({}, { fetch })
  const sink = new KeepingSink()
  await client.timeseries.getRange({ ...DAY, ...NO_CEILING, sink })
  expect([calls, server.count(GET_RANGE)]).toEqual([2, 1])
})

test('a cut body says how many whole records came, and the sink has them', async () => {
  const { client, server } = await start()
  server.fail(GET_RANGE, { kind: 'half' })
  const sink = new KeepingSink()
  const error = await client.timeseries.getRange({ ...DAY, ...NO_CEILING, sink }).catch((failure) => failure)
  expect(error).toMatchObject({ code: 'DBN_TRUNCATED' })
  const records = sink.bytes.length / 80
  expect(error.details.records).toBe(records)
  expect(records).toBeGreaterThan(100)
  expect(sink.bytes.equals(RECORDS.subarray(0, records * 80))).toBe(true)
})

test('a changed byte is seen', async () => {
  const { client, server } = await start()
  server.fail(GET_RANGE, { kind: 'wrong-byte' })
  const query = { ...DAY, ...NO_CEILING, sink: new KeepingSink(), maxResumes: 3 }
  await expect(client.timeseries.getRange(query)).rejects.toThrow(/corrupt|cut short/)
})

test('what a sink throws comes out, and ends the connection', async () => {
  const { client, server } = await start()
  const failure = new Error('disk full')
  const sink = {
    onMetadata() {},
    onBlock() {
      throw failure
    },
  }
  const query = { ...DAY, ...NO_CEILING, sink, maxResumes: 3 }
  await expect(client.timeseries.getRange(query)).rejects.toBe(failure)
  expect(server.count(GET_RANGE)).toBe(1)
})

test('an abort ends an answer in its middle', async () => {
  const { client, server } = await start()
  server.fail(GET_RANGE, { kind: 'slow', pieceBytes: 500, delayMs: 5 })
  const controller = new AbortController()
  const reason = new Error('enough')
  const call = client.timeseries.getRange({
    ...DAY,
    ...NO_CEILING,
    sink: new KeepingSink(),
    signal: controller.signal,
    maxResumes: 3,
    onProgress: () => controller.abort(reason),
  })
  await expect(call).rejects.toBe(reason)
  expect(server.count(GET_RANGE)).toBe(1)
})

test('goes on after any break, each record once, when that is asked for', async () => {
  const { client, server } = await start()
  const break_ = fc.oneof(
    fc.nat(25_000).map((afterBytes) => ({ kind: 'cut', afterBytes }) as const),
    fc.constant({ kind: 'half' } as const),
    fc.constant({ kind: 'drop' } as const),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(break_, { maxLength: 3 }), async (breaks) => {
      server.fail(GET_RANGE, ...breaks)
      const before = server.count(GET_RANGE)
      const sink = new KeepingSink()
      const from: bigint[] = []
      const query = { ...DAY, ...NO_CEILING, sink, maxResumes: 3 }
      const summary = await client.timeseries.getRange({
        ...query,
        onResume: (resume) => from.push(resume.from),
      })
      expect(sink.bytes.equals(RECORDS)).toBe(true)
      expect(sink.metadata).toHaveLength(1)
      expect(summary).toMatchObject({ records: ROWS, requests: breaks.length + 1 })
      expect(server.count(GET_RANGE) - before).toBe(breaks.length + 1)
      expect(from).toHaveLength(breaks.length)
    }),
    { numRuns: 25 },
  )
})

test('keeps the limit and the end of the first request when it goes on', async () => {
  const { client, server } = await start()
  server.fail(GET_RANGE, { kind: 'half' })
  const sink = new KeepingSink()
  await client.timeseries.getRange({ ...DAY, ...NO_CEILING, limit: 1_500, sink, maxResumes: 1 })
  expect(sink.bytes.equals(RECORDS.subarray(0, 1_500 * 80))).toBe(true)
  const [first, second] = server.calls.map(({ parameters }) => parameters)
  expect(first?.['end']).toBeUndefined()
  expect(second?.['end']).toBe('1740096000000000000')
})

test('the ceiling counts what was asked before a break', async () => {
  const { client, server } = await start()
  server.fail(GET_RANGE, { kind: 'half' })
  const query = { ...DAY, sink: new KeepingSink(), maxCostMicros: DAY_MICROS + 10, maxResumes: 3 }
  await expect(client.timeseries.getRange(query)).rejects.toMatchObject({ code: 'DATABENTO_COST_CEILING' })
  expect(server.count(GET_RANGE)).toBe(1)
})

test('refuses to go on when what comes again is not what had come', async () => {
  const rows = quoteRows(ROWS)
  const other = rows.map((row, at) =>
    at % 50 === 3 ? { ...row, ask: row.ask === undefined ? 1n : row.ask + 1n } : row,
  )
  const [right, wrong] = [await start(), await start({ files: [toDbn(other)] })]
  right.server.fail(GET_RANGE, { kind: 'half' })
  let calls = 0
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const url = (input as URL).href
    return await globalThis.fetch(++calls === 1 ? url : url.replace(right.server.url, wrong.server.url), init)
  }
  const { apiKey, url: baseUrl } = right.server
  const client = createHistoricalClient({ apiKey, baseUrl, fetch, retryDelayMs: 1 })
  const query = { ...DAY, ...NO_CEILING, sink: new KeepingSink(), maxResumes: 3 }
  await expect(client.timeseries.getRange(query)).rejects.toMatchObject({ code: 'DATABENTO_RESUME' })
})

test('refuses to promise to go on for bars', async () => {
  const { client, server } = await start()
  const query = { ...DAY, schema: 'ohlcv-1m', ...NO_CEILING, sink: new KeepingSink(), maxResumes: 1 } as const
  await expect(client.timeseries.getRange(query)).rejects.toMatchObject({
    details: { parameter: 'maxResumes' },
  })
  expect(server.calls).toHaveLength(0)
})

test('downloads into a file that appears when it is whole', async () => {
  const { client } = await start()
  const folder = await newFolder()
  const file = path.join(folder, 'day.dbn.zst')
  const summary = await client.timeseries.download({ ...DAY, ...NO_CEILING, file })
  const sink = new KeepingSink()
  await readDbnFile(file, sink)
  expect(sink.bytes.equals(RECORDS)).toBe(true)
  expect(summary).toEqual({ file, bytes: (await readFile(file)).length, costMicros: undefined })
  expect(await readdir(folder)).toEqual(['day.dbn.zst'])
})

test.each([
  ['dbn', 'none'],
  ['csv', 'none'],
  ['csv', 'zstd'],
  ['json', 'none'],
] as const)('downloads %s with compression %s', async (encoding, compression) => {
  const { client } = await start()
  const file = path.join(await newFolder(), 'day')
  const text = { prettyPrices: true, prettyTimes: true, mapSymbols: true }
  const symbols = ['TSLA  250221C00250000', 'TSLA  250321P00200000', 'AAPL  250221C00250000', 'NOT AN OPTION']
  await client.timeseries.download({ ...DAY, ...NO_CEILING, ...text, symbols, encoding, compression, file })
  const raw = await readFile(file)
  const bytes = compression === 'zstd' ? zstdDecompressSync(raw) : raw
  if (encoding === 'dbn') expect(bytes.subarray(-RECORDS.length).equals(RECORDS)).toBe(true)
  else if (encoding === 'csv') expect(bytes.equals(dbnToCsv(FILE, text))).toBe(true)
  else {
    const lines = bytes.toString().trimEnd().split('\n')
    expect(lines).toHaveLength(ROWS)
    expect(JSON.parse(lines[1] as string)).toMatchObject({ symbol: expect.any(String) })
  }
})

test.each([
  ['dbn', 'zstd'],
  ['dbn', 'none'],
  ['csv', 'none'],
] as const)(
  'a cut %s with compression %s never gets its name, and what came stays',
  async (encoding, compression) => {
    const { client, server } = await start()
    const folder = await newFolder()
    const file = path.join(folder, 'day')
    const query = { ...DAY, ...NO_CEILING, encoding, compression, file }
    server.fail(GET_RANGE, { kind: 'half' }, { kind: 'cut', afterBytes: 10_000 }, { kind: 'drop' })
    await expect(client.timeseries.download(query)).rejects.toMatchObject({ code: 'DBN_TRUNCATED' })
    expect(await readdir(folder)).toEqual(['day.part'])
    await expect(client.timeseries.download(query)).rejects.toMatchObject({ code: 'DATABENTO_CONNECTION' })
    expect((await readFile(`${file}.part`)).length).toBe(10_000)
    await expect(client.timeseries.download(query)).rejects.toMatchObject({ code: 'DATABENTO_CONNECTION' })
    expect(await readdir(folder)).toEqual([])
    expect(server.count(GET_RANGE)).toBe(3)
  },
)

test('does not write over a file, nor pay for it, unless told', async () => {
  const { client, server } = await start()
  const file = path.join(await newFolder(), 'day.dbn.zst')
  await writeFile(file, 'precious')
  const query = { ...DAY, ...NO_CEILING, file }
  await expect(client.timeseries.download(query)).rejects.toMatchObject({ code: 'DATABENTO_FILE_EXISTS' })
  expect(server.calls).toHaveLength(0)
  await client.timeseries.download({ ...query, overwrite: true })
  expect((await readFile(file)).length).toBeGreaterThan(1_000)
})

test('pays nothing when the file cannot be written', async () => {
  const { client, server } = await start()
  const file = path.join(await newFolder(), 'missing', 'day.dbn.zst')
  await expect(client.timeseries.download({ ...DAY, ...NO_CEILING, file })).rejects.toThrow('ENOENT')
  expect(server.calls).toHaveLength(0)
})

test('serves a dataset directory', async () => {
  const directory = await writeFiles({ 'opra-pillar-20250220.cbbo-1m.dbn': FILE })
  const { client } = await start({ files: [], directory })
  expect(await client.metadata.getRecordCount(DAY)).toBe(ROWS)
})
