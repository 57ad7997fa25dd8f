import { formatUs } from '@scalp/canonical'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseInstant, safeParseInstant } from './instant.js'

test('reads zones, and cuts digits below the microsecond', () => {
  const us = Date.UTC(2024, 0, 3, 14, 59, 57) * 1_000
  expect(parseInstant('2024-01-03T14:59:57.123456789Z')).toBe(us + 123_456)
  expect(parseInstant('2024-01-03T09:59:57.5-05:00')).toBe(us + 500_000)
  expect(parseInstant('2024-01-03T20:29:57+05:30')).toBe(us)
})

test.each([
  '2024-01-03T14:59:57',
  '2024-01-03',
  '2024-02-30T00:00:00Z',
  '2024-01-03T24:00:00Z',
  '2024-01-03T14:59:57.Z',
  '2024-01-03T14:59:57Z\n',
  '',
])('refuses %j', (text) => {
  expect(safeParseInstant(text)).toBeUndefined()
  expect(() => parseInstant(text)).toThrowError(expect.objectContaining({ code: 'INSTANT_FORMAT' }))
})

test('reads back every instant that is written', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_000_000_000_000_000 }), (us) => {
      expect(parseInstant(formatUs(us))).toBe(us)
    }),
  )
})
