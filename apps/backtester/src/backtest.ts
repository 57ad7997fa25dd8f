import { InstrumentTable, toMicros } from '@scalp/canonical'
import type { Progress } from '@scalp/cli'
import {
  createDatasetTape,
  type DataFile,
  type Dataset,
  discoverDataset,
  filesOf,
  NoDataError,
} from '@scalp/databento/node'
import { createEngine } from '@scalp/engine'
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
import {
  alpacaCostSchedule,
  createFlatCosts,
  createOptionCosts,
  type OptionCosts,
  type ReplayProgress,
  replay,
  SimulatedBroker,
} from '@scalp/simulator'
import { resolveConfig } from '@scalp/strategy'
import { assembleResult } from './assemble.js'
import type { RunConfig } from './config.js'
import { DecisionLog } from './decision-log.js'
import { MinuteCloses } from './minute-closes.js'
import { RunRecorder } from './recorder.js'
import { loadStrategy } from './strategies.js'

const QUOTE_SCHEMAS = ['cbbo-1m', 'cbbo-1s', 'cmbp-1'] as const
const BAR_SCHEMAS = ['ohlcv-1s', 'ohlcv-1m'] as const

interface RunFiles {
  readonly quotes: readonly DataFile[]
  readonly bars: readonly DataFile[]
  readonly statistics: readonly DataFile[]
}

/** Runs one backtest from files to result. */
export async function runBacktest(config: RunConfig, progress: Progress): Promise<BacktestResult> {
  const strategy = await loadStrategy(config.strategy)
  const settings = await resolveConfig(strategy, { preset: config.preset, overrides: config.settings })
  const dataset = await discoverDataset(config.data)
  const files = chooseFiles(dataset, config)
  const calendar = createExchangeCalendar()
  const startingCashMicros = toMicros(config.startingCash)
  const instruments = new InstrumentTable()
  const gates = createGateKeeper({ gates: gatesOf(config), idPrefix: config.seed })
  const costs = costsOf(config)
  const log = new DecisionLog(costs)
  const recorder = new RunRecorder({ calendar, startingCashMicros, log })
  const closes = new MinuteCloses()

  let bytesDone = 0
  const bytesInAll = files.quotes.reduce((sum, { bytes }) => sum + bytes, 0)
  const onFileEnd = (file: DataFile): void => {
    bytesDone += file.bytes
  }
  const symbols = [config.underlying]
  const quoteTape = createDatasetTape({
    files: files.quotes,
    instruments,
    symbols,
    workers: config.workers,
    onFileEnd,
  })
  const barTape = createDatasetTape({ files: files.bars, instruments, symbols })
  const statisticTape = createDatasetTape({ files: files.statistics, instruments, symbols })
  const tapes = [barTape, quoteTape, statisticTape]
  const broker = new SimulatedBroker({
    instruments,
    calendar,
    costs,
    fillModel: config.fills.model,
    slippage: { kind: 'percent', percent: config.fills.slippagePct },
    orderLatencyUs: config.fills.orderLatencyMs * 1_000,
    responseLatencyUs: config.fills.responseLatencyMs * 1_000,
    participation: config.fills.participation,
  })
  const engine = createEngine({
    strategy,
    config: settings,
    underlyings: symbols,
    instruments,
    calendar,
    gates,
    broker,
    journal: recorder,
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
      tapes,
      onProgress: ({ us, quotes }) =>
        progress.update(
          Math.round(bytesDone / 1e6),
          `${calendar.tradingDate(us)} ${(quotes / 1e6).toFixed(1)} M quotes`,
        ),
      onMinute: (us) => {
        recorder.sample(us, engine.account.equityMicros)
        log.advance(us)
        const price = engine.prices.get(config.underlying)
        if (price !== undefined)
          closes.add(config.underlying, calendar.tradingDate(us), us, price.priceMicros)
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
    files: [...files.quotes, ...files.bars, ...files.statistics],
    quoteTape,
    calendar,
    recorder,
    gates,
    costs,
    closes,
    played,
    impliesUnderlying: files.bars.length === 0,
  })
}

/** Chooses the finest quotes there are, the finest bars of the underlying, and open interest. */
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
  return { quotes, bars: of(BAR_SCHEMAS, false), statistics: of(['statistics'], true) }
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

function costsOf({ costs }: RunConfig): OptionCosts {
  return costs.schedule === 'alpaca'
    ? createOptionCosts(alpacaCostSchedule)
    : createFlatCosts(toMicros(costs.perContract))
}
