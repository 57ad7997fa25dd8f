// packages/databento/bench/files.bench.ts
import { execFileSync, spawnSync as spawnSync3 } from 'node:child_process'
// packages/databento/bench/csv-day.ts
import { once } from 'node:events'
import {
  createWriteStream,
  existsSync,
  mkdtempSync as mkdtempSync2,
  readFileSync as readFileSync3,
  rmSync as rmSync2,
} from 'node:fs'
import { rename } from 'node:fs/promises'
import { tmpdir as tmpdir4 } from 'node:os'
import path4 from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { constants, createZstdCompress } from 'node:zlib'
import { CbboView, CsvEncoder, SymbolMap } from '@scalp/databento'
import { readDbnFile } from '@scalp/databento/node'

var COMPARED = 2e3
var US_PER_DAY = 864e8
async function csvOf(day) {
  const file = day.replace('.dbn.zst', '.csv.zst')
  if (existsSync(file)) return file
  console.log(`Making ${file} out of it, once.`)
  const compress = createZstdCompress({ params: { [constants.ZSTD_c_checksumFlag]: 1 } })
  const written = pipeline(compress, createWriteStream(`${file}.part`))
  const view2 = new CbboView()
  let encoder
  let symbols
  let rows = 0
  let pending = []
  const flush = async () => {
    const bytes = Buffer.concat(pending)
    pending = []
    if (!compress.write(bytes)) await once(compress, 'drain')
  }
  let turn = Promise.resolve()
  await readDbnFile(day, {
    onMetadata(metadata) {
      const { version, tsOut, schema } = metadata
      symbols = new SymbolMap(metadata)
      encoder = new CsvEncoder({
        version,
        tsOut,
        schema,
        symbols,
        prettyPrices: true,
        prettyTimes: true,
      })
      pending.push(Buffer.from(encoder.header()))
    },
    onBlock(block) {
      view2.bind(block)
      const lines = []
      for (let at = 0; at < block.length; at += view2.length) {
        view2.moveTo(at)
        const day2 = Math.floor(view2.receivedUs / US_PER_DAY)
        const line = lineOf(view2, symbols?.find(day2, view2.instrumentId) ?? '')
        if (rows++ < COMPARED && line !== encoder?.row(block.view, at))
          throw new Error(`The generator writes ${line} and the encoder ${encoder?.row(block.view, at)}`)
        lines.push(line)
      }
      pending.push(Buffer.from(lines.join(''), 'latin1'))
      if (pending.length >= 16) turn = turn.then(flush)
    },
  })
  await turn
  await flush()
  compress.end()
  await written
  await rename(`${file}.part`, file)
  return file
}
function lineOf(quote, symbol) {
  const { lastMicros, lastSize, flags, bidMicros, askMicros, bidSize, askSize } = quote
  const times = `${timeOf(quote.receivedUs)},${timeOf(quote.eventUs)}`
  const head = `${times},${quote.rtype},${quote.publisherId},${quote.instrumentId}`
  const prices = `${priceOf(bidMicros)},${priceOf(askMicros)},${bidSize},${askSize}`
  const last = `N,${priceOf(lastMicros)},${lastSize},${flags}`
  return `${head},${last},${prices},${quote.bidPublisher},${quote.askPublisher},${symbol}
`
}
function priceOf(micros) {
  if (Number.isNaN(micros)) return ''
  const dollars = Math.floor(micros / 1e6)
  return `${dollars}.${String(micros - dollars * 1e6).padStart(6, '0')}000`
}
var seconds = /* @__PURE__ */ new Map()
function timeOf(us) {
  if (Number.isNaN(us)) return ''
  const second = Math.floor(us / 1e6)
  let text = seconds.get(second)
  if (text === void 0) {
    text = new Date(second * 1e3).toISOString().slice(0, 19)
    seconds.set(second, text)
  }
  return `${text}.${String(us - second * 1e6).padStart(6, '0')}000Z`
}

// packages/databento/bench/peers.ts
import { EventEmitter } from 'node:events'
// packages/databento/bench/jobs.ts
import { closeSync, createReadStream, openSync, readFileSync, readSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { createZstdDecompress } from 'node:zlib'
import {
  CbboView as CbboView2,
  RecordAssembler,
  RecordAssembler as RecordAssembler2,
  RTYPE,
  RTYPE as RTYPE2,
} from '@scalp/databento'
import { decodeFile, readDbnFile as readDbnFile2, readDbnMetadata, writeDbnFile } from '@scalp/databento/node'
import { Decompress } from 'fzstd'
import { ZSTDDecoder } from 'zstddec/stream'

var NO_PRICE = 0x7fffffffffffffffn
var PIECE_BYTES = 1 << 17
async function decodeNaively(file, sums2) {
  const emitter = new EventEmitter()
  let [records, bid, ask, bidSize, askSize] = [0, 0n, 0n, 0, 0]
  emitter.on('record', (quote) => {
    if (quote.rtype !== RTYPE.cbbo1m) return
    if (quote.bidPrice !== NO_PRICE) bid += quote.bidPrice
    if (quote.askPrice !== NO_PRICE) ask += quote.askPrice
    bidSize += quote.bidSize
    askSize += quote.askSize
    records++
  })
  let left = Buffer.alloc(0)
  let metadata = []
  let received = 0
  for await (const piece of createReadStream(file).pipe(createZstdDecompress())) {
    let at = 0
    if (metadata === void 0) left = Buffer.concat([left, piece])
    else {
      metadata.push(piece)
      received += piece.length
      const length = 8 + metadata[0].readUInt32LE(4)
      if (received < length) continue
      left = Buffer.concat(metadata).subarray(length)
      metadata = void 0
    }
    for (; at < left.length; at += left[at] * 4) {
      if (at + left[at] * 4 > left.length) break
      emitter.emit('record', quoteAt(left, at))
    }
    left = left.subarray(at)
  }
  sums2.set([records, Number(bid / 1000n), Number(ask / 1000n), bidSize, askSize])
}
function quoteAt(bytes, at) {
  return {
    rtype: bytes.readUInt8(at + 1),
    publisherId: bytes.readUInt16LE(at + 2),
    instrumentId: bytes.readUInt32LE(at + 4),
    tsEvent: bytes.readBigUInt64LE(at + 8),
    price: bytes.readBigInt64LE(at + 16),
    size: bytes.readUInt32LE(at + 24),
    flags: bytes.readUInt8(at + 30),
    tsRecv: bytes.readBigUInt64LE(at + 32),
    bidPrice: bytes.readBigInt64LE(at + 48),
    askPrice: bytes.readBigInt64LE(at + 56),
    bidSize: bytes.readUInt32LE(at + 64),
    askSize: bytes.readUInt32LE(at + 68),
    bidPublisher: bytes.readUInt16LE(at + 72),
    askPublisher: bytes.readUInt16LE(at + 76),
  }
}
function* pieces(file) {
  const bytes = readFileSync(file)
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES)
}
async function decodeByZstddec(file, onBlock) {
  const decoder = new ZSTDDecoder()
  await decoder.init()
  const assembler = new RecordAssembler({ onMetadata() {}, onBlock })
  for (const bytes of decoder.decodeStreaming(pieces(file))) assembler.push(bytes)
  assembler.end()
}
function decodeByFzstd(file, onBlock) {
  const assembler = new RecordAssembler({ onMetadata() {}, onBlock })
  const decompress = new Decompress((bytes) => assembler.push(bytes))
  for (const bytes of pieces(file)) decompress.push(bytes)
  decompress.push(new Uint8Array(0), true)
  assembler.end()
}

// packages/databento/bench/jobs.ts
var HEAD = 20 | (RTYPE2.cbbo1m << 8)
function addBlock({ i32, u32, length }, sums2) {
  let [records, bid, ask, bidSize, askSize] = sums2
  const words = length >>> 2
  for (let word = 0; word < words; word += u32[word] & 255) {
    if ((u32[word] & 65535) !== HEAD) continue
    const bidHigh = i32[word + 13]
    const askHigh = i32[word + 15]
    if (bidHigh !== 2147483647) bid += (bidHigh * 4294967296 + u32[word + 12]) / 1e3
    if (askHigh !== 2147483647) ask += (askHigh * 4294967296 + u32[word + 14]) / 1e3
    bidSize += u32[word + 16]
    askSize += u32[word + 17]
    records++
  }
  sums2.set([records, bid, ask, bidSize, askSize])
}
function addViews(block, view2, sums2) {
  let [records, bid, ask, bidSize, askSize] = sums2
  view2.bind(block)
  for (let at = 0; at < block.length; at += view2.length) {
    view2.moveTo(at)
    if (view2.rtype !== RTYPE2.cbbo1m) continue
    const { bidMicros, askMicros } = view2
    if (!Number.isNaN(bidMicros)) bid += bidMicros
    if (!Number.isNaN(askMicros)) ask += askMicros
    bidSize += view2.bidSize
    askSize += view2.askSize
    records++
  }
  sums2.set([records, bid, ask, bidSize, askSize])
}
async function sumTape(file, root, sums2) {
  const stats = { records: 0, kept: 0, filtered: 0, dropped: 0, droppedSymbols: [], skipped: 0 }
  const wanted = { options: true, ...(root === void 0 ? {} : { symbols: [root] }) }
  let [records, bid, ask, bidSize, askSize] = [0, 0, 0, 0, 0]
  for await (const { count, a, b, c, d } of decodeFile({ file, schema: 'cbbo-1m', wanted, stats })) {
    for (let row = 0; row < count; row++) {
      const bidMicros = a[row]
      const askMicros = b[row]
      if (!Number.isNaN(bidMicros)) bid += bidMicros
      if (!Number.isNaN(askMicros)) ask += askMicros
      bidSize += c[row]
      askSize += d[row]
    }
    records += count
  }
  sums2.set([records, bid, ask, bidSize, askSize])
}
async function encodeAgain(file, sums2) {
  const out = `${file}.${process.pid}.zst`
  const piece = new Uint8Array(1 << 20)
  const descriptor = openSync(file, 'r')
  const metadata = await readDbnMetadata(file)
  await writeDbnFile(out, { metadata, zstd: true }, async ({ records, flush }) => {
    const onBlock = (block) => {
      addBlock(block, sums2)
      view.bind(block)
      for (let at = 0; at < block.length; at += view.length) records.cbbo(fieldsAt(at))
    }
    const assembler = new RecordAssembler2({ onMetadata() {}, onBlock }, file)
    for (let read2 = 1; read2 > 0; ) {
      read2 = readSync(descriptor, piece)
      assembler.push(piece.subarray(0, read2))
      await flush()
    }
    assembler.end()
  })
  closeSync(descriptor)
  await rm(out)
}
function fieldsAt(at) {
  view.moveTo(at)
  return {
    rtype: RTYPE2.cbbo1m,
    publisherId: view.publisherId,
    instrumentId: view.instrumentId,
    receivedUs: view.receivedUs,
    lastUs: view.eventUs,
    lastMicros: view.lastMicros,
    lastSize: view.lastSize,
    flags: view.flags,
    bidMicros: view.bidMicros,
    askMicros: view.askMicros,
    bidSize: view.bidSize,
    askSize: view.askSize,
    bidPublisher: view.bidPublisher,
    askPublisher: view.askPublisher,
  }
}
var sums = new Float64Array(5)
var view = new CbboView2()
var JOBS = {
  block: (file) => read(file, (block) => addBlock(block, sums)),
  cursor: (file) => read(file, (block) => addViews(block, view, sums)),
  filter: (file, root) => sumTape(file, root, sums),
  tape: (file) => sumTape(file, void 0, sums),
  encode: (file) => encodeAgain(file, sums),
  naive: (file) => decodeNaively(file, sums),
  zstddec: (file) => decodeByZstddec(file, (block) => addBlock(block, sums)),
  fzstd: (file) => decodeByFzstd(file, (block) => addBlock(block, sums)),
}
async function read(file, onBlock) {
  await readDbnFile2(file, { onMetadata() {}, onBlock })
}
async function runJob([job2 = '', file = '', root = '', result = '']) {
  const start = process.hrtime.bigint()
  await JOBS[job2]?.(file, root)
  const workMs = Number(process.hrtime.bigint() - start) / 1e6
  const peakMb = process.resourceUsage().maxRSS / 1024
  const found = { sums: [...sums], peakMb, workMs }
  writeFileSync(result, JSON.stringify(found))
}

// packages/databento/bench/native-zstd.ts
import { spawnSync } from 'node:child_process'
import { existsSync as existsSync2, mkdirSync, writeFileSync as writeFileSync2 } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

var VERSION = '0.0.13'
function nativeZstd() {
  const folder2 = path.join(tmpdir(), 'scalp-bench', `zstd-napi-${VERSION}-${process.versions.modules}`)
  const modules = path.join(folder2, 'node_modules')
  if (existsSync2(path.join(folder2, 'done'))) return modules
  if (existsSync2(path.join(folder2, 'failed'))) return void 0
  console.log('Installing zstd-napi into a temporary folder, once.')
  mkdirSync(folder2, { recursive: true })
  writeFileSync2(path.join(folder2, 'package.json'), '{ "private": true }\n')
  const install = ['install', '--no-audit', '--no-fund', `zstd-napi@${VERSION}`]
  const { status } = spawnSync('npm', install, { cwd: folder2, stdio: 'ignore', timeout: 3e5 })
  const env = { ...process.env, NODE_PATH: modules }
  const probe = spawnSync(process.execPath, ['-e', "new (require('zstd-napi/binding').DCtx)()"], { env })
  const isThere = status === 0 && probe.status === 0
  writeFileSync2(path.join(folder2, isThere ? 'done' : 'failed'), '')
  return isThere ? modules : void 0
}

// packages/databento/bench/option-day.ts
import { existsSync as existsSync3 } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { tmpdir as tmpdir2 } from 'node:os'
import path2 from 'node:path'
import { createOptionId, createRandom, formatOcc } from '@scalp/canonical'
import { RTYPE as RTYPE3 } from '@scalp/databento'
import { writeDbnFile as writeDbnFile2 } from '@scalp/databento/node'

var DAY = '2025-02-20'
var ROOT = 'TSLA'
var MINUTES = 390
var OPEN_US = Date.parse('2025-02-20T14:30:00Z') * 1e3
var ROOT_CONTRACTS = 3e3
var CONTRACTS_A_ROOT = 66
async function optionDay({ records = 104e5, instruments = 2e5 } = {}) {
  const folder2 = path2.join(tmpdir2(), 'scalp-bench')
  const file = path2.join(folder2, `opra-${records}-${instruments}.cbbo-1m.dbn.zst`)
  if (existsSync3(file)) return file
  await mkdir(folder2, { recursive: true })
  console.log(`Making ${file}: ${records.toLocaleString()} synthetic quotes, once.`)
  const random = createRandom(7)
  const symbols = symbolsOf(instruments)
  const order = Uint32Array.from({ length: instruments }, (_, at) => at)
  for (let at = instruments - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1))
    const kept = order[at]
    order[at] = order[other]
    order[other] = kept
  }
  const ids = Uint32Array.from({ length: instruments }, (_, at) => idAt(at))
  const weight = Float64Array.from({ length: instruments }, () => random() ** 3)
  const scale = records / MINUTES / weight.reduce((sum, next) => sum + next, 0)
  const bid = Float64Array.from({ length: instruments }, () => Math.round(1 + random() ** 4 * 3e3))
  const spread = Float64Array.from({ length: instruments }, () => 1 + Math.floor(random() ** 3 * 20))
  const lastUs = new Float64Array(instruments).fill(Number.NaN)
  const lastTick = new Float64Array(instruments).fill(Number.NaN)
  const lastSize = new Uint32Array(instruments)
  const metadata = metadataOf(symbols)
  await writeDbnFile2(file, { metadata, zstd: true }, async ({ records: writer, flush }) => {
    for (let minute = 1; minute <= MINUTES; minute++) {
      const receivedUs = OPEN_US + minute * 6e7
      for (let place = 0; place < instruments; place++) {
        const at = order[place]
        if (random() >= weight[at] * scale) continue
        bid[at] = Math.max(0, bid[at] + Math.floor(random() * 5) - 2)
        if (random() < 0.15) {
          lastUs[at] = receivedUs - Math.floor(random() * 6e7)
          lastTick[at] = bid[at] + Math.floor(random() * spread[at])
          lastSize[at] = 1 + Math.floor(random() ** 3 * 40)
        }
        const bidTick = bid[at]
        writer.cbbo({
          rtype: RTYPE3.cbbo1m,
          publisherId: 30,
          instrumentId: ids[at],
          receivedUs,
          lastUs: lastUs[at],
          lastMicros: lastTick[at] * 1e4,
          lastSize: lastSize[at],
          flags: 194,
          bidMicros: bidTick === 0 ? Number.NaN : bidTick * 1e4,
          askMicros: (bidTick + spread[at]) * 1e4,
          bidSize: bidTick === 0 ? 0 : 1 + Math.floor(random() ** 3 * 300),
          askSize: 1 + Math.floor(random() ** 3 * 300),
          bidPublisher: 20 + Math.floor(random() * 18),
          askPublisher: 20 + Math.floor(random() * 18),
        })
      }
      await flush()
    }
  })
  return file
}
function idAt(at) {
  return 1e3 + at * 37 + (at % 11)
}
function symbolsOf(instruments) {
  return Array.from({ length: instruments }, (_, at) => symbolAt(at))
}
function metadataOf(symbols) {
  return {
    version: 3,
    dataset: 'OPRA.PILLAR',
    schema: 'cbbo-1m',
    start: BigInt(Date.parse(DAY)) * 1000000n,
    end: BigInt(Date.parse(DAY) + 864e5) * 1000000n,
    limit: null,
    stypeIn: 'parent',
    stypeOut: 'instrument_id',
    tsOut: false,
    symbolCstrLen: 71,
    symbols: ['ALL_SYMBOLS'],
    partial: [],
    notFound: [],
    mappings: symbols.map((rawSymbol, at) => ({
      rawSymbol,
      intervals: [{ startDate: 20250220, endDate: 20250221, symbol: String(idAt(at)) }],
    })),
  }
}
function symbolAt(at) {
  const isRoot = at < ROOT_CONTRACTS
  const root = isRoot ? ROOT : rootName(Math.floor((at - ROOT_CONTRACTS) / CONTRACTS_A_ROOT))
  const within = isRoot ? at : (at - ROOT_CONTRACTS) % CONTRACTS_A_ROOT
  const expiry = new Date(Date.parse(DAY) + (1 + 7 * Math.floor(within / 300)) * 864e5)
  return formatOcc(
    createOptionId({
      underlying: root,
      expiry: expiry.toISOString().slice(0, 10),
      strike: 50 + Math.floor((within % 300) / 2) * 2.5,
      right: within % 2 === 0 ? 'C' : 'P',
    }),
  )
}
function rootName(place) {
  let name = ''
  for (let rest = place, digit = 0; digit < 4; digit++, rest = Math.floor(rest / 26))
    name = String.fromCharCode(65 + (rest % 26)) + name
  return name
}

// packages/databento/bench/timed.ts
import { spawnSync as spawnSync2 } from 'node:child_process'
import { mkdtempSync, readFileSync as readFileSync2, rmSync } from 'node:fs'
import { tmpdir as tmpdir3 } from 'node:os'
import path3 from 'node:path'

function timeInTurn(programs, rounds) {
  const runs = new Map(programs.map(({ name }) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const program of programs) {
      runs.get(program.name)?.push(timeOnce(program))
      program.check?.()
    }
  }
  return new Map([...runs].map(([name, all]) => [name, timingOf(all)]))
}
function timingOf(runs) {
  const sorted = (of) => runs.map(of).sort((a, b) => a - b)
  const wall = sorted(({ wallMs }) => wallMs)
  const cpu = sorted(({ cpuMs }) => cpuMs)
  const middle = wall.length >> 1
  return {
    wallMs: wall[middle] ?? Number.NaN,
    minWallMs: wall[0] ?? Number.NaN,
    cpuMs: cpu[middle] ?? Number.NaN,
    minCpuMs: cpu[0] ?? Number.NaN,
  }
}
function timeOnce({ name, command, env }) {
  const folder2 = mkdtempSync(path3.join(tmpdir3(), 'scalp-time-'))
  try {
    const out = path3.join(folder2, 'time')
    const script = `TIMEFORMAT='%R %U %S'; { time "\${@:2}" >/dev/null 2>"$1.err"; } 2>"$1"`
    const { status } = spawnSync2('bash', ['-c', script, 'bash', out, ...command], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    if (status !== 0) throw new Error(`${name} failed: ${readFileSync2(`${out}.err`, 'utf8')}`)
    const [wall = 0, user = 0, system = 0] = readFileSync2(out, 'utf8').trim().split(' ').map(Number)
    return { wallMs: wall * 1e3, cpuMs: (user + system) * 1e3 }
  } finally {
    rmSync(folder2, { recursive: true })
  }
}
function hasProgram(name) {
  return spawnSync2(name, ['--version'], { stdio: 'ignore' }).error === void 0
}

// packages/databento/bench/files.bench.ts
var ROUNDS = Number(process.env['SCALP_BENCH_ROUNDS'] ?? 3)
var RECORDS = Number(process.env['SCALP_BENCH_RECORDS'] ?? 104e5)
var PEER_RECORDS = Math.min(RECORDS, 2e6)
var MAX_MB = 150
var results = /* @__PURE__ */ new Map()
var folder = process.argv[2] === 'job' ? '' : mkdtempSync2(path4.join(tmpdir4(), 'scalp-bench-'))
function job(name, file, { zstd, modules, truth }) {
  const [work = ''] = name.split(', ')
  const result = path4.join(folder, 'result.json')
  return {
    name,
    command: [process.execPath, process.argv[1], 'job', work, file, ROOT, result],
    env: { SCALP_ZSTD: zstd ?? 'node', ...(modules === void 0 ? {} : { NODE_PATH: modules }) },
    check() {
      const found = JSON.parse(readFileSync3(result, 'utf8'))
      results.set(name, found)
      if (truth !== void 0 && found.sums.join() !== truth.join())
        throw new Error(`${name}: sums ${found.sums.join()} are not ${truth.join()}`)
    },
  }
}
var NO_TRUTH = { all: void 0, ofRoot: void 0 }
function truthOf(file) {
  const program = path4.join(folder, 'truth')
  const compiled = spawnSync3('cc', [
    '-O2',
    '-o',
    program,
    fileURLToPath(new URL('truth.c', 'file:///work/main/packages/databento/bench/files.bench.ts')),
  ])
  if (compiled.status !== 0) return NO_TRUTH
  const text = execFileSync('bash', [
    '-c',
    `set -o pipefail; zstd -dc "$1" | "$2" ${ROOT}`,
    'bash',
    file,
    program,
  ])
  const [all, ofRoot] = text
    .toString()
    .trim()
    .split('\n')
    .map((line) => {
      const [records = '', bid = '', ask = '', ...sizes] = line.split(' ')
      const micros = (nanos) => Number(BigInt(nanos) / 1000n)
      return [Number(records), micros(bid), micros(ask), ...sizes.map(Number)]
    })
  return { all, ofRoot }
}
function print(timings, rows) {
  for (const { what, ours, peer, target, isFaster = false } of rows) {
    const mine = timings.get(ours)
    const theirs = timings.get(peer)
    if (mine === void 0 || theirs === void 0) {
      console.log(`  ${what}: not measured`)
      continue
    }
    const ratio = (of) => (isFaster ? theirs[of] / mine[of] : mine[of] / theirs[of]).toFixed(2)
    const peak = results.get(ours)?.peakMb ?? 0
    console.log(
      `  ${what}: wall ${ratio('wallMs')} (minima ${ratio('minWallMs')}), CPU ${ratio('cpuMs')} (minima ${ratio('minCpuMs')}); target ${isFaster ? '\u2265' : '\u2264'} ${target}; peak ${peak.toFixed(0)} MB${peak > MAX_MB ? ' (too much)' : ''}`,
    )
  }
}
async function main() {
  if (!hasProgram('zstd') || !hasProgram('bash'))
    return console.log('  zstd or bash is not installed: nothing measured')
  const day = await optionDay({ records: RECORDS })
  const csv = await csvOf(day)
  const part = await optionDay({ records: PEER_RECORDS })
  const raw = path4.join(folder, 'day.dbn')
  execFileSync('zstd', ['-dqf', day, '-o', raw])
  const modules = nativeZstd()
  const truth = truthOf(day)
  const { all: truthOfPart } = truthOf(part)
  console.log(
    `  ${truth.all?.[0] ?? RECORDS} records; checked against C: ${truth.all === void 0 ? 'no compiler' : 'yes'}`,
  )
  const native = { zstd: 'native', modules }
  const ofNative = (name, file, sums2) =>
    modules === void 0 ? [] : [job(name, file, { ...native, truth: sums2 })]
  print(
    timeInTurn(
      [
        { name: 'zstd', command: ['zstd', '-dqc', day] },
        job('block, node', day, { truth: truth.all }),
        ...ofNative('block, native', day, truth.all),
        job('cursor, node', day, { truth: truth.all }),
        job('filter, node', day, { truth: truth.ofRoot }),
        ...ofNative('filter, native', day, truth.ofRoot),
      ],
      ROUNDS,
    ),
    [
      {
        what: 'every quote field, native zstd / zstd -dc',
        ours: 'block, native',
        peer: 'zstd',
        target: 1.05,
      },
      { what: 'every quote field, node:zlib / zstd -dc', ours: 'block, node', peer: 'zstd', target: 1.4 },
      { what: 'cursor / block', ours: 'cursor, node', peer: 'block, node', target: 1.2 },
      {
        what: 'one underlying into columns, native / zstd -dc',
        ours: 'filter, native',
        peer: 'zstd',
        target: 1.15,
      },
      {
        what: 'one underlying into columns, node:zlib / zstd -dc',
        ours: 'filter, node',
        peer: 'zstd',
        target: 1.15,
      },
    ],
  )
  print(
    timeInTurn(
      [
        { name: 'zstd csv', command: ['zstd', '-dqc', csv] },
        job('tape, csv', csv, { truth: truthOf(csv).all }),
        { name: 'zstd -3', command: ['zstd', '-3', '-qc', raw] },
        job('encode', raw, { truth: truth.all }),
      ],
      ROUNDS,
    ),
    [
      { what: 'batch CSV to quotes / zstd -dc', ours: 'tape, csv', peer: 'zstd csv', target: 2.5 },
      { what: 'encode and zstd level 3 / zstd -3', ours: 'encode', peer: 'zstd -3', target: 1.3 },
    ],
  )
  const options = { truth: truthOfPart }
  print(
    timeInTurn(
      [
        job('block, part', part, options),
        job('naive', part, options),
        job('zstddec', part, options),
        job('fzstd', part, options),
      ],
      ROUNDS,
    ),
    [
      { what: 'bigint objects / block', ours: 'block, part', peer: 'naive', target: 6, isFaster: true },
      { what: 'zstddec / block', ours: 'block, part', peer: 'zstddec', target: 2.2, isFaster: true },
      { what: 'fzstd / block', ours: 'block, part', peer: 'fzstd', target: 5, isFaster: true },
    ],
  )
}
if (process.argv[2] === 'job') await runJob(process.argv.slice(3))
else {
  try {
    await main()
  } finally {
    rmSync2(folder, { recursive: true })
  }
}
