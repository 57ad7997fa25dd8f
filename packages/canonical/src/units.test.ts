import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatUs, formatUsd, parseMicros, toDollars, toMicros } from './units.js'

test('reads dollars exactly, where a float would not', () => {
  expect(parseMicros('1.15')).toBe(1_150_000)
  expect(parseMicros('-0.05')).toBe(-50_000)
  expect(parseMicros('9007199254.740991')).toBe(Number.MAX_SAFE_INTEGER)
  expect(Object.is(parseMicros('-0'), 0)).toBe(true)
})

test('refuses what is no amount', () => {
  for (const text of [
    '',
    '1,000',
    '1e3',
    '.5',
    '1.',
    '1.2345678',
    ' 1',
    '1\n',
    '$1',
    'NaN',
    '12345678901',
    '9007199254.740992',
  ]) {
    expect(() => parseMicros(text), text).toThrowError(expect.objectContaining({ code: 'MONEY_FORMAT' }))
  }
})

test('writes cents, and more digits only where they are', () => {
  expect(formatUsd(-1_234_500_000)).toBe('-$1,234.50')
  expect(formatUsd(452_250)).toBe('$0.45225')
  expect(formatUsd(0)).toBe('$0.00')
  expect(formatUsd(Number.NaN)).toBe('–')
})

test('what is written reads back the same', () => {
  fc.assert(
    fc.property(fc.integer({ min: -9e14, max: 9e14 }), (micros) => {
      expect(parseMicros(formatUsd(micros).replace(/[$,]/g, ''))).toBe(micros)
      expect(toMicros(toDollars(micros))).toBe(micros)
    }),
  )
})

test('writes instants with microseconds', () => {
  expect(formatUs(1_740_061_920_050_001)).toBe('2025-02-20T14:32:00.050001Z')
  expect(formatUs(Number.POSITIVE_INFINITY)).toBe('–')
})
