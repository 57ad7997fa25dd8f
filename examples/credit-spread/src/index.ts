import type { InstrumentIndex } from '@scalp/canonical'
import { defineStrategy, type Strategy } from '@scalp/strategy'
import { z } from 'zod'

const config = z.object({
  /** How far below the market the short strike lies, percent. */
  distancePct: z.number().positive().default(1),
  /** Between the strikes, dollars. */
  widthDollars: z.number().positive().default(5),
  /** Least credit for the pair, micro-dollars a share. */
  minCreditMicros: z.number().int().positive().default(100_000),
  /** Minutes after the open at which it is sold. */
  entryMinutes: z.number().positive().default(30),
  /** It is bought back when so much of the credit is earned, percent; or so long before the close. */
  takeProfitPct: z.number().positive().default(50),
  exitMinutes: z.number().positive().default(15),
})

interface Pair {
  readonly short: InstrumentIndex
  readonly long: InstrumentIndex
}

/**
 * Sells a put spread of the next expiry below the market, once a session. The wing is bought first, so that what is
 * short is never naked; on the way out the short leg is bought back first, for the same reason.
 */
export const creditSpread: Strategy<z.output<typeof config>> = defineStrategy({
  contract: 1,
  name: 'credit-spread',
  description: 'Sells a put spread below the market in two legs, and buys it back.',
  config,
  create: (settings, context) => {
    let pair: Pair | undefined
    let isLeaving = false
    const mid = (instrument: InstrumentIndex): number => context.quotes.midMicros(instrument)
    const held = (instrument: InstrumentIndex): number => context.positions.contracts(instrument)

    /** The put nearest to a strike, of the next expiry that is not today's. */
    const putAt = (symbol: string, strikeMicros: number): InstrumentIndex | undefined => {
      const today = context.calendar.tradingDate(context.nowUs)
      let best: InstrumentIndex | undefined
      let bestKey: readonly [string, number] = ['9999', 0]
      for (const instrument of context.instruments.options(symbol)) {
        const listed = context.instruments.get(instrument)
        if (listed.kind !== 'option' || listed.option.right !== 'P' || listed.option.expiry <= today) continue
        if (!context.quotes.isTradable(instrument)) continue
        const away = Math.abs(listed.option.strikeThousandths * 1_000 - strikeMicros)
        const { expiry } = listed.option
        if (expiry < bestKey[0] || (expiry === bestKey[0] && away < bestKey[1])) {
          best = instrument
          bestKey = [expiry, away]
        }
      }
      return best
    }
    const open = (): void => {
      const [symbol = ''] = context.underlyings
      const price = context.prices.get(symbol)?.priceMicros
      if (price === undefined) return
      const strike = price * (1 - settings.distancePct / 100)
      const short = putAt(symbol, strike)
      const long = putAt(symbol, strike - settings.widthDollars * 1_000_000)
      if (short === undefined || long === undefined || short === long) return
      if (!(mid(short) - mid(long) >= settings.minCreditMicros)) return
      const limitMicros = Math.ceil(context.quotes.askMicros(long) * 1.05)
      const wing = {
        instrument: long,
        side: 'buy',
        contracts: 1,
        limitMicros,
        timeoutMs: 120_000,
        tag: 'wing',
      } as const
      if (context.submit(wing).status === 'refused') return
      pair = { short, long }
      isLeaving = false
      context.log({
        kind: 'signal',
        code: 'credit-spread',
        instrument: short,
        inputs: { credit: mid(short) - mid(long) },
      })
    }
    const leave = (tag: string): void => {
      if (pair === undefined || isLeaving) return
      isLeaving = true
      if (held(pair.short) < 0)
        context.submit({ instrument: pair.short, side: 'buy', contracts: -held(pair.short), tag })
      else context.flatten(tag)
    }
    return {
      quoteScope: 'held',
      onSessionOpen({ openUs, closeUs }) {
        pair = undefined
        context.wakeAt(openUs + settings.entryMinutes * 60_000_000)
        context.wakeAt(closeUs - settings.exitMinutes * 60_000_000)
      },
      onWake(us) {
        const session = context.calendar.session(us)
        if (session === undefined) return
        if (us >= session.closeUs - settings.exitMinutes * 60_000_000) leave('market_close')
        else if (pair === undefined) open()
      },
      onFill({ instrument, side, priceMicros }) {
        if (pair === undefined) return
        /** The wing is there: now what it covers may be sold. */
        if (instrument === pair.long && side === 'buy') {
          const limitMicros = Math.max(
            10_000,
            Math.floor((priceMicros + settings.minCreditMicros) / 10_000) * 10_000,
          )
          context.submit({
            instrument: pair.short,
            side: 'sell',
            contracts: 1,
            limitMicros,
            timeoutMs: 120_000,
            tag: 'spread',
          })
        } else if (instrument === pair.short && side === 'buy') context.flatten('wing-no-longer-needed')
      },
      onOrderEnd({ instrument, filled }) {
        /** The short leg did not fill: the wing alone is not what was wanted. */
        if (pair !== undefined && instrument === pair.short && filled === 0 && held(pair.short) === 0)
          leave('unpaired')
        if (pair !== undefined && instrument === pair.long && held(pair.long) === 0) pair = undefined
      },
      onQuote({ instrument }) {
        if (pair === undefined || instrument !== pair.short) return
        const position = context.positions.get(pair.short)
        const wing = context.positions.get(pair.long)
        if (position === undefined || wing === undefined) return
        const credit = position.averageMicros - wing.averageMicros
        const cost = context.quotes.askMicros(pair.short) - context.quotes.bidMicros(pair.long)
        if (cost <= credit * (1 - settings.takeProfitPct / 100)) leave('take_profit')
      },
    }
  },
})

export default creditSpread
