import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import * as gates from '../src/index.js'
import { intentOf, type MarketState, marketOf, NOW_US } from './market.js'

const own = fileURLToPath(new URL('./fixtures', import.meta.url))
const { env } = process
const shared = env['SCALP_FIXTURES'] ?? fileURLToPath(new URL('../../../../shared/fixtures', import.meta.url))
const isRequired = env['CI'] !== undefined && env['SCALP_REQUIRE_FIXTURES'] !== undefined

const GATES = new Map<string, gates.Gate>(
  [
    gates.underlyingFreshGate(),
    gates.quoteFreshGate(),
    gates.greeksFreshGate(),
    gates.spreadGate(),
    gates.openInterestGate(),
    gates.volumeGate(),
    gates.ivRankGate(),
    gates.deltaGate(),
    gates.cashGate(),
    gates.positionSizeGate(),
    gates.sectorConcentrationGate(),
    gates.signalEnabledGate(),
    gates.sentimentAlignmentGate(),
    gates.minimumMentionsGate(),
    gates.sentimentDirectionGate(),
    gates.retailMomentumGate(),
    gates.mentionsBoostGate(),
    gates.strongSentimentGate(),
    gates.sentimentRecencyGate(),
    gates.rsiGate(),
    gates.earningsGate(),
    gates.vixPanicGate(),
    gates.tradingHoursGate({ withoutCalendar: 'pass' }),
    gates.bearMarketGate(),
    gates.vixSizeGate(),
    gates.tradingHoursBoostGate(),
  ].map((gate) => [gate.name, gate]),
)

test('there are 26 gates, each with its own name', () => {
  expect(GATES.size).toBe(26)
})

runFolder('own', own)
runFolder('shared', `${shared}/reference`)

function runFolder(name: string, folder: string): void {
  const isHere = existsSync(folder)
  test.skipIf(!isHere && !isRequired)(`the ${name} vectors are there`, () => expect(isHere).toBe(true))
  if (!isHere) return
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.json'),
  )
  for (const file of files) {
    const { format, cases } = JSON.parse(readFileSync(`${folder}/${file}`, 'utf8'))
    if (format?.name !== 'gates') continue
    describe(`${name} ${file}`, () => {
      for (const item of cases)
        test(`${item.id} ${item.gate ?? ''}`, () =>
          item.kind === 'gate' ? checkGate(item) : checkPipeline(item))
    })
  }
}

// biome-ignore lint/suspicious/noExplicitAny: the vectors are plain JSON.
type Json = any

function checkGate({ gate, context: given, expect: expected }: Json): void {
  const { context, instrument } = marketOf(stateOf(given))
  const premium = (given.newPositionPercent ?? Number.NaN) * 5e6
  const limitMicros = Number.isNaN(premium) ? (given.premium ?? 0) * 1e6 : premium
  const side = given.action.startsWith('SELL') ? 'sell' : 'buy'
  const intent = intentOf(instrument, { side, contracts: given.contracts ?? 1, limitMicros })
  const found = GATES.get(gate) as gates.Gate
  const result = found.check(intent, given.underlyingSymbol === '' ? nameless(context) : context)
  expect(result.passed).toBe(expected.passed)
  expect(found.severity).toBe(expected.severity)
  if (typeof expected.value === 'number') expectNear(result.value, expected.value)
  expect(result.message.startsWith('OK')).toBe(expected.passed)
  if (!expected.passed) expect(result.resumes).not.toBe('')
}

function stateOf(given: Json): MarketState {
  const { minutesSinceOpen: since, minutesUntilClose: until } = given
  const equity = (given.portfolioValue ?? 50_000) * 1e6
  const hasHours = since != null || until != null
  return {
    symbol: given.underlyingSymbol ?? 'TSLA',
    right: given.action.endsWith('PUT') ? 'P' : 'C',
    underlyingAgeMs: given.underlyingAge == null ? null : given.underlyingAge * 1_000,
    quoteAgeMs: (given.quoteAge ?? Number.NaN) * 1_000,
    greeksAgeMs: (given.greeksAge ?? Number.NaN) * 1_000,
    spreadPercent: given.spreadPercent ?? Number.NaN,
    openInterest: given.openInterest ?? 0,
    volume: given.volume ?? 0,
    delta: given.delta ?? Number.NaN,
    cash: (given.availableCash ?? 0) * 1e6,
    equity,
    exposure: ((given.currentSectorExposurePercent ?? 0) / 100) * equity,
    session: hasHours
      ? { openUs: NOW_US - (since ?? Number.NaN) * 60e6, closeUs: NOW_US + (until ?? Number.NaN) * 60e6 }
      : null,
    facts: known({
      ivRank: given.ivRank ?? 50,
      rsi: given.rsi,
      daysUntilEarnings: given.daysUntilEarnings,
      daysSinceEarnings: given.daysSinceEarnings,
      vix: given.vixLevel,
      sentiment: known({
        news: given.newsSentimentScore,
        wsb: given.wsbSentimentScore,
        combined: given.combinedSentimentScore,
        mentions: given.wsbMentions ?? 0,
        isTrending: given.wsbIsTrending ?? false,
        ageHours: given.sentimentAgeHours,
      }),
      trend: known({
        vs52WeekHighPercent: given.priceVs52wHighPct,
        vsSma50Percent: given.priceVsSma50Pct,
        vsSma200Percent: given.priceVsSma200Pct,
        daysBelowSma200: given.daysBelowSma200 ?? 0,
        isDeathCross: given.deathCrossActive ?? false,
      }),
    }),
  }
}

function checkPipeline({
  stages,
  option,
  underlying,
  action,
  contracts,
  portfolio,
  sentiment,
  ...rest
}: Json): void {
  const { expect: expected } = rest
  const equity = portfolio.portfolioValue * 1e6
  const { context, instrument } = marketOf({
    symbol: option.underlying,
    right: action.endsWith('PUT') ? 'P' : 'C',
    bid: (option.bid ?? Number.NaN) * 1e6,
    ask: (option.ask ?? Number.NaN) * 1e6,
    quoteAgeMs: option.quoteAgeMs ?? Number.NaN,
    openInterest: option.openInterest ?? Number.NaN,
    volume: option.volume ?? Number.NaN,
    delta: option.delta ?? Number.NaN,
    greeksAgeMs: option.greeksAgeMs ?? Number.NaN,
    underlyingAgeMs: underlying?.ageMs ?? null,
    cash: portfolio.availableCash * 1e6,
    equity,
    exposure: (portfolio.exposurePercent / 100) * equity,
    facts: known({
      ivRank: underlying?.ivRank,
      sentiment: sentiment === null ? undefined : known({ ...sentiment, isTrending: sentiment.trending }),
    }),
  })
  const mid = ((option.bid + option.ask) / 2) * 1e6
  const price = option.bid === null || option.ask === null ? {} : { limitMicros: mid }
  const side = action.startsWith('SELL') ? 'sell' : 'buy'
  const pipeline = gates.createPipeline(
    stages.map(([name, names]: [string, string[]]) => ({
      name,
      gates: names.map((gate) => GATES.get(gate)),
    })),
  )
  const result = pipeline.run(intentOf(instrument, { side, contracts: contracts ?? 1, ...price }), context)
  const freshness = result.abstain?.dataFreshness
  expect({
    passed: result.passed,
    stageReached: result.stageReached,
    reason: result.abstain?.reason ?? null,
    failedGates: result.results.filter(({ passed }) => !passed).map(({ gate }) => gate),
    softFailures: result.softFailures.map(({ gate }) => gate),
    evaluated: result.results.map(({ gate }) => gate),
    confidenceCap: result.confidenceCap,
  }).toEqual({ ...expected, freshness: undefined })
  for (const [age, seconds] of Object.entries(expected.freshness ?? {})) {
    const found = freshness?.[age as keyof gates.DataFreshness]
    if (seconds === null) expect(found).toBeNull()
    else expectNear(found, seconds as number)
  }
}

/** A contract whose underlying has no name, which an option id cannot have. */
function nameless(context: gates.GateContext): gates.GateContext {
  const { instruments } = context
  const get: typeof instruments.get = (index) => ({ kind: 'underlying', index, symbol: '' })
  return {
    ...context,
    instruments: { ...instruments, get, capacity: 1, find: () => undefined, options: () => [] },
  }
}

/** Leaves out what is null. */
function known(facts: Record<string, unknown>): Json {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value != null))
}

function expectNear(value: unknown, expected: number): void {
  expect(value).toBeTypeOf('number')
  expect(Math.abs((value as number) - expected)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(expected)))
}
