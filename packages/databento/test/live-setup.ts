import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach } from 'vitest'
import { type DbnRecord, decodeRecord } from '../src/dbn/record.js'
import { createLiveClient, type LiveClient, type LiveClientOptions, type LiveState } from '../src/live.js'
import { type GatewayOptions, type LiveGateway, startGateway } from '../src/testing.js'

export const DATASET = 'OPRA.PILLAR'
/** A moment that all streams of these tests are about, 2025-02-20 15:00 UTC. */
export const START_US = 1_740_063_600_000_000
export const TESLA = { id: 7, symbol: 'TSLA  250221C00250000' } as const
export const APPLE = { id: 70_000, symbol: 'AAPL  250221C00250000' } as const
export const TRADES = { schema: 'trades', symbols: 'ALL_SYMBOLS' } as const
const TRADE_BYTES = 48

const gateways: LiveGateway[] = []
const clients: LiveClient[] = []
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.stop({ drainMs: 0 })))
  await Promise.all(gateways.splice(0).map((gateway) => gateway.close()))
})

/** Starts a gateway that is closed when the test is over; its clock stands near the records'. */
export async function gatewayOf(options: GatewayOptions = {}): Promise<LiveGateway> {
  const gateway = await startGateway({ nowUs: () => START_US, ...options })
  gateways.push(gateway)
  return gateway
}

/** What a client has told. */
export interface Heard {
  readonly client: LiveClient
  readonly records: DbnRecord[]
  readonly states: LiveState[]
  /** What ended sessions. */
  readonly errors: unknown[]
  /** Sequence numbers of the trades, in the order they came. */
  readonly sequences: number[]
}

/** A client of a gateway that keeps what it is told, and does not wait long. */
export function clientOf(
  { host, port, apiKey }: LiveGateway,
  options: Partial<LiveClientOptions> = {},
): Heard {
  const records: DbnRecord[] = []
  const states: LiveState[] = []
  const errors: unknown[] = []
  const sequences: number[] = []
  const client = createLiveClient({
    host,
    port,
    apiKey,
    dataset: DATASET,
    subscriptions: [TRADES],
    reconnect: { firstMs: 1, maxMs: 5 },
    clock: { nowUs: () => START_US },
    onState: (state, { error }) => {
      states.push(state)
      if (error !== undefined && state !== 'connecting') errors.push(error)
    },
    onBlock: ({ view, bytes, length }, { version, tsOut }) => {
      for (let at = 0; at < length; at += (bytes[at] as number) * 4) {
        const record = decodeRecord(view, at, { version, tsOut })
        records.push(record)
        if (record.record === 'trade') sequences.push(Number(record['sequence']))
      }
    },
    ...options,
  })
  clients.push(client)
  return { client, records, states, errors, sequences }
}

/** Waits until something is so. */
export async function until(isSo: () => boolean, ms = 10_000): Promise<void> {
  const end = performance.now() + ms
  while (!isSo()) {
    if (performance.now() > end) throw new Error(`Not so after ${ms} ms: ${isSo.toString()}`)
    await sleep(1)
  }
}

/** Trades with the sequence numbers `from` up to, not including, `to`: one a millisecond. */
export function trades(from: number, to: number, id: number = TESLA.id): Uint8Array {
  const bytes = new Uint8Array((to - from) * TRADE_BYTES)
  const view = new DataView(bytes.buffer)
  for (let sequence = from; sequence < to; sequence++) {
    const at = (sequence - from) * TRADE_BYTES
    const ns = BigInt(START_US + sequence * 1_000) * 1_000n
    bytes[at] = TRADE_BYTES / 4
    view.setUint16(at + 2, 30, true)
    view.setUint32(at + 4, id, true)
    view.setBigUint64(at + 8, ns, true)
    view.setBigInt64(at + 16, 1_250_000_000n + BigInt(sequence), true)
    view.setUint32(at + 24, 1 + (sequence % 9), true)
    bytes[at + 28] = 0x54
    bytes[at + 29] = 0x41
    view.setBigUint64(at + 32, ns + 250n, true)
    view.setUint32(at + 44, sequence, true)
  }
  return bytes
}

/** The numbers from `from` up to, not including, `to`. */
export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, at) => from + at)
}
