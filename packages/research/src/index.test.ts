import { expect, test } from 'vitest'
import * as forest from './forest.js'
import * as research from './index.js'
import * as sqlite from './sqlite.js'

test('exports these names and no others', () => {
  expect(Object.keys(research).sort()).toEqual([
    'MAX_POINTS',
    'MIN_DAYS',
    'MIN_TRADES',
    'ResultDiffersError',
    'SweepPlanError',
    'UnknownRunError',
    'drawPoint',
    'everyValue',
    'fieldsOf',
    'fitAxis',
    'gridPoints',
    'isListed',
    'judgeBest',
    'nameOf',
    'parseAxis',
    'parseConstraint',
    'peersOf',
    'placeOf',
    'randomPoints',
    'rankRuns',
    'scoreOf',
    'stabilityAt',
    'stabilityMaps',
    'valueAt',
    'valuesOf',
    'walkThrough',
  ])
  expect(Object.keys(sqlite)).toEqual(['openSqliteStore'])
  expect(Object.keys(forest)).toEqual(['proposePoints'])
})
