import { createRandom } from '@scalp/canonical'
import type { BacktestResult, TradeRecord } from '../src/result.js'

const DAY_US = 86_400_000_000
const OPEN_US = Date.UTC(2024, 6, 15, 13, 30) * 1000
const MINUTE_US = 60_000_000

/** A plausible, made result: `count` trades over `days` weekdays, the same for the same arguments. */
export function sampleResult(count = 120, days = 20, seed = 'sample'): BacktestResult {
  const random = createRandom(seed)
  const startingEquityMicros = 25_000_000_000
  let cash = startingEquityMicros
  const tradingDays: string[] = []
  const trades: TradeRecord[] = []
  const equity: BacktestResult['equity'] = []
  const dailyEquity: BacktestResult['dailyEquity'] = []
  const underlyingCloses: BacktestResult['underlyingCloses'] = []
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
        inputs: { confidence: 70 },
      })
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
  }
}
