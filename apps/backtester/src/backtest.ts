import { type BlockTape, InstrumentTable, type JournalEntry, type Tape, type Us } from '@scalp/canonical'
import type { Progress } from '@scalp/cli'
import { createDatasetTape, type DataFile, type DatasetTape } from '@scalp/databento/node'
import { Market } from '@scalp/engine'
import { createExchangeCalendar, type ExchangeCalendar } from '@scalp/market-data'
import type { BacktestResult } from '@scalp/report'
import { type ReplayProgress, replayTogether } from '@scalp/simulator'
import type { RunConfig } from './config.js'
import { hashFiles } from './hash-files.js'
import { Lane } from './lane.js'
import { loadMembers } from './members.js'
import { allFiles, openRunData, type RunData } from './run-data.js'
import { cutTape } from './verify/cut-tape.js'

/** What who checks a run asks of it. */
export interface RunHooks {
  /** The data end after this instant. */
  readonly cutUs?: Us
  /** Called for each line of the run's journal. */
  readonly onEntry?: (entry: JournalEntry) => void
}

/** Runs one backtest from files to result. */
export async function runBacktest(
  config: RunConfig,
  progress: Progress,
  { cutUs, onEntry }: RunHooks = {},
): Promise<BacktestResult> {
  const loaded = await loadMembers(config)
  const data = await openRunData(config, progress)
  const hashing = hashFiles(allFiles(data.originals), data.hashes)
  hashing.catch(() => undefined) // who awaits it at the end is told; a replay that fails before says why itself
  const calendar = createExchangeCalendar()
  const market = marketOf(data, calendar)
  const lane = new Lane({
    config,
    loaded,
    data,
    market,
    calendar,
    isReported: true,
    ...(onEntry === undefined ? {} : { onEntry }),
  })
  const tapes = openTapes(data, market, config.workers)
  progress.start(Math.max(1, Math.round(tapes.bytes / 1e6)), 'MB')
  const played = await play({
    lanes: [lane],
    tapes,
    ...(cutUs === undefined ? {} : { cutUs }),
    onProgress: ({ us, quotes }) =>
      progress.update(
        Math.round(tapes.bytesDone / 1e6),
        `${calendar.tradingDate(us)} ${(quotes / 1e6).toFixed(1)} M quotes`,
      ),
  })
  return lane.result(played, tapes.quotes, await hashing)
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
 * Runs several backtests over one pass of their data: the result of each, in order, or the error it ended with.
 *
 * A run gives what it would give alone, but for what only a report shows, which is left out.
 */
export async function runPass({
  configs,
  data,
  onProgress,
}: PassOptions): Promise<readonly PromiseSettledResult<BacktestResult>[]> {
  const calendar = createExchangeCalendar()
  const market = marketOf(data, calendar)
  const failures = new Map<number, unknown>()
  const lanes: (Lane | undefined)[] = []
  for (const [at, config] of configs.entries()) {
    try {
      const loaded = await loadMembers(config)
      const onFailure = (error: unknown): void => void failures.set(at, error)
      lanes.push(new Lane({ config, loaded, data, market, calendar, isReported: false, onFailure }))
    } catch (error) {
      failures.set(at, error)
      lanes.push(undefined)
    }
  }
  const [first, ...others] = lanes.filter((lane) => lane !== undefined)
  const rejected = (at: number, reason?: unknown): PromiseRejectedResult => ({
    status: 'rejected',
    reason: failures.get(at) ?? reason,
  })
  if (first === undefined) return configs.map((_, at) => rejected(at))
  const tapes = openTapes(data, market)
  try {
    const played = await play({
      lanes: [first, ...others],
      tapes,
      onProgress: () => onProgress?.(tapes.bytesDone / tapes.bytes),
    })
    const hashes = await hashFiles(allFiles(data.originals), data.hashes)
    return lanes.map((lane, at) =>
      lane === undefined || failures.has(at)
        ? rejected(at)
        : { status: 'fulfilled', value: lane.result(played, tapes.quotes, hashes) },
    )
  } catch (reason) {
    return configs.map((_, at) => rejected(at, reason))
  }
}

function marketOf({ symbols, files }: RunData, calendar: ExchangeCalendar): Market {
  return new Market({
    underlyings: symbols,
    instruments: new InstrumentTable(),
    calendar,
    impliesUnderlyings: files.bars.length === 0,
  })
}

/** The tapes of a pass, and how much of the quotes has been read. */
interface RunTapes {
  readonly quotes: DatasetTape
  readonly bars: DatasetTape
  readonly trades: DatasetTape
  readonly statistics: DatasetTape
  readonly volumes: DatasetTape
  readonly bytes: number
  bytesDone: number
}

function openTapes({ files, symbols }: RunData, { instruments }: Market, workers?: number): RunTapes {
  const common = { instruments, symbols }
  const tapes: RunTapes = {
    quotes: createDatasetTape({
      ...common,
      files: files.quotes,
      ...(workers === undefined ? {} : { workers }),
      onFileEnd: ({ bytes }: DataFile) => {
        tapes.bytesDone += bytes
      },
    }),
    bars: createDatasetTape({ ...common, files: files.bars }),
    trades: createDatasetTape({ ...common, files: files.trades, only: 'trades' }),
    statistics: createDatasetTape({ ...common, files: files.statistics }),
    volumes: createDatasetTape({ ...common, files: files.volumes }),
    bytes: files.quotes.reduce((sum, { bytes }) => sum + bytes, 0),
    bytesDone: 0,
  }
  return tapes
}

/** Plays tapes to their end, or to an instant. They are closed, also when it fails. */
async function play({
  lanes,
  tapes: { bars, trades, quotes, statistics, volumes },
  cutUs,
  onProgress,
}: {
  readonly lanes: readonly [Lane, ...Lane[]]
  readonly tapes: RunTapes
  readonly cutUs?: Us
  readonly onProgress: (progress: ReplayProgress) => void
}): Promise<ReplayProgress> {
  const tapped = lanes.reduce<BlockTape>((tape, lane) => lane.tap(tape), quotes)
  const inOrder: readonly Tape[] = [bars, trades, tapped, statistics, volumes]
  try {
    return await replayTogether({
      lanes,
      tapes: cutUs === undefined ? inOrder : inOrder.map((tape) => cutTape(tape, cutUs)),
      onProgress,
    })
  } finally {
    await Promise.all(inOrder.map((tape) => tape.close()))
  }
}
