import fc from 'fast-check'
import { expect, test } from 'vitest'
import { InstrumentTable } from './instruments.js'
import { formatAlpaca, formatOcc, safeParseOption } from './option-id.js'

const near = fc
  .tuple(
    fc.constantFrom('A', 'TSLA', 'TSLA1', 'BRKB', 'SPXW', 'ABCDEF', 'ABCDEFG', '1AB', 'ts', '', 'A B'),
    fc.boolean(),
    fc.constantFrom('250221', '240229', '230229', '251301', '25022', '2502x1', '991231', '000101'),
    fc.constantFrom('C', 'P', 'X', 'c'),
    fc.constantFrom('00250000', '00000000', '00000001', '99999999', '0025000', '0025000a', '-0250000'),
    fc.constantFrom('', ' ', '\n'),
  )
  .map(([root, isPadded, date, right, strike, end]) =>
    [isPadded ? root.padEnd(6) : root, date, right, strike, end].join(''),
  )

test('a symbol without a fault is read the same by the short way and by the one that finds words for faults', () => {
  let good = 0
  fc.assert(
    fc.property(near, (text) => {
      const short = safeParseOption(text)
      /** A blank in front does not matter, but only the long way takes it. */
      const long = safeParseOption(` ${text}`)
      expect(short.ok).toBe(long.ok)
      if (!short.ok || !long.ok) return
      good++
      expect(short.value).toEqual(long.value)
      expect(Object.isFrozen(short.value)).toBe(true)
    }),
    { numRuns: 2_000 },
  )
  expect(good).toBeGreaterThan(50)
})

test('a contract has one index, whichever way its symbol is written', () => {
  const table = new InstrumentTable()
  const index = table.requireOption('TSLA  250221C00250000')
  const { symbol, ...listed } = table.get(index)
  expect(symbol).toBe('TSLA250221C00250000')
  if (listed.kind !== 'option') throw new Error('no option')
  for (const text of ['TSLA250221C00250000', ' TSLA250221C00250000 ', formatOcc(listed.option)])
    expect(table.requireOption(text)).toBe(index)
  expect(table.option(listed.option)).toBe(index)
  expect(table.find(formatAlpaca(listed.option))?.index).toBe(index)
  expect(table.requireOption('ABCDEF250221C00250000')).not.toBe(index)
})
