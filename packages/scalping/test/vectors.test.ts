import { type InstrumentIndex, type Right, toMicros } from '@scalp/canonical'
import { describe, expect, test } from 'vitest'
import {
  breakoutSignal,
  type ContractRow,
  EXIT_PRIORITY,
  ExitManager,
  PriceLevels,
  positionSize,
  rankContracts,
  riskSize,
  SessionVwap,
  SignalGenerator,
  tieredRiskPct,
  VelocityTracker,
  VolumeAnalyzer,
  vwapSignal,
} from '../src/index.js'
import { type Case, hasShared, ownCases, sharedCases } from './vectors.js'

const checks: Record<string, (given: Case) => void> = {
  velocity: checkVelocity,
  volume: checkVolume,
  vwap: checkVwap,
  technical: checkTechnical,
  option_selection: checkSelection,
  momentum_burst: checkBurst,
  exits: checkExits,
  sizing: checkSizing,
}

for (const [format, check] of Object.entries(checks)) {
  describe(format, () => {
    test('our own vectors hold', () => {
      const cases = ownCases(format)
      expect(cases.length).toBeGreaterThan(0)
      for (const given of cases) check(given)
    })
    test.skipIf(!hasShared)('every shared vector holds', () => {
      const cases = sharedCases(format)
      expect(cases.length).toBeGreaterThan(0)
      for (const given of cases) check(given)
    })
  })
}

/** Equal within 1e-9, absolute or relative; a null stands for our NaN. */
function near(actual: number | undefined, wanted: number | null, what: string, tolerance = 1e-9): void {
  if (wanted === null) {
    expect(actual === undefined || Number.isNaN(actual), what).toBe(true)
    return
  }
  const error = Math.abs((actual ?? Number.NaN) - wanted)
  expect(
    error <= tolerance || error <= tolerance * Math.abs(wanted),
    `${what}: ${actual} is not ${wanted}`,
  ).toBe(true)
}

function checkVelocity({ id, maxHistorySeconds, windows, ticks, checks: points, spike }: Case): void {
  const all = [...new Set([...windows, spike.windowSeconds])]
  const tracker = new VelocityTracker({ windows: all, maxHistorySeconds })
  const scored = new VelocityTracker({ windows, maxHistorySeconds })
  const events: Case[] = []
  for (const [at, [ms, price]] of ticks.entries()) {
    tracker.add(ms * 1_000, toMicros(price))
    scored.add(ms * 1_000, toMicros(price))
    const found = tracker.spike(spike)
    if (found !== undefined) events.push({ at, ...found })
    const point = points.find((each: Case) => each.afterTick === at)
    if (point === undefined) continue
    expect(tracker.length, `${id} ${at}`).toBe(point.priceCount)
    expect(scored.momentumScore(), `${id} ${at}`).toBe(point.momentumScore)
    for (const window of windows) {
      const wanted = point.readings[window]
      const reading = tracker.velocity(window)
      if (wanted === null) {
        expect(reading, `${id} ${at} ${window}`).toBeUndefined()
        continue
      }
      near(reading?.changePct, wanted.changePct, `${id} ${at} ${window}`)
      near((reading?.changeMicros ?? Number.NaN) / 1e6, wanted.changeDollars, `${id} dollars`)
      if ('speed' in wanted) near(reading?.speedPct, wanted.speed, `${id} speed`)
      if ('direction' in wanted) expect(reading?.direction).toBe(wanted.direction)
      if ('dataPoints' in wanted) expect(reading?.dataPoints).toBe(wanted.dataPoints)
      if ('significant' in wanted) expect(reading?.isSignificant).toBe(wanted.significant)
    }
  }
  expect(events.length, `${id} spikes`).toBe(spike.events.length)
  for (const [at, wanted] of spike.events.entries()) {
    near(events[at].changePct, wanted.changePct, `${id} spike`)
    expect(events[at].direction).toBe(wanted.direction)
  }
}

function checkVolume({
  id,
  mode,
  baselineWindowMinutes,
  spikeRatioThreshold,
  bars,
  expect: wanted,
}: Case): void {
  const analyzer = new VolumeAnalyzer({ mode, baselineMinutes: baselineWindowMinutes })
  const symbols: string[] = []
  for (const [ms, symbol, right, volume] of bars) {
    if (!symbols.includes(symbol)) symbols.push(symbol)
    analyzer.add(ms * 1_000, symbols.indexOf(symbol) as InstrumentIndex, right, volume)
  }
  const index = (symbol: string) => symbols.indexOf(symbol) as InstrumentIndex
  for (const [symbol, ratios] of Object.entries<Case>(wanted.ratios)) {
    for (const [minutes, ratio] of Object.entries<number>(ratios)) {
      near(analyzer.ratio(index(symbol), Number(minutes)), ratio, `${id} ${symbol} ${minutes}`)
    }
  }
  for (const [symbol, baseline] of Object.entries<number>(wanted.baselinePerMinute)) {
    near(analyzer.baselinePerMinute(index(symbol)), baseline, `${id} ${symbol}`)
  }
  const spikes = wanted.spikes.map((spike: Case) => spike.contract ?? spike)
  const found = analyzer.spikes(spikeRatioThreshold).map(({ instrument }) => symbols[instrument])
  expect(new Set(found), id).toEqual(new Set(spikes))
  for (const [minutes, ratio] of Object.entries<number>(wanted.putCallRatio)) {
    near(analyzer.putCallRatio(Number(minutes)), ratio, id)
  }
  for (const [minutes, { call, put }] of Object.entries<Case>(wanted.byType)) {
    expect(analyzer.volume('C', Number(minutes)), id).toBe(call)
    expect(analyzer.volume('P', Number(minutes)), id).toBe(put)
  }
}

function checkVwap({ id, bandStd, resetBefore, bars, checks: points }: Case): void {
  const session = new SessionVwap({ bandStd })
  const rolling = new SessionVwap({ bandStd, mode: 'rolling100' })
  for (const [at, [, price, volume]] of bars.entries()) {
    for (const each of [session, rolling]) {
      if (resetBefore.includes(at)) each.reset()
      each.add(price * 1e6, volume)
    }
    for (const point of points.filter(({ after }: Case) => after === at)) {
      near(session.vwapMicros / 1e6, point.vwap, `${id} ${at} vwap`)
      near(session.highMicros / 1e6, point.high, `${id} ${at} high`)
      near(session.lowMicros / 1e6, point.low, `${id} ${at} low`)
      near(session.openMicros / 1e6, point.open, `${id} ${at} open`)
      expect(session.volume).toBe(point.volume)
      for (const [name, each] of [
        ['session', session],
        ['rolling', rolling],
      ] as const) {
        if (point[name] === null || point[name] === undefined) continue
        near((each.bands()?.upperMicros ?? Number.NaN) / 1e6, point[name].upper, `${id} ${at} ${name}`, 1e-6)
        near((each.bands()?.lowerMicros ?? Number.NaN) / 1e6, point[name].lower, `${id} ${at} ${name}`, 1e-6)
      }
    }
  }
}

function checkTechnical(given: Case): void {
  const { id, kind, expect: wanted } = given
  if (kind === 'vwapSignal') {
    const found = vwapSignal(given.price, given.vwap, given.velocityPct)
    expect(found?.trigger ?? null, id).toBe(wanted?.signalType ?? null)
    if (wanted === null) return
    expect(found, id).toMatchObject({ direction: wanted.direction, confidence: wanted.confidence })
    near(found?.distancePct, wanted.distancePct, id)
  } else if (kind === 'levels') {
    const levels = new PriceLevels({ thresholdPct: given.thresholdPct, maxLevels: given.maxLevels })
    for (const [at, price] of given.prices.entries()) levels.addPoint(at * 1e6, price)
    const plain = ({ priceMicros: price, strength }: Case) => ({ price, strength })
    expect(levels.supports.map(plain), id).toEqual(wanted.support)
    expect(levels.resistances.map(plain), id).toEqual(wanted.resistance)
    const last = given.prices.at(-1)
    expect(levels.nearestSupport(last)?.priceMicros ?? null, id).toBe(wanted.nearestSupport)
    expect(levels.nearestResistance(last)?.priceMicros ?? null, id).toBe(wanted.nearestResistance)
  } else {
    const levels = new PriceLevels()
    const { type, price, strength } = given.level
    const sign = type === 'support' ? -1 : 1
    for (let count = 0; count < strength; count++) {
      for (const step of [-2, -1, 0, -1, -2]) levels.addPoint(0, price + sign * step)
    }
    const found = breakoutSignal(
      levels,
      given.previousPrice,
      given.price,
      given.velocityPct,
      given.volumeRatio,
    )
    expect(found?.direction ?? null, id).toBe(wanted?.direction ?? null)
    if (wanted !== null) expect(found?.confidence, id).toBe(wanted.confidence)
  }
}

function toRow({ symbol, strike, dte, bid, ask }: Case, at: number): ContractRow {
  return {
    instrument: at as InstrumentIndex,
    symbol,
    strikeMicros: toMicros(strike),
    dte,
    bidMicros: toMicros(bid),
    askMicros: toMicros(ask),
    askSize: 1_000,
    openInterest: Number.NaN,
    volume: Number.NaN,
    quoteAgeMs: 0,
  }
}

function choose(chain: Case[], right: Right, underlying: number, config: Case) {
  return rankContracts(
    chain.map(toRow).filter((_row, at) => chain[at].right === right),
    toMicros(underlying),
    ({ instrument }) => chain[instrument].delta,
    {
      selectionMode: config.mode ?? 'dtePreference',
      dtePreference: config.dtePreference ?? [],
      dteUnit: 'calendar',
      minDte: config.minDte,
      maxDte: config.maxDte,
      targetDelta: config.targetDelta,
      deltaTolerance: config.deltaTolerance,
      maxSpreadPct: config.maxSpreadPct,
      maxContractPriceMicros: toMicros(config.maxContractPrice),
      minOpenInterest: 100,
      minVolume: 0,
      requireOpenInterest: false,
      maxQuoteAgeMs: 5_000,
      minAskSize: 0,
    },
  )
}

function checkSelection({ id, config, right, underlyingPrice, chain, expect: wanted }: Case): void {
  const { chosen, ranked, rejected } = choose(chain, right, underlyingPrice, config)
  expect(chosen?.row.symbol ?? null, id).toBe(wanted.chosen)
  expect(
    ranked.map(({ row }) => row.symbol),
    id,
  ).toEqual(wanted.ranking.map(({ symbol }: Case) => symbol))
  for (const [at, { score }] of wanted.ranking.entries()) near(ranked[at]?.score, score, id)
  expect(ranked.length + rejected.length).toBe(chain.filter((each: Case) => each.right === right).length)
}

function checkBurst({ id, config, days }: Case): void {
  const generator = new SignalGenerator({
    enabled: true,
    momentumThresholdPutPct: config.thresholdPutPct,
    momentumThresholdCallPct: config.thresholdCallPct,
    volumeSpikeRatio: 1.5,
    volumeRelax: 0.5,
    volumeConfirmation: 'neutral',
    maxConfidence: config.maxConfidence,
    maxDailySignals: config.maxDailySignals,
    minSignalIntervalSeconds: config.minSignalIntervalSeconds,
    cooldownAfterLossSeconds: config.lossCooldownSeconds,
    vwapBounce: config.vwapSignals,
    vwapRejection: config.vwapSignals,
    breakout: config.breakoutSignals,
    confirmationSeconds: null,
    countOn: 'signal',
  })
  const velocity = new VelocityTracker({ windows: [config.windowSeconds] })
  const levels = new PriceLevels()
  for (const { date, chain, ticks, events, expect: wanted } of days) {
    const signals: Case[] = []
    for (const [at, [ms, price]] of ticks.entries()) {
      const nowUs = ms * 1_000
      velocity.add(nowUs, toMicros(price))
      for (const event of events) {
        if (event.beforeEvaluationOfTick === at) generator.onClosed(nowUs, -1)
      }
      const signal = generator.evaluate({
        nowUs,
        tradingDate: date,
        priceMicros: toMicros(price),
        previousMicros: Number.NaN,
        velocityPct: velocity.changePct(config.windowSeconds),
        vwapMicros: Number.NaN,
        levels,
        hasVolume: false,
        volumeRatio: () => Number.NaN,
        breakLevel: (level) => levels.remove(level),
        blocked: () => undefined,
        choose: (right) => choose(chain, right, price, config),
      })
      if (signal !== undefined) signals.push({ at, signal })
    }
    expect(
      signals.map(({ at }) => at),
      `${id} ${date}`,
    ).toEqual(wanted.signals.map(({ tick }: Case) => tick))
    for (const [at, want] of wanted.signals.entries()) {
      const { signal } = signals[at]
      expect(signal.right, id).toBe(want.signalType === 'SCALP_PUT' ? 'P' : 'C')
      expect(signal.trigger).toBe(want.trigger)
      expect(signal.confidence).toBe(want.confidence)
      expect(signal.choice.row.symbol).toBe(want.optionSymbol)
      near(signal.velocityPct, want.velocityPct, id)
      near(signal.marginPct, want.velocityMargin, id)
      near(signal.choice.delta, want.delta, id)
      near(signal.choice.spreadPct, want.spreadPct, id)
    }
  }
}

const VELOCITIES: Record<string, number> = { up: 1, down: -1, flat: 0 }

function checkExits({ id, engine, entry, config, path, expect: wanted }: Case): void {
  const isLive = engine === 'live'
  const fill = isLive ? entry.price : entry.ask * (1 + entry.slippagePct / 100)
  const openedUs = entry.time * 1_000
  const manager = new ExitManager(
    {
      takeProfitPct: config.takeProfitPct,
      stopLossPct: config.stopLossPct,
      trailingActivationPct: config.trailingActivationPct,
      trailingDistancePct: config.trailingDistancePct ?? 8,
      momentumReversal: config.momentumReversal,
      reversalThresholdPct: 0.05,
      reversalMinHoldSeconds: 0,
      timeStopMinutes: config.timeStopMinutes,
      maxHoldMinutes: isLive ? config.maxHoldSeconds && config.maxHoldSeconds / 60 : config.maxHoldMinutes,
      marketCloseExitMinutes: 1,
      expirationExitMinutes: 5,
      maxQuoteSilenceSeconds: null,
      exitPriority: EXIT_PRIORITY,
    },
    {
      openedUs,
      priceMicros: fill * 1e6,
      direction: entry.signalType === 'SCALP_PUT' ? 'down' : 'up',
      expiryUs: Number.POSITIVE_INFINITY,
    },
  )
  let exit: Case = null
  for (const [index, [ms, bid, direction]] of path.entries()) {
    const reason = manager.check({
      nowUs: ms * 1_000,
      bidMicros: bid * 1e6,
      velocityPct: VELOCITIES[direction] ?? Number.NaN,
      closeUs: Number.POSITIVE_INFINITY,
      quoteUs: ms * 1_000,
    })
    const state = wanted.states?.find((each: Case) => each.index === index)
    if (state !== undefined) {
      near(manager.pnlPct, state.pnlPct, `${id} ${index}`)
      near(manager.maxGainPct, state.maxGainPct, `${id} ${index}`)
      near(manager.maxDrawdownPct, state.maxDrawdownPct, `${id} ${index}`)
      expect(manager.isTrailing, `${id} ${index}`).toBe(state.trailingActive)
      near(manager.trailingLevelPct, state.trailingLevelPct, `${id} ${index}`)
    }
    if (reason === undefined) continue
    exit = { index, reason, ms, bid }
    break
  }
  expect(exit?.index ?? null, id).toBe(wanted.exit?.index ?? null)
  expect(exit?.reason ?? null, id).toBe(wanted.exit?.reason ?? null)
  if (isLive) return
  near(fill, wanted.entryFill, id)
  const sizing = {
    equityMicros: entry.equity * 1e6,
    riskPct: entry.riskPerTradePct,
    priceMicros: fill * 1e6,
    stopLossPct: config.stopLossPct,
    maxContracts: entry.maxContracts,
  }
  expect(Math.max(1, riskSize(sizing)), id).toBe(wanted.contracts)
  if (exit === null) return
  const exitFill = exit.bid * (1 - entry.slippagePct / 100)
  near(exitFill, wanted.exit.exitFill, id)
  near((exitFill - fill) * wanted.contracts * 100, wanted.exit.pnlDollars, id, 1e-8)
  expect(Math.floor((exit.ms * 1_000 - openedUs) / 1e6), id).toBe(wanted.exit.holdSeconds)
}

function checkSizing({ id, kind, input, expect: wanted }: Case): void {
  const isLive = kind === 'live'
  const riskPct = isLive ? tieredRiskPct(input.velocityPct, input.consecutiveLosses) : input.riskPerTradePct
  if ('riskPct' in wanted) expect(riskPct, id).toBe(wanted.riskPct)
  const contracts = positionSize({
    equityMicros: toMicros(input.equity),
    riskPct,
    priceMicros: (isLive ? input.ask : input.fillPrice) * 1e6,
    stopLossPct: input.stopLossPct,
    maxContracts: isLive ? 100 : input.maxContracts,
  })
  expect(contracts, id).toBe(wanted.contracts)
}
