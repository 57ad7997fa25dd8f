import {
  type InstrumentCounts,
  type InstrumentIndex,
  type MarketSink,
  QuoteBuffer,
  type Tape,
} from '@scalp/canonical'
import type { Engine } from '@scalp/engine'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { replay } from './replay.js'
import type { SimulatedBroker } from './simulated-broker.js'

/** A tape of instants, in blocks of a few events. */
function tapeOf(name: number, times: readonly number[], block = 3): Tape {
  const buffer = new QuoteBuffer()
  let at = 0
  let loaded = 0
  return {
    get receivedUs() {
      return at < loaded ? (times[at] as number) : Number.POSITIVE_INFINITY
    },
    emit(sink: MarketSink) {
      buffer.instrument = name as InstrumentIndex
      buffer.receivedUs = times[at++] as number
      sink.onQuote(buffer)
    },
    refill() {
      loaded = Math.min(times.length, loaded + block)
      return Promise.resolve(at < loaded)
    },
    close: () => Promise.resolve(),
  }
}

/** Writes down who was called, when. */
function recorder(wakes: number[] = []) {
  const log: string[] = []
  const due = [...wakes]
  const market = {
    nextUs: Number.POSITIVE_INFINITY,
    hasActed: false,
    moveTo() {},
    onQuote: ({ instrument, receivedUs }: QuoteBuffer) => void log.push(`engine ${instrument} ${receivedUs}`),
    sessionEndUs: (us: number) => us + 100,
  }
  const engine = {
    market,
    hasFailed: false,
    get nextTurnUs() {
      return due[0] ?? Number.POSITIVE_INFINITY
    },
    takeTurn: () => void log.push(`wake ${due.shift()}`),
  }
  const broker = {
    nextUs: Number.POSITIVE_INFINITY,
    attach(_market: unknown, watched: InstrumentCounts) {
      for (let index = 0; index < 8; index++) watched.add(index as InstrumentIndex)
    },
    connect: () => Promise.resolve(),
    advanceTo() {},
    onQuote: ({ instrument, receivedUs }: QuoteBuffer) => void log.push(`venue ${instrument} ${receivedUs}`),
    finish: (us: number) => void log.push(`finish ${us}`),
  }
  return { log, engine: engine as unknown as Engine, broker: broker as unknown as SimulatedBroker }
}

test('the venue sees each quote first, and wakes come before events of the same instant', async () => {
  const { log, engine, broker } = recorder([5, 20, 107])
  await replay({ engine, broker, tapes: [tapeOf(0, [5, 8])] })
  expect(log).toEqual([
    'wake 5',
    'venue 0 5',
    'engine 0 5',
    'venue 0 8',
    'engine 0 8',
    'wake 20',
    'wake 107',
    'finish 108',
  ])
})

test('merges any tapes in the order of time, equal times in the order of the tapes, whatever the block size', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 12 }), { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 1, max: 4 }),
      async (lists, block) => {
        const sorted = lists.map((times) => times.sort((a, b) => a - b))
        fc.pre(sorted.some((times) => times.length > 0))
        const { log, engine, broker } = recorder()
        const { quotes } = await replay({
          engine,
          broker,
          tapes: sorted.map((times, name) => tapeOf(name, times, block)),
        })
        const merged = sorted.flatMap((times, name) => times.map((us) => ({ us, name })))
        merged.sort((a, b) => a.us - b.us || a.name - b.name)
        expect(log.filter((line) => line.startsWith('engine'))).toEqual(
          merged.map(({ us, name }) => `engine ${name} ${us}`),
        )
        expect(quotes).toBe(merged.length)
      },
    ),
  )
})

test('says so when there is nothing to replay', async () => {
  const { engine, broker } = recorder()
  await expect(replay({ engine, broker, tapes: [tapeOf(0, [])] })).rejects.toMatchObject({
    code: 'REPLAY_EMPTY',
  })
})
