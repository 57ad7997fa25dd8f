import { TradingClient } from '@scalp/alpaca'
import { createAlpacaBroker } from '@scalp/alpaca/live'
import type { IsoDate, JournalEntry, Micros } from '@scalp/canonical'
import { createJournaledBroker } from '@scalp/journal'
import type { SqliteJournal } from '@scalp/journal/sqlite'
import type { ExchangeCalendar } from '@scalp/market-data'
import type { Logger } from 'pino'
import type { LiveClock } from '../clock/market-clock.js'
import { LiveLockedError } from '../errors.js'
import { brokerLink, venueOf } from '../market/alpaca-market.js'
import { impliesUnderlyings, openMarket, requireFeedKey } from '../market/open-market.js'
import { AccountDesk } from '../trade/account-desk.js'
import { AccountWatch } from '../trade/account-watch.js'
import { recall, toRestored } from '../trade/memory.js'
import { version } from '../version.js'
import { everySoOften } from './every-so-often.js'
import {
  clockOf,
  type Foundation,
  filesOf,
  layFoundation,
  type OpenedSession,
  type OpenOptions,
} from './foundation.js'
import { LiveSession } from './live-session.js'

/** Trades an account: paper or live, or the simulated one of a demo. */
export async function openAccountSession(options: OpenOptions): Promise<OpenedSession> {
  const { config } = options
  if (config.mode === 'live') {
    if (!config.liveTrading)
      throw new LiveLockedError({ missing: '"liveTrading" is not true in the configuration' })
    if (!options.isLiveConfirmed) throw new LiveLockedError({ missing: 'the flag --live is not given' })
    if (config.clock !== undefined)
      throw new LiveLockedError({ missing: 'a clock other than that of the wall is set' })
  }
  requireFeedKey(config)
  const { keyId, secretKey, requestsPerMinute } = config.alpaca
  const keys = { keyId, secretKey, requestsPerMinute }
  const account = await new TradingClient({ ...keys, ...venueOf(config, options.isLiveConfirmed) }).account()
  const base = await layFoundation(options, {
    startingCashMicros: account.cashMicros,
    impliesUnderlyings: impliesUnderlyings(config),
    clock: options.clock ?? clockOf(config),
  })
  try {
    return await trade(options, base, account.cashMicros)
  } catch (error) {
    await base.recorder?.close()
    base.journal.close()
    throw error
  }
}

/** Reconciles with the account, then runs. */
async function trade(
  options: OpenOptions,
  base: Foundation,
  startingCashMicros: Micros,
): Promise<OpenedSession> {
  const { config, log, onAlert } = options
  const { keyId, secretKey, tradingStreamUrl, streamUrl, requestsPerMinute } = config.alpaca
  const keys = { keyId, secretKey, requestsPerMinute }
  const orderStreamUrl = tradingStreamUrl ?? streamUrl
  const { calendar, clock, instruments, runId, journal, recorder } = base
  let session: LiveSession | undefined
  const broker = createAlpacaBroker({
    ...keys,
    ...venueOf(config, options.isLiveConfirmed),
    instruments,
    runId,
    clock,
    ...(orderStreamUrl === undefined ? {} : { streamUrl: orderStreamUrl }),
    onProblem: (problem) => {
      log.warn({ err: problem }, 'broker')
      if (problem instanceof Error) session?.risk.brokerFailed(Math.round(clock.nowUs()))
    },
    onEnded: (error) => {
      onAlert({ level: 'critical', code: 'BROKER_ENDED', message: error.message })
      session?.halt('the stream of orders ended for good')
    },
  })
  rotateJournal(journal, calendar.tradingDate(clock.nowUs()), config.data.retainDays, calendar)
  const memory = recall(journal, calendar, clock.nowUs())
  const desk = new AccountDesk({
    client: broker.client,
    ledger: memory.ledger,
    book: memory.book,
    instruments,
    runId,
    record: (entry) => {
      journal.append(entry)
      journal.flush()
    },
    tell: () => (session === undefined ? undefined : (event) => session?.driver.onOrderEvent(event)),
  })
  journal.startRun({
    prefix: runId,
    atUs: Math.round(clock.nowUs()),
    config: { mode: config.mode, symbols: config.symbols },
    program: `scalp-live ${version}`,
  })
  const watch = new AccountWatch({
    client: broker.client,
    nowUs: () => clock.nowUs(),
    rules: config.gates.account,
  })
  await watch.look()
  const leftovers = await desk.cancelLeftovers()
  let found = await desk.look(clock.nowUs())
  for (let look = 0; look < 2 && !found.isSettled; look++) found = await desk.look(clock.nowUs())
  const date = (): IsoDate => calendar.tradingDate(clock.nowUs())
  const market = openMarket(options, base, broker.client, () => session)
  const contracts = await market.universe.first(clock.nowUs(), date())
  const restored = toRestored(memory, { instruments, us: Math.round(clock.nowUs()), runId })
  const held = memory.book.positions()
  const feed = market.feed(
    contracts,
    held.map(({ symbol }) => symbol),
  )
  for (const { symbol } of held) instruments.requireOption(symbol)
  const reconcile = async (): Promise<string> => {
    const look = await desk.look(clock.nowUs())
    if (session !== undefined) session.isSettled = look.isSettled
    if (!look.isSettled && look.faults.length > 0)
      session?.risk.reconciliationFailed(Math.round(clock.nowUs()), look.faults.length)
    const { fills, unknown, waiting, faults } = look
    return look.isSettled && fills.length === 0
      ? 'Ours and the account agree.'
      : `${fills.length} fills taken over, ${unknown.length} orders unknown, ${waiting.length} positions differ, ${faults.length} faults.`
  }
  session = new LiveSession({
    ...base.common,
    broker: createJournaledBroker({
      broker,
      journal,
      clock,
      onProblem: (problem) => onUnrecorded(problem, session, clock, log),
    }),
    feed,
    startingCashMicros,
    impliesUnderlyings: impliesUnderlyings(config),
    links: () => [...feed.links(), brokerLink(broker)],
    isFeedHealthy: () => feed.isReady,
    isBrokerHealthy: () => broker.isListening,
    reconcile,
    externals: () => memory.book.positions().filter(({ positionType }) => positionType !== 'scalp'),
    accountStatus: () => watch.status(),
    onEntry: (entry: JournalEntry) => {
      desk.read(entry)
      watch.hear(entry)
    },
  })
  session.isSettled = found.isSettled
  log.info(
    { runId, leftovers, settled: found.isSettled, positions: memory.book.positions().length },
    'reconciled',
  )
  session.restore(restored, memory.killSwitch)
  try {
    await session.start()
  } catch (error) {
    /** A feed that refuses must not leave a stream of orders open. */
    await session.stop()
    await broker.close()
    throw error
  }
  market.universe.tellInterest(session.driver, clock.nowUs())
  let isSettled = found.isSettled
  const timers = [
    everySoOften(
      () => (isSettled ? 15_000 : 2_000),
      async () => {
        await reconcile()
        isSettled = session?.unreadiness() !== 'ours and the account do not agree yet'
      },
      log,
    ),
    everySoOften(
      () => 15_000,
      () => watch.look(),
      log,
    ),
    everySoOften(
      () => 5_000,
      () => market.follow(feed, session as LiveSession, date()),
      log,
    ),
    everySoOften(
      () => 60_000,
      async () => {
        const sentMs = performance.now()
        const { nowUs } = await broker.client.clock()
        const tripMs = performance.now() - sentMs
        session?.risk.clockRead((clock.nowUs() - nowUs) / 1_000 - tripMs / 2, Math.round(clock.nowUs()))
      },
      log,
    ),
  ]
  return {
    session,
    clock,
    runId,
    journal,
    strategy: base.strategy.name,
    settings: base.settings,
    directory: filesOf(config, runId).directory,
    stop: async () => {
      for (const stop of timers) stop()
      await session?.stop()
      await broker.close()
      await recorder?.close()
      journal.close()
    },
  }
}

/** Entries of days before go into files of their own, and the oldest of these away. */
function rotateJournal(
  journal: SqliteJournal,
  today: IsoDate,
  days: number,
  calendar: ExchangeCalendar,
): void {
  const last = journal.last('run-started')
  const day = last === undefined ? today : calendar.tradingDate(last.atUs)
  if (day < today) journal.rotate(day)
  journal.retain(days)
}

function onUnrecorded(
  problem: unknown,
  session: LiveSession | undefined,
  clock: LiveClock,
  log: Logger,
): void {
  log.error({ err: problem }, 'the journal cannot be written')
  session?.risk.diskFull(Math.round(clock.nowUs()), 1)
}
