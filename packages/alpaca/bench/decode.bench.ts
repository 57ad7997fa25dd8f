/**
 * Messages decoded out of option-stream frames, by us into views and by Alpaca's own client into objects.
 *
 * Run: node scripts/run.mjs node scripts/bench.ts alpaca decode
 */
import { Alpaca } from '@alpacahq/alpaca-trade-api'
import { MarketDecoder } from '../src/wire/market-decoder.js'
import { optionFrames } from './option-frames.js'

const ROUNDS = 7
const frames = optionFrames({ frames: 5_000, messages: 20 })
const expected = 100_000

/** Alpaca's client on a socket that hands it our frames. */
function official(): (frame: Uint8Array) => void {
  let receive: (frame: unknown) => void = () => undefined
  const socket = {
    readyState: 1,
    send: () => undefined,
    close: () => undefined,
    on: (event: string, listener: (data: unknown) => void) => {
      if (event === 'message') receive = listener
    },
  }
  const stream = new Alpaca({ keyId: 'K', secret: 'S' }).marketData.optionStream({
    wsFactory: () => socket,
  } as never)
  stream.onQuote(({ bidPrice, askPrice }) => {
    count++
    sum += bidPrice + askPrice
  })
  stream.onTrade(({ price }) => {
    count++
    sum += price
  })
  stream.connect()
  return receive
}

let count = 0
let sum = 0
const decoder = new MarketDecoder()
const sink = {
  onQuote: (quote: { bidPrice: number; askPrice: number; symbolId: number }): undefined => {
    count++
    sum += quote.bidPrice + quote.askPrice
  },
  onTrade: (trade: { price: number }): undefined => {
    count++
    sum += trade.price
  },
  onMessage: () => undefined,
  onFault: ({ reason }: { reason: string }): undefined => {
    throw new Error(reason)
  },
}
const theirs = official()

function measure(decode: (frame: Uint8Array) => void): { ns: number; sum: number } {
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < ROUNDS; round++) {
    count = 0
    sum = 0
    const start = process.hrtime.bigint()
    for (const frame of frames) decode(frame)
    best = Math.min(best, Number(process.hrtime.bigint() - start) / expected)
    if (count !== expected) throw new Error(`${count} messages came through, not ${expected}`)
  }
  return { ns: best, sum }
}

const ours = measure((frame) => decoder.decode(frame, sink))
const official4 = measure(theirs)
if (ours.sum !== official4.sum) throw new Error('the two decode different prices')
const rate = (ns: number): string => `${(1_000 / ns).toFixed(2)} million messages/s`
console.log(`ours: ${ours.ns.toFixed(0)} ns per message, ${rate(ours.ns)}`)
console.log(`official client: ${official4.ns.toFixed(0)} ns per message, ${rate(official4.ns)}`)
console.log(`ratio: ${(official4.ns / ours.ns).toFixed(1)} x`)
process.exit(0)
