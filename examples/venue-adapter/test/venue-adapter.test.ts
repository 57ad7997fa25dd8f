import { type ApprovedOrder, InstrumentTable, type OrderEvent, toOrderId } from '@scalp/canonical'
import { describeBroker } from '@scalp/canonical/testing'
import { describe, expect, test } from 'vitest'
import { ToyBroker, ToyVenue } from '../src/index.js'

const START_US = Date.UTC(2025, 1, 20, 15) * 1_000
const instrument = new InstrumentTable().requireOption('AAPL  250221C00250000')

describeBroker({ describe, test }, 'toy', () => {
  const venue = new ToyVenue()
  let nowUs = START_US
  return Promise.resolve({
    broker: new ToyBroker({ venue, clock: { nowUs: () => nowUs } }),
    instrument,
    fillsMicros: 1_050_000,
    restsMicros: 500_000,
    nowUs: () => nowUs,
    settle: () => {
      nowUs += 50_000
      return Promise.resolve(venue.work())
    },
  })
})

test('what the venue refuses is told as a rejection, with its reason', async () => {
  const venue = new ToyVenue()
  const broker = new ToyBroker({ venue, clock: { nowUs: () => START_US } })
  const events: OrderEvent[] = []
  await broker.connect({ onOrderEvent: (event): undefined => void events.push(event) })
  const order = { id: toOrderId('mine', 1), instrument, side: 'buy', contracts: 0 } as ApprovedOrder
  broker.submit(order)
  venue.work()
  expect(events).toEqual([
    { type: 'order-rejected', orderId: 'mine-1', receivedUs: START_US, reason: 'size' },
  ])
})
