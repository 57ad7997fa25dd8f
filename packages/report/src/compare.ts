import { type Evidence, weighEvidence } from './evidence.js'
import { computeMetrics, type Metrics } from './metrics.js'
import type { BacktestResult, TradeRecord } from './result.js'

/** A figure of two runs. */
export interface ComparedFigure {
  readonly name: string
  /** `#` counts. */
  readonly unit: '$' | '%' | '#' | ''
  readonly a: number | null
  readonly b: number | null
  /** `b - a`; null where either is unknown. */
  readonly change: number | null
  /** True where more of it is better, false where less is; undefined where neither is. */
  readonly moreIsBetter?: boolean
}

/** A setting that differs, by its path; undefined where a run does not have it. */
export interface ComparedSetting {
  readonly path: string
  readonly a: unknown
  readonly b: unknown
}

/** Trades of a group in two runs. */
export interface ComparedTrades {
  readonly both: number
  readonly onlyA: readonly TradeRecord[]
  readonly onlyB: readonly TradeRecord[]
  /** Net micro-dollars that the trades of both made in each. */
  readonly bothMicros: readonly [number, number]
}

/** Two runs side by side. */
export interface Comparison {
  readonly figures: readonly ComparedFigure[]
  readonly settings: readonly ComparedSetting[]
  readonly trades: ComparedTrades
  readonly refusals: readonly {
    readonly gate: string
    readonly code: string
    readonly a: number
    readonly b: number
  }[]
  readonly isSameData: boolean
  readonly isSamePeriod: boolean
  readonly isSameResult: boolean
}

/**
 * Puts two runs side by side. Trades are the same when contract and the minute of the decision are: fills differ by
 * what is compared.
 */
export function compareResults(a: BacktestResult, b: BacktestResult): Comparison {
  const hashes = ({ manifest }: BacktestResult): string =>
    manifest.data.files
      .map(({ sha256 }) => sha256)
      .sort()
      .join(' ')
  return {
    figures: compareFigures(a, b),
    settings: compareSettings(settingsOf(a), settingsOf(b)),
    trades: compareTrades(a.trades, b.trades),
    refusals: compareRefusals(a, b),
    isSameData: hashes(a) === hashes(b),
    isSamePeriod: a.period.from === b.period.from && a.period.to === b.period.to,
    isSameResult: a.manifest.resultHash === b.manifest.resultHash,
  }
}

type Measured = Metrics & { readonly evidence: Evidence }

function measure(result: BacktestResult): Measured {
  return { ...computeMetrics(result), evidence: weighEvidence(result) }
}

function compareFigures(a: BacktestResult, b: BacktestResult): ComparedFigure[] {
  const [of, and] = [measure(a), measure(b)]
  const figure = (
    name: string,
    unit: ComparedFigure['unit'],
    read: (measured: Measured) => number | null,
    moreIsBetter?: boolean,
  ): ComparedFigure => {
    const [left, right] = [read(of), read(and)]
    return {
      name,
      unit,
      a: left,
      b: right,
      change: left === null || right === null ? null : right - left,
      ...(moreIsBetter === undefined ? {} : { moreIsBetter }),
    }
  }
  return [
    figure('Net profit', '$', (m) => m.totalPnl, true),
    figure('Return', '%', (m) => m.totalReturnPct, true),
    figure('Trades', '#', (m) => m.trades),
    figure('Win rate', '%', (m) => (m.evidence.isThin ? null : m.winRate * 100), true),
    figure('A trade makes', '$', (m) => (m.evidence.isThin ? null : m.expectancy), true),
    figure('At least, with 95 %', '$', (m) => m.evidence.expectancy?.low ?? null, true),
    figure('Profit factor', '', (m) => (m.evidence.isThin ? null : m.profitFactor), true),
    figure('Fees', '$', (m) => m.totalFees, false),
    figure('Max drawdown', '%', (m) => m.maxDrawdownPct, false),
    figure('Sharpe ratio, a year', '', (m) => m.evidence.sharpe.sharpe, true),
    figure(
      'Sharpe ratio above 0',
      '%',
      (m) => (m.evidence.sharpe.probabilistic === null ? null : m.evidence.sharpe.probabilistic * 100),
      true,
    ),
    figure('Fills at their worst', '$', (m) => m.bounds?.worst ?? null, true),
    figure('Minutes held', '', (m) => (m.avgHoldSeconds === null ? null : m.avgHoldSeconds / 60)),
    figure('Time in the market', '%', (m) => m.exposurePct),
  ]
}

function settingsOf({ manifest, startingEquityMicros }: BacktestResult): unknown {
  const { settings, strategy } = manifest
  return {
    ...settings,
    strategy: strategy.name,
    preset: strategy.preset,
    config: strategy.config,
    startingEquityMicros,
  }
}

function compareSettings(a: unknown, b: unknown, path = ''): ComparedSetting[] {
  if (isObject(a) && isObject(b)) {
    const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort()
    return keys.flatMap((key) => compareSettings(a[key], b[key], path === '' ? key : `${path}.${key}`))
  }
  return JSON.stringify(a) === JSON.stringify(b) ? [] : [{ path, a, b }]
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function compareTrades(a: readonly TradeRecord[], b: readonly TradeRecord[]): ComparedTrades {
  const keyOf = ({ symbol, side, signalUs }: TradeRecord): string =>
    `${symbol} ${side} ${Math.floor(signalUs / 60e6)}`
  const left = new Map<string, TradeRecord[]>()
  for (const trade of a) left.set(keyOf(trade), [...(left.get(keyOf(trade)) ?? []), trade])
  const onlyB: TradeRecord[] = []
  const bothMicros: [number, number] = [0, 0]
  let both = 0
  for (const trade of b) {
    const match = left.get(keyOf(trade))?.shift()
    if (match === undefined) onlyB.push(trade)
    else {
      both++
      bothMicros[0] += match.netMicros
      bothMicros[1] += trade.netMicros
    }
  }
  return { both, onlyA: [...left.values()].flat().sort((x, y) => x.entryUs - y.entryUs), onlyB, bothMicros }
}

function compareRefusals(a: BacktestResult, b: BacktestResult): Comparison['refusals'] {
  const counts = new Map<string, { gate: string; code: string; a: number; b: number }>()
  const add = ({ decisions }: BacktestResult, side: 'a' | 'b'): void => {
    for (const { gate, code, count } of [
      ...decisions.refusals,
      ...decisions.abstains.map((one) => ({ ...one, gate: 'strategy' })),
    ]) {
      const entry = counts.get(`${gate} ${code}`) ?? { gate, code, a: 0, b: 0 }
      entry[side] += count
      counts.set(`${gate} ${code}`, entry)
    }
  }
  add(a, 'a')
  add(b, 'b')
  return [...counts.values()].sort((x, y) => Math.abs(y.b - y.a) - Math.abs(x.b - x.a))
}
