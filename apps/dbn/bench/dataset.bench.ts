/**
 * Writes a directory of daily cbbo-1m files, once, and measures `scalp-dbn index`, cold and kept, and `check`
 * on it: `node apps/dbn/bench/dataset.bench.ts [days] [records a day] [directory]`.
 *
 * Each command runs in a process of its own, built before; the peak of its memory is what the system says.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { createMetadata, type Metadata, RTYPE } from '@scalp/databento'
import { writeDbnFile } from '@scalp/databento/node'
import { createExchangeCalendar } from '@scalp/market-data'

const days = Number(process.argv[2] ?? 1_000)
const recordsADay = Number(process.argv[3] ?? 20_000)
const folder = process.argv[4] ?? path.join(tmpdir(), `scalp-dbn-bench-${days}x${recordsADay}`)
const UNDERLYINGS = ['SPY', 'QQQ', 'TSLA', 'AAPL', 'NVDA'] as const
const CONTRACTS = 250
const calendar = createExchangeCalendar()

function symbolOf(contract: number): string {
  const root = (UNDERLYINGS[contract % UNDERLYINGS.length] as string).padEnd(6)
  return `${root}300118${contract % 2 === 0 ? 'C' : 'P'}${String(100_000 + contract * 1_000).padStart(8, '0')}`
}

function metadataOf(date: string): Metadata {
  const start = BigInt(Date.parse(date)) * 1_000_000n
  const day = Number(date.replaceAll('-', ''))
  const next = new Date(Date.parse(date) + 86_400_000).toISOString().slice(0, 10)
  return createMetadata({
    dataset: 'OPRA.PILLAR',
    schema: 'cbbo-1m',
    start,
    end: start + 86_400_000_000_000n,
    stypeIn: 'parent',
    symbols: UNDERLYINGS.map((root) => `${root}.OPT`),
    mappings: Array.from({ length: CONTRACTS }, (_, contract) => ({
      rawSymbol: symbolOf(contract),
      intervals: [
        {
          startDate: day,
          endDate: Number(next.replaceAll('-', '')),
          symbol: String(1_000_000 + contract * 7),
        },
      ],
    })),
  })
}

async function writeDay(date: string): Promise<void> {
  const session = calendar.sessionOn(date)
  if (session === undefined) return
  const minutes = (session.closeUs - session.openUs) / 60_000_000
  const file = path.join(folder, `opra-pillar-${date.replaceAll('-', '')}.cbbo-1m.dbn.zst`)
  await writeDbnFile(file, { metadata: metadataOf(date), zstd: true }, ({ records }) => {
    for (let at = 0; at < recordsADay; at++) {
      const contract = at % CONTRACTS
      const minute = 1 + Math.floor((at / recordsADay) * minutes)
      const bidMicros = 1_000_000 + ((at * 7_919) % 400) * 10_000
      records.cbbo({
        rtype: RTYPE.cbbo1m,
        publisherId: 30,
        instrumentId: 1_000_000 + contract * 7,
        receivedUs: session.openUs + minute * 60_000_000,
        lastUs: Number.NaN,
        lastMicros: Number.NaN,
        lastSize: 0,
        flags: 194,
        bidMicros,
        askMicros: bidMicros + 50_000,
        bidSize: 1 + (at % 90),
        askSize: 1 + (at % 70),
        bidPublisher: 29,
        askPublisher: 22,
      })
    }
  })
}

async function writeDataset(): Promise<void> {
  const done = path.join(folder, 'metadata.json')
  if (existsSync(done)) return
  mkdirSync(folder, { recursive: true })
  const sessions = calendar.sessions('2020-01-02', '2026-12-31').slice(0, days)
  for (const { date } of sessions) await writeDay(date)
  writeFileSync(done, JSON.stringify({ version: 1, job_id: 'BENCH', customizations: { synthetic: true } }))
}

/** Runs a command in a process of its own; answers its output, seconds and peak MB. */
function measure(args: readonly string[]): { out: string; seconds: number; peakMb: number } {
  const bin = fileURLToPath(new URL('../dist/main.js', import.meta.url))
  const watch = `process.on('exit', () => process.stderr.write('PEAK ' + process.resourceUsage().maxRSS + '\\n'))`
  const startedMs = performance.now()
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(watch)}`, bin, ...args],
    { encoding: 'utf8', maxBuffer: 1 << 30 },
  )
  const seconds = (performance.now() - startedMs) / 1_000
  const peak = /PEAK (\d+)/.exec(stderr)?.[1]
  if (status !== 0 || peak === undefined) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`)
  return { out: stdout, seconds, peakMb: Number(peak) / 1_024 }
}

function show(what: string, { seconds, peakMb }: { seconds: number; peakMb: number }, more = ''): void {
  console.log(`${what.padEnd(24)} ${seconds.toFixed(2).padStart(7)} s  peak ${peakMb.toFixed(0)} MB${more}`)
}

function expectEqual(what: string, found: unknown, wanted: unknown): void {
  if (found !== wanted) throw new Error(`${what}: ${String(found)} instead of ${String(wanted)}`)
}

await writeDataset()
const cache = path.join(tmpdir(), `scalp-dbn-bench-cache-${process.pid}`)
const base = measure(['--version'])
show('start and end', base)
const cold = measure(['index', folder, '--json', '--cache', cache])
show('index, cold', cold)
const kept = measure(['index', folder, '--json', '--cache', cache])
show('index, kept', kept, `  ${(cold.seconds / kept.seconds).toFixed(1)} times as fast`)
rmSync(cache, { recursive: true })
const { opened, files } = JSON.parse(cold.out) as { opened: number; files: unknown[] }
expectEqual('files opened', opened, days)
expectEqual('files opened again', (JSON.parse(kept.out) as { opened: number }).opened, 0)
expectEqual('files', files.length, days)
const check = measure(['check', folder, '--json'])
const total = JSON.parse(check.out.trimEnd().split('\n').at(-1) as string) as {
  records: number
  days: number
  counts: { crossed: number; missingMinutes: number; unsorted: number; outOfSession: number }
}
const perRecord = ((check.seconds - base.seconds) * 1e9) / total.records
show('check', check, `  ${perRecord.toFixed(0)} ns a record, zstd included`)
expectEqual('records', total.records, days * recordsADay)
expectEqual('days', total.days, days)
const { crossed, unsorted, outOfSession } = total.counts
expectEqual('faults', crossed + unsorted + outOfSession, 0)
