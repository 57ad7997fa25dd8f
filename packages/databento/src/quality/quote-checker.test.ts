import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RecordAssembler } from '../dbn/assembler.js'
import { createMetadata, encodeMetadata } from '../dbn/metadata.js'
import { RecordWriter } from '../dbn/record-writer.js'
import { QuoteChecker, type QuoteCheckOptions } from './quote-checker.js'
import { emptyCounts, type QuoteCounts, type QuoteReport } from './report.js'

const MIDNIGHT_US = Date.parse('2025-02-20') * 1_000
const OPEN_US = MIDNIGHT_US + 52_200_000_000
const MINUTE = 60_000_000
/** A session of ten minutes. */
const SESSION = { openUs: OPEN_US, closeUs: OPEN_US + 10 * MINUTE }
const FROZEN_AFTER = 3

interface Row {
  readonly id: number
  readonly minute: number
  readonly bid: number
  readonly ask: number
}

const price = fc.constantFrom(Number.NaN, -1_000_000, 0, 1_000_000, 4_294_968, 9_000_000)
const row: fc.Arbitrary<Row> = fc.record({
  id: fc.constantFrom(1, 2, 3, 0xffff_fffe),
  minute: fc.integer({ min: -1, max: 30 }),
  bid: price,
  ask: price,
})

const UNDERLYINGS: Readonly<Record<number, string>> = { 1: 'A', 2: 'A', 3: 'B' }
const underlyingOf = (id: number): string => UNDERLYINGS[id] ?? '?'

function check(rows: readonly Row[], options: Partial<QuoteCheckOptions> = {}): QuoteReport[] {
  const reports: QuoteReport[] = []
  const checker = new QuoteChecker({
    sessionOn: () => SESSION,
    onReport: (report) => void reports.push(report),
    frozenAfter: FROZEN_AFTER,
    symbolOf: (_, id) => (underlyingOf(id) === '?' ? undefined : underlyingOf(id)),
    ...options,
  })
  const records = new RecordWriter()
  for (const { id, minute, bid, ask } of rows)
    records.cbbo({
      rtype: 0xc1,
      publisherId: 30,
      instrumentId: id,
      receivedUs: OPEN_US + minute * MINUTE,
      lastUs: Number.NaN,
      lastMicros: Number.NaN,
      lastSize: 0,
      flags: 0,
      bidMicros: bid,
      askMicros: ask,
      bidSize: 1,
      askSize: 1,
      bidPublisher: 0,
      askPublisher: 0,
    })
  const assembler = new RecordAssembler(checker, 'test', { isFragment: true })
  assembler.push(records.bytes())
  assembler.end()
  checker.end()
  return reports
}

/** The same counts, written down plainly. */
function model(rows: readonly Row[], underlying: string): QuoteCounts {
  const counts = emptyCounts()
  const last = new Map<number, Row & { run: number }>()
  const seen = new Set<number>()
  let head = Number.NEGATIVE_INFINITY
  for (const next of rows) {
    const isBack = next.minute < head
    head = Math.max(head, next.minute)
    if (underlyingOf(next.id) !== underlying) continue
    counts.records++
    if (isBack) counts.unsorted++
    if (head <= 0 || head > 25) counts.outOfSession++
    if (head > 0 && head <= 10) seen.add(head)
    const { bid, ask } = next
    if (Number.isNaN(bid) && Number.isNaN(ask)) counts.empty++
    else if (Number.isNaN(bid) || Number.isNaN(ask)) counts.oneSided++
    else if (bid > ask) counts.crossed++
    else if (bid === ask) counts.locked++
    const before = last.get(next.id)
    if (before === undefined) counts.instruments++
    if (before?.minute === next.minute) counts.duplicates++
    const isSame = before !== undefined && Object.is(before.bid, bid) && Object.is(before.ask, ask)
    const run = isSame ? before.run + 1 : 1
    if (run === FROZEN_AFTER) counts.frozen += FROZEN_AFTER
    else if (run > FROZEN_AFTER) counts.frozen++
    last.set(next.id, { ...next, run })
  }
  counts.missingMinutes = 10 - seen.size
  return counts
}

test('counts are those of a plain model, whatever the records', () => {
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 60 }), (rows) => {
      const reports = check(rows)
      const wanted = new Set(rows.map(({ id }) => underlyingOf(id)))
      expect(reports.map(({ underlying }) => underlying).toSorted()).toEqual([...wanted].toSorted())
      for (const report of reports) expect(report).toMatchObject(model(rows, report.underlying))
    }),
    { numRuns: 300 },
  )
})

test('many instruments keep their own state', () => {
  const ids = Array.from({ length: 20_000 }, (_, at) => at * 4_096 + 7)
  const rows = [1, 2].flatMap((minute) => ids.map((id) => ({ id, minute, bid: id % 1_000, ask: 2_000 })))
  const [report] = check(rows)
  expect(report).toMatchObject({ records: 40_000, instruments: 20_000, duplicates: 0, frozen: 0, locked: 0 })
})

test('each day is reported when it is over, and starts anew', () => {
  const at = (minute: number): Row => ({ id: 1, minute, bid: 1e6, ask: 2e6 })
  const reports = check([at(1), at(2), at(1_441), at(1_442)])
  expect(reports.map(({ date, records, frozen }) => [date, records, frozen])).toEqual([
    ['2025-02-20', 2, 0],
    ['2025-02-21', 2, 0],
  ])
})

test('on a day without session everything is outside, and no minute is missing', () => {
  const [report] = check([{ id: 1, minute: 5, bid: 1e6, ask: 2e6 }], { sessionOn: () => undefined })
  expect(report).toMatchObject({ outOfSession: 1, missingMinutes: 0, sessionMinutes: 0, gaps: [] })
})

test('a record without a time is unsorted, and moves nothing', () => {
  const reports = check([
    { id: 1, minute: 5, bid: 1e6, ask: 2e6 },
    { id: 1, minute: Number.NaN, bid: 1e6, ask: 3e6 },
    { id: 1, minute: 6, bid: 1e6, ask: 2e6 },
  ])
  expect(reports).toMatchObject([{ records: 3, unsorted: 1, missingMinutes: 8 }])
})

test('symbols are those of the metadata unless told', () => {
  const reports: QuoteReport[] = []
  const checker = new QuoteChecker({
    sessionOn: () => SESSION,
    onReport: (report) => void reports.push(report),
  })
  const records = new RecordWriter()
  records.cbbo({
    rtype: 0xc1,
    publisherId: 30,
    instrumentId: 9,
    receivedUs: OPEN_US + MINUTE,
    lastUs: Number.NaN,
    lastMicros: Number.NaN,
    lastSize: 0,
    flags: 0,
    bidMicros: 1,
    askMicros: 2,
    bidSize: 1,
    askSize: 1,
    bidPublisher: 0,
    askPublisher: 0,
  })
  const assembler = new RecordAssembler(checker)
  assembler.push(
    encodeMetadata(
      createMetadata({
        dataset: 'OPRA.PILLAR',
        schema: 'cbbo-1m',
        start: BigInt(MIDNIGHT_US) * 1_000n,
        mappings: [
          {
            rawSymbol: 'TSLA1 250221C00250000',
            intervals: [{ startDate: 20250220, endDate: 20250221, symbol: '9' }],
          },
        ],
      }),
    ),
  )
  assembler.push(records.bytes())
  checker.end()
  expect(reports).toMatchObject([{ underlying: 'TSLA1', records: 1 }])
})
