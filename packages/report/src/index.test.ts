import { expect, test } from 'vitest'
import * as names from './index.js'

test('the public names are these', () => {
  expect(Object.keys(names).sort()).toEqual([
    'THIN_SAMPLE',
    'breakDown',
    'compareResults',
    'computeMetrics',
    'decisionSchema',
    'decisionsCsv',
    'findWeaknesses',
    'formatComparison',
    'formatMarkdown',
    'formatSummary',
    'groupTrades',
    'judgeResult',
    'ledgerSchema',
    'manifestSchema',
    'measureCapacity',
    'measureCosts',
    'measureDependence',
    'parseResult',
    'quoteTapeSchema',
    'resultSchema',
    'studySchema',
    'summarizeRegret',
    'surfaceSchema',
    'tradeSchema',
    'tradesCsv',
    'walkForwardSchema',
    'weighEvidence',
  ])
})
