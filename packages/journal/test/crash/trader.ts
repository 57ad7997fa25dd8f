/** A small trader that is killed again and again. It runs bundled, in a process of its own. */
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import type { ApprovedOrder, Broker, OrderId } from '@scalp/canonical'
import { BookProjection, PositionBook } from '@scalp/positions'
import { openSqliteStore } from '@scalp/positions/sqlite'
import {
  type BrokerOrder,
  type LedgerFill,
  type OrderLedger,
  Reconciler,
  rebuildLedger,
  type SyntheticFill,
} from '@scalp/reconciliation'
import Database from 'better-sqlite3'
import { createJournaledBroker, toEntry } from '../../src/index.js'
import { openJournal } from '../../src/sqlite.js'
import { type Answer, type Question, type Step, SYMBOL, type TraderPlan } from './protocol.js'

const plan = JSON.parse(process.argv[2] ?? '{}') as TraderPlan
const counts = new Map<Step, number>()
const state = { isTrading: false, isDone: false }

/** Dies here when the plan says so: by SIGKILL, with nothing flushed, closed or said. */
function reach(step: Step): void {
  if (plan.dieAt?.isTrading === true && !state.isTrading) return
  const count = (counts.get(step) ?? 0) + 1
  counts.set(step, count)
  if (plan.dieAt?.step === step && plan.dieAt.count === count) die()
}

function die(): never {
  process.kill(process.pid, 'SIGKILL')
  for (;;);
}

/** The journal's own calls: it can die in the middle of a line, before and after the disk has it. */
const { writeSync, fdatasyncSync, renameSync } = fs
fs.writeSync = ((fd: number, bytes: Uint8Array, offset: number) => {
  if (
    plan.dieAt?.step === 'tail-torn' &&
    (state.isTrading || !plan.dieAt.isTrading) &&
    (counts.get('tail-torn') ?? 0) + 1 === plan.dieAt.count
  )
    writeSync(fd, bytes, offset, Math.max(1, Math.floor((bytes.length - offset) / 2)))
  reach('tail-torn')
  const written = writeSync(fd, bytes, offset)
  reach('tail-written')
  return written
}) as typeof fs.writeSync
fs.fdatasyncSync = (fd) => {
  fdatasyncSync(fd)
  reach('tail-synced')
}
fs.renameSync = (from, to) => {
  renameSync(from, to)
  reach('tail-turned')
}
syncBuiltinESMExports()

/** The database's own: it can die when a transaction has just been written. */
const { transaction } = Database.prototype
Database.prototype.transaction = function (this: Database.Database, work: (...args: never[]) => unknown) {
  const run = transaction.call(this, work as never)
  return new Proxy(run, {
    apply: (target, self, args) => {
      const result: unknown = Reflect.apply(target as () => unknown, self, args)
      reach('database-written')
      return result
    },
  })
} as typeof transaction

const journal = openJournal({ path: plan.journal, reserveBytes: 0, tailBytes: 8_000 })
if (plan.rotates) {
  journal.rotate('2026-01-05')
  reach('day-closed')
}
const store = openSqliteStore({ database: journal.database })
const prefix = `r${journal.run + 1}`
let nowUs = 0
let [bidMicros, askMicros] = [Number.NaN, Number.NaN]

const prefixes = new Map<number, string>()
for (const { run, prefix: known } of journal.database.prepare('SELECT run, prefix FROM runs').all() as {
  run: number
  prefix: string
}[])
  prefixes.set(run, known)
const clientIdOf = (run: number, orderId: string): string => `${prefixes.get(run)}-${orderId}`

const recorded = Array.from(journal.lines(), (line) => ({
  seq: line.seq,
  run: line.run,
  entry: toEntry(line),
}))
const ledger: OrderLedger = rebuildLedger(recorded, { clientIdOf })
const book = new PositionBook()
const stored = store.loadSync()
book.restore(stored)
const projection = new BookProjection(book)
/** What the store has not seen: it may be behind the journal, never ahead. */
for (const { seq, run, entry } of recorded)
  if (seq > stored.journalSeq || entry.type === 'order-submitted') projection.take({ run, entry })
save()

/** The wire to the venue: a channel of the parent process. */
const waiting = new Map<number, (answer: Extract<Answer, { kind: 'answer' }>) => void>()
let asked = 0
const send = (question: Question): void => void process.send?.(question)
function ask(
  what: 'order' | 'orders' | 'positions',
  clientOrderId?: string,
): Promise<Extract<Answer, { kind: 'answer' }>> {
  const id = ++asked
  send({ kind: 'ask', id, what, ...(clientOrderId === undefined ? {} : { clientOrderId }) })
  return new Promise((resolve) => waiting.set(id, resolve))
}

const wire: Broker = {
  connect: () => Promise.resolve(),
  submit: (order) => {
    reach('recorded')
    send({
      kind: 'submit',
      clientOrderId: `${prefix}-${order.id}`,
      side: order.side,
      contracts: order.contracts,
      limitMicros: order.limitMicros ?? null,
      reduces: order.reduces,
    })
    reach('order-sent')
  },
  cancel: (orderId) => {
    reach('cancel-recorded')
    send({ kind: 'cancel', clientOrderId: `${prefix}-${orderId}` })
    reach('cancel-sent')
  },
}
const broker = createJournaledBroker({ broker: wire, journal, clock: { nowUs: () => nowUs } })

function save(): void {
  const change = book.takeChange(nowUs, journal.head.seq)
  if (change === undefined) return
  store.saveSync(change)
  reach('store-saved')
}

/** Records a fill, then applies it, then lets the store follow. */
function take(fill: LedgerFill | SyntheticFill): void {
  journal.append({ type: 'order-filled', atUs: fill.receivedUs, ...fill })
  reach('fill-appended')
  journal.flush()
  reach('fill-recorded')
  book.apply({ ...fill, positionType: fill.positionType as 'scalp' | 'external' })
  reach('book-applied')
  save()
}

function hear(word: BrokerOrder): void {
  reach('word-heard')
  journal.append({ type: 'broker-message', atUs: nowUs, word })
  const news = ledger.learn(word, nowUs)
  for (const fill of news.fills) take(fill)
  if (news.state === 'cancelled' || news.state === 'rejected') end(word.clientOrderId, news.state)
  journal.flush()
}

function end(clientOrderId: string, how: 'cancelled' | 'rejected'): void {
  journal.append({ type: `order-${how}`, atUs: nowUs, clientOrderId, orderId: clientOrderId })
  journal.flush()
  reach('end-recorded')
}

let sequence = 0
function submit(side: 'buy' | 'sell', contracts: number, limitMicros: number | undefined): void {
  const id = `o${++sequence}` as OrderId
  const order = {
    id,
    side,
    contracts,
    reduces: side === 'sell',
    decidedUs: nowUs,
    tag: side === 'buy' ? 'burst' : 'take_profit',
    ...(limitMicros === undefined ? {} : { limitMicros }),
  } as ApprovedOrder
  journal.append({ type: 'order-submitted', atUs: nowUs, symbol: SYMBOL, order })
  const { reduces, decidedUs, tag } = order
  ledger.announce({
    clientOrderId: `${prefix}-${id}`,
    symbol: SYMBOL,
    side,
    contracts,
    reduces,
    decidedUs,
    positionType: 'scalp',
    ...(tag === undefined ? {} : { tag }),
  })
  reach('announced')
  broker.submit(order)
}

const held = (): number => book.open().reduce((sum, { contracts }) => sum + contracts, 0)

let turns = 0
/** One turn: buys when flat, cancels what waits too long, sells what is held. */
function trade(): void {
  turns++
  const open = ledger.open()
  if (open.length > 0) {
    if (turns % 7 === 0)
      for (const { clientOrderId } of open) broker.cancel(clientOrderId.slice(prefix.length + 1) as OrderId)
    return
  }
  if (held() > 0) submit('sell', held(), turns % 3 === 0 ? bidMicros + 10_000 : undefined)
  else if (!plan.isLast) submit('buy', 1 + (turns % 5), askMicros - (turns % 4 === 0 ? 20_000 : 0))
}

function tell(when: 'started' | 'ended'): void {
  const rows = book.positions()
  const costMicros = rows.reduce((sum, { sums }) => sum + (sums?.costMicros ?? 0), 0)
  const made = rows.reduce((sum, { realisedMicros }) => sum + realisedMicros, 0) / 100
  const orders = new Set(
    [...journal.lines({ type: 'order-submitted' })].map(({ run, body }) =>
      clientIdOf(run, (JSON.parse(body) as { order: { id: string } }).order.id),
    ),
  )
  const filled = Object.fromEntries([...orders].map((id) => [id, ledger.filled(id)]))
  send({ kind: 'state', state: { when, filled, held: held(), costMicros, cashMicros: made - costMicros } })
}

process.on('message', (answer: Answer) => {
  if ('nowUs' in answer) nowUs = Math.max(nowUs, answer.nowUs)
  if (answer.kind === 'answer') waiting.get(answer.id)?.(answer)
  else if (answer.kind === 'word') hear(answer.word)
  else {
    bidMicros = answer.bidMicros
    askMicros = answer.askMicros
    if (!state.isTrading || state.isDone) return
    trade()
    if (plan.isLast && held() === 0 && ledger.open().length === 0) {
      state.isDone = true
      tell('ended')
      journal.close()
      process.disconnect()
    }
  }
})

async function start(): Promise<void> {
  const { nowUs: startUs } = await ask('positions')
  nowUs = Math.max(nowUs, startUs)
  prefixes.set(journal.run + 1, prefix)
  journal.startRun({ prefix, atUs: nowUs, config: plan, program: 'crash test' })
  reach('run-started')
  /** What an earlier run left working is nobody's any more: it is cancelled, and heard out. */
  for (const { clientOrderId } of ledger.open()) send({ kind: 'cancel', clientOrderId })
  const reconciler = new Reconciler({
    ledger,
    broker: {
      orderByClientId: async (clientOrderId) => {
        const { order } = await ask('order', clientOrderId)
        reach('order-looked-up')
        if (order?.status === 'working') send({ kind: 'cancel', clientOrderId })
        return order
      },
      ordersSince: async () => (await ask('orders')).orders ?? [],
      positions: async () => (await ask('positions')).positions ?? [],
    },
    positions: () => book.open(),
    fillsOf: (symbol) => book.fillsOf(symbol),
    apply: (fill) => {
      take(fill)
      reach('reconciled-fill')
    },
    onOrder: ({ clientOrderId }, news) => {
      if (news.state === 'cancelled' || news.state === 'rejected') end(clientOrderId, news.state)
      if (news.state === 'gone') end(clientOrderId, 'rejected')
    },
    graceSeconds: 2,
  })
  for (;;) {
    const { isSettled } = await reconciler.look(nowUs)
    if (isSettled && ledger.open().length === 0) break
  }
  tell('started')
  state.isTrading = true
}

void start()
