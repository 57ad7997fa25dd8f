import fc from 'fast-check'
import { expect, test } from 'vitest'
import { IdSet } from './id-set.js'
import { IdTable } from './id-table.js'

/** Near ones, far ones, and ones that lie a page or a line apart. */
const id = fc.oneof(
  fc.nat(40),
  fc.integer({ min: 0, max: 0xffff_ffff }),
  fc.nat(4_000).map((n) => n * 32_768),
  fc.constantFrom(0, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff),
)

test('a table keeps what a map keeps, one by one and many at once', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(id, fc.integer({ min: -2, max: 2 ** 30 })), { maxLength: 3_000 }),
      (pairs) => {
        const table = new IdTable()
        const model = new Map<number, number>()
        for (const [key, value] of pairs) {
          table.set(key, value)
          model.set(key, value)
        }
        const ids = Uint32Array.from([...pairs.map(([key]) => key), 5, 123_456_789])
        const out = new Int32Array(ids.length)
        table.getMany(ids, ids.length, out)
        for (const [place, key] of ids.entries()) {
          expect(table.get(key)).toBe(model.get(key) ?? -3)
          expect(out[place]).toBe(model.get(key) ?? -3)
          const at = table.placeOf(key)
          expect(at < 0 ? undefined : table.valueAt(at)).toBe(model.get(key))
          expect(at).toBeLessThan(table.places)
        }
        expect(table.ids().toSorted()).toEqual(Uint32Array.from(model.keys()).toSorted())
        table.clear()
        for (const key of ids) expect(table.get(key)).toBe(-3)
      },
    ),
    { numRuns: 60 },
  )
})

test('a set holds what it took, and says which of many it does not hold', () => {
  fc.assert(
    fc.property(fc.array(id, { maxLength: 300 }), fc.array(id, { maxLength: 300 }), (taken, asked) => {
      const set = new IdSet()
      const model = new Set<number>()
      for (const key of taken) if (set.add(key)) model.add(key)
      for (const key of taken.slice(0, 20)) {
        set.delete(key)
        model.delete(key)
      }
      for (const key of [...taken, ...asked]) expect(set.has(key)).toBe(model.has(key))
      const words = Uint32Array.from(asked.flatMap((key) => [9, key]))
      const places = new Int32Array(asked.length + 1)
      const others = set.placesOfOthers(words, 1, 2, asked.length, places)
      expect([...places.subarray(0, others)]).toEqual(
        asked.flatMap((key, at) => (model.has(key) ? [] : [at])),
      )
      set.clear()
      for (const key of taken) expect(set.has(key)).toBe(false)
    }),
    { numRuns: 60 },
  )
})

test('a set does not grow without bounds: far ids are refused when its pages are used up', () => {
  const set = new IdSet()
  let refused = 0
  for (let page = 0; page < 2_000; page++) {
    if (set.add(page * 32_768)) expect(set.has(page * 32_768)).toBe(true)
    else refused++
    expect(set.has(page * 32_768 + 1)).toBe(false)
  }
  expect(refused).toBe(2_000 - 1_023)
})
