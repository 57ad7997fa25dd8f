import { expect, test } from 'vitest'
import { InstrumentTable } from './instruments.js'

test('gives one index to a contract, however its symbol is written', () => {
  const table = new InstrumentTable()
  const call = table.requireOption('AAPL  250221C00250000')
  expect(table.requireOption('AAPL250221C00250000')).toBe(call)
  expect(table.get(call)).toMatchObject({ kind: 'option', symbol: 'AAPL250221C00250000' })
  expect(table.underlying('AAPL')).toBe(1)
  expect(table.options('AAPL')).toEqual([call])
  expect(table.optionSymbol('AAPL')).toBeUndefined()
  expect([table.size, table.capacity]).toEqual([2, 2])
})

test('uses the indexes of expired contracts again, but not of those that are kept', () => {
  const table = new InstrumentTable()
  const listed: string[] = []
  table.onListed(({ symbol }) => listed.push(symbol))
  const held = table.requireOption('AAPL250221C00250000')
  const expired = table.requireOption('AAPL250221P00250000')
  const alive = table.requireOption('AAPL250228C00250000')
  const chain = table.options('AAPL')
  expect(table.retireExpired('2025-02-21', () => false)).toBe(0)
  expect(table.options('AAPL')).toBe(chain)
  expect(table.retireExpired('2025-02-24', (index) => index === held)).toBe(1)
  expect(table.options('AAPL')).toEqual([alive])
  expect(table.get(held).symbol).toBe('AAPL250221C00250000')
  expect(table.options('AAPL')).not.toBe(chain)
  expect(() => table.get(expired)).toThrowError(expect.objectContaining({ code: 'INSTRUMENT_UNKNOWN' }))
  expect(table.requireOption('AAPL250307C00250000')).toBe(expired)
  expect(table.capacity).toBe(3)
  expect(table.retireExpired('2025-02-25', () => false)).toBe(1)
  expect(table.find('AAPL250221C00250000')).toBeUndefined()
  expect(listed).toEqual([
    'AAPL250221C00250000',
    'AAPL250221P00250000',
    'AAPL250228C00250000',
    'AAPL250307C00250000',
  ])
})

test('needs no more room for years than for the busiest day', () => {
  const table = new InstrumentTable()
  for (let day = 1; day <= 28; day++) {
    const date = `2025-01-${String(day).padStart(2, '0')}`
    table.retireExpired(date, () => false)
    for (let strike = 1; strike <= 100; strike++) {
      table.requireOption(
        `AAPL${date.slice(2).replaceAll('-', '')}C${String(strike * 1_000).padStart(8, '0')}`,
      )
    }
  }
  expect(table.capacity).toBe(100)
})
