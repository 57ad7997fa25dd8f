import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createOptionId, createRandom, formatOcc } from '@scalp/canonical'
import { createMetadata, type Metadata, RTYPE } from '@scalp/databento'
import { writeDbnFile } from '@scalp/databento/node'

/** The date of the synthetic day, and the root that benchmarks filter for. */
export const DAY = '2025-02-20'
export const ROOT = 'TSLA'
const MINUTES = 390
const OPEN_US = Date.parse('2025-02-20T14:30:00Z') * 1_000
const ROOT_CONTRACTS = 3_000
const CONTRACTS_A_ROOT = 66

/**
 * Writes, once, a synthetic day of OPRA cbbo-1m: `instruments` contracts of many roots with sparse ids, whose
 * quotes follow a random walk of ticks; a contract prints in a minute with its own likelihood, so that some are
 * busy and most are quiet; the order inside a minute is one fixed permutation, a bad case for caches.
 */
export async function optionDay({
  records = 10_400_000,
  instruments = 200_000,
}: {
  readonly records?: number
  readonly instruments?: number
} = {}): Promise<string> {
  const folder = path.join(tmpdir(), 'scalp-bench')
  const file = path.join(folder, `opra-${records}-${instruments}.cbbo-1m.dbn.zst`)
  if (existsSync(file)) return file
  await mkdir(folder, { recursive: true })
  console.log(`Making ${file}: ${records.toLocaleString()} synthetic quotes, once.`)
  const random = createRandom(7)
  const symbols = symbolsOf(instruments)
  const order = Uint32Array.from({ length: instruments }, (_, at) => at)
  for (let at = instruments - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1))
    const kept = order[at] as number
    order[at] = order[other] as number
    order[other] = kept
  }
  const ids = Uint32Array.from({ length: instruments }, (_, at) => idAt(at))
  /** Likelihoods of a quote each minute, few high and many low, that add up to the records wanted. */
  const weight = Float64Array.from({ length: instruments }, () => random() ** 3)
  const scale = records / MINUTES / weight.reduce((sum, next) => sum + next, 0)
  const bid = Float64Array.from({ length: instruments }, () => Math.round(1 + random() ** 4 * 3_000))
  const spread = Float64Array.from({ length: instruments }, () => 1 + Math.floor(random() ** 3 * 20))
  const lastUs = new Float64Array(instruments).fill(Number.NaN)
  const lastTick = new Float64Array(instruments).fill(Number.NaN)
  const lastSize = new Uint32Array(instruments)
  const metadata = metadataOf(symbols)
  await writeDbnFile(file, { metadata, zstd: true }, async ({ records: writer, flush }) => {
    for (let minute = 1; minute <= MINUTES; minute++) {
      const receivedUs = OPEN_US + minute * 60_000_000
      for (let place = 0; place < instruments; place++) {
        const at = order[place] as number
        if (random() >= (weight[at] as number) * scale) continue
        bid[at] = Math.max(0, (bid[at] as number) + Math.floor(random() * 5) - 2)
        if (random() < 0.15) {
          lastUs[at] = receivedUs - Math.floor(random() * 60_000_000)
          lastTick[at] = (bid[at] as number) + Math.floor(random() * (spread[at] as number))
          lastSize[at] = 1 + Math.floor(random() ** 3 * 40)
        }
        const bidTick = bid[at] as number
        writer.cbbo({
          rtype: RTYPE.cbbo1m,
          publisherId: 30,
          instrumentId: ids[at] as number,
          receivedUs,
          lastUs: lastUs[at] as number,
          lastMicros: (lastTick[at] as number) * 10_000,
          lastSize: lastSize[at] as number,
          flags: 194,
          bidMicros: bidTick === 0 ? Number.NaN : bidTick * 10_000,
          askMicros: (bidTick + (spread[at] as number)) * 10_000,
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

/** Sparse, as those of OPRA are. */
export function idAt(at: number): number {
  return 1_000 + at * 37 + (at % 11)
}

/** OCC symbols of so many contracts; the first are of {@link ROOT}. */
export function symbolsOf(instruments: number): string[] {
  return Array.from({ length: instruments }, (_, at) => symbolAt(at))
}

/** Metadata of the day that map ids to these symbols. */
export function metadataOf(symbols: readonly string[]): Metadata {
  return createMetadata({
    dataset: 'OPRA.PILLAR',
    schema: 'cbbo-1m',
    start: BigInt(Date.parse(DAY)) * 1_000_000n,
    end: BigInt(Date.parse(DAY) + 86_400_000) * 1_000_000n,
    stypeIn: 'parent',
    symbols: ['ALL_SYMBOLS'],
    mappings: symbols.map((rawSymbol, at) => ({
      rawSymbol,
      intervals: [{ startDate: 20_250_220, endDate: 20_250_221, symbol: String(idAt(at)) }],
    })),
  })
}

function symbolAt(at: number): string {
  const isRoot = at < ROOT_CONTRACTS
  const root = isRoot ? ROOT : rootName(Math.floor((at - ROOT_CONTRACTS) / CONTRACTS_A_ROOT))
  const within = isRoot ? at : (at - ROOT_CONTRACTS) % CONTRACTS_A_ROOT
  const expiry = new Date(Date.parse(DAY) + (1 + 7 * Math.floor(within / 300)) * 86_400_000)
  return formatOcc(
    createOptionId({
      underlying: root,
      expiry: expiry.toISOString().slice(0, 10),
      strike: 50 + Math.floor((within % 300) / 2) * 2.5,
      right: within % 2 === 0 ? 'C' : 'P',
    }),
  )
}

/** AAAA, AAAB, …: no root that there is. */
function rootName(place: number): string {
  let name = ''
  for (let rest = place, digit = 0; digit < 4; digit++, rest = Math.floor(rest / 26))
    name = String.fromCharCode(65 + (rest % 26)) + name
  return name
}
