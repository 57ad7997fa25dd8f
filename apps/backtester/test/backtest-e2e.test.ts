import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import {
  daysToExpiry,
  type Fill,
  type InstrumentIndex,
  InstrumentTable,
  type MarketSink,
  QuoteBuffer,
  type Right,
  type Tape,
  TradeBuffer,
  toMicros,
} from '@scalp/canonical'
import { createEngine } from '@scalp/engine'
import { createGateKeeper } from '@scalp/gates'
import { createExchangeCalendar } from '@scalp/market-data'
import { computeMetrics, groupTrades, type TradeRecord } from '@scalp/report'
import {
  ExitManager,
  PriceLevels,
  presets,
  rankContracts,
  riskSize,
  type ScalpSignal,
  SignalGenerator,
  scalpConfigSchema,
  VelocityTracker,
} from '@scalp/scalping'
import { createFlatCosts, replay, SimulatedBroker } from '@scalp/simulator'
import { defineStrategy, type StrategyContext } from '@scalp/strategy'
import { expect, test } from 'vitest'
import { DecisionLog } from '../src/decision-log.js'
import { RunRecorder } from '../src/recorder.js'

type Event = ['U', number, number] | ['Q', number, string, number, number]
interface Case {
  readonly id: string
  readonly config: Record<string, number> & { readonly dtePreference: readonly number[] }
  readonly delta: Readonly<Record<Right, number>>
  readonly events: readonly Event[]
  readonly expect: {
    readonly trades: readonly Record<string, unknown>[]
    readonly stats: Record<string, unknown>
  }
}

const shared =
  process.env['SCALP_FIXTURES'] ?? fileURLToPath(new URL('../../../../shared/fixtures', import.meta.url))
const folder = `${shared}/reference`
const isRequired = process.env['CI'] !== undefined && process.env['SCALP_REQUIRE_FIXTURES'] !== undefined
const cases = (existsSync(folder) ? readdirSync(folder) : [])
  .filter((name) => name.endsWith('.json'))
  .map(
    (name) =>
      JSON.parse(readFileSync(`${folder}/${name}`, 'utf8')) as { format?: { name?: string }; cases: Case[] },
  )
  .filter(({ format }) => format?.name === 'backtest_e2e')
  .flatMap((file) => file.cases)

test.skipIf(!existsSync(folder) && !isRequired)('the whole sessions of the reference are there', () => {
  expect(cases.length).toBeGreaterThan(0)
})

for (const given of cases) {
  test(`a whole session agrees with the reference: ${given.id}`, async () => {
    const { trades, exits, metrics, dailyEquity } = await play(given)
    const actual = trades.map((trade, at) => ({
      entryTime: trade.entryUs / 1_000,
      exitTime: trade.exitUs / 1_000,
      signalType: trade.right === 'C' ? 'SCALP_CALL' : 'SCALP_PUT',
      optionSymbol: trade.symbol,
      entryFill: trade.entryMicros / 1e6,
      exitFill: trade.exitMicros / 1e6,
      contracts: trade.contracts,
      exitReason: trade.exitReason,
      pnlDollars: trade.netMicros / 1e6,
      pnlPct: trade.pnlPct,
      confidence: trade.inputs['confidence'],
      equityAfter: trade.equityAfterMicros / 1e6,
      holdSeconds: trade.holdSeconds,
      ...exits[at],
    }))
    expect(actual).toHaveLength(given.expect.trades.length)
    for (const [at, trade] of given.expect.trades.entries()) same(actual[at], trade, `trade ${at}`)
    const stats: Record<string, unknown> = {
      ...metrics,
      totalTrades: metrics.trades,
      avgPnl: metrics.expectancy ?? 0,
      avgPnlPct: metrics.avgPnlPct ?? 0,
      avgHoldSeconds: metrics.avgHoldSeconds ?? 0,
      dailyEquity: Object.fromEntries(
        dailyEquity.map(({ date, equityMicros }) => [date, equityMicros / 1e6]),
      ),
    }
    const keys: Record<string, (trade: TradeRecord) => string> = {
      Trigger: ({ trigger }) => trigger,
      Exit: ({ exitReason }) => exitReason,
      Direction: ({ right }) => (right === 'C' ? 'SCALP_CALL' : 'SCALP_PUT'),
      Dte: ({ dte }) => String(dte),
    }
    for (const [name, keyOf] of Object.entries(keys)) {
      const groups = [...groupTrades(trades, keyOf)]
      for (const word of ['trades', 'pnl', 'winRate'] as const)
        stats[`${word}By${name}`] = Object.fromEntries(groups.map(([key, group]) => [key, group[word]]))
    }
    for (const [name, value] of Object.entries(given.expect.stats)) same(stats[name], value, name)
  })
}

/** Plays a case through replay, engine, simulated venue and recorder: fill model `immediate`, no fees, no latency. */
async function play({ config, delta, events }: Case) {
  const instruments = new InstrumentTable()
  const calendar = createExchangeCalendar()
  const costs = createFlatCosts(toMicros(config['feesPerContract'] ?? 0))
  const startingCashMicros = toMicros(config['startingEquity'] ?? 0)
  const recorder = new RunRecorder({ calendar, instruments, startingCashMicros, log: new DecisionLog(costs) })
  const broker = new SimulatedBroker({
    instruments,
    calendar,
    costs,
    fillModel: 'immediate',
    slippage: { kind: 'percent', percent: config['slippagePct'] ?? 0 },
    orderLatencyUs: 0,
    responseLatencyUs: 0,
    participation: 0,
  })
  const exits: { maxGainPct: number; maxDrawdownPct: number }[] = []
  const engine = createEngine({
    strategy: referenceScalper(config, delta, exits),
    config: {},
    underlyings: ['TSLA'],
    instruments,
    calendar,
    gates: createGateKeeper({ gates: [], idPrefix: 'e2e' }),
    broker,
    journal: recorder,
    startingCashMicros,
  })
  await replay({
    engine,
    broker,
    tapes: [tapeOf(events, instruments)],
    onMinute: (us) => recorder.sample(us, engine.account.equityMicros),
  })
  const dailyEquity = Array.from(recorder.daily, ([date, equityMicros]) => ({ date, equityMicros }))
  const { trades } = recorder
  const metrics = computeMetrics({
    startingEquityMicros: startingCashMicros,
    trades,
    dailyEquity,
    equity: recorder.equity,
  })
  return { trades, exits, metrics, dailyEquity }
}

/**
 * The reference's loop out of our parts: it also looks for a signal at each quote and at each exit, where the
 * published strategy waits for the next price, and takes deltas as given, where ours implies them.
 */
function referenceScalper(
  config: Case['config'],
  delta: Case['delta'],
  exits: { maxGainPct: number; maxDrawdownPct: number }[],
) {
  const rules = scalpConfigSchema.parse({
    ...presets.tuned,
    momentumThresholdPutPct: config['thresholdPutPct'],
    momentumThresholdCallPct: config['thresholdCallPct'],
    maxConfidence: config['maxConfidence'],
    maxDailySignals: config['maxDailySignals'],
    minSignalIntervalSeconds: config['minSignalIntervalSeconds'],
    cooldownAfterLossSeconds: config['lossCooldownSeconds'],
    breakout: false,
    countOn: 'signal',
    minDte: config['minDte'],
    maxDte: config['maxDte'],
    dtePreference: config.dtePreference,
    maxSpreadPct: config['maxSpreadPct'],
    maxContractPriceMicros: toMicros(config['maxContractPrice'] ?? 0),
    targetDelta: config['targetDelta'],
    deltaTolerance: config['deltaTolerance'],
    minOpenInterest: 0,
    takeProfitPct: config['takeProfitPct'],
    stopLossPct: config['stopLossPct'],
    timeStopMinutes: config['timeStopMinutes'],
    maxHoldMinutes: config['maxHoldMinutes'],
    exitPriority: ['take_profit', 'stop_loss', 'time_stop', 'time_exit'],
  })
  const window = config['windowSeconds'] ?? 30
  return defineStrategy<unknown>({
    contract: 1,
    name: 'reference-scalper',
    config: { '~standard': { version: 1, vendor: 'test', validate: () => ({ value: {} }) } },
    create(_config, context: StrategyContext) {
      const velocity = new VelocityTracker({ windows: [window] })
      const generator = new SignalGenerator(rules)
      const levels = new PriceLevels()
      let priceMicros = Number.NaN
      let exit: ExitManager | undefined
      let isSelling = false
      let lastCash = context.account.cashMicros
      const size = (askMicros: number): number =>
        riskSize({
          equityMicros: context.account.cashMicros,
          riskPct: config['riskPerTradePct'] ?? 0,
          priceMicros: askMicros * (1 + (config['slippagePct'] ?? 0) / 100),
          stopLossPct: rules.stopLossPct,
          maxContracts: config['maxContracts'] ?? 0,
        })
      const choose = (right: Right) => {
        const today = context.calendar.tradingDate(context.nowUs)
        const rows = context.instruments.options('TSLA').flatMap((instrument) => {
          const listed = context.instruments.get(instrument)
          if (listed.kind !== 'option' || listed.option.right !== right) return []
          return {
            instrument,
            symbol: listed.symbol,
            strikeMicros: listed.option.strikeThousandths * 1_000,
            dte: daysToExpiry(listed.option.expiry, today),
            bidMicros: context.quotes.bidMicros(instrument),
            askMicros: context.quotes.askMicros(instrument),
            askSize: Number.NaN,
            openInterest: Number.NaN,
            volume: Number.NaN,
            quoteAgeMs: 0,
          }
        })
        return rankContracts(rows, priceMicros, () => delta[right], rules)
      }
      const evaluate = (): undefined => {
        const signal: ScalpSignal | undefined = generator.evaluate({
          nowUs: context.nowUs,
          tradingDate: context.calendar.tradingDate(context.nowUs),
          priceMicros,
          previousMicros: Number.NaN,
          velocityPct: velocity.changePct(window),
          vwapMicros: Number.NaN,
          levels,
          hasVolume: false,
          volumeRatio: () => Number.NaN,
          breakLevel: (level) => levels.remove(level),
          blocked: () => undefined,
          choose,
        })
        if (signal === undefined) return
        const { row } = signal.choice
        context.submit({
          instrument: row.instrument,
          side: 'buy',
          contracts: size(row.askMicros),
          tag: signal.trigger,
          inputs: { confidence: signal.confidence },
        })
      }
      const step = (): undefined => {
        const [held] = context.positions.open()
        if (held === undefined) return context.workingOrders === 0 ? evaluate() : undefined
        if (exit === undefined || isSelling) return
        const reason = exit.check({
          nowUs: context.nowUs,
          bidMicros: context.quotes.bidMicros(held.instrument),
          velocityPct: Number.NaN,
          closeUs: Number.NaN,
          quoteUs: context.nowUs,
        })
        if (reason === undefined) return
        isSelling = true
        context.submit({ instrument: held.instrument, side: 'sell', contracts: held.contracts, tag: reason })
      }
      return {
        onUnderlying(underlying) {
          priceMicros = underlying.priceMicros
          velocity.add(context.nowUs, priceMicros)
          step()
        },
        onQuote: () => step(),
        onFill({ side, priceMicros: paid, receivedUs, instrument }: Fill) {
          if (side === 'buy') {
            const listed = context.instruments.get(instrument)
            const direction = listed.kind === 'option' && listed.option.right === 'P' ? 'down' : 'up'
            exit = new ExitManager(rules, {
              openedUs: receivedUs,
              priceMicros: paid,
              direction,
              expiryUs: Infinity,
            })
            return
          }
          if (exit !== undefined)
            exits.push({ maxGainPct: exit.maxGainPct, maxDrawdownPct: exit.maxDrawdownPct })
          exit = undefined
          isSelling = false
          /** The bought and sold amounts are whole trades, so cash tells whether it lost. */
          const made = context.account.cashMicros - lastCash
          lastCash = context.account.cashMicros
          generator.onClosed(receivedUs, made)
          evaluate()
        },
      }
    },
  })
}

/** The events of a case as a tape; an underlying's price is a trade of it. */
function tapeOf(events: readonly Event[], instruments: InstrumentTable): Tape {
  const quote = new QuoteBuffer()
  const trade = new TradeBuffer()
  let at = 0
  let isLoaded = false
  return {
    get receivedUs() {
      const event = isLoaded ? events[at] : undefined
      return event === undefined ? Number.POSITIVE_INFINITY : event[1] * 1_000
    },
    emit(sink: MarketSink) {
      const event = events[at++] as Event
      const us = event[1] * 1_000
      if (event[0] === 'U') {
        const instrument: InstrumentIndex = instruments.underlying('TSLA')
        sink.onTrade(
          Object.assign(trade, {
            instrument,
            receivedUs: us,
            sourceUs: us,
            priceMicros: toMicros(event[2]),
            size: 1,
          }),
        )
        return
      }
      const [, , symbol, bid, ask] = event
      const sides = { bidMicros: toMicros(bid), askMicros: toMicros(ask), bidSize: 1, askSize: 1 }
      sink.onQuote(
        Object.assign(
          quote,
          { instrument: instruments.requireOption(symbol), receivedUs: us, sourceUs: us },
          sides,
        ),
      )
    },
    refill() {
      isLoaded = true
      return Promise.resolve(at < events.length)
    },
    close: () => Promise.resolve(),
  }
}

/** Equal within what the vectors ask: 1e-9 of the value, or 1e-7. */
function same(actual: unknown, wanted: unknown, what: string): void {
  if (typeof wanted === 'number') {
    const error = Math.abs((actual as number) - wanted)
    expect(
      error <= Math.max(1e-7, 1e-9 * Math.abs(wanted)),
      `${what}: ${String(actual)} is not ${wanted}`,
    ).toBe(true)
  } else if (typeof wanted === 'object' && wanted !== null) {
    for (const [key, value] of Object.entries(wanted))
      same((actual as Record<string, unknown> | undefined)?.[key], value, `${what}.${key}`)
  } else expect(actual, what).toEqual(wanted)
}
