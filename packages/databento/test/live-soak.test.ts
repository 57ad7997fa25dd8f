import { setTimeout as sleep } from 'node:timers/promises'
import { createRandom, type Random } from '@scalp/canonical'
import { expect, test } from 'vitest'
import { encodeRecord } from '../src/dbn/record.js'
import type { LiveGap } from '../src/live.js'
import type { ConnectionPlan, LiveGateway } from '../src/testing.js'
import { clientOf, gatewayOf, START_US, until } from './live-setup.js'

/** Seconds that faults go on for: 600 is the soak of the release. */
const SECONDS = Number(process.env['SCALP_SOAK_SECONDS'] ?? 6)
const SEED = process.env['SCALP_SOAK_SEED'] ?? 'soak'
const SCHEMAS = ['trades', 'cbbo-1s', 'ohlcv-1s', 'statistics'] as const
const RTYPES = [0x00, 0xc0, 0x20, 0x18] as const
/** How much older than the newest record one may be, ms; less than the overlap of a replay. */
const LATE_MS = 3_000

const pairs = [
  { version: 3, tsOut: false, compression: 'none' },
  { version: 3, tsOut: true, compression: 'zstd' },
  { version: 2, tsOut: true, compression: 'none' },
  { version: 1, tsOut: false, compression: 'zstd' },
] as const

test(
  `${SECONDS} s of random faults lose nothing and double nothing`,
  async () => {
    await Promise.all(pairs.map(soak))
  },
  (SECONDS + 90) * 1_000,
)

async function soak({ version, tsOut, compression }: (typeof pairs)[number]): Promise<void> {
  const random = createRandom(`${SEED} ${version} ${compression}`)
  const world = new World(random, version)
  let isCalm = false
  const gateway = await gatewayOf({
    version,
    nowUs: () => world.nowUs,
    heartbeatMs: 20,
    connection: () => (isCalm ? {} : randomPlan(random)),
  })
  const gaps: LiveGap[] = []
  const check = new OrderCheck(world)
  const { client, errors } = clientOf(gateway, {
    tsOut,
    compression,
    subscriptions: SCHEMAS.map((schema) => ({ schema, symbols: 'ALL_SYMBOLS' })),
    clock: { nowUs: () => world.nowUs },
    silenceMs: 400,
    authMs: 400,
    onGap: (gap) => gaps.push(gap),
    onBlock: async ({ view, bytes, length }) => {
      for (let at = 0; at < length; at += (bytes[at] as number) * 4) check.take(view, at)
      if (random() < 0.05) await sleep(random() * 20)
    },
  })
  await client.start()
  const end = performance.now() + SECONDS * 1_000
  while (performance.now() < end) {
    gateway.publish(world.records(1 + Math.floor(random() * 20)))
    const chance = random()
    if (chance < 0.005) disturb(gateway, random)
    if (chance > 0.99) client.pause()
    if (chance > 0.9 && chance < 0.99) client.resume()
    await sleep(random() * 4)
  }
  isCalm = true
  client.resume()
  await until(() => check.seen === world.published || check.fault !== undefined, 30_000)
  await sleep(100)
  const { sessions, repeated } = client.stats
  const codes = new Map<string, number>()
  for (const { code } of errors as { code: string }[]) codes.set(code, (codes.get(code) ?? 0) + 1)
  console.log(
    `soak v${version} ${compression}: published ${world.published}, received ${check.seen}, sessions ${sessions}, ` +
      `repeated and dropped ${repeated}; ${Array.from(codes, ([code, count]) => `${code} ${count}`).join(', ')}`,
  )
  expect(check.fault).toBeUndefined()
  expect(check.seen).toBe(world.published)
  expect(gaps.filter(({ isWhole }) => !isWhole)).toEqual([])
  expect(sessions).toBeGreaterThan(2)
}

/** What the venue publishes: every record has a number in its type, now and then one comes twice, or late. */
class World {
  nowUs = START_US
  published = 0
  /** The numbers published of each type, in order. */
  readonly numbers: number[][] = RTYPES.map(() => [])
  readonly #random: Random
  readonly #version: number
  readonly #next = RTYPES.map(() => 0)
  #last: { readonly type: number; readonly number: number; readonly bytes: Uint8Array } | undefined

  constructor(random: Random, version: number) {
    this.#random = random
    this.#version = version
  }

  records(count: number): Uint8Array {
    const all: Uint8Array[] = []
    for (let at = 0; at < count; at++) {
      const isTwin = this.#random() < 0.03
      const { type, number, bytes } = (isTwin ? this.#last : undefined) ?? this.#record()
      this.#last = { type, number, bytes }
      this.numbers[type]?.push(number)
      this.published++
      all.push(bytes)
    }
    return Buffer.concat(all)
  }

  #record(): { type: number; number: number; bytes: Uint8Array } {
    this.nowUs += Math.floor(this.#random() * 1_000)
    const type = Math.floor(this.#random() * RTYPES.length)
    const number = (this.#next[type] as number)++
    this.#next[type] = number + 1
    const isLate = this.#random() < 0.05
    const us = this.nowUs - (isLate ? Math.floor(this.#random() * LATE_MS * 1_000) : 0)
    const ns = BigInt(us) * 1_000n + BigInt(Math.floor(this.#random() * 1_000))
    const statistics = this.#version < 3 ? 'statistics_v1' : 'statistics_v3'
    const head = { length: 0, rtype: RTYPES[type] as number, publisher_id: 30, ts_event: ns, ts_recv: ns }
    const record = (['trade', 'cbbo', 'ohlcv', statistics] as const)[type] ?? 'trade'
    const fields = { price: BigInt(number), open: BigInt(number), quantity: 7, stat_type: 9, size: 1 }
    const bytes = encodeRecord({ ...head, ...fields, record, instrument_id: number })
    return { type, number, bytes }
  }
}

/** Sees that records come in the order they were published in, each once. */
class OrderCheck {
  seen = 0
  fault: string | undefined
  readonly #world: World
  readonly #at = RTYPES.map(() => 0)

  constructor(world: World) {
    this.#world = world
  }

  take(view: DataView, offset: number): void {
    const type = (RTYPES as readonly number[]).indexOf(view.getUint8(offset + 1))
    if (type < 0) return
    const at = this.#at[type] as number
    const number = view.getUint32(offset + 4, true)
    const wanted = this.#world.numbers[type]?.[at]
    if (number !== wanted)
      this.fault ??= `${SCHEMAS[type]} ${at} is ${number}, and was published as ${wanted}`
    this.#at[type] = at + 1
    this.seen++
  }
}

function randomPlan(random: Random): ConnectionPlan {
  const kinds = ['end', 'reset', 'silence'] as const
  const kind = kinds[Math.floor(random() * kinds.length)] ?? 'end'
  const pieces = random() < 0.3 ? { pieceBytes: 37 + Math.floor(random() * 2_000) } : {}
  if (random() < 0.1) return { ...pieces, fault: { kind, afterBytes: Math.floor(random() * 120) } }
  if (random() < 0.05) return { ...pieces, errorFirst: { code: 6, message: 'Internal error' } }
  if (random() < 0.2) return pieces
  return { ...pieces, fault: { kind, afterBytes: Math.floor(random() ** 2 * 200_000), inStream: true } }
}

/** What a gateway does in the middle of a session. */
function disturb(gateway: LiveGateway, random: Random): void {
  const { session } = gateway
  const deeds = [
    () => session?.reset(),
    () => session?.end(),
    () => session?.error(6, 'Internal error'),
    () => session?.system(2, 'Warning: slow reading'),
    () => session?.error(4, 'Failed to resolve symbol X'),
    () => session?.records(new Uint8Array(64).fill(1)),
  ]
  deeds[Math.floor(random() * deeds.length)]?.()
}
