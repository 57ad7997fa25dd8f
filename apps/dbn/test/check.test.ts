import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { QuoteReport } from '@scalp/databento/node'
import { expect, test } from 'vitest'
import { call, newFolder } from './call.js'
import { atUs, nameOf, type QuoteRow, writeDay } from './dataset.js'

const DAY = '2024-01-16'
const OPEN_US = atUs(DAY, '14:30:00')
const minute = (count: number): number => OPEN_US + count * 60_000_000

/** A good quote of a contract at the end of every minute of a session. */
function fullDay(id: number, minutes = 390): QuoteRow[] {
  return Array.from({ length: minutes }, (_, at) => ({
    id,
    us: minute(at + 1),
    bid: 1_000_000 + at * 10_000,
    ask: 1_100_000 + at * 10_000,
  }))
}

type Line = { type: string } & Record<string, unknown>

async function checked(
  target: string,
  ...flags: readonly string[]
): Promise<{ code: number; lines: Line[] }> {
  const { code, out } = await call('check', target, '--json', ...flags)
  const lines = out.trimEnd().split('\n')
  return { code, lines: lines.map((line) => JSON.parse(line) as Line) }
}

async function reportsOf(rows: readonly QuoteRow[], ...flags: readonly string[]): Promise<QuoteReport[]> {
  const file = await writeDay(await newFolder(), DAY, rows)
  const { lines } = await checked(file, ...flags)
  return lines.filter(({ type }) => type === 'day') as unknown as QuoteReport[]
}

const byTime = (rows: readonly QuoteRow[]): QuoteRow[] => rows.toSorted((a, b) => a.us - b.us)
const CLEAN = {
  crossed: 0,
  locked: 0,
  oneSided: 0,
  empty: 0,
  frozen: 0,
  unsorted: 0,
  duplicates: 0,
  outOfSession: 0,
  missingMinutes: 0,
  gaps: [],
}

test('a day without fault has none', async () => {
  const [report] = await reportsOf(fullDay(101))
  expect(report).toEqual({
    type: 'day',
    date: DAY,
    underlying: 'DEMO',
    sessionMinutes: 390,
    records: 390,
    instruments: 1,
    ...CLEAN,
  })
})

test('each fault is counted, and no other', async () => {
  const at = (count: number, bid: number, ask: number): QuoteRow => ({ id: 102, us: minute(count), bid, ask })
  const cases: [string, QuoteRow[], object][] = [
    ['crossed', [at(5, 3e6, 2e6)], { crossed: 1 }],
    ['crossed beyond 32 bits', [at(5, 9e6, 8e6)], { crossed: 1 }],
    ['a negative bid is below', [at(5, -1e6, 2e6)], {}],
    ['locked', [at(5, 3e6, 3e6)], { locked: 1 }],
    ['one-sided', [at(5, Number.NaN, 2e6), at(6, 2e6, Number.NaN)], { oneSided: 2 }],
    ['empty', [at(5, Number.NaN, Number.NaN)], { empty: 1 }],
    ['duplicate', [at(5, 1e6, 2e6), at(5, 1e6, 3e6)], { duplicates: 1 }],
    ['before the open', [at(0, 1e6, 2e6), at(-30, 1e6, 3e6)], { outOfSession: 2 }],
    ['within the quarter of an hour after the close', [at(405, 1e6, 2e6)], {}],
    ['after that', [at(406, 1e6, 2e6)], { outOfSession: 1 }],
  ]
  for (const [what, rows, wanted] of cases) {
    const [report] = await reportsOf(byTime([...fullDay(101), ...rows]))
    expect(report, what).toMatchObject({ ...CLEAN, records: 390 + rows.length, ...wanted })
  }
})

test('records that go back in time are counted, and do not upset the others', async () => {
  const rows = fullDay(101)
  rows.splice(200, 0, { id: 102, us: minute(150), bid: 1e6, ask: 2e6 })
  const [report] = await reportsOf(rows)
  expect(report).toMatchObject({ ...CLEAN, records: 391, unsorted: 1 })
})

test('a quote is frozen once so many records in a row hold it', async () => {
  const still = fullDay(101).map((row, at) =>
    at >= 100 && at < 140 ? { ...row, bid: 5_000_000, ask: 5_100_000 } : row,
  )
  expect((await reportsOf(still))[0]).toMatchObject({ ...CLEAN, frozen: 40 })
  expect((await reportsOf(still, '--frozen-after', '41'))[0]).toMatchObject(CLEAN)
  const resized = still.map((row, at) => ({ ...row, size: at }))
  expect((await reportsOf(resized))[0]).toMatchObject(CLEAN)
})

test('minutes without a record are gaps of their underlying alone', async () => {
  const holes = fullDay(101).filter((_, at) => !(at >= 10 && at < 25) && at !== 100)
  const reports = await reportsOf(byTime([...holes, ...fullDay(201)]))
  expect(reports).toMatchObject([
    { underlying: 'DEMO', missingMinutes: 16, gaps: [{ from: '14:40', to: '14:55', minutes: 15 }] },
    { underlying: 'OTHER', missingMinutes: 0, gaps: [] },
  ])
  expect(await reportsOf(byTime([...holes, ...fullDay(201)]), '--underlying', 'OTHER')).toMatchObject([
    { underlying: 'OTHER', records: 390 },
  ])
})

test('CSV is judged as DBN is', async () => {
  const folder = await newFolder()
  const rows = byTime([
    ...fullDay(101).filter((_, at) => at % 50 !== 0),
    { id: 102, us: minute(7), bid: 3e6, ask: 2e6 },
    { id: 102, us: minute(8), bid: 2e6, ask: Number.NaN },
  ])
  const dbn = await writeDay(folder, DAY, rows)
  const csv = path.join(folder, nameOf(DAY).replace('.dbn.zst', '.csv'))
  await call('cat', dbn, '--pretty', '--symbols', '-o', csv)
  const days = ({ lines }: { lines: Line[] }): Line[] => lines.filter(({ type }) => type === 'day')
  expect(days(await checked(csv))).toEqual(days(await checked(dbn)))
  expect(days(await checked(dbn))).toMatchObject([{ crossed: 1, oneSided: 1, missingMinutes: 8 }])
})

test('a file that breaks off is reported, the other files are checked, and the call ends with 1', async () => {
  const folder = await newFolder()
  const name = nameOf(DAY).replace('.zst', '')
  const file = await writeDay(folder, DAY, fullDay(101), name)
  await writeDay(folder, '2024-01-17', [{ id: 101, us: atUs('2024-01-17', '15:00:00'), bid: 1e6, ask: 2e6 }])
  writeFileSync(file, readFileSync(file).subarray(0, -90))
  const { code, lines } = await checked(folder)
  expect(code).toBe(1)
  expect(lines.map(({ type }) => type)).toEqual(['day', 'file', 'day', 'total'])
  expect(lines[0]).toMatchObject({ records: 388 })
  expect(lines[1]).toMatchObject({ error: { code: 'DBN_TRUNCATED' } })
  expect(lines[3]).toMatchObject({ days: 2, failures: 1, records: 389 })
  const { out } = await call('check', folder)
  expect(out).toMatch(/DBN_TRUNCATED[\s\S]*\nDEMO +389 /)
})

test('a directory without quotes, or a date that is none, is refused', async () => {
  const folder = await newFolder()
  expect((await call('check', folder)).err).toContain('DATA_NOT_FOUND')
  expect((await call('check', folder, '--from', 'monday')).code).toBe(2)
})
