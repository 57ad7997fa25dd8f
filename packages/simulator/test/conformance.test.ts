import { InstrumentTable, QuoteBuffer, type QuoteReader } from '@scalp/canonical'
import { type BrokerStage, describeBroker } from '@scalp/canonical/testing'
import { createExchangeCalendar } from '@scalp/market-data'
import { describe, test } from 'vitest'
import { createFlatCosts, type FillModel, SimulatedBroker } from '../src/index.js'

// 2025-02-20, half an hour after the open in New York
const START_US = Date.UTC(2025, 1, 20, 15) * 1_000
const SECOND = 1_000_000

/** The venue with a market that quotes 1.00 to 1.05 once a second while it is waited. */
function openStage(fillModel: FillModel): BrokerStage {
  const instruments = new InstrumentTable()
  const instrument = instruments.requireOption('AAPL  250221C00250000')
  const quote = Object.assign(new QuoteBuffer(), {
    instrument,
    bidMicros: 1_000_000,
    askMicros: 1_050_000,
    bidSize: 100,
    askSize: 100,
  })
  const broker = new SimulatedBroker({
    instruments,
    calendar: createExchangeCalendar(),
    costs: createFlatCosts(650_000),
    fillModel,
  })
  let nowUs = START_US
  const next = (): void => {
    nowUs += SECOND
    quote.receivedUs = nowUs
    quote.sourceUs = nowUs
    broker.advanceTo(nowUs)
    broker.onQuote(quote)
  }
  broker.attach({
    quotes: {
      copy: () => quote.copy(),
      bidMicros: () => quote.bidMicros,
      askMicros: () => quote.askMicros,
    } as unknown as QuoteReader,
    prices: { get: () => undefined },
    get nowUs() {
      return nowUs
    },
  })
  next()
  return {
    broker,
    instrument,
    fillsMicros: 1_050_000,
    restsMicros: 500_000,
    nowUs: () => nowUs,
    settle: () => {
      for (let second = 0; second < 5; second++) next()
      return Promise.resolve()
    },
  }
}

for (const model of ['nextQuote', 'queue'] as const)
  describeBroker({ describe, test }, `simulated, ${model}`, () => Promise.resolve(openStage(model)))
