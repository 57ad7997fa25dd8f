import { toOrderId, US_PER_SECOND } from '@scalp/canonical'
import { expect, test } from 'vitest'
import { enter, market, OPEN } from '../test/market.js'

test('a burst up buys a call at a limit not above the ask', () => {
  const { intents, decisions } = enter()
  expect(intents).toHaveLength(1)
  const [intent] = intents
  expect(intent).toMatchObject({ side: 'buy', tag: 'momentum_burst', timeoutMs: 2_000 })
  expect(intent?.inputs).toMatchObject({ trigger: 'momentum_burst', velocityPct: 0.8, dte: 1 })
  expect(String(intent?.inputs?.['contract'])).toMatch(/^TSLA240104C/)
  const delta = Number(intent?.inputs?.['delta'])
  expect(delta).toBeGreaterThanOrEqual(0.25)
  expect(delta).toBeLessThanOrEqual(0.55)
  expect(intent?.limitMicros).toBeLessThanOrEqual(Number(intent?.inputs?.['ask']) * 1e6)
  expect(decisions.at(-1)).toMatchObject({ kind: 'signal', code: 'momentum_burst' })
})

test('nothing is bought while a position is open, and a take-profit sells it at the bid', () => {
  const world = enter()
  const { instrument } = world.fill(1, 1_000_000)
  world.price(140, 254.5)
  expect(world.intents).toHaveLength(1)
  world.quote(instrument, 1.5)
  expect(world.intents[1]).toMatchObject({
    side: 'sell',
    tag: 'take_profit',
    limitMicros: 1_490_000,
    timeoutMs: 1_000,
  })
})

test('a loss starts the cooldown by its profit after fees', () => {
  const world = enter()
  const { instrument } = world.fill(1, 1_000_000)
  world.quote(instrument, 0.5)
  expect(world.intents[1]).toMatchObject({ tag: 'stop_loss' })
  world.fill(2, 500_000)
  world.price(150, 250)
  world.price(159, 250)
  world.quoteAll(250)
  world.price(160, 252)
  expect(world.intents).toHaveLength(2)
  expect(world.decisions.at(-1)).toMatchObject({ kind: 'abstain', code: 'LOSS_COOLDOWN' })
})

test('a rejected exit is tried again after a pause', () => {
  const world = enter()
  const { instrument } = world.fill(1, 1_000_000)
  world.quote(instrument, 0.5)
  world.handlers.onOrderEnd?.({
    orderId: toOrderId('t', 2),
    instrument,
    receivedUs: OPEN + 70 * US_PER_SECOND,
    outcome: 'rejected',
    reason: 'busy',
    filled: 0,
  })
  expect(world.intents).toHaveLength(2)
  expect(world.wakes).toContain(OPEN + 71 * US_PER_SECOND)
  world.wake(71)
  expect(world.intents[2]).toMatchObject({ side: 'sell', tag: 'stop_loss' })
})

test('silence closes a position at market when its wake comes', () => {
  const world = enter({ maxQuoteSilenceSeconds: 120, timeStopMinutes: null })
  world.fill(1, 1_000_000)
  world.wake(189)
  expect(world.intents).toHaveLength(1)
  world.wake(190)
  expect(world.intents[1]).toMatchObject({ tag: 'stale_quote' })
  expect(world.intents[1]).not.toHaveProperty('limitMicros')
})

test('a minute before the closing bell what is open is sold', () => {
  const world = enter({ timeStopMinutes: null, maxQuoteSilenceSeconds: null })
  world.fill(1, 1_000_000)
  world.wake(6.5 * 3_600 - 61)
  expect(world.intents).toHaveLength(1)
  world.wake(6.5 * 3_600 - 60)
  expect(world.intents[1]).toMatchObject({ tag: 'market_close' })
})

test('a burst while something stands in its way is written down with the contract that was missed', () => {
  const world = enter({ minSignalIntervalSeconds: 60 })
  world.fill(1, 1_000_000)
  world.price(90, 255)
  expect(world.decisions.at(-1)).toMatchObject({ kind: 'abstain', code: 'SIGNAL_INTERVAL' })
  expect(world.decisions.at(-1)).not.toHaveProperty('instrument')
  world.price(100, 252)
  world.price(129, 252)
  world.quoteAll(252)
  world.price(131, 255)
  const missed = world.decisions.at(-1)
  expect(missed).toMatchObject({ kind: 'abstain', code: 'POSITION_OPEN' })
  expect(missed?.inputs).toMatchObject({ symbol: 'TSLA', underlying: 255, dte: 1 })
  expect(world.calls).toContain(missed?.instrument)
  expect(String(missed?.inputs?.['ranking'])).toMatch(/^TSLA240104C\d+ -?[\d.]+/)
  const count = world.decisions.length
  world.price(132, 255.1)
  expect(world.decisions).toHaveLength(count)
})

test('a signal is logged with what it was decided on and the contracts that lost', () => {
  const { decisions } = enter()
  expect(Object.keys(decisions.at(-1)?.inputs ?? {})).toEqual(
    expect.arrayContaining(
      [
        'velocityPct',
        'volumeRatio',
        'vwap',
        'support',
        'resistance',
        'thresholdPct',
        'marginPct',
        'bid',
      ].concat(['ask', 'spreadPct', 'quoteAgeMs', 'score', 'candidates', 'ranking', 'rejected', 'contracts']),
    ),
  )
})

test('an exit is logged with the mark and the limit that decided it', () => {
  const world = enter({ stopLossPct: 15 })
  const { instrument } = world.fill(1, 1_000_000)
  world.quote(instrument, 0.5)
  expect(world.decisions.at(-1)).toMatchObject({
    kind: 'exit',
    code: 'stop_loss',
    inputs: { entry: 1, bid: 0.49, pnlPct: -51, limit: -15, attempt: 1 },
  })
})

test('a burst that must be confirmed buys at its second reading', () => {
  const world = market({ confirmationSeconds: 10 })
  world.price(60, 250)
  world.price(69, 250)
  world.quoteAll(250)
  world.price(70, 252)
  expect(world.intents).toHaveLength(0)
  expect(world.decisions.at(-1)).toMatchObject({ code: 'AWAITS_CONFIRMATION' })
  world.quoteAll(251)
  world.price(74, 252)
  expect(world.intents).toHaveLength(1)
})

test('a second reading that comes too late, or the other way, is a first one', () => {
  const late = market({ confirmationSeconds: 10 })
  late.price(60, 250)
  late.quoteAll(250)
  late.price(70, 252)
  late.price(80.1, 252)
  expect(late.intents).toHaveLength(0)
  late.quoteAll(251)
  late.price(81, 252)
  expect(late.intents).toHaveLength(1)
  const turned = market({ confirmationSeconds: 10 })
  turned.price(60, 250)
  turned.quoteAll(250)
  turned.price(70, 252)
  turned.price(71, 248)
  expect(turned.intents).toHaveLength(0)
})

const timeOut = (world: ReturnType<typeof market>, order: number, filled = 0) =>
  world.handlers.onOrderEnd?.({
    orderId: toOrderId('t', order),
    instrument: (world.intents[order - 1] as (typeof world.intents)[number]).instrument,
    receivedUs: OPEN + 72 * US_PER_SECOND,
    outcome: 'cancelled',
    reason: 'timeout',
    filled,
  })

test('an entry that timed out is sent once more at the ask, for what is left of it', () => {
  const world = enter({ entryReprices: 1, entryLimitPct: 5 })
  const [first] = world.intents
  const contract = Number(first?.instrument)
  world.quote(contract, Number(first?.inputs?.['ask']))
  timeOut(world, 1, 3)
  expect(world.intents).toHaveLength(2)
  expect(world.intents[1]).toMatchObject({
    side: 'buy',
    instrument: contract,
    contracts: (first?.contracts ?? 0) - 3,
    limitMicros: Number(first?.inputs?.['ask']) * 1e6 + 10_000,
    tag: 'momentum_burst',
  })
  timeOut(world, 2)
  expect(world.intents).toHaveLength(2)
  expect(world.decisions.at(-1)).toMatchObject({ code: 'ENTRY_UNFILLED', inputs: { attempts: 2 } })
})

test('an entry is not chased when the ask has run away, nor when it was not asked for', () => {
  const chased = enter({ entryReprices: 1, entryLimitPct: 0.5 })
  const [first] = chased.intents
  chased.quote(Number(first?.instrument), Number(first?.inputs?.['ask']) * 1.2)
  timeOut(chased, 1)
  expect(chased.intents).toHaveLength(1)
  const plain = enter()
  timeOut(plain, 1)
  expect(plain.intents).toHaveLength(1)
})

test('a patient exit follows the bid as often as it may, then takes any price', () => {
  const world = enter({ exitReprices: 1 })
  const { instrument } = world.fill(1, 1_000_000)
  world.quote(instrument, 1.5)
  world.quote(instrument, 1.4)
  timeOut(world, 2)
  expect(world.intents[2]).toMatchObject({ side: 'sell', limitMicros: 1_390_000 })
  timeOut(world, 3)
  expect(world.intents[3]).toMatchObject({ side: 'sell', tag: 'take_profit' })
  expect(world.intents[3]).not.toHaveProperty('limitMicros')
})

test('a restart goes on with the open trade, its exit state, its counts and its cooldown', () => {
  const before = enter({ trailingActivationPct: 10, takeProfitPct: 1_000 })
  const { instrument, contracts } = before.fill(1, 1_000_000)
  before.quote(instrument, 1.21)
  const saved: unknown = JSON.parse(JSON.stringify(before.handlers.snapshot?.()))
  const after = market({ trailingActivationPct: 10, takeProfitPct: 1_000 })
  after.held.set(instrument, contracts - 1)
  after.handlers.restore?.(saved)
  expect(after.handlers.snapshot?.()).toMatchObject({
    trades: [{ contracts: contracts - 1, exit: { isTrailing: true, maxGainPct: 20 } }],
    generator: { signalsToday: 1 },
  })
  after.price(71, 252)
  expect(after.intents).toHaveLength(0)
  after.quote(instrument, 1.1)
  expect(after.intents[0]).toMatchObject({ side: 'sell', tag: 'trailing_stop', contracts: contracts - 1 })
})

test('a restored trade is not closed for the silence of the restart', () => {
  const before = enter()
  const { instrument, contracts } = before.fill(1, 1_000_000)
  const after = market({ maxQuoteSilenceSeconds: 60, timeStopMinutes: null })
  after.held.set(instrument, contracts)
  after.handlers.restore?.(JSON.parse(JSON.stringify(before.handlers.snapshot?.())))
  after.wake(600)
  expect(after.intents).toHaveLength(0)
  after.wake(661)
  expect(after.intents[0]).toMatchObject({ side: 'sell', tag: 'stale_quote' })
})

test('a trade no longer held after a restart ended elsewhere, and frees its place', () => {
  const before = enter()
  before.fill(1, 1_000_000)
  const after = market()
  after.handlers.restore?.(JSON.parse(JSON.stringify(before.handlers.snapshot?.())))
  expect(after.decisions.at(-1)).toMatchObject({ kind: 'exit', code: 'external' })
  expect(after.handlers.snapshot?.()).toMatchObject({ trades: [] })
})

test('a snapshot of another shape is refused', () => {
  expect(() => market().handlers.restore?.({ version: 2 })).toThrow()
})
