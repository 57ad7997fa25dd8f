import fc from 'fast-check'
import { expect, test } from 'vitest'
import { authMessage, subscribeMessage, unsubscribeMessage } from './client-messages.js'
import {
  type FrameFault,
  MarketDecoder,
  type MarketMessage,
  type MarketMessageSink,
} from './market-decoder.js'
import { decodeMsgpack, MsgpackReader } from './msgpack-reader.js'
import { encodeMsgpack, Float64, type MsgpackValue, Uint32, Uint64 } from './msgpack-writer.js'
import { parseTimestamp, timestampOfUs, WireTimestamp } from './timestamp.js'
import { isPackageTrade, optionTradeEffect, stockTradeEffect } from './trade-conditions.js'

const CONTRACT = 'SPY261218C00600000'
const QUOTE =
  '918aa154a171a153b2535059323631323138433030363030303030a174d7ffa1abe42c6b0eda29a26278a143a26270cb3ff0cccccccccccda262730ca26178a14ea26170cb3ff147ae147ae148a2617307a163a141'
const TRADE =
  '9187a154a174a153b2535059323631323138433030363030303030a174d7ffa1abe42c6b0eda29a170cb3ff11eb851eb851fa17303a178a143a163a161'
const INSTANT = parseTimestamp('2026-12-01T14:31:05.678099211Z') as WireTimestamp

const hex = (bytes: Uint8Array | string): string => Buffer.from(bytes).toString('hex')
const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'))

interface Seen {
  readonly quotes: ReturnType<typeof quoteFacts>[]
  readonly trades: ReturnType<typeof tradeFacts>[]
  readonly messages: MarketMessage[]
  readonly faults: string[]
}

function quoteFacts(quote: Parameters<MarketMessageSink['onQuote']>[0]) {
  const { symbol, bidMicros, askMicros, bidSize, askSize, sourceNs, sourceUs } = quote
  const letters = [quote.bidExchange, quote.askExchange, quote.condition].map((code) =>
    code === 0 ? '' : String.fromCharCode(code),
  )
  return { symbol, bidMicros, askMicros, bidSize, askSize, sourceNs, sourceUs, letters: letters.join(',') }
}

function tradeFacts(trade: Parameters<MarketMessageSink['onTrade']>[0]) {
  const { symbol, priceMicros, size, conditions, sourceNs, id } = trade
  return {
    symbol,
    priceMicros,
    size,
    conditions,
    sourceNs,
    id,
    exchange: String.fromCharCode(trade.exchange),
  }
}

function collect(frames: readonly (Uint8Array | string)[], decoder = new MarketDecoder()): Seen {
  const seen: Seen = { quotes: [], trades: [], messages: [], faults: [] }
  const sink: MarketMessageSink = {
    onQuote: (quote): undefined => void seen.quotes.push(quoteFacts(quote)),
    onTrade: (trade): undefined => void seen.trades.push(tradeFacts(trade)),
    onMessage: (message): undefined => void seen.messages.push({ ...message }),
    onFault: ({ reason }: FrameFault): undefined => void seen.faults.push(reason),
  }
  for (const frame of frames)
    if (typeof frame === 'string') decoder.decodeText(frame, sink)
    else decoder.decode(frame, sink)
  return seen
}

test('client messages have the bytes of the official client', () => {
  expect(hex(authMessage('msgpack', { keyId: 'K', secretKey: 'S' }))).toBe(
    '83a6616374696f6ea461757468a36b6579a14ba6736563726574a153',
  )
  expect(hex(subscribeMessage('msgpack', { quotes: [CONTRACT], trades: [CONTRACT] }))).toBe(
    '83a6616374696f6ea9737562736372696265a674726164657391b2535059323631323138433030363030303030a671756f74657391b2535059323631323138433030363030303030',
  )
  expect(hex(subscribeMessage('msgpack', { quotes: [CONTRACT], trades: [] }))).toBe(
    '82a6616374696f6ea9737562736372696265a671756f74657391b2535059323631323138433030363030303030',
  )
  expect(hex(unsubscribeMessage('msgpack', { trades: [CONTRACT] }))).toBe(
    '82a6616374696f6eab756e737562736372696265a674726164657391b2535059323631323138433030363030303030',
  )
  expect(authMessage('json', { keyId: 'K', secretKey: 'S' })).toBe('{"action":"auth","key":"K","secret":"S"}')
})

test('server messages encode to the documented bytes', () => {
  const success = (msg: string): string => hex(encodeMsgpack([{ T: 'success', msg }]))
  expect(success('connected')).toBe('9182a154a773756363657373a36d7367a9636f6e6e6563746564')
  expect(success('authenticated')).toBe('9182a154a773756363657373a36d7367ad61757468656e74696361746564')
  expect(hex(encodeMsgpack([{ T: 'subscription', trades: [], quotes: [CONTRACT] }]))).toBe(
    '9183a154ac737562736372697074696f6ea674726164657390a671756f74657391b2535059323631323138433030363030303030',
  )
  expect(hex(encodeMsgpack([{ T: 'error', code: 406, msg: 'connection limit exceeded' }]))).toBe(
    '9183a154a56572726f72a4636f6465cd0196a36d7367b9636f6e6e656374696f6e206c696d6974206578636565646564',
  )
  const quote = {
    T: 'q',
    S: CONTRACT,
    t: INSTANT,
    bx: 'C',
    bp: 1.05,
    bs: 12,
    ax: 'N',
    ap: 1.08,
    as: 7,
    c: 'A',
  }
  expect(hex(encodeMsgpack([quote]))).toBe(QUOTE)
  expect(hex(encodeMsgpack([{ T: 't', S: CONTRACT, t: INSTANT, p: 1.07, s: 3, x: 'C', c: 'a' }]))).toBe(TRADE)
})

test('the documented quote and trade decode to the nanosecond', () => {
  const { quotes, trades, faults } = collect([bytes(QUOTE), bytes(TRADE)])
  expect(faults).toEqual([])
  expect(quotes).toEqual([
    {
      symbol: CONTRACT,
      bidMicros: 1_050_000,
      askMicros: 1_080_000,
      bidSize: 12,
      askSize: 7,
      sourceNs: 1_796_135_465_678_099_211n,
      sourceUs: 1_796_135_465_678_099,
      letters: 'C,N,A',
    },
  ])
  expect(trades).toEqual([
    {
      symbol: CONTRACT,
      priceMicros: 1_070_000,
      size: 3,
      conditions: 'a',
      sourceNs: 1_796_135_465_678_099_211n,
      id: 0n,
      exchange: 'C',
    },
  ])
})

test('control messages come through as plain values', () => {
  const error =
    '9183a154a56572726f72a4636f6465cd0196a36d7367b9636f6e6e656374696f6e206c696d6974206578636565646564'
  expect(collect([bytes(error)]).messages).toEqual([
    { T: 'error', code: 406, msg: 'connection limit exceeded' },
  ])
})

test('every width of number and timestamp, any order of keys and both codecs give the same quote', () => {
  const plain = {
    T: 'q',
    S: 'SPY',
    t: INSTANT,
    bx: 'V',
    bp: 2,
    bs: 3,
    ax: 'V',
    ap: 3,
    as: 4,
    c: ['R'],
    z: 'B',
  }
  const frames: MsgpackValue[] = [
    [plain],
    [{ ...plain, bp: new Float64(2), bs: new Uint32(3), as: new Uint64(4n) }],
    [{ S: 'SPY', t: INSTANT, T: 'q', bx: 'V', bp: 2, bs: 3, ax: 'V', ap: 3, as: 4, c: ['R'], unknown: {} }],
    [{ ...plain, r: INSTANT, unknown: [1, { a: null }] }],
  ]
  const json = JSON.stringify([plain])
  const { quotes, faults } = collect([...frames.map((frame) => encodeMsgpack(frame)), json])
  expect(faults).toEqual([])
  expect(quotes).toHaveLength(5)
  for (const quote of quotes) expect(quote).toEqual(quotes[0])
  expect(quotes[0]?.bidMicros).toBe(2_000_000)
  expect(quotes[0]?.letters).toBe('V,V,R')
})

test('stock trades keep 64-bit ids and every condition', () => {
  const trade = { T: 't', S: 'SPY', i: new Uint64(2n ** 53n + 1n), x: 'V', p: 600.25, s: new Uint32(100) }
  const { trades } = collect([encodeMsgpack([{ ...trade, c: ['@', 'I'], t: INSTANT, z: 'B' }])])
  expect(trades[0]).toMatchObject({ id: 2n ** 53n + 1n, conditions: '@I', priceMicros: 600_250_000 })
})

test('an empty side is NaN, not a price of nothing', () => {
  const quote = { T: 'q', S: CONTRACT, t: INSTANT, bx: '', bp: 0, bs: 0, ax: 'N', ap: 0.05, as: 7, c: 'A' }
  const [seen] = collect([encodeMsgpack([quote])]).quotes
  expect(seen?.bidMicros).toBeNaN()
  expect(seen?.askMicros).toBe(50_000)
  expect(seen?.letters).toBe(',N,A')
})

test('a malformed element is told and its neighbours come through', () => {
  const good = { T: 'q', S: 'A', t: INSTANT, bp: 1, bs: 1, ap: 2, as: 1 }
  const faulty: MsgpackValue[] = [
    { ...good, bp: 'one' },
    { ...good, t: 5 },
    { ...good, S: 7 },
    { T: 'q', S: 'A' },
    { T: 't', p: 1, t: INSTANT },
    { no: 'type' },
    17,
  ]
  for (const bad of faulty) {
    const { quotes, faults } = collect([encodeMsgpack([good, bad, { ...good, S: 'B' }])])
    expect(quotes.map(({ symbol }) => symbol)).toEqual(['A', 'B'])
    expect(faults).toHaveLength(1)
  }
  const text = collect([`[{"T":"q","S":"A","t":"2026-12-01T14:31:05Z"},{"T":"q"},"x"]`, '{', '{}'])
  expect(text.quotes).toHaveLength(1)
  expect(text.faults).toHaveLength(4)
})

test('a frame cut anywhere gives a prefix of its elements and one fault', () => {
  const frame = encodeMsgpack(
    ['A', 'B', 'C'].map((S) => ({ T: 'q', S, t: INSTANT, bp: new Float64(1), bs: 1, ap: 2, as: 1 })),
  )
  for (let length = 0; length < frame.length; length++) {
    const { quotes, faults } = collect([frame.slice(0, length)])
    expect(faults).toHaveLength(1)
    expect('ABC'.startsWith(quotes.map(({ symbol }) => symbol).join(''))).toBe(true)
  }
})

test('garbage never throws and never reads past its end', () => {
  const decoder = new MarketDecoder()
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (garbage) => {
      collect([garbage], decoder)
      decodeMsgpack(garbage)
    }),
    { numRuns: 2_000 },
  )
})

test('any value survives encoding and decoding', () => {
  const leaf = fc.oneof(
    fc.constant(null),
    fc.boolean(),
    fc.integer(),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true }).map((value) => (Object.is(value, -0) ? 0 : value)),
    fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n }),
    fc.string({ maxLength: 300, unit: 'grapheme' }),
    fc
      .tuple(fc.integer({ min: -5, max: 2 ** 34 + 5 }), fc.integer({ min: 0, max: 999_999_999 }))
      .map(([seconds, nanos]) => new WireTimestamp(seconds, nanos)),
  )
  const { value } = fc.letrec<{ value: MsgpackValue }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      leaf,
      fc.array(tie('value'), { maxLength: 20 }),
      fc.dictionary(
        fc.string({ maxLength: 40 }).filter((key) => key !== '__proto__'),
        tie('value'),
        {
          maxKeys: 20,
        },
      ),
    ),
  }))
  fc.assert(
    fc.property(value, (sent) => {
      expect(plain(decodeMsgpack(encodeMsgpack(sent)))).toEqual(plain(sent))
    }),
    { numRuns: 300 },
  )
})

test('timestamps of 4, 8 and 12 bytes and RFC 3339 of any offset agree', () => {
  expect(hex(encodeMsgpack(new WireTimestamp(1, 0)))).toBe('d6ff00000001')
  expect(encodeMsgpack(new WireTimestamp(2 ** 34, 1))).toHaveLength(15)
  expect(INSTANT.toString()).toBe('2026-12-01T14:31:05.678099211Z')
  expect(parseTimestamp('2026-12-01T09:31:05.678099211-05:00')).toEqual(INSTANT)
  expect(timestampOfUs(INSTANT.us).toString()).toBe('2026-12-01T14:31:05.678099Z')
  expect(parseTimestamp('yesterday')).toBeUndefined()
})

test('a deep or endless value is refused, not followed', () => {
  expect(decodeMsgpack(new Uint8Array(10_000).fill(0x91))).toBeUndefined()
  expect(decodeMsgpack(bytes('ddffffffff'))).toBeUndefined()
  const reader = new MsgpackReader()
  reader.load(bytes('dbffffffff61'))
  expect(() => reader.stringHeader()).toThrow('past the end')
})

test('conditions tell which trades move the price', () => {
  expect(optionTradeEffect('A')).toBe('nothing')
  expect(optionTradeEffect('a')).toBe('price-and-volume')
  expect(optionTradeEffect('u')).toBe('volume')
  expect(isPackageTrade('f')).toBe(true)
  expect(isPackageTrade('F')).toBe(false)
  expect(stockTradeEffect('@')).toBe('price-and-volume')
  expect(stockTradeEffect('@I')).toBe('volume')
})

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (value instanceof WireTimestamp) return value.toString()
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).map(([key, inner]) => [key, plain(inner)])
  return value
}
