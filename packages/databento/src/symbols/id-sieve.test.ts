import fc from 'fast-check'
import { expect, test } from 'vitest'
import { IdSet } from './id-set.js'
import { IdSieve } from './id-sieve.js'

const id = fc.oneof(fc.nat(3_000), fc.integer({ min: 0, max: 0xffff_ffff }))

test('every id sought is found, and every stranger is told of once for each time it came', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(id, { maxLength: 60 }),
      fc.uniqueArray(id, { maxLength: 300 }),
      fc.array(id, { maxLength: 400 }),
      fc.integer({ min: 1, max: 97 }),
      (sought, others, asked, piece) => {
        const known = new IdSet()
        for (const one of others) if (!sought.includes(one)) known.add(one)
        const strangers: number[] = []
        const sieve = new IdSieve(Uint32Array.from(sought), known, (one) => strangers.push(one))
        const words = Uint32Array.from([...asked, ...others, ...sought].flatMap((one) => [7, one]))
        const found: number[] = []
        const places = new Int32Array(piece)
        for (let from = 0; from < words.length / 2; from += piece) {
          const count = Math.min(piece, words.length / 2 - from)
          const here = sieve.places(words, from * 2 + 1, 2, count, places)
          for (const place of places.subarray(0, here)) found.push(words[(from + place) * 2 + 1] as number)
        }
        sieve.flush()
        sieve.flush()
        for (const one of sought) expect(found).toContain(one)
        const all = [...asked, ...others, ...sought]
        const unmet = all.filter((one) => !sought.includes(one) && !known.has(one))
        // Some strangers look as if they were sought: they are found, and looked at by whoever asked.
        const taken = found.filter((one) => !sought.includes(one) && !known.has(one))
        expect([...strangers, ...taken].toSorted((a, b) => a - b)).toEqual(unmet.toSorted((a, b) => a - b))
      },
    ),
    { numRuns: 80 },
  )
})

test('few of those not sought are found, and more ids than can be put off are all looked up', () => {
  const known = new IdSet()
  const all = Uint32Array.from({ length: 200_000 }, (_, at) => 1_000 + at * 37 + (at % 11))
  for (const one of all.subarray(3_000)) known.add(one)
  const strangers: number[] = []
  const sieve = new IdSieve(all.subarray(0, 2_000), known, (one) => strangers.push(one))
  const places = new Int32Array(2_048)
  let found = 0
  for (let from = 0; from < all.length; from += 2_000) found += sieve.places(all, from, 1, 2_000, places)
  sieve.flush()
  expect(found).toBeGreaterThanOrEqual(2_000)
  expect(found).toBeLessThan(2_000 + 198_000 / 8)
  expect(strangers.length).toBeGreaterThan(800)
  for (const one of strangers) expect(known.has(one)).toBe(false)
})
