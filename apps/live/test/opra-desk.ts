import { createFakeAlpaca, type FakeAlpaca } from '@scalp/alpaca/testing'
import { formatOcc, parseAlpaca, type Us } from '@scalp/canonical'
import { type DbnRecord, encodeRecord, RTYPE, UNDEF_PRICE } from '@scalp/databento'
import {
  type GatewayInstrument,
  type GatewayOptions,
  type LiveGateway,
  startGateway,
} from '@scalp/databento/testing'
import { createExchangeCalendar } from '@scalp/market-data'
import { afterEach, expect } from 'vitest'
import { MarketClock } from '../src/clock/market-clock.js'
import { DemoMarket } from '../src/market/demo-market.js'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** What the gateway of options published, as a test compares it. */
export interface Published {
  readonly symbol: string
  readonly us: Us
  readonly isTrade: boolean
  /** Everything that tells two of them apart. */
  readonly key: string
}

/** Gateways that publish what a market does. */
export interface OpraMirror {
  readonly opra: LiveGateway
  readonly shares: LiveGateway
  /** In the order in which the gateway published it. */
  readonly published: Published[]
  /** From now on they publish what happens there. */
  follow(alpaca: FakeAlpaca, demo: DemoMarket): void
}

/** A broker, and beside it gateways of OPRA and of shares: all of one market. */
export interface OpraDesk extends OpraMirror {
  readonly clock: MarketClock
  readonly alpaca: FakeAlpaca
  readonly demo: DemoMarket
}

interface MirrorOptions {
  readonly quotes?: 'cmbp-1' | 'cbbo-1s'
  /** Of the gateway of options. */
  readonly opra?: GatewayOptions
}

const SHARE = 1

/** Opens a market 40 minutes into a session; samples are published once a second of the market. */
export async function opraDesk({
  seed,
  speed,
  burstSeconds,
  ...options
}: MirrorOptions & {
  readonly seed: string
  readonly speed: number
  readonly burstSeconds: number
}): Promise<OpraDesk> {
  const calendar = createExchangeCalendar()
  const { openUs } = calendar.sessionOn('2026-03-03') ?? expect.fail('no session')
  const clock = new MarketClock({ startUs: openUs + 40 * 60_000_000, speed })
  const nowUs = (): Us => clock.nowUs()
  const alpaca = await createFakeAlpaca({ keys: { KEY: 'secret' }, nowUs, requestsPerMinute: 100_000 })
  ends.push(() => alpaca.stop())
  const demo = new DemoMarket({ alpaca, calendar, clock, symbol: 'TSLA', seed, burstSeconds, stepMs: 20 })
  const mirror = await opraMirror(options)
  mirror.follow(alpaca, demo)
  demo.step()
  demo.start()
  ends.push(() => demo.stop())
  return { ...mirror, clock, alpaca, demo }
}

/** Gateways on loopback that say nothing until they follow a market. */
export async function opraMirror({
  quotes = 'cmbp-1',
  opra: settings = {},
}: MirrorOptions): Promise<OpraMirror> {
  let nowUs = (): Us => 0
  const ids = new Map<string, number>()
  const instruments: GatewayInstrument[] = []
  const opra = await startGateway({ instruments, nowUs: () => nowUs(), ...settings })
  const shares = await startGateway({
    instruments: [{ id: SHARE, symbol: 'TSLA' }],
    dataset: 'EQUS.MINI',
    nowUs: () => nowUs(),
  })
  ends.push(
    () => opra.close(),
    () => shares.close(),
  )
  const published: Published[] = []
  const books = new Map<string, Parameters<FakeAlpaca['quotes']>[0][number]>()
  let secondUs = 0
  return { opra, shares, published, follow }

  function follow(alpaca: FakeAlpaca, demo: DemoMarket): void {
    nowUs = () => alpaca.venue.session.nowUs()
    for (const [at, symbol] of demo.contracts.entries()) {
      ids.set(symbol, at + 10)
      instruments.push({ id: at + 10, symbol: formatOcc(parseAlpaca(symbol)) })
    }
    const toAlpaca = { quotes: alpaca.quotes.bind(alpaca), trade: alpaca.trade.bind(alpaca) }
    alpaca.quotes = (inputs) => {
      const us = nowUs()
      toAlpaca.quotes(inputs.map((input) => ({ ...input, atUs: us })))
      const options = inputs.filter(({ symbol }) => ids.has(symbol))
      for (const input of options) books.set(input.symbol, input)
      if (quotes === 'cmbp-1') publish(options.map((input) => tick(input.symbol, us, {})))
      else if (Math.floor(us / 1_000_000) > secondUs) {
        secondUs = Math.floor(us / 1_000_000)
        publish(Array.from(books.keys(), (symbol) => sample(symbol, secondUs * 1_000_000)))
      }
    }
    alpaca.trade = (symbol, input) => {
      const us = nowUs()
      toAlpaca.trade(symbol, { ...input, atUs: us })
      const { price, size = 1 } = input
      const fields = { action: 'T', side: 'B', price: nanos(price), size }
      if (symbol === 'TSLA') shares.publish(record('trade', RTYPE.trade, SHARE, us, fields))
      else if (ids.has(symbol) && books.has(symbol) && quotes === 'cmbp-1')
        publish([tick(symbol, us, fields)])
    }
  }
  function publish(
    records: readonly { readonly bytes: Uint8Array; readonly said: readonly Published[] }[],
  ): void {
    if (records.length === 0) return
    published.push(...records.flatMap(({ said }) => said))
    opra.publish(Buffer.concat(records.map(({ bytes }) => bytes)))
  }
  function tick(symbol: string, us: Us, trade: { readonly price?: bigint; readonly size?: number }) {
    const { price = UNDEF_PRICE, size = 0 } = trade
    const fields = { ...bookOf(symbol), action: 'A', price, size, ...trade }
    const quoted = saidOf(symbol, us, false, keyOf(symbol))
    const traded = trade.price === undefined ? [] : [saidOf(symbol, us, true, `${price / 1_000n} ${size}`)]
    return {
      bytes: record('cmbp1', RTYPE.cmbp1, ids.get(symbol) ?? 0, us, fields),
      said: [...traded, quoted],
    }
  }
  function sample(symbol: string, us: Us) {
    const fields = { ...bookOf(symbol), price: UNDEF_PRICE }
    return {
      bytes: record('cbbo', RTYPE.cbbo1s, ids.get(symbol) ?? 0, us, fields),
      said: [saidOf(symbol, us, false, keyOf(symbol))],
    }
  }
  function bookOf(symbol: string): object {
    const { bid = 0, ask = 0, bidSize = 0, askSize = 0 } = books.get(symbol) ?? {}
    return {
      bid_px_00: bid > 0 ? nanos(bid) : UNDEF_PRICE,
      ask_px_00: nanos(ask),
      bid_sz_00: bid > 0 ? bidSize : 0,
      ask_sz_00: askSize,
    }
  }
  function keyOf(symbol: string): string {
    const { bid = 0, ask = 0, bidSize = 0, askSize = 0 } = books.get(symbol) ?? {}
    return bid > 0 ? `${bid} ${ask} ${bidSize} ${askSize}` : `none ${ask} 0 ${askSize}`
  }
}

/** What tells one event from another: as published, and as recorded. */
export function saidOf(symbol: string, us: Us, isTrade: boolean, what: string): Published {
  return { symbol, us, isTrade, key: `${isTrade ? 'trade' : 'quote'} ${symbol} ${us} ${what}` }
}

function record(
  name: DbnRecord['record'],
  rtype: number,
  instrument_id: number,
  us: Us,
  fields: object,
): Uint8Array {
  const ns = BigInt(us) * 1_000n
  const head = { record: name, length: 0, rtype, publisher_id: 30, instrument_id, ts_event: ns, ts_recv: ns }
  return encodeRecord({ ...head, ...fields } as DbnRecord)
}

function nanos(dollars: number): bigint {
  return BigInt(Math.round(dollars * 1e6)) * 1_000n
}
