import path from 'node:path'
import { toMicros } from '@scalp/canonical'
import type { DataFile, Dataset, DatasetTape } from '@scalp/databento/node'
import type { GateKeeper } from '@scalp/gates'
import type { ExchangeCalendar } from '@scalp/market-data'
import type { BacktestResult } from '@scalp/report'
import { hashResult } from '@scalp/report/node'
import type { OptionCosts, ReplayProgress } from '@scalp/simulator'
import type { RunConfig } from './config.js'
import type { MinuteCloses } from './minute-closes.js'
import type { RunRecorder } from './recorder.js'
import { version } from './version.js'

/** What is left when a run is over. */
export interface FinishedRun {
  readonly config: RunConfig
  readonly strategy: string
  readonly settings: unknown
  readonly dataset: Dataset
  readonly files: readonly DataFile[]
  readonly quoteTape: DatasetTape
  readonly calendar: ExchangeCalendar
  readonly recorder: RunRecorder
  readonly gates: GateKeeper
  readonly costs: OptionCosts
  readonly closes: MinuteCloses
  readonly played: ReplayProgress
  readonly impliesUnderlying: boolean
  /** SHA-256 of all files, by path. */
  readonly hashes: ReadonlyMap<string, string>
  /** What a user ought to know of how the files were read. */
  readonly warnings: readonly string[]
}

/** Puts the result of a run together. */
export function assembleResult(run: FinishedRun): BacktestResult {
  const { config, dataset, files, quoteTape, calendar, recorder, gates, played } = run
  const quoted = files.filter(({ dataset }) => dataset.startsWith('OPRA'))
  const from = config.from ?? quoted[0]?.from ?? ''
  const to = config.to ?? quoted.at(-1)?.to ?? from
  const tradingDays = calendar.sessions(from, to).map(({ date }) => date)
  const startingEquityMicros = toMicros(config.startingCash)
  const dailyEquity = fillDays(tradingDays, recorder.daily, startingEquityMicros)
  const have = new Set(
    quoted.flatMap((file) => calendar.sessions(file.from, file.to).map(({ date }) => date)),
  )
  const unhashed = {
    schemaVersion: 1 as const,
    period: { from, to, tradingDays },
    startingEquityMicros,
    endingEquityMicros: dailyEquity.at(-1)?.equityMicros ?? startingEquityMicros,
    equity: recorder.equity,
    dailyEquity,
    trades: recorder.trades,
    decisions: {
      signals: recorder.decisions.signals,
      abstains: Array.from(recorder.decisions.abstains, ([code, count]) => ({ code, count })),
      refusals: gates.refusals().map(({ gate, code, count }) => ({ gate, code, count })),
    },
    decisionLog: recorder.log.records,
    dataQuality: {
      records: quoteTape.stats.records,
      quotes: played.quotes,
      filtered: quoteTape.stats.filtered,
      dropped: quoteTape.stats.dropped,
      droppedSymbols: quoteTape.stats.droppedSymbols,
      missingDays: tradingDays.filter((day) => !have.has(day)),
      warnings: [...dataset.warnings, ...run.warnings, ...daysWithoutBars(run, have)],
    },
    assumptions: assumptionsOf(run),
    underlyingCloses: run.closes.days,
    ...(recorder.tapes === undefined ? {} : { quoteTapes: recorder.tapes.finish() }),
  }
  const { out: _out, workers: _workers, cache: _cache, ...settings } = config
  return {
    ...unhashed,
    manifest: {
      scalpVersion: version,
      strategy: { name: run.strategy, preset: config.preset ?? null, config: run.settings },
      settings,
      data: {
        directory: dataset.directory,
        isSynthetic: files.some(({ isSynthetic }) => isSynthetic),
        from,
        to,
        files: files.map((file) => describeFile(file, run.hashes)),
      },
      resultHash: hashResult(unhashed),
    },
  }
}

type FileRecord = BacktestResult['manifest']['data']['files'][number]

function describeFile(
  { path: file, dataset, schema, bytes }: DataFile,
  hashes: ReadonlyMap<string, string>,
): FileRecord {
  return { name: path.basename(file), dataset, schema, bytes, sha256: hashes.get(file) as string }
}

/** Bars of some days are no bars of the others: there the price of the underlying is unknown, and nothing is traded. */
function daysWithoutBars({ files, calendar }: FinishedRun, quoted: ReadonlySet<string>): string[] {
  const bars = files.filter(({ schema }) => schema.startsWith('ohlcv'))
  const known = new Set(bars.flatMap(({ from, to }) => calendar.sessions(from, to).map(({ date }) => date)))
  const missing = bars.length === 0 ? [] : [...quoted].filter((day) => !known.has(day))
  if (missing.length === 0) return []
  return [
    `No bars of the underlying on ${missing.length} of ${quoted.size} days, the first ${missing[0]}: nothing could be traded there.`,
  ]
}

/** Closing equity of every trading day; a day without events ends as the day before. */
function fillDays(
  days: readonly string[],
  daily: ReadonlyMap<string, number>,
  start: number,
): { date: string; equityMicros: number }[] {
  let equityMicros = start
  return days.map((date) => {
    equityMicros = daily.get(date) ?? equityMicros
    return { date, equityMicros }
  })
}

function slippageText({ slippageOfSpread, slippageAmount, slippagePct }: RunConfig['fills']): string {
  if (slippageOfSpread !== undefined) return `${slippageOfSpread * 100} % of the spread`
  return slippageAmount === undefined ? `${slippagePct} %` : `${slippageAmount} dollars a share`
}

function latencyText({
  orderLatencyMs,
  responseLatencyMs,
  feedLatencyMs,
  latencySigma,
  recordedLatency,
}: RunConfig['fills']): string {
  if (recordedLatency.length > 0)
    return `Latency is drawn from ${recordedLatency.length} recorded ones of feed, order and answer.`
  const medians = latencySigma === 0 ? '' : `, in the median of log-normal draws with sigma ${latencySigma}`
  const feed = feedLatencyMs === 0 ? '' : `Quotes reach us after ${feedLatencyMs} ms. `
  return `${feed}Orders take ${orderLatencyMs} ms to the venue, its news ${responseLatencyMs} ms back${medians}.`
}

/** What the simulation took for granted, in words. */
function assumptionsOf({ config, costs, impliesUnderlying, files }: FinishedRun): string[] {
  const { fills, gates, events } = config
  const isSampled = files.some(({ schema }) => schema.startsWith('cbbo'))
  const models = {
    nextQuote:
      'An order fills on the first quote received after it reached the venue, never on one that was there before.',
    queue:
      'An order fills on the first quote received after it reached the venue; a limit that rests also fills by trades, once what was displayed before it has traded.',
    freshOnly: 'An order fills at once on the standing quote if that is at most 5 s old, else not at all.',
    immediate:
      'An order fills at once on the standing quote, WHATEVER ITS AGE: on sampled data this buys at prices that are gone.',
  }
  return [
    models[fills.model],
    ...(isSampled
      ? [
          'Quotes are samples at the end of each interval. What happened in between is not known, and nothing is assumed about it.',
        ]
      : []),
    `A fill is ${slippageText(fills)} worse than the touch, but never worse than the order's limit.`,
    latencyText(fills),
    fills.participation === 0
      ? 'Displayed size is ignored.'
      : `Orders take at most ${fills.participation * 100} % of the displayed size of a quote.`,
    costs.description,
    impliesUnderlying
      ? 'There are no bars of the underlying: its price is derived from option quotes by put-call parity, once a sample.'
      : 'The price of the underlying is the close of a bar, known at the end of that bar.',
    'Contracts that expire settle at intrinsic value on the last price of the underlying.',
    `A quote may be ${gates.maxQuoteAgeMs / 1_000} s old when an entry is decided, plus the interval that it samples.`,
    ...(gates.minOpenInterest === 0 ? ['Open interest and volume are not asked for.'] : []),
    ...(isSampled
      ? [
          'Each fill on a sample carries bounds: its price on the samples before and after the order, and on the line between them. What happened between two samples beyond both is not bounded, and later decisions are not replayed with it.',
        ]
      : []),
    `A market exit that no quote has filled for ${fills.forcedExitMinutes} minutes, or until the bell, fills at the last mark and is flagged.`,
    events.halts.length === 0
      ? 'No halt of trading is known to the run.'
      : `Nothing fills during ${events.halts.length} halts.`,
    'What is in the money by a cent at expiry is exercised or assigned, in cash; AM contracts on the first price known a minute after the opening.',
    events.dividends.length === 0
      ? 'No dividend is known to the run: short calls are not assigned early.'
      : 'A short call is assigned the evening before a dividend larger than its time value.',
    fills.model === 'queue'
      ? 'No market impact. What is cancelled counts as behind us in the queue.'
      : 'No market impact, no queue position: a limit that rests fills when the far touch reaches it.',
  ]
}
