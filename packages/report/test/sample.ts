import { createRandom } from '@scalp/canonical'
import type { BacktestResult, QuoteTape, TradeRecord } from '../src/result.js'
import type { Study } from '../src/study.js'

const DAY_US = 86_400_000_000
const OPEN_US = Date.UTC(2024, 6, 15, 13, 30) * 1000
const MINUTE_US = 60_000_000

/** A plausible, made result: `count` trades over `days` weekdays, the same for the same arguments. */
export function sampleResult(count = 120, days = 20, seed = 'sample'): BacktestResult {
  const { quoteTapes: _, study: __, ...result } = richResult(count, days, seed)
  return { ...result, trades: result.trades.map(({ bounds: ___, ...trade }) => trade) }
}

/** The same with bounds and quotes of each trade, and a study. */
export function richResult(count = 120, days = 20, seed = 'sample'): BacktestResult {
  const random = createRandom(seed)
  const startingEquityMicros = 25_000_000_000
  let cash = startingEquityMicros
  const tradingDays: string[] = []
  const trades: TradeRecord[] = []
  const equity: BacktestResult['equity'] = []
  const dailyEquity: BacktestResult['dailyEquity'] = []
  const underlyingCloses: BacktestResult['underlyingCloses'] = []
  const quoteTapes: QuoteTape[] = []
  let price = 550
  for (let calendar = 0; tradingDays.length < days; calendar++) {
    const openUs = OPEN_US + calendar * DAY_US
    const date = new Date(openUs / 1000).toISOString().slice(0, 10)
    const weekday = new Date(openUs / 1000).getUTCDay()
    if (weekday === 0 || weekday === 6) continue
    const today = Math.floor(((tradingDays.length + 1) * count) / days) - trades.length
    tradingDays.push(date)
    const closesMicros = Array.from({ length: 390 }, () => {
      price += (random() - 0.5) * 0.4
      return Math.round(price * 1e6)
    })
    underlyingCloses.push({ symbol: 'SPY', date, startUs: openUs, stepUs: MINUTE_US, closesMicros })
    equity.push({ atUs: openUs, equityMicros: cash })
    for (let index = 0; index < today; index++) {
      const minute = Math.min(370, Math.floor(((index + random()) / Math.max(1, today)) * 370))
      const entryUs = openUs + minute * MINUTE_US
      const holdSeconds = 30 + Math.floor(random() * 900)
      const entryMicros = 1_000_000 + Math.floor(random() * 200) * 10_000
      const grossMicros = Math.floor((random() - 0.47) * 60) * 1_000_000
      const feesMicros = 1_400_000
      const netMicros = grossMicros - feesMicros
      const pick = random()
      const underlying = closesMicros[minute] ?? 0
      trades.push({
        symbol: `SPY240719${pick < 0.5 ? 'C' : 'P'}00550000`,
        underlying: 'SPY',
        expiry: date,
        right: pick < 0.5 ? 'C' : 'P',
        strikeThousandths: 550_000,
        dte: Math.floor(random() * 3),
        side: 'long',
        contracts: 1,
        trigger: ['momentum_burst', 'vwap_bounce', 'breakout'][Math.floor(random() * 3)] ?? 'breakout',
        exitReason: netMicros > 0 ? 'take_profit' : random() < 0.5 ? 'stop_loss' : 'time_stop',
        signalUs: entryUs - 50_000,
        entryUs,
        exitUs: entryUs + holdSeconds * 1_000_000,
        entryMicros,
        exitMicros: entryMicros + grossMicros / 100,
        entryBidMicros: entryMicros - 20_000,
        entryAskMicros: entryMicros,
        spreadPct: (20_000 / (entryMicros - 10_000)) * 100,
        feesMicros,
        grossMicros,
        netMicros,
        pnlPct: netMicros / entryMicros,
        maxGainPct: Math.max(0, grossMicros / entryMicros) + random() * 5,
        maxDrawdownPct: random() * 15,
        holdSeconds,
        entryQuoteAgeMs: Math.floor(random() * 900),
        exitQuoteAgeMs: Math.floor(random() * 900),
        underlyingAtEntryMicros: underlying,
        underlyingAtExitMicros: underlying,
        equityBeforeMicros: cash,
        equityAfterMicros: cash + netMicros,
        inputs: {
          confidence: 70,
          score: 11.5,
          ranking: 'SPY240719C00550000 11.500, SPY240719C00551000 9.000',
        },
        bounds: {
          bestMicros: netMicros + 1_000_000,
          expectedMicros: netMicros,
          worstMicros: netMicros - 1_500_000,
        },
      })
      quoteTapes.push(tapeOf(trades.length - 1, entryUs, holdSeconds, entryMicros, grossMicros / 100))
      cash += netMicros
      equity.push({ atUs: entryUs + holdSeconds * 1_000_000, equityMicros: cash })
    }
    equity.sort((a, b) => a.atUs - b.atUs)
    dailyEquity.push({ date, equityMicros: cash })
  }
  const from = tradingDays[0] ?? ''
  const to = tradingDays.at(-1) ?? ''
  return {
    schemaVersion: 1,
    manifest: {
      scalpVersion: '0.0.0',
      strategy: { name: 'sample', preset: null, config: { minConfidence: 65 } },
      settings: { fillModel: 'nextQuote' },
      data: { directory: 'made', isSynthetic: true, from, to, files: [] },
      resultHash: '0'.repeat(64),
    },
    period: { from, to, tradingDays },
    startingEquityMicros,
    endingEquityMicros: cash,
    equity,
    dailyEquity,
    trades,
    decisions: {
      signals: count + 40,
      abstains: [{ code: 'cooldown', count: 12 }],
      refusals: [{ gate: 'spread', code: 'too_wide', count: 40 }],
    },
    dataQuality: {
      records: 100_000,
      quotes: 98_000,
      filtered: 1_500,
      dropped: 500,
      droppedSymbols: ['<b>odd</b>'],
      missingDays: [],
      warnings: [],
    },
    assumptions: ['Fills at the ask of the next quote.', 'Fees of 0.70 dollars a contract and side.'],
    underlyingCloses,
    quoteTapes,
    study: sampleStudy(tradingDays),
  }
}

/** Twenty quotes from two minutes before the entry until a minute after the exit, moving evenly. */
function tapeOf(
  trade: number,
  entryUs: number,
  holdSeconds: number,
  entryMicros: number,
  gain: number,
): QuoteTape {
  const count = 20
  const places = Array.from({ length: count }, (_, place) => place / (count - 1))
  const mid = (place: number): number =>
    entryMicros + Math.round(gain * place * (1 + Math.sin(place * 9) / 3))
  return {
    trade,
    startUs: entryUs - 120e6,
    atMs: places.map((place) => Math.round(place * (180 + holdSeconds) * 1_000)),
    bidMicros: places.map((place) => mid(place) - 10_000),
    askMicros: places.map((place) => mid(place) + 10_000),
    bidSize: places.map((_, place) => 10 + place),
    askSize: places.map((_, place) => 12 + place),
    entrySize: 15 + (trade % 40),
    exitSize: 12 + (trade % 30),
  }
}

function sampleStudy(days: readonly string[]): Study {
  const x = { name: 'takeProfitPct', values: [10, 15, 20, 25, 30, 40] }
  const y = { name: 'stopLossPct', values: [5, 10, 15, 20] }
  const at = (share: number): string => days[Math.floor((days.length - 1) * share)] ?? ''
  return {
    name: 'sample sweep',
    surfaces: [
      {
        figure: 'Sharpe ratio',
        unit: 'a year',
        x,
        y,
        cells: y.values.map((_, row) =>
          x.values.map((__, column) =>
            row === 3 && column === 5 ? null : 1.6 - Math.hypot(row - 1, column - 3) * 0.7,
          ),
        ),
        trades: y.values.map((_, row) => x.values.map((__, column) => 80 + row * 4 + column)),
        chosen: { x: 3, y: 1 },
        note: '',
      },
    ],
    walkForward: [
      {
        kind: 'rolling',
        figure: 'Sharpe',
        purgeDays: 1,
        embargoDays: 1,
        windows: [0, 0.2, 0.4, 0.6].map((from, place) => ({
          trainFrom: at(from),
          trainTo: at(from + 0.2),
          testFrom: at(from + 0.2),
          testTo: at(from + 0.4),
          settings: { takeProfitPct: 20 + place * 5, stopLossPct: 10 },
          train: 1.9 - place * 0.2,
          test: place === 2 ? -0.4 : 0.8,
          trades: 40 + place,
          netMicros: place === 2 ? -120e6 : 310e6,
        })),
      },
    ],
    ledger: {
      trials: 240,
      effectiveTrials: 31.5,
      sharpeVariance: 0.004,
      overfitting: 0.38,
      realityCheck: 0.21,
      superiorAbility: 0.17,
    },
  }
}
