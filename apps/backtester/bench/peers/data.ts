import { mkdir, open } from 'node:fs/promises'
import path from 'node:path'
import { createRandom, formatAlpaca, formatOcc } from '@scalp/canonical'
import { createMetadata, RTYPE } from '@scalp/databento'
import { writeDbnFile } from '@scalp/databento/node'
import { contractAt, fairCents, MINUTE_US, OPEN_US } from '../chain-quotes.js'

/** What is written: samples of each contract, one after the other in time. */
export interface PeerData {
  readonly contracts: number
  readonly samples: number
  readonly schema: 'cbbo-1m' | 'cbbo-1s'
}

/** Writes the same quotes of a chain as CSV, which everybody reads, and as our users have them; answers the CSV. */
export async function writePeerData(folder: string, data: PeerData): Promise<string> {
  const { samples, schema } = data
  await mkdir(folder, { recursive: true })
  const csv = path.join(folder, 'quotes.csv')
  const dbn = path.join(folder, `opra-pillar-20250220.${schema}.dbn.zst`)
  const contracts = Array.from({ length: data.contracts }, (_, place) => contractAt(place))
  const stepUs = schema === 'cbbo-1m' ? MINUTE_US : MINUTE_US / 60
  const metadata = createMetadata({
    dataset: 'OPRA.PILLAR',
    schema,
    start: BigInt(Date.parse('2025-02-20')) * 1_000_000n,
    end: BigInt(Date.parse('2025-02-21')) * 1_000_000n,
    stypeIn: 'parent',
    symbols: ['TSLA.OPT'],
    mappings: contracts.map((contract, place) => ({
      rawSymbol: formatOcc(contract),
      intervals: [{ startDate: 20_250_220, endDate: 20_250_221, symbol: String(1_000 + place) }],
    })),
  })
  const random = createRandom(5)
  const bids = Float64Array.from({ length: data.contracts }, (_, place) => fairCents(place))
  const symbols = contracts.map(formatAlpaca)
  const text = await open(csv, 'w')
  await text.write('time_us,symbol,bid,ask,bid_size,ask_size\n')
  await writeDbnFile(dbn, { metadata, zstd: true }, async ({ records, flush }) => {
    for (let sample = 1; sample <= samples; sample++) {
      const receivedUs = OPEN_US + sample * stepUs
      let lines = ''
      for (let place = 0; place < data.contracts; place++) {
        const bid = Math.max(50, (bids[place] as number) + Math.floor(random() * 5) - 2)
        const ask = bid + 1 + Math.floor(random() * 5)
        const bidSize = 1 + Math.floor(random() * 100)
        const askSize = 1 + Math.floor(random() * 100)
        bids[place] = bid
        lines += `${receivedUs},${symbols[place]},${bid},${ask},${bidSize},${askSize}\n`
        records.cbbo({
          rtype: schema === 'cbbo-1m' ? RTYPE.cbbo1m : RTYPE.cbbo1s,
          publisherId: 30,
          instrumentId: 1_000 + place,
          receivedUs,
          lastUs: Number.NaN,
          lastMicros: Number.NaN,
          lastSize: 0,
          flags: 194,
          bidMicros: bid * 10_000,
          askMicros: ask * 10_000,
          bidSize,
          askSize,
          bidPublisher: 20,
          askPublisher: 20,
        })
      }
      await text.write(lines)
      await flush()
    }
  })
  await text.close()
  return csv
}
