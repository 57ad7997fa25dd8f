import type { FakeAlpaca } from '@scalp/alpaca/testing'

/** Twenty ways in which a broker and its network fail, one after the other. */
export const FAULTS: readonly { readonly name: string; readonly strike: (alpaca: FakeAlpaca) => void }[] = [
  { name: 'all streams drop', strike: (alpaca) => alpaca.dropAll() },
  {
    name: 'the answer to an order is lost',
    strike: ({ restFaults }) =>
      restFaults.next({ kind: 'lose-answer' }, { method: 'POST', path: '/v2/orders' }),
  },
  {
    name: 'a trade update comes twice',
    strike: ({ streamFaults }) => void (streamFaults.duplicateUpdates = 2),
  },
  {
    name: 'an order is answered 500 and was placed',
    strike: ({ restFaults }) =>
      restFaults.next({ kind: 'hide-answer', status: 500 }, { method: 'POST', path: '/v2/orders' }),
  },
  {
    name: 'trade updates change places',
    strike: ({ streamFaults }) => void (streamFaults.reorderUpdates = 2),
  },
  {
    name: 'the streams are open and silent for a while',
    strike: ({ streamFaults }) => silence(streamFaults),
  },
  { name: 'a trade update is lost', strike: ({ streamFaults }) => void (streamFaults.loseUpdates = 2) },
  { name: 'an order fills by half first', strike: ({ venue }) => void (venue.settings.partialFills = 2) },
  {
    name: 'an order is answered slowly',
    strike: ({ restFaults }) =>
      restFaults.next({ kind: 'slow', ms: 300 }, { method: 'POST', path: '/v2/orders' }),
  },
  { name: 'the market streams drop and two upgrades are refused', strike: (alpaca) => refuse(alpaca) },
  {
    name: 'an order is accepted, then rejected',
    strike: ({ venue }) => void (venue.settings.rejectLater = 1),
  },
  {
    name: 'a look at orders is answered with no JSON',
    strike: ({ restFaults }) => restFaults.next({ kind: 'garbage' }, { method: 'GET', path: '/v2/orders' }),
  },
  { name: 'a cancel loses against a fill', strike: ({ venue }) => void (venue.settings.fillOnCancel = 1) },
  {
    name: 'the connection is reset before an order',
    strike: ({ restFaults }) => restFaults.next({ kind: 'reset' }, { method: 'POST', path: '/v2/orders' }),
  },
  { name: 'only the order stream drops', strike: ({ trading }) => trading.drop() },
  {
    name: 'too many requests',
    strike: ({ restFaults }) =>
      restFaults.next({ kind: 'status', status: 429, retryAfter: 1 }, { path: '/v2/positions' }),
  },
  {
    name: 'an answer is lost and updates come twice',
    strike: ({ restFaults, streamFaults }) => {
      restFaults.next({ kind: 'lose-answer' }, { method: 'POST', path: '/v2/orders' })
      streamFaults.duplicateUpdates = 3
    },
  },
  {
    name: 'a proxy answers with a page',
    strike: ({ restFaults }) =>
      restFaults.next({ kind: 'status', status: 502, html: true }, { path: '/v2/orders' }),
  },
  { name: 'pings are not answered for a while', strike: ({ streamFaults }) => deafen(streamFaults) },
  { name: 'all streams drop once more', strike: (alpaca) => alpaca.dropAll() },
]

function silence(faults: FakeAlpaca['streamFaults']): void {
  faults.isSilent = true
  setTimeout(() => void (faults.isSilent = false), 700)
}

function deafen(faults: FakeAlpaca['streamFaults']): void {
  faults.isDeaf = true
  setTimeout(() => void (faults.isDeaf = false), 900)
}

function refuse(alpaca: FakeAlpaca): void {
  alpaca.streamFaults.refuseUpgrades = { status: 503, times: 2 }
  alpaca.market.drop()
}
