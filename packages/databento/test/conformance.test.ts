import { setTimeout as sleep } from 'node:timers/promises'
import { InstrumentTable } from '@scalp/canonical'
import { describeFeed, describeTape, type FeedStage } from '@scalp/canonical/testing'
import { describe, test } from 'vitest'
import { type DbnRecord, encodeRecord } from '../src/dbn/record.js'
import { createLiveFeed } from '../src/live.js'
import { createDatasetTape, discoverDataset, filesOf } from '../src/node.js'
import { startGateway } from '../src/testing.js'
import { quoteRows, toDbn, writeFiles, zstd } from './dataset-files.js'
import { DATASET, START_US, TESLA } from './live-setup.js'

async function openFeed(): Promise<FeedStage> {
  const gateway = await startGateway({ nowUs: () => START_US, instruments: [TESLA] })
  const { host, port, apiKey } = gateway
  const feed = createLiveFeed({
    host,
    port,
    apiKey,
    dataset: DATASET,
    instruments: new InstrumentTable(),
    subscriptions: [{ schema: 'cbbo-1s', symbols: 'ALL_SYMBOLS' }],
  })
  let published = 0
  let told = 0
  return {
    feed: {
      start: (sink) =>
        feed.start({
          onQuote: (quote): undefined => {
            told++
            sink.onQuote(quote)
          },
          onTrade: (trade) => sink.onTrade(trade),
          onBar: (bar) => sink.onBar(bar),
          onStatistic: (statistic) => sink.onStatistic(statistic),
        }),
      stop: () => feed.stop(),
    },
    publish: async () => {
      const wanted = told + 1
      const ns = BigInt(START_US + published++ * 1_000_000) * 1_000n
      gateway.publish(
        encodeRecord({
          record: 'cbbo',
          length: 0,
          rtype: 0xc0,
          publisher_id: 30,
          instrument_id: TESLA.id,
          ts_event: ns,
          ts_recv: ns,
          price: 9_223_372_036_854_775_807n,
          bid_px_00: 1_250_000_000n,
          ask_px_00: 9_223_372_036_854_775_807n,
          bid_sz_00: 3,
          ask_sz_00: 0,
        } as DbnRecord),
      )
      /** A feed that has stopped tells nothing, so waiting ends. */
      for (let round = 0; round < 40 && told < wanted; round++) await sleep(10)
    },
    close: () => gateway.close(),
  }
}

describeFeed({ describe, test }, 'Databento live, simulated', openFeed)

for (const kind of ['one file', 'files that share a day'] as const)
  describeTape({ describe, test }, `Databento files, ${kind}`, {
    open: async () => {
      const rows = quoteRows(2_000)
      const folder = await writeFiles(
        kind === 'one file'
          ? { 'a.cbbo-1m.dbn.zst': zstd(toDbn(rows)) }
          : {
              'a.cbbo-1m.dbn': toDbn(rows.filter(({ id }) => id === 7)),
              'b.cbbo-1m.dbn': toDbn(rows.filter(({ id }) => id !== 7)),
            },
      )
      const files = filesOf(await discoverDataset(folder), { schema: 'cbbo-1m' })
      return createDatasetTape({ files, instruments: new InstrumentTable(), workers: 1 })
    },
  })
