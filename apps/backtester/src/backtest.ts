import type { Progress } from '@scalp/cli'
import { createDatasetTape, createSharedTapes, type DataFile } from '@scalp/databento/node'
import { createExchangeCalendar } from '@scalp/market-data'
import type { BacktestResult } from '@scalp/report'
import type { RunConfig } from './config.js'
import { hashFiles } from './hash-files.js'
import { Lane, type LaneTapes, type RunHooks } from './lane.js'
import { loadMembers } from './members.js'
import { allFiles, openRunData, type RunData } from './run-data.js'

export type { RunHooks } from './lane.js'

/** Runs one backtest from files to result. */
export async function runBacktest(
  config: RunConfig,
  progress: Progress,
  hooks: RunHooks = {},
): Promise<BacktestResult> {
  const loaded = await loadMembers(config)
  const data = await openRunData(config, progress)
  const calendar = createExchangeCalendar()
  const hashing = hashFiles(allFiles(data.originals), data.hashes)
  hashing.catch(() => undefined) // who awaits it at the end is told; a replay that fails before says why itself
  const lane = new Lane({ config, loaded, data, calendar, hooks, hashing })
  const { files, symbols } = data
  const { instruments } = lane
  const bytes = countBytes(files.quotes)
  const tapes: LaneTapes = {
    quotes: createDatasetTape({
      files: files.quotes,
      instruments,
      symbols,
      workers: config.workers,
      onFileEnd: bytes.add,
    }),
    bars: createDatasetTape({ files: files.bars, instruments, symbols }),
    trades: createDatasetTape({ files: files.trades, instruments, symbols, only: 'trades' }),
    statistics: createDatasetTape({ files: files.statistics, instruments, symbols }),
    volumes: createDatasetTape({ files: files.volumes, instruments, symbols }),
  }
  progress.start(Math.max(1, Math.round(bytes.total / 1e6)), 'MB')
  return lane.run(tapes, ({ us, quotes }) =>
    progress.update(
      Math.round(bytes.done / 1e6),
      `${calendar.tradingDate(us)} ${(quotes / 1e6).toFixed(1)} M quotes`,
    ),
  )
}

/** What a pass of several runs is asked. */
export interface PassOptions {
  /** Runs over the same data: they may differ in the strategy, its settings, the venue and the gates. */
  readonly configs: readonly RunConfig[]
  readonly data: RunData
  /** Called now and then with the share of the pass that is done, 0 to 1. */
  readonly onProgress?: (share: number) => void
}

/**
 * Runs several backtests over one decode of their data: the result of each, in order, or the error it ended with.
 *
 * A run gives what it would give alone, but for what only a report shows, which is left out.
 */
export async function runPass({
  configs,
  data,
  onProgress,
}: PassOptions): Promise<readonly PromiseSettledResult<BacktestResult>[]> {
  const calendar = createExchangeCalendar()
  const made = await Promise.allSettled(
    configs.map(
      async (config) =>
        new Lane({ config, loaded: await loadMembers(config), data, calendar, isReported: false }),
    ),
  )
  const lanes = made.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  const { files, symbols } = data
  const instruments = lanes.map((lane) => lane.instruments)
  const bytes = countBytes(files.quotes)
  const share = (of: readonly DataFile[], onFileEnd?: (file: DataFile) => void) =>
    createSharedTapes({
      files: of,
      instruments,
      symbols,
      ...(onFileEnd === undefined ? {} : { onFileEnd }),
    })
  const quotes = share(files.quotes, (file) => {
    bytes.add(file)
    onProgress?.(bytes.done / bytes.total)
  })
  const bars = share(files.bars)
  const trades = createSharedTapes({ files: files.trades, instruments, symbols, only: 'trades' })
  const statistics = share(files.statistics)
  const volumes = share(files.volumes)
  const tapesOf = (at: number): LaneTapes => ({
    quotes: quotes[at] as LaneTapes['quotes'],
    bars: bars[at] as LaneTapes['bars'],
    trades: trades[at] as LaneTapes['trades'],
    statistics: statistics[at] as LaneTapes['statistics'],
    volumes: volumes[at] as LaneTapes['volumes'],
  })
  const ended = await Promise.allSettled(lanes.map((lane, at) => lane.run(tapesOf(at))))
  let next = 0
  return made.map((one) =>
    one.status === 'rejected' ? one : (ended[next++] as PromiseSettledResult<BacktestResult>),
  )
}

function countBytes(files: readonly DataFile[]) {
  const counted = {
    done: 0,
    total: files.reduce((sum, { bytes }) => sum + bytes, 0),
    add: ({ bytes }: DataFile): void => {
      counted.done += bytes
    },
  }
  return counted
}
