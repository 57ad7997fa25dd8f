import type { ApprovedOrder, InstrumentIndex, OrderId } from '@scalp/canonical'
import { expect, test } from 'vitest'
import { WorkingOrders } from './working-orders.js'

const instrument = 3 as InstrumentIndex

function order(id: string, fields: Partial<ApprovedOrder> = {}): ApprovedOrder {
  return {
    id: id as OrderId,
    decidedUs: 0,
    instrument,
    side: 'sell',
    contracts: 5,
    reduces: true,
    ...fields,
  } as ApprovedOrder
}

function fill(id: string, contracts: number, remaining: number): Parameters<WorkingOrders['fill']>[0] {
  return { orderId: id as OrderId, contracts, remaining } as Parameters<WorkingOrders['fill']>[0]
}

test('counts what working orders still take off a position, less what has filled', () => {
  const orders = new WorkingOrders()
  orders.add(order('a'))
  orders.add(order('b', { reduces: false, side: 'buy' }))
  expect(orders.reducing(instrument)).toBe(-5)
  orders.fill(fill('a', 2, 3))
  expect(orders.reducing(instrument)).toBe(-3)
  orders.fill(fill('a', 3, 0))
  expect(orders.reducing(instrument)).toBe(0)
  expect(orders.has(instrument)).toBe(true)
})

test('times out the earliest first, and forgets orders that have ended', () => {
  const orders = new WorkingOrders()
  orders.add(order('late', { timeoutMs: 9 }))
  orders.add(order('soon', { timeoutMs: 2 }))
  orders.add(order('middle', { timeoutMs: 5 }))
  expect(orders.nextTimeoutUs).toBe(2_000)
  orders.end('soon' as OrderId)
  expect(orders.nextTimeoutUs).toBe(5_000)
  expect(orders.popTimeout()).toBe('middle')
  expect(orders.popTimeout()).toBe('late')
  expect(orders.nextTimeoutUs).toBe(Number.POSITIVE_INFINITY)
})
