import path from 'node:path'
import { expect, test } from 'vitest'
import { checkClock, findClock } from './check-clock.js'

test('finds each way to read the wall clock, to wait or to take a chance', () => {
  for (const code of [
    'const now = Date.now()',
    'new Date()',
    'performance.now()',
    'Math.random()',
    'setTimeout(go, 5)',
    'crypto.randomUUID()',
  ]) {
    expect(findClock(`const a = 1\n${code}`), code).toMatchObject([{ line: 2 }])
  }
})

test('lets dates of the data and comments pass', () => {
  expect(
    findClock('new Date(us / 1_000) // Date.now() is not asked\n/* Math.random */ Date.UTC(2024, 0)'),
  ).toEqual([])
})

test('holds in this repository', () => {
  expect(checkClock(path.dirname(import.meta.dirname))).toEqual([])
})
