import { defineStrategy, type Strategy } from '@scalp/strategy'
import { z } from 'zod'

const config = z.object({
  /** How many times as much must be bid as offered. */
  minRatio: z.number().min(1).default(4),
  holdMs: z.number().int().positive().default(300_000),
  /** Dearest contract, micro-dollars a share. */
  maxAskMicros: z.number().int().positive().default(3_000_000),
  /** Quiet time after an entry. */
  pauseMs: z.number().int().positive().default(1_800_000),
})

/** Buys where size leans on the bid, and leaves after a fixed hold. */
export const bidLean: Strategy<z.output<typeof config>> = defineStrategy({
  contract: 1,
  name: 'bid-lean',
  description: 'Buys where size leans on the bid, and leaves after a fixed hold.',
  config,
  presets: { calm: { minRatio: 8, pauseMs: 3_600_000 } },
  create: ({ minRatio, holdMs, maxAskMicros, pauseMs }, context) => {
    let nextUs = 0
    return {
      onQuote({ instrument, askMicros, bidSize, askSize, receivedUs }) {
        if (receivedUs < nextUs || context.workingOrders > 0 || context.positions.open().length > 0) return
        /** An empty side is NaN, and a comparison with it is false: the unknown refuses itself. */
        if (!(askMicros <= maxAskMicros && bidSize >= askSize * minRatio && askSize > 0)) return
        const inputs = { bidSize, askSize }
        const result = context.submit({
          instrument,
          side: 'buy',
          contracts: 1,
          limitMicros: Math.ceil(askMicros * 1.02),
          timeoutMs: 120_000,
          tag: 'bid-lean',
        })
        if (result.status === 'refused') return
        nextUs = receivedUs + pauseMs * 1_000
        context.log({ kind: 'signal', code: 'bid-lean', instrument, inputs })
      },
      onFill({ side, receivedUs }) {
        if (side === 'buy') context.wakeAt(receivedUs + holdMs * 1_000)
      },
      onWake() {
        context.flatten('hold-over')
      },
      onSessionClose() {
        context.flatten('session-over')
      },
      snapshot: () => ({ nextUs }),
      restore(state) {
        nextUs = z.object({ nextUs: z.number() }).parse(state).nextUs
      },
    }
  },
})

export default bidLean
