import { applyMessage, emptySnapshot, type OptionUpdate, type ServerMessage } from '@scalp/protocol'
import { expect, test } from 'vitest'
import { ClientStream, type StreamSocket, toOutgoing } from './client-stream.js'

function socket(): StreamSocket & { readonly sent: string[] } {
  const sent: string[] = []
  return {
    sent,
    bufferedAmount: 0,
    send: (text) => void sent.push(text),
    sendParts: (head, tail) => void sent.push(head + tail.toString()),
    close() {},
    terminate() {},
  }
}

test('the end of a connection that another has replaced since does not silence the new one', () => {
  const limits = { softBytes: 1e6, hardBytes: 1e7, maxWaiting: 100, ring: 100 }
  const stream = new ClientStream(
    'id',
    'read',
    false,
    limits as ConstructorParameters<typeof ClientStream>[3],
  )
  const [old, replacing] = [socket(), socket()]
  stream.attach(old)
  stream.attach(replacing)
  stream.detach(old, 1)
  expect(stream.leftMs).toBeNaN()
  const timestamp = '2026-03-02T15:00:00.000Z'
  const data = { id: '1', at: timestamp, level: 'info', code: 'X', message: 'x' } as const
  stream.push(toOutgoing({ v: 1, type: 'alert', data, timestamp }))
  expect([old.sent.length, replacing.sent.length]).toEqual([0, 1])
  stream.detach(replacing, 2)
  expect(stream.leftMs).toBe(2)
})

test('what was taken away does not come back by what waited for a slow client', () => {
  const limits = { softBytes: 10, hardBytes: 1e7, maxWaiting: 100, ring: 100 }
  const stream = new ClientStream('id', 'read', false, limits)
  const slow = { ...socket(), bufferedAmount: 11 }
  stream.attach(slow)
  const timestamp = '2026-03-02T15:00:00.000Z'
  const say = (ids: readonly string[], removed?: string[]): void => {
    const options = ids.map((canonicalId) => ({ canonicalId, underlying: 'TSLA' }) as OptionUpdate)
    const data = removed === undefined ? { options } : { options, removed }
    stream.push(toOutgoing({ v: 1, type: 'option_updates', data, timestamp }, 'TSLA'))
  }
  say(['A', 'B'])
  say([], ['A'])
  say(['C'])
  slow.bufferedAmount = 0
  stream.flush()
  const state = emptySnapshot()
  for (const text of slow.sent) applyMessage(state, JSON.parse(text) as ServerMessage)
  expect(Object.keys(state.options).sort()).toEqual(['B', 'C'])
})
