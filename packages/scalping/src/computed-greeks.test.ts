import { type InstrumentIndex, type OrderIntent, US_PER_SECOND } from '@scalp/canonical'
import { deltaGate, type GateContext, greeksFreshGate } from '@scalp/gates'
import { createExchangeCalendar } from '@scalp/market-data'
import { expect, test } from 'vitest'
import { market, OPEN } from '../test/market.js'
import { ComputedGreeks } from './computed-greeks.js'

const gates = [greeksFreshGate({ maxAgeMs: 90_000 }), deltaGate({ min: 0.1, max: 0.8 })]

function check(seconds: number, isConnected = true) {
  const { instruments, quotes, calls, quoteAll } = market()
  quoteAll(251)
  const greeks = new ComputedGreeks()
  const nowUs = OPEN + seconds * US_PER_SECOND
  const price = { priceMicros: 251e6 }
  const prices = { get: () => price } as unknown as GateContext['prices']
  if (isConnected) greeks.connect({ instruments, quotes, prices, nowUs }, createExchangeCalendar())
  const instrument = calls[1] as InstrumentIndex
  const intent = { instrument, side: 'buy', contracts: 1 } as OrderIntent
  const context = { nowUs, greeks } as unknown as GateContext
  return { results: gates.map((gate) => gate.check(intent, context)), greeks, instrument, quotes }
}

test('the gates of Greeks pass on Greeks of the quotes', () => {
  const { results, greeks, instrument } = check(30)
  expect(results.map(({ passed }) => passed)).toEqual([true, true])
  expect(results[0]?.value).toBe(30)
  expect(results[1]?.value).toBe(greeks.delta(instrument))
})

test('they refuse when the quote is too old, gone or nobody computes', () => {
  expect(check(91).results.map(({ passed, message }) => [passed, message])).toEqual([
    [false, 'Greeks age 91.0 s, allowed at most 90 s'],
    [true, 'OK'],
  ])
  const unconnected = check(1, false).results
  expect(unconnected.map(({ passed, value }) => [passed, value])).toEqual([
    [false, null],
    [false, null],
  ])
  const { greeks, instrument, quotes } = check(1)
  quotes.reset(instrument)
  expect([greeks.delta(instrument), greeks.sourceUs(instrument)]).toEqual([Number.NaN, Number.NaN])
})
