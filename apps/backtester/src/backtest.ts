import {
  InstrumentTable,
  type Journal,
  type JournalEntry,
  type Tape,
  toMicros,
  US_PER_MINUTE,
  type Us,
} from '@scalp/canonical'
import type { Progress } from '@scalp/cli'
import {
  createDatasetTape,
  type DataFile,
  type Dataset,
  discoverDataset,
  filesOf,
  NoDataError,
  type PreparedFiles,
  prepareSlices,
} from '@scalp/databento/node'
import { createEngine, type SharedLimits } from '@scalp/engine'
import {
  cashGate,
  createGateKeeper,
  type Gate,
  openInterestGate,
  positionSizeGate,
  quoteFreshGate,
  spreadGate,
  tradingHoursGate,
  underlyingFreshGate,
  volumeGate,
} from '@scalp/gates'
import { createExchangeCalendar } from '@scalp/market-data'
import type { BacktestResult } from '@scalp/report'
import { type ReplayProgress, replay } from '@scalp/simulator'
import { assembleResult } from './assemble.js'
import type { RunConfig } from './config.js'
import { DecisionLog } from './decision-log.js'
import { loadMembers } from './members.js'
import { MinuteCloses } from './minute-closes.js'
import { RunRecorder } from './recorder.js'
import { costsOf, venueOf } from './venue.js'
import { cutTape } from './verify/cut-tape.js'

const QUOTE_SCHEMAS = ['cbbo-1m', 'cbbo-1s', 'cmbp-1'] as const
const BAR_SCHEMAS = ['ohlcv-1s', 'ohlcv-1m'] as const
/** Volumes within the day are worth more than those of its end, and no finer than a minute is needed. */
const VOLUME_SCHEMAS = ['ohlcv-1m', 'ohlcv-1s', 'ohlcv-1h', 'ohlcv-1d'] as const

interface RunFiles {
  readonly quotes: readonly DataFile[]
  readonly bars: readonly DataFile[]
  readonly statistics: readonly DataFile[]
  /** Bars of contracts, for how much was traded. */
  readonly volumes: readonly DataFile[]
}

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
  hooks: RunHooks = {},
): Promise<BacktestResult> {
  const { strategy, settings } = await loadMembers(config)
  const dataset = await discoverDataset(config.data)
  const originals = chooseFiles(dataset, config)
  const { files, hashes, warnings } = await slicesOf(originals, config, progress)
  const calendar = createExchangeCalendar()
  const startingCashMicros = toMicros(config.startingCash)
  const instruments = new InstrumentTable()
  const gates = createGateKeeper({ gates: gatesOf(config), idPrefix: config.seed })
  const costs = costsOf(config)
  const log = new DecisionLog(costs)
  const recorder = new RunRecorder({ calendar, instruments, startingCashMicros, log })
  const closes = new MinuteCloses()

  let bytesDone = 0
  const bytesInAll = files.quotes.reduce((sum, { bytes }) => sum + bytes, 0)
  const onFileEnd = (file: DataFile): void => {
    bytesDone += file.bytes
  }
  const symbols = symbolsOf(config)
  const quoteTape = createDatasetTape({
    files: files.quotes,
    instruments,
    symbols,
    workers: config.workers,
    onFileEnd,
  })
  const barTape = createDatasetTape({ files: files.bars, instruments, symbols })
  const statisticTape = createDatasetTape({ files: files.statistics, instruments, symbols })
  const volumeTape = createDatasetTape({ files: files.volumes, instruments, symbols })
  const tapes = [barTape, quoteTape, statisticTape, volumeTape]
  const broker = venueOf(config, instruments, calendar, costs)
  const engine = createEngine({
    strategy,
    config: settings,
    underlyings: symbols,
    instruments,
    calendar,
    gates,
    broker,
    journal: journalOf(recorder, hooks),
    warmUpUs: config.warmUpMinutes * US_PER_MINUTE,
    limits: limitsOf(config),
    startingCashMicros,
    seed: config.seed,
    impliesUnderlyings: files.bars.length === 0,
  })
  log.connect({ instruments, quotes: engine.quotes, prices: engine.prices, calendar })
  progress.start(Math.max(1, Math.round(bytesInAll / 1e6)), 'MB')
  let played: ReplayProgress
  try {
    played = await replay({
      engine,
      broker,
      tapes: hooks.cutUs === undefined ? tapes : cutAll(tapes, hooks.cutUs),
      onProgress: ({ us, quotes }) =>
        progress.update(
          Math.round(bytesDone / 1e6),
          `${calendar.tradingDate(us)} ${(quotes / 1e6).toFixed(1)} M quotes`,
        ),
      onMinute: (us) => {
        recorder.sample(us, engine.account.equityMicros)
        log.advance(us)
        for (const symbol of symbols) {
          const price = engine.prices.get(symbol)
          if (price !== undefined) closes.add(symbol, calendar.tradingDate(us), us, price.priceMicros)
        }
      },
    })
  } finally {
    await Promise.all(tapes.map((tape) => tape.close()))
  }
  return assembleResult({
    config,
    strategy: strategy.name,
    settings,
    dataset,
    files: [...originals.quotes, ...originals.bars, ...originals.statistics, ...originals.volumes],
    quoteTape,
    calendar,
    recorder,
    gates,
    costs,
    closes,
    played,
    impliesUnderlying: files.bars.length === 0,
    hashes,
    warnings,
  })
}

interface RunSlices {
  readonly files: RunFiles
  /** SHA-256 of the originals, by path, where slices know them. */
  readonly hashes: ReadonlyMap<string, string>
  readonly warnings: readonly string[]
}

/** The same files as slices, if there is a cache: made on first touch, found from then on. */
async function slicesOf(files: RunFiles, config: RunConfig, progress: Progress): Promise<RunSlices> {
  const { cache, workers } = config
  const hashes = new Map<string, string>()
  if (cache === false) return { files, hashes, warnings: [] }
  const warnings = new Set<string>()
  let isShown = false
  const onFile = (done: number, total: number): void => {
    if (done === total && !isShown) return
    if (!isShown) progress.start(total, 'files')
    isShown = true
    progress.update(done, 'slices')
  }
  const prepare = async (originals: readonly DataFile[]): Promise<readonly DataFile[]> => {
    const options = { directory: cache, symbols: symbolsOf(config), workers, onFile }
    const prepared: PreparedFiles = await prepareSlices(originals, options)
    for (const warning of prepared.warnings) warnings.add(warning)
    return prepared.files.map(({ file, sha256 }, at) => {
      if (sha256 !== undefined) hashes.set((originals[at] as DataFile).path, sha256)
      return file
    })
  }
  const slices: RunFiles = {
    quotes: await prepare(files.quotes),
    bars: await prepare(files.bars),
    statistics: await prepare(files.statistics),
    volumes: await prepare(files.volumes),
  }
  if (isShown) progress.stop()
  return { files: slices, hashes, warnings: [...warnings] }
}

/** Chooses the finest quotes there are, the finest bars of the underlying, open interest and volumes of contracts. */
function chooseFiles(dataset: Dataset, { underlying, from, to }: RunConfig): RunFiles {
  const of = (schemas: readonly DataFile['schema'][], isOptions: boolean): readonly DataFile[] => {
    for (const schema of schemas) {
      const files = filesOf(dataset, { schema, from, to }).filter(
        (file) => file.dataset.startsWith('OPRA') === isOptions,
      )
      if (files.length > 0) return files
    }
    return []
  }
  const quotes = of(QUOTE_SCHEMAS, true)
  if (quotes.length === 0) {
    const days = dataset.files.map((file) => file.from)
    const have =
      days.length === 0
        ? 'no data files at all'
        : `${dataset.files.length} files from ${days[0]} to ${days.at(-1)}: ${[...new Set(dataset.files.map((file) => `${file.dataset} ${file.schema}`))].join(', ')}`
    throw new NoDataError({
      directory: dataset.directory,
      wanted: `option quotes of ${underlying} from ${from ?? 'the start'} to ${to ?? 'the end'}`,
      have,
    })
  }
  return {
    quotes,
    bars: of(BAR_SCHEMAS, false),
    statistics: of(['statistics'], true),
    volumes: of(VOLUME_SCHEMAS, true),
  }
}

function gatesOf({ gates }: RunConfig): readonly Gate[] {
  return [
    ...(gates.requireUnderlying ? [underlyingFreshGate({ maxAgeMs: gates.maxUnderlyingAgeMs })] : []),
    quoteFreshGate({ maxAgeMs: gates.maxQuoteAgeMs }),
    spreadGate({ maxPercent: gates.maxSpreadPct }),
    ...(gates.minOpenInterest > 0 ? [openInterestGate({ min: gates.minOpenInterest })] : []),
    ...(gates.minVolume > 0 ? [volumeGate({ min: gates.minVolume })] : []),
    cashGate(),
    positionSizeGate({ maxPercent: gates.maxPositionPct }),
    tradingHoursGate({ skipOpenMinutes: gates.skipOpenMinutes, skipCloseMinutes: gates.skipCloseMinutes }),
  ]
}

/** The underlyings of a run, each once. */
function symbolsOf({ underlying, underlyings }: RunConfig): readonly string[] {
  return [...new Set([underlying, ...underlyings])]
}

function limitsOf({ limits: { maxOpenPositions } }: RunConfig): SharedLimits {
  return maxOpenPositions === undefined ? {} : { maxOpenPositions }
}

function journalOf(recorder: RunRecorder, { onEntry }: RunHooks): Journal {
  if (onEntry === undefined) return recorder
  return {
    append(entry) {
      onEntry(entry)
      recorder.append(entry)
    },
  }
}

function cutAll(tapes: readonly Tape[], cutUs: Us): readonly Tape[] {
  return tapes.map((tape) => cutTape(tape, cutUs))
}
