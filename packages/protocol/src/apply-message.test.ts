import fc from 'fast-check'
import { expect, test } from 'vitest'
import { applyMessage } from './apply-message.js'
import { parseServerMessage, type ServerMessage } from './server-messages.js'
import { emptySnapshot, KEPT, type Snapshot, snapshotSchema } from './snapshot.js'

const timestamp = '2026-03-03T15:00:00.000Z'
const symbol = fc.constantFrom('TSLA', 'SPY')
const id = fc.integer({ min: 1, max: 6 }).map(String)
const price = fc.integer({ min: 1, max: 900 }).map((cents) => cents / 100)

const option = fc
  .record({ canonicalId: id, bid: price, underlying: symbol })
  .map(({ canonicalId, bid, underlying }) => ({
    canonicalId,
    underlying,
    expiry: '2026-03-04',
    right: 'C' as const,
    strike: 250,
    bid,
    ask: bid + 0.05,
    bidSize: 1,
    askSize: 1,
    last: null,
    mid: null,
    spread: null,
    spreadPercent: null,
    delta: null,
    gamma: null,
    theta: null,
    vega: null,
    iv: null,
    theoreticalValue: null,
    openInterest: null,
    volume: null,
    quoteTimestamp: null,
    greeksTimestamp: null,
    quoteAge: null,
    greeksAge: null,
  }))
const position = fc.record({ id, pnlPct: price }).map(({ id: name, pnlPct }) => ({
  id: name,
  positionType: 'scalp' as const,
  signalId: null,
  symbol: 'TSLA',
  optionSymbol: name,
  signalType: 'SCALP_CALL' as const,
  trigger: null,
  confidence: null,
  strike: 250,
  expiry: '2026-03-04',
  right: 'C' as const,
  delta: null,
  dte: 1,
  entryTime: timestamp,
  entryPrice: 1,
  entryUnderlying: null,
  contracts: 1,
  takeProfitPct: 20,
  stopLossPct: 15,
  maxHoldSeconds: null,
  timeStopSeconds: null,
  currentPrice: null,
  pnlPct,
  pnlDollars: null,
  holdSeconds: 1,
  maxGainPct: 0,
  maxDrawdownPct: 0,
  trailingArmed: false,
  trailingLevelPct: null,
  entryDirection: 'up' as const,
  progressToTarget: null,
  progressToStop: null,
  progressToTime: null,
  exitReason: null,
}))
const say = (type: string, data: unknown): ServerMessage => ({ v: 1, type, data, timestamp }) as ServerMessage
const message: fc.Arbitrary<ServerMessage> = fc.oneof(
  fc.array(option, { minLength: 1, maxLength: 4 }).map((options) => say('option_updates', { options })),
  id.map((canonicalId) => say('option_updates', { options: [], removed: [canonicalId] })),
  position.map((data) => say('scalp_position_opened', data)),
  position.map((data) => say('scalp_position_update', data)),
  id.map((name) =>
    say('scalp_position_closed', {
      id: name,
      signalId: null,
      symbol: 'TSLA',
      signalType: 'SCALP_CALL',
      optionSymbol: name,
      trigger: null,
      exitReason: 'manual',
      entryTime: timestamp,
      exitTime: timestamp,
      entryPrice: 1,
      exitPrice: 1,
      contracts: 1,
      pnlDollars: 0,
      pnlPct: 0,
      fees: 0,
      holdSeconds: 1,
      maxGainPct: null,
      maxDrawdownPct: null,
      orderId: null,
    }),
  ),
  id.map((name) =>
    say('exit_signal', {
      positionId: name,
      reason: 'manual',
      currentPrice: null,
      pnl: null,
      pnlPercent: null,
      urgency: 'high',
      trigger: null,
    }),
  ),
  id.map((name) => say('alert', { id: name, at: timestamp, level: 'info', code: 'X', message: 'x' })),
  fc.tuple(symbol, fc.boolean()).map(([underlying, isOver]) =>
    say('abstain', {
      underlying,
      reason: isOver ? null : 'NO_DATA',
      resumeCondition: null,
      failedGates: [],
      at: timestamp,
    }),
  ),
  fc.tuple(id, fc.boolean()).map(([orderId, isFilled]) =>
    say('order_update', {
      orderId,
      at: timestamp,
      optionSymbol: null,
      side: null,
      status: isFilled ? 'filled' : 'submitted',
      contracts: 1,
      filled: 0,
      limit: null,
      averagePrice: null,
      reason: null,
      tag: null,
    }),
  ),
)

test('a snapshot and the messages after it are the snapshot after them, wherever one joins', () => {
  fc.assert(
    fc.property(fc.array(message, { maxLength: 60 }), fc.nat(), (messages, at) => {
      const whole = emptySnapshot()
      const joins = messages.length === 0 ? 0 : at % messages.length
      let joined: Snapshot | undefined
      for (const [i, next] of messages.entries()) {
        if (i === joins) joined = structuredClone(whole)
        applyMessage(whole, structuredClone(next))
        if (joined !== undefined) applyMessage(joined, structuredClone(next))
      }
      if (joined !== undefined) expect(joined).toEqual(whole)
      expect(snapshotSchema.safeParse(whole).success).toBe(true)
    }),
  )
})

test('lists keep the newest first and no more than so many', () => {
  const state = emptySnapshot()
  for (let i = 0; i < KEPT.alerts + 10; i++)
    applyMessage(
      state,
      say('alert', { id: String(i), at: timestamp, level: 'info', code: 'X', message: 'x' }),
    )
  expect(state.alerts).toHaveLength(KEPT.alerts)
  expect(state.alerts[0]?.id).toBe(String(KEPT.alerts + 9))
})

test('whatever is read never throws, and a message of a later version is passed over', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(() => parseServerMessage(text)).not.toThrow()
    }),
  )
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(parseServerMessage(text).ok).toBe(false)
    }),
  )
  expect(
    parseServerMessage(`{"v":1,"type":"of_tomorrow","seq":4,"data":{},"timestamp":"${timestamp}"}`),
  ).toMatchObject({ ok: false, isUnknownType: true, seq: 4 })
  expect(parseServerMessage(`{"v":1,"type":"toString","data":{},"timestamp":"${timestamp}"}`)).toMatchObject({
    ok: false,
    isUnknownType: true,
  })
})
