import { appendFileSync, closeSync, mkdtempSync, openSync, readFileSync, statSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import Database from 'better-sqlite3'
import { parquetReadObjects } from 'hyparquet'
import { expect, test } from 'vitest'
import {
  exportJsonLines,
  exportParquet,
  type JournalProblem,
  openJournal,
  readJournal,
  recoverJournal,
  verifyJournal,
} from './sqlite.js'

function freshPath(): string {
  return path.join(mkdtempSync(path.join(tmpdir(), 'journal-')), 'scalp.db')
}

function entry(number: number) {
  return {
    type: 'order-filled',
    atUs: 1_704_294_000_000_000 + number,
    fillId: `f${number}`,
    priceMicros: 1_150_000,
  }
}

/** A journal with so many entries, flushed one by one in hundreds, and closed. */
function filled(count: number, options: { tailBytes?: number } = {}): string {
  const file = freshPath()
  const journal = openJournal({ path: file, durability: 'process', ...options })
  journal.startRun({ prefix: 'r1', atUs: 1, config: { a: 1 }, program: 'test 1' })
  for (let i = 1; i < count; i++) {
    journal.append(entry(i))
    if (i % 100 === 0) journal.flush()
  }
  journal.close()
  return file
}

function damage(file: string, fromEnd: number, length: number): void {
  const fd = openSync(file, 'r+')
  writeSync(fd, Buffer.alloc(length, 0xa5), 0, length, Math.max(0, statSync(file).size - fromEnd))
  closeSync(fd)
}

test('what was flushed is there again, in order and with its hashes', () => {
  const file = filled(250)
  const reader = readJournal(file)
  const lines = [...reader.lines()]
  reader.close()
  expect(lines.map(({ seq }) => seq)).toEqual(Array.from({ length: 250 }, (_, i) => i + 1))
  expect(JSON.parse(lines[1]?.body ?? '')).toEqual({ fillId: 'f1', priceMicros: 1_150_000 })
  expect(verifyJournal(file)).toMatchObject({ ok: true, lines: 250, head: { seq: 250 }, faults: [] })
})

test('an entry is taken as it is at that moment, unknown is null and averages become integers', () => {
  const journal = openJournal({ path: freshPath(), durability: 'process' })
  const decision = {
    type: 'decision',
    atUs: 5,
    bidMicros: Number.NaN,
    averageMicros: 1_000_000.4,
    inputs: { a: 1 },
  }
  journal.append(decision)
  decision.inputs.a = 2
  journal.flush()
  expect(journal.last('decision')?.body).toBe('{"bidMicros":null,"averageMicros":1000000,"inputs":{"a":1}}')
  journal.close()
})

test('an entry without a type of one line or an integer instant is refused', () => {
  const journal = openJournal({ path: freshPath(), durability: 'process' })
  for (const wrong of [
    { type: '', atUs: 1 },
    { type: 'a\nb', atUs: 1 },
    { type: 'a', atUs: 1.5 },
    { type: 'a', atUs: Number.NaN },
  ])
    expect(() => journal.append(wrong)).toThrow(expect.objectContaining({ code: 'JOURNAL_ENTRY' }))
  journal.close()
  expect(() => journal.flush()).toThrow(expect.objectContaining({ code: 'JOURNAL_CLOSED' }))
})

test('a line can be neither changed nor removed by SQL', () => {
  const database = new Database(filled(10))
  expect(() => database.exec(`UPDATE journal SET body = '{}' WHERE seq = 3`)).toThrow('append-only')
  expect(() => database.exec('DELETE FROM journal WHERE seq = 10')).toThrow('append-only')
  database.close()
})

test('a line changed behind the back of SQL breaks the chain from there', () => {
  const file = filled(100)
  const database = new Database(file)
  database.exec(
    `DROP TRIGGER journal_is_never_changed; UPDATE journal SET body = '{"fillId":"x"}' WHERE seq = 42`,
  )
  database.close()
  const { ok, faults } = verifyJournal(file)
  expect(ok).toBe(false)
  expect(faults.map(({ seq }) => seq)).toEqual([42])
})

test('a journal cut at its end shows against a head that was noted', () => {
  const file = filled(100)
  const { head } = verifyJournal(file)
  const database = new Database(file)
  database.exec('DROP TRIGGER journal_is_never_shortened; DELETE FROM journal WHERE seq > 90')
  database.close()
  expect(verifyJournal(file).ok).toBe(true)
  expect(verifyJournal(file, { expected: head }).faults).toMatchObject([{ seq: 100 }])
})

test('there is one writer, readers do not mind, and a dead writer holds nothing', () => {
  const file = freshPath()
  const journal = openJournal({ path: file, durability: 'process' })
  expect(() => openJournal({ path: file })).toThrow(expect.objectContaining({ code: 'JOURNAL_LOCKED' }))
  journal.append(entry(1))
  journal.flush()
  expect([...readJournal(file).lines()]).toHaveLength(1)
  journal.close()
  openJournal({ path: file, durability: 'process' }).close()
})

test('a file of a newer version is refused, and not touched', () => {
  const file = filled(5)
  const database = new Database(file)
  database.exec(`UPDATE schema_version SET version = 99 WHERE component = 'journal'`)
  database.close()
  for (const open of [() => openJournal({ path: file }), () => verifyJournal(file)])
    expect(open).toThrow(
      expect.objectContaining({ code: 'JOURNAL_VERSION', details: expect.objectContaining({ version: 99 }) }),
    )
})

test('days are closed into files of their own, and the chain goes through them', () => {
  const file = freshPath()
  const journal = openJournal({ path: file, durability: 'process' })
  for (const day of ['2026-11-23', '2026-11-24', '2026-11-24']) {
    journal.startRun({ prefix: `${day}-${journal.head.seq}`, atUs: 1, config: null, program: 't' })
    for (let i = 0; i < 300; i++) journal.append(entry(i))
    expect(journal.rotate(day)).toMatch(/^scalp-2026-11-2\d(\.2)?\.db$/)
  }
  expect(journal.rotate('2026-11-25')).toBeUndefined()
  journal.append({ type: 'kill-switch', atUs: 9, state: 'halted' })
  journal.flush()
  expect(journal.verify()).toMatchObject({ ok: true, lines: 904, removedDays: 0 })
  expect(journal.last('run-started')?.seq).toBe(603)
  expect([...journal.lines({ fromSeq: 600, toSeq: 604 })].map(({ seq }) => seq)).toEqual([
    600, 601, 602, 603, 604,
  ])
  expect(journal.retain(1)).toEqual(['scalp-2026-11-23.db', 'scalp-2026-11-24.db'])
  expect(journal.verify()).toMatchObject({ ok: true, lines: 302, removedDays: 2, head: { seq: 904 } })
  journal.close()
  const again = openJournal({ path: file, durability: 'process' })
  expect(again.run).toBe(3)
  again.append(entry(1))
  again.flush()
  expect(again.verify()).toMatchObject({ ok: true, head: { seq: 905 } })
  again.close()
})

test('lines that the process died before giving to the database come from the tail file', () => {
  const file = filled(50)
  const database = new Database(file)
  database.exec('DROP TRIGGER journal_is_never_shortened; DELETE FROM journal WHERE seq > 30')
  database.close()
  appendFileSync(`${file}-tail`, '[51,1,1,"torn')
  const problems: JournalProblem[] = []
  const journal = openJournal({
    path: file,
    durability: 'process',
    onProblem: (problem) => problems.push(problem),
  })
  expect(problems).toEqual([{ kind: 'recovered', fromTail: 20, damagedFile: null }])
  expect(journal.verify()).toMatchObject({ ok: true, lines: 50 })
  journal.close()
})

test.each([4_096, 8_192, 40_960])('a database whose last %i bytes are damaged loses nothing', (length) => {
  const file = filled(3_000, { tailBytes: 100_000 })
  damage(file, length, length)
  const problems: JournalProblem[] = []
  const journal = openJournal({
    path: file,
    durability: 'process',
    onProblem: (problem) => problems.push(problem),
  })
  expect(problems).toMatchObject([{ kind: 'recovered' }])
  expect(journal.verify()).toMatchObject({ ok: true, lines: 3_000 })
  journal.append(entry(1))
  journal.flush()
  expect(journal.head.seq).toBe(3_001)
  journal.close()
  openJournal({ path: file, durability: 'process', check: 'all' }).close()
})

test('a tail file that is damaged at its end or in its middle loses nothing', () => {
  for (const fromEnd of [100, 30_000]) {
    const file = filled(1_000)
    damage(`${file}-tail`, fromEnd, 50)
    for (let round = 0; round < 3; round++) {
      const journal = openJournal({ path: file, durability: 'process' })
      journal.append(entry(round))
      journal.flush()
      expect(journal.verify()).toMatchObject({ ok: true, lines: 1_001 + round })
      journal.close()
    }
  }
})

test('damage that no copy covers is told with its lines, and recovered only when the loss is accepted', () => {
  const file = filled(30_000, { tailBytes: 100_000 })
  damage(file, statSync(file).size / 2, 16_384)
  expect(() => openJournal({ path: file, check: 'all' })).toThrow(
    expect.objectContaining({
      code: 'JOURNAL_CORRUPT',
      details: expect.objectContaining({ lost: expect.anything() }),
    }),
  )
  const { lines, lost } = recoverJournal(file, { acceptLoss: true })
  const gone = lost.reduce((sum, { from, to }) => sum + to - from + 1, 0)
  expect(gone).toBeGreaterThan(0)
  expect(lines + gone).toBe(30_000)
})

test('JSON lines and Parquet hold every line', async () => {
  const file = filled(500)
  const reader = readJournal(file)
  expect(exportJsonLines(reader.lines(), `${file}.jsonl`)).toBe(500)
  expect(exportParquet(reader.lines({ fromSeq: 2 }), `${file}.parquet`)).toBe(499)
  reader.close()
  const objects = readFileSync(`${file}.jsonl`, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(objects[499]).toMatchObject({
    seq: 500,
    type: 'order-filled',
    fillId: 'f499',
    priceMicros: 1_150_000,
  })
  const bytes = readFileSync(`${file}.parquet`)
  const rows = await parquetReadObjects({
    file: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer,
  })
  expect(rows).toHaveLength(499)
  expect(rows[0]).toMatchObject({
    seq: 2n,
    type: 'order-filled',
    body: '{"fillId":"f1","priceMicros":1150000}',
  })
})
