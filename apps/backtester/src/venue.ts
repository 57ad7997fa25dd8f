import { type InstrumentTable, parseOption, toMicros } from '@scalp/canonical'
import type { ExchangeCalendar } from '@scalp/market-data'
import {
  alpacaCostSchedule,
  type ContractAdjustment,
  createFlatCosts,
  createOptionCosts,
  type Delay,
  ibkrTieredCostSchedule,
  type LatencyModel,
  type OptionCosts,
  SimulatedBroker,
  type Slippage,
} from '@scalp/simulator'
import type { RunConfig } from './config.js'

/** The venue of a run, as its config says. */
export function venueOf(
  config: RunConfig,
  instruments: InstrumentTable,
  calendar: ExchangeCalendar,
  costs: OptionCosts,
): SimulatedBroker {
  const { fills, events } = config
  return new SimulatedBroker({
    instruments,
    calendar,
    costs,
    fillModel: fills.model,
    slippage: slippageOf(config),
    latency: latencyOf(config),
    seed: config.seed,
    participation: fills.participation,
    forcedExitMs: fills.forcedExitMinutes * 60_000,
    halts: events.halts.map(({ symbol, from, to }) => ({
      symbol,
      fromUs: Date.parse(from) * 1_000,
      toUs: Date.parse(to) * 1_000,
    })),
    dividends: events.dividends.map(({ symbol, exDate, amount }) => ({
      symbol,
      exDate,
      amountMicros: toMicros(amount),
    })),
    adjustments: events.adjustments.map(toAdjustment),
  })
}

/** What executions cost in a run. */
export function costsOf({ costs }: RunConfig): OptionCosts {
  switch (costs.schedule) {
    case 'alpaca':
      return createOptionCosts(alpacaCostSchedule)
    case 'ibkr-tiered':
      return createOptionCosts(ibkrTieredCostSchedule)
    case 'flat':
      return createFlatCosts(toMicros(costs.perContract))
  }
}

function slippageOf({ fills }: RunConfig): Slippage {
  const { slippageOfSpread, slippageAmount, slippagePct } = fills
  if (slippageOfSpread !== undefined) return { kind: 'spread', fraction: slippageOfSpread }
  if (slippageAmount !== undefined) return { kind: 'amount', micros: toMicros(slippageAmount) }
  return { kind: 'percent', percent: slippagePct }
}

function latencyOf({ fills }: RunConfig): LatencyModel {
  if (fills.recordedLatency.length > 0)
    return {
      recorded: fills.recordedLatency.map(({ orderMs, responseMs, feedMs }) => ({
        orderUs: orderMs * 1_000,
        responseUs: responseMs * 1_000,
        feedUs: feedMs * 1_000,
      })),
    }
  const delay = (ms: number): Delay =>
    fills.latencySigma === 0
      ? { kind: 'fixed', us: ms * 1_000 }
      : { kind: 'lognormal', medianUs: ms * 1_000, sigma: fills.latencySigma }
  return {
    feed: delay(fills.feedLatencyMs),
    order: delay(fills.orderLatencyMs),
    response: delay(fills.responseLatencyMs),
  }
}

type AdjustmentConfig = RunConfig['events']['adjustments'][number]

function toAdjustment(given: AdjustmentConfig): ContractAdjustment {
  const { type, effectiveDate, contractRatio, multiplier, deliverable } = given
  return {
    original: parseOption(given.original),
    adjusted: { ...parseOption(given.adjusted), multiplier },
    type,
    effectiveDate,
    contractRatio,
    ...(deliverable === undefined
      ? {}
      : { deliverable: { shares: deliverable.shares, cashMicros: toMicros(deliverable.cash) } }),
  }
}
