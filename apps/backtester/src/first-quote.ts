import { defineStrategy, type Strategy } from '@scalp/strategy'
import { z } from 'zod'

const config = z.object({
  contracts: z.number().int().positive().default(1),
  /** How long a position is held before it is sold at market. */
  holdMinutes: z.number().positive().default(0.5),
  /** How long an entry may wait for a quote. */
  timeoutMinutes: z.number().positive().default(10),
})

/** Buys the first two-sided quote it sees and sells after a fixed hold: the smallest strategy that trades. */
export const firstQuote: Strategy<z.output<typeof config>> = defineStrategy({
  contract: 1,
  name: 'first-quote',
  description: 'Buys the first tradable quote and sells after a fixed hold. An example, not an idea.',
  config,
  create: ({ contracts, holdMinutes, timeoutMinutes }, context) => {
    let hasBought = false
    return {
      onQuote({ instrument, askMicros }) {
        if (hasBought || !context.quotes.isTradable(instrument)) return
        const result = context.submit({
          instrument,
          side: 'buy',
          contracts,
          limitMicros: Math.ceil(askMicros * 1.5),
          timeoutMs: timeoutMinutes * 60_000,
          tag: 'first-quote',
        })
        hasBought = result.status === 'submitted'
      },
      onFill({ side, receivedUs }) {
        if (side === 'buy') context.wakeAt(receivedUs + holdMinutes * 60_000_000)
      },
      onWake() {
        context.flatten('hold-over')
      },
    }
  },
})
