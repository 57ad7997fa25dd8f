import { execFile } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { runBacktest } from '../src/backtest.js'
import type { SyntheticFormat } from '../src/synthetic-files.js'
import { configOf, newFolder, silent, writeMarket } from './market.js'

const SETTINGS = {
  settings: {
    momentumThresholdPutPct: 0.2,
    momentumThresholdCallPct: 0.2,
    maxContractPriceMicros: 20_000_000,
  },
}

async function hashOf(data: string, cache: string | false, workers = 1): Promise<string> {
  const { manifest, trades } = await runBacktest(
    await configOf(data, { ...SETTINGS, cache, workers }),
    silent,
  )
  expect(trades.length).toBeGreaterThan(0)
  return manifest.resultHash
}

const slicesIn = (cache: string): string[] => readdirSync(cache).sort()

/** When each slice was made. */
const made = (cache: string): Record<string, bigint> =>
  Object.fromEntries(
    slicesIn(cache).map((name) => [name, statSync(path.join(cache, name), { bigint: true }).mtimeNs]),
  )

function quoteFile(data: string): string {
  for (const job of readdirSync(data))
    for (const name of readdirSync(path.join(data, job)))
      if (name.includes('20240102.cbbo-1m')) return path.join(data, job, name)
  throw new Error('no file of quotes')
}

test('originals of any format and their slices, made and found, on any number of threads, give one result', {
  timeout: 120_000,
}, async () => {
  const hashes: string[] = []
  for (const format of ['dbn.zst', 'dbn', 'csv.zst', 'csv'] satisfies SyntheticFormat[]) {
    const data = await writeMarket(format)
    const cache = path.join(await newFolder(), 'slices')
    hashes.push(await hashOf(data, false))
    hashes.push(await hashOf(data, cache, format === 'dbn' ? 2 : 1))
    const before = made(cache)
    /** Two days of quotes, bars and statistics. */
    expect(Object.keys(before)).toHaveLength(6)
    hashes.push(await hashOf(data, cache), await hashOf(data, cache, 2))
    expect(made(cache)).toEqual(before)
  }
  expect(new Set(hashes)).toHaveLength(1)
})

test('the result names the originals by the hash of their bytes, also when only slices were read', async () => {
  const data = await writeMarket('dbn.zst')
  const cache = await newFolder()
  const run = async (over: object): Promise<unknown> =>
    (await runBacktest(await configOf(data, { ...SETTINGS, ...over }), silent)).manifest
  const plain = await run({ cache: false })
  expect(await run({ cache })).toEqual(plain)
  expect(await run({ cache })).toEqual(plain)
})

test('a slice is not used once its original has changed, though its length and date are made to be the same', {
  timeout: 60_000,
}, async () => {
  const data = await writeMarket('dbn')
  const cache = await newFolder()
  const first = await hashOf(data, cache)
  const file = quoteFile(data)
  const { atime, mtime } = statSync(file)
  const bytes = readFileSync(file)
  /** Asks 30 cents dearer: the ends of the file stay as they were. */
  for (let at = 66_000; at < bytes.length - 66_000; at++) {
    if (bytes[at] !== 20 || bytes[at + 1] !== 0xc1 || bytes.readUInt16LE(at + 2) !== 30) continue
    const ask = bytes.readBigInt64LE(at + 56)
    if (ask < 2n ** 62n) bytes.writeBigInt64LE(ask + 300_000_000n, at + 56)
    at += 79
  }
  writeFileSync(file, bytes)
  utimesSync(file, atime, mtime)
  const wanted = await hashOf(data, false)
  expect(wanted).not.toBe(first)
  const before = slicesIn(cache)
  expect(await hashOf(data, cache)).toBe(wanted)
  expect(slicesIn(cache).filter((name) => !before.includes(name))).toHaveLength(1)
  /** The slice of what the file was is gone. */
  expect(slicesIn(cache)).toHaveLength(6)
})

test.each<[string, (file: string) => void]>([
  ['was cut', (file) => truncateSync(file, statSync(file).size - 100)],
  [
    'has a changed byte',
    (file) => {
      const bytes = readFileSync(file)
      bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] as number) ^ 1
      writeFileSync(file, bytes)
    },
  ],
  ['has bytes behind its end', (file) => appendFileSync(file, 'more')],
  [
    'is of another version of the format',
    (file) => {
      const bytes = readFileSync(file)
      bytes.writeUInt32LE(999, 8)
      writeFileSync(file, bytes)
    },
  ],
  ['is empty', (file) => truncateSync(file, 0)],
])('a slice that %s is made anew', async (_, damage) => {
  const data = await writeMarket('dbn.zst')
  const cache = await newFolder()
  const wanted = await hashOf(data, cache)
  const slice = slicesIn(cache).find((name) => name.includes('20240103.cbbo-1m')) as string
  const file = path.join(cache, slice)
  const good = readFileSync(file)
  damage(file)
  expect(await hashOf(data, cache)).toBe(wanted)
  expect(readFileSync(file).equals(good)).toBe(true)
})

test('another underlying has slices of its own', async () => {
  const data = await writeMarket('dbn.zst')
  const cache = await newFolder()
  await hashOf(data, cache)
  await runBacktest(await configOf(data, { underlying: 'OTHER', cache }), silent).catch(() => undefined)
  expect(slicesIn(cache)).toHaveLength(12)
})

test('a cache that cannot be written to is no failure: the originals are read, and the result says so', async () => {
  const data = await writeMarket('dbn.zst')
  const folder = await newFolder()
  const file = path.join(folder, 'a file')
  writeFileSync(file, '')
  chmodSync(folder, 0o755)
  const result = await runBacktest(
    await configOf(data, { ...SETTINGS, cache: path.join(file, 'slices') }),
    silent,
  )
  expect(result.manifest.resultHash).toBe(await hashOf(data, false))
  expect(result.dataQuality.warnings).toContainEqual(expect.stringContaining('No slice could be kept'))
})

test('two processes that make the same slices at once both come to the same result, and leave nothing half', {
  timeout: 60_000,
}, async () => {
  const data = await writeMarket('dbn.zst')
  const cache = await newFolder()
  const script = `
    import { discoverDataset, filesOf, prepareSlices } from '@scalp/databento/node'
    const files = filesOf(await discoverDataset(${JSON.stringify(data)}), { schema: 'cbbo-1m' })
    const { made, found, warnings } = await prepareSlices(files, { directory: ${JSON.stringify(cache)}, symbols: ['DEMO'] })
    console.log(JSON.stringify({ slices: made + found, warnings }))`
  const call = promisify(execFile)
  const hooks = `import { registerHooks } from 'node:module'
registerHooks({ resolve(name, context, next) {
  return next(name.startsWith('.') && context.parentURL?.endsWith('.ts') ? name.replace(/\\.js$/, '.ts') : name, context)
} })`
  const args = [
    '--conditions=@scalp/source',
    '--import',
    `data:text/javascript,${encodeURIComponent(hooks)}`,
    '--input-type=module',
    '--eval',
    script,
  ]
  const options = { cwd: path.dirname(import.meta.dirname) }
  const outputs = await Promise.all([1, 2, 3].map(() => call(process.execPath, args, options)))
  for (const { stdout } of outputs) expect(JSON.parse(stdout)).toEqual({ slices: 2, warnings: [] })
  expect(slicesIn(cache)).toHaveLength(2)
  expect(await hashOf(data, cache)).toBe(await hashOf(data, false))
})
