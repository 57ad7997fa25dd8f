import { expect, test } from 'vitest'
import { isClose, readCases, vectorFiles } from '../test/vectors.js'
import { ageSeconds, type DollarSides, deriveQuote } from './derived.js'
import { parseInstant } from './instant.js'

interface Case {
  readonly id: string
  readonly kind: 'quote' | 'optionView'
  readonly input: DollarSides & { readonly timestamp?: string; readonly now?: number }
  readonly expect: Readonly<Record<string, number | string | boolean | null>>
}

for (const { file, isMissing } of vectorFiles('quotes')) {
  test.skipIf(isMissing)(`derives the values of ${file}`, () => {
    const cases = readCases<Case>(file)
    expect(cases.length).toBeGreaterThan(0)
    for (const { id, input, expect: expected } of cases) {
      const actual: Record<string, number | boolean | null> = { ...deriveQuote(input) }
      if (input.timestamp !== undefined && input.now !== undefined)
        actual['ageSeconds'] = ageSeconds(parseInstant(input.timestamp), input.now * 1_000)
      for (const [name, raw] of Object.entries(expected)) {
        const value = raw === 'Infinity' ? Number.POSITIVE_INFINITY : raw
        const got = actual[name]
        const tolerance = name === 'ageSeconds' ? 1e-6 : 1e-9
        const isSame =
          typeof value === 'number' && Number.isFinite(value) && typeof got === 'number'
            ? isClose(got, value, tolerance)
            : got === value
        expect(isSame, `${id} ${name}: ${got} against ${raw}`).toBe(true)
      }
    }
  })
}

test.each([
  { bid: 1, ask: 2, isCrossed: false, isLocked: false, isOneSided: false },
  { bid: 2, ask: 1, isCrossed: true, isLocked: false, isOneSided: false },
  { bid: 2, ask: 2, isCrossed: false, isLocked: true, isOneSided: false },
  { bid: 0, ask: 0, isCrossed: false, isLocked: false, isOneSided: false },
  { bid: 0, ask: 0.05, isCrossed: false, isLocked: false, isOneSided: true },
  { bid: null, ask: 1, isCrossed: false, isLocked: false, isOneSided: true },
  { bid: null, ask: null, isCrossed: false, isLocked: false, isOneSided: false },
])('tells crossed, locked and one-sided apart: $bid / $ask', ({ bid, ask, ...flags }) => {
  expect(deriveQuote({ bid, ask })).toMatchObject(flags)
})

test('an age is negative when the source is ahead', () => {
  expect(ageSeconds(3_000_000, 1_500_000)).toBe(-1.5)
})
