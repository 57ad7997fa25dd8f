import { describe, expect, test } from 'vitest'
import { parseAxis, placeOf, valueAt, valuesOf } from './axis.js'
import { parseConstraint } from './constraint.js'
import { everyValue, fieldsOf, fitAxis } from './fields.js'
import { gridPoints, nameOf, randomPoints } from './plan.js'

describe('axes', () => {
  test('lists, steps and ranges are read; sums of steps are what one would have written', () => {
    expect(parseAxis('mode=asOf,inWindow')).toEqual({ name: 'mode', values: ['asOf', 'inWindow'] })
    expect(parseAxis('a.b=1,null,true')).toEqual({ name: 'a.b', values: [1, null, true] })
    expect(valuesOf(parseAxis('x=0.1..0.5/0.1'))).toEqual([0.1, 0.2, 0.3, 0.4, 0.5])
    expect(parseAxis('x=-2..2')).toEqual({ name: 'x', min: -2, max: 2 })
    expect(parseAxis('x=log:0.01..100')).toMatchObject({ isLog: true })
  })

  test('what is no axis is refused by name', () => {
    for (const text of ['x', '=1', 'x=', 'x=3..1', 'x=1..2/5', 'x=log:0..1', 'x=log:1..9/2'])
      expect(() => parseAxis(text), text).toThrow(expect.objectContaining({ code: 'SWEEP_PLAN' }))
    expect(() => valuesOf(parseAxis('x=1..2'))).toThrow(/needs steps/)
  })

  test('a place along an axis and a value are each other back', () => {
    const log = parseAxis('x=log:0.01..100')
    expect(valueAt(log, 0.5)).toBe(1)
    expect(placeOf(log, 1)).toBeCloseTo(0.5, 12)
    const steps = parseAxis('x=10..30/5')
    expect([0, 0.2, 0.99].map((place) => valueAt(steps, place))).toEqual([10, 15, 30])
  })
})

describe('fields of a schema', () => {
  const fields = fieldsOf({
    type: 'object',
    properties: {
      ratio: { type: 'number', minimum: 1 },
      count: { type: 'integer', minimum: 0, maximum: 9 },
      mode: { enum: ['a', 'b'], type: 'string' },
      stop: { anyOf: [{ type: 'number' }, { type: 'null' }] },
      isOn: { type: 'boolean' },
      inner: { type: 'object', properties: { depth: { type: 'number' } } },
    },
  })

  test('a setting takes what its schema takes', () => {
    expect([...fields.keys()]).toEqual(['ratio', 'count', 'mode', 'stop', 'isOn', 'inner.depth'])
    expect(fitAxis(parseAxis('count=1..5'), fields)).toMatchObject({ isInteger: true })
    expect(fitAxis(parseAxis('stop=null,5'), fields)).toMatchObject({ values: [null, 5] })
    expect(everyValue('isOn', fields)).toEqual({ name: 'isOn', values: [false, true] })
    for (const text of ['ratio=0,2', 'count=1.5', 'count=5..10', 'mode=a,c', 'isOn=1', 'nothing=1'])
      expect(() => fitAxis(parseAxis(text), fields), text).toThrow(
        expect.objectContaining({ code: 'SWEEP_PLAN' }),
      )
    expect(() => everyValue('ratio', fields)).toThrow(/no list/)
  })
})

describe('points', () => {
  const axes = [parseAxis('a=1..3/1'), parseAxis('b.c=1,2,3')]

  test('a grid has every allowed combination once', () => {
    const isAllowed = parseConstraint('a < b.c or (a == 3 and b.c == 1)')
    expect(gridPoints({ axes }).map((point) => [point['a'], point['b.c']])).toHaveLength(9)
    expect(gridPoints({ axes, isAllowed }).map((point) => [point['a'], point['b.c']])).toEqual([
      [1, 2],
      [1, 3],
      [2, 3],
      [3, 1],
    ])
  })

  test('a random search draws by its seed, no point twice, and ends when there are no more', () => {
    const drawn = randomPoints({ axes }, { count: 5, seed: 'a' })
    expect(randomPoints({ axes }, { count: 5, seed: 'a' })).toEqual(drawn)
    expect(randomPoints({ axes }, { count: 5, seed: 'b' })).not.toEqual(drawn)
    const all = randomPoints({ axes }, { count: 50, seed: 'a' })
    expect(new Set(all.map(nameOf)).size).toBe(9)
    expect(all).toHaveLength(9)
  })

  test('a constraint that cannot be read or answered is refused', () => {
    expect(() => parseConstraint('a <')).toThrow(/cannot be read/)
    expect(() => parseConstraint('unknown > 1')({ a: 1 })).toThrow(/unknown/)
    expect(() => parseConstraint('a + 1')({ a: 1 })).toThrow(/neither true nor false/)
  })

  test('a grid beyond all reason is refused', () => {
    expect(() => gridPoints({ axes: [parseAxis('a=0..1/0.0001'), parseAxis('b=0..1/0.0001')] })).toThrow(
      /more than/,
    )
  })
})
