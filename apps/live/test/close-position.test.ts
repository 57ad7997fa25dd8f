import type { Command, ServerData } from '@scalp/protocol'
import { afterEach, expect, test } from 'vitest'
import { Hub } from '../src/gateway/hub.js'
import { Gateway } from '../src/gateway/server.js'
import { Tokens } from '../src/gateway/tokens.js'

const OPERATOR = 'operator-token-1'
const READER = 'reader-token-1'
const AT = '2026-03-03T15:00:00.000Z'
const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

const position: ServerData<'scalp_position_opened'> = {
  id: 'TSLA260306C00400000 2026-03-03T14:50:00.000Z',
  positionType: 'scalp',
  signalId: null,
  symbol: 'TSLA',
  optionSymbol: 'TSLA260306C00400000',
  signalType: 'SCALP_CALL',
  trigger: null,
  confidence: null,
  strike: 400,
  expiry: '2026-03-06',
  right: 'C',
  delta: null,
  dte: 3,
  entryTime: AT,
  entryPrice: 2,
  entryUnderlying: null,
  contracts: 1,
  takeProfitPct: 20,
  stopLossPct: 15,
  maxHoldSeconds: null,
  timeStopSeconds: null,
  currentPrice: null,
  pnlPct: null,
  pnlDollars: null,
  holdSeconds: 1,
  maxGainPct: 0,
  maxDrawdownPct: 0,
  trailingArmed: false,
  trailingLevelPct: null,
  entryDirection: 'up',
  progressToTarget: null,
  progressToStop: null,
  progressToTime: null,
  exitReason: null,
}

test('an operator closes one position by its id; a reader, an unknown id and what is not ours are refused', async () => {
  const hub = new Hub({ mode: 'demo', version: '0.0.0', symbols: ['TSLA'] })
  const commands: { command: Command; actor: string }[] = []
  const gateway = await Gateway.start({
    hub,
    tokens: new Tokens({ operator: [OPERATOR], read: [READER] }),
    source: {
      candles: () => Promise.resolve([]),
      config: () => Promise.resolve({}),
      sessions: () => Promise.resolve([]),
      metrics: () => Promise.resolve(''),
      unreadiness: () => Promise.resolve(null),
    },
    host: '127.0.0.1',
    port: 0,
    dashboard: new URL('../src', import.meta.url).pathname,
    origins: [],
    hosts: [],
    maxClients: 5,
    requestsPerMinute: 1_000,
    onCommand: (command, actor) => {
      commands.push({ command, actor })
      return Promise.resolve({ ok: commands.length === 1, code: null, message: 'said' })
    },
  })
  ends.push(() => gateway.stop())
  const external = { ...position, id: 'external-TSLA260306P00400000', positionType: 'external' as const }
  hub.publish('scalp_position_opened', position, AT, 'TSLA')
  hub.publish('scalp_position_opened', external, AT, 'TSLA')
  const close = async (id: string, token: string) => {
    const answer = await fetch(`${gateway.url}/api/positions/${encodeURIComponent(id)}/close`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
    })
    return { status: answer.status, body: (await answer.json()) as unknown }
  }
  expect((await close(position.id, READER)).status).toBe(403)
  expect((await close(position.id, 'no-such-token')).status).toBe(401)
  expect(await close('nothing', OPERATOR)).toMatchObject({
    status: 404,
    body: { error: { code: 'POSITION_UNKNOWN' } },
  })
  expect(await close(external.id, OPERATOR)).toMatchObject({
    status: 409,
    body: { error: { code: 'POSITION_EXTERNAL' } },
  })
  expect(commands).toEqual([])
  expect(await close(position.id, OPERATOR)).toMatchObject({
    status: 200,
    body: { id: position.id, command: 'flatten', ok: true },
  })
  expect(commands).toEqual([
    {
      command: {
        command: 'flatten',
        optionSymbol: position.optionSymbol,
        reason: `close ${position.id}`,
      },
      actor: 'rest 127.0.0.1',
    },
  ])
  /** What the daemon refuses is told as such. */
  expect((await close(position.id, OPERATOR)).status).toBe(409)
})
