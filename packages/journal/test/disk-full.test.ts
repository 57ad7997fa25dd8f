import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { ApprovedOrder, Broker, OrderEvent } from '@scalp/canonical'
import { afterAll, expect, test } from 'vitest'
import { createJournaledBroker } from '../src/index.js'
import { type JournalProblem, openJournal, verifyJournal } from '../src/sqlite.js'

const disks: string[] = []

/** A disk of 2 MiB in memory; undefined where we may not mount one. */
function smallDisk(): string | undefined {
  const folder = mkdtempSync(path.join(tmpdir(), 'small-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', folder], { stdio: 'ignore' })
  } catch {
    return undefined
  }
  disks.push(folder)
  return folder
}

const isMountable = smallDisk() !== undefined
const testHere = test.skipIf(!isMountable)
afterAll(() => {
  for (const disk of disks) {
    execFileSync('umount', [disk])
    rmSync(disk, { recursive: true })
  }
})

/** Leaves no room but for what a journal has set aside. */
function fillDisk(disk: string): string {
  const file = path.join(disk, 'others')
  for (let bytes = 2_097_152; bytes >= 4_096; bytes /= 2) {
    try {
      for (let i = 0; ; i++) writeFileSync(`${file}-${bytes}-${i}`, Buffer.alloc(bytes))
    } catch {
      /** The disk took what it could; what is left is smaller. */
    }
  }
  return file
}

function emptyDisk(disk: string): void {
  execFileSync('sh', ['-c', 'rm -f "$0"/others*', disk])
}

const entry = (number: number) => ({ type: 'order-filled', atUs: number, text: 'x'.repeat(400), number })

testHere(
  'a full disk: nothing recorded is lost, nothing waiting is lost, and it goes on when there is room',
  () => {
    const disk = smallDisk() ?? ''
    const file = path.join(disk, 'scalp.db')
    const problems: JournalProblem[] = []
    const open = () =>
      openJournal({ path: file, reserveBytes: 131_072, onProblem: (problem) => problems.push(problem) })
    let journal = open()
    for (let i = 0; i < 100; i++) journal.append(entry(i))
    journal.flush()
    fillDisk(disk)
    let recorded = 100
    let failure: unknown
    for (let i = 100; failure === undefined && i < 5_000; i++) {
      journal.append(entry(i))
      try {
        journal.flush()
        recorded++
      } catch (error) {
        failure = error
      }
    }
    expect(failure).toMatchObject({ code: 'JOURNAL_DISK_FULL', details: { waiting: 1 } })
    expect(problems.map(({ kind }) => kind)).toContain('disk-full')
    /** The reserve took far more than the page that was left. */
    expect(recorded).toBeGreaterThan(100)
    expect(journal.isFull).toBe(true)
    expect(journal.head.seq).toBe(recorded)
    journal.append(entry(9_999))
    expect(() => journal.flush()).toThrow(expect.objectContaining({ code: 'JOURNAL_DISK_FULL' }))
    expect(journal.waiting).toBe(2)
    emptyDisk(disk)
    journal.flush()
    expect(journal.waiting).toBe(0)
    journal.append(entry(10_000))
    journal.flush()
    expect(journal.isFull).toBe(false)
    expect(journal.verify()).toMatchObject({ ok: true, lines: recorded + 3 })
    journal.close()
    journal = open()
    expect(journal.verify()).toMatchObject({ ok: true, lines: recorded + 3 })
    journal.close()
  },
)

testHere('a process that dies on a full disk has lost nothing that was recorded', () => {
  const disk = smallDisk() ?? ''
  const file = path.join(disk, 'scalp.db')
  const journal = openJournal({ path: file, reserveBytes: 65_536 })
  journal.append(entry(0))
  journal.flush()
  fillDisk(disk)
  let recorded = 1
  try {
    for (;;) {
      journal.append(entry(recorded))
      journal.flush()
      recorded++
    }
  } catch {
    /** Copied as a dead process would leave it: nothing closed, nothing checkpointed. */
    const copy = mkdtempSync(path.join(tmpdir(), 'after-full-'))
    execFileSync('sh', ['-c', 'cp "$0"/scalp.db* "$1"', disk, copy])
    const again = openJournal({ path: path.join(copy, 'scalp.db') })
    expect(again.head.seq).toBe(recorded)
    again.close()
    expect(verifyJournal(path.join(copy, 'scalp.db'))).toMatchObject({ ok: true, lines: recorded })
  }
  emptyDisk(disk)
  journal.close()
})

testHere('on a full disk entries do not leave and come back rejected, exits and cancels leave', async () => {
  const disk = smallDisk() ?? ''
  const journal = openJournal({ path: path.join(disk, 'scalp.db'), reserveBytes: 0 })
  const sent: string[] = []
  const events: OrderEvent[] = []
  const venue: Broker = {
    connect: () => Promise.resolve(),
    submit: ({ id }) => void sent.push(id),
    cancel: (id) => void sent.push(`cancel ${id}`),
  }
  const broker = createJournaledBroker({ broker: venue, journal, clock: { nowUs: () => 77 } })
  await broker.connect({ onOrderEvent: (event) => void events.push(event) })
  const order = (id: string, reduces: boolean): ApprovedOrder => ({ id, reduces }) as unknown as ApprovedOrder
  broker.submit(order('first', false))
  fillDisk(disk)
  for (let i = 0; i < 300; i++) journal.append(entry(i))
  broker.submit(order('entry', false))
  expect(events).toEqual([])
  broker.submit(order('exit', true))
  broker.cancel('first' as never)
  await Promise.resolve()
  expect(sent).toEqual(['first', 'exit', 'cancel first'])
  expect(events).toMatchObject([{ type: 'order-rejected', orderId: 'entry', receivedUs: 77 }])
  emptyDisk(disk)
  broker.submit(order('later', false))
  expect(sent.at(-1)).toBe('later')
  journal.close()
})
