import { expect, test } from 'vitest'
import { checkLiveAccess } from '../src/live.js'
import { clientOf, DATASET, gatewayOf, trades, until } from './live-setup.js'

test('a gateway says whether it lets a key in, and nothing is subscribed to or started', async () => {
  const gateway = await gatewayOf()
  const { host, port, apiKey } = gateway
  await checkLiveAccess({ host, port, apiKey, dataset: DATASET })
  await gateway.session?.closed
  expect(gateway.sessions).toHaveLength(1)
  expect(gateway.session?.auth.get('dataset')).toBe(DATASET)
  expect(gateway.session?.requests).toEqual([])
  expect(gateway.session?.hasStarted).toBe(false)
})

test('a key that is wrong, without a licence, or missing is told apart from a gateway that is not there', async () => {
  const refuse = 'A live data license is required to access OPRA.PILLAR.'
  const gateway = await gatewayOf({ connection: (index) => (index === 1 ? { refuse } : {}) })
  const { host, port, apiKey } = gateway
  const asked = { host, port, apiKey, dataset: DATASET }
  await expect(checkLiveAccess({ ...asked, apiKey: 'db-wrong-00000' })).rejects.toMatchObject({
    code: 'LIVE_AUTH',
    message: expect.stringContaining('authentication failed') as string,
  })
  await expect(checkLiveAccess(asked)).rejects.toMatchObject({
    code: 'LIVE_AUTH',
    message: expect.stringContaining(refuse) as string,
  })
  await expect(checkLiveAccess({ ...asked, apiKey: '' })).rejects.toMatchObject({ code: 'LIVE_OPTIONS' })
  await gateway.close()
  await expect(checkLiveAccess(asked)).rejects.toMatchObject({ code: 'LIVE_CONNECT' })
})

test('a client says that it replays from the acknowledgement of a resumed subscription until it has caught up', async () => {
  const gateway = await gatewayOf()
  const seen: [string, boolean][] = []
  const { client, sequences } = clientOf(gateway, {
    onSystem: ({ kind }) => void seen.push([kind, client.isReplaying]),
  })
  await client.start()
  expect(client.isReplaying).toBe(false)
  gateway.publish(trades(0, 3))
  await until(() => sequences.length === 3)
  gateway.session?.reset()
  await gateway.connected(1)
  gateway.publish(trades(3, 5))
  await until(() => sequences.length === 5 && seen.length === 3)
  expect(seen).toEqual([
    ['subscribed', false],
    ['subscribed', true],
    ['replay-completed', false],
  ])
  expect(client.isReplaying).toBe(false)
})
