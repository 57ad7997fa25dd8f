import type { InstrumentIndex } from '@scalp/canonical'
import { defineStrategy, type Strategy } from '@scalp/strategy'
import { z } from 'zod'
import { calmQuoteGate } from './calm-quote-gate.js'
import { SessionRange } from './opening-range.js'

export { calmQuoteGate } from './calm-quote-gate.js'
export { OpeningRange, SessionRange } from './opening-range.js'

const config = z.object({
  rangeMinutes: z.number().positive().default(15),
  takeProfitPct: z.number().positive().default(25),
  stopLossPct: z.number().positive().default(20),
  maxSpreadMicros: z.number().int().positive().default(150_000),
  maxAskMicros: z.number().int().positive().default(5_000_000),
})

/** Buys a contract at the money, once a session, when the underlying leaves the range of its first minutes. */
export const openingRange: Strategy<z.output<typeof config>> = defineStrategy({
  contract: 1,
  name: 'opening-range',
  description: "Buys the break of the first minutes' range; leaves by target, stop or the close.",
  config,
  create: (settings, context) => {
    const minutes = settings.rangeMinutes
    const ranges = new Map(
      context.underlyings.map((symbol) => [symbol, context.indicator(SessionRange, { symbol, minutes })]),
    )
    const gate = calmQuoteGate({ maxMicros: settings.maxSpreadMicros })
    /** Symbols whose break was traded, or passed over, in this session. */
    const done = new Set<string>()
    /** The contract of a side whose strike is nearest to the price, of the next expiry. */
    const nearest = (symbol: string, isCall: boolean, priceMicros: number): InstrumentIndex | undefined => {
      let best: InstrumentIndex | undefined
      let bestKey = Number.POSITIVE_INFINITY
      for (const instrument of context.instruments.options(symbol)) {
        const listed = context.instruments.get(instrument)
        if (listed.kind !== 'option' || (listed.option.right === 'C') !== isCall) continue
        if (!context.quotes.isTradable(instrument)) continue
        const days =
          Date.parse(listed.option.expiry) / 864e5 -
          Date.parse(context.calendar.tradingDate(context.nowUs)) / 864e5
        const away = Math.abs(listed.option.strikeThousandths * 1_000 - priceMicros) / priceMicros
        const key = days < 1 ? Number.POSITIVE_INFINITY : days + away * 100
        if (key < bestKey) [best, bestKey] = [instrument, key]
      }
      return best
    }
    return {
      quoteScope: 'held',
      onSessionOpen() {
        done.clear()
      },
      onUnderlying({ symbol, priceMicros, receivedUs }) {
        const side = ranges.get(symbol)?.breakAt(receivedUs, priceMicros) ?? 0
        if (side === 0 || done.has(symbol)) return
        const instrument = nearest(symbol, side > 0, priceMicros)
        if (instrument === undefined) return
        const askMicros = context.quotes.askMicros(instrument)
        if (!(askMicros <= settings.maxAskMicros)) return
        const intent = {
          instrument,
          side: 'buy',
          contracts: 1,
          limitMicros: Math.ceil(askMicros * 1.03),
          timeoutMs: 120_000,
          tag: 'break',
        } as const
        const { passed, value, limit } = gate.check(intent, context)
        done.add(symbol)
        if (!passed)
          context.log({ kind: 'abstain', code: 'SPREAD_TOO_WIDE', instrument, inputs: { value, limit } })
        else if (context.submit(intent).status === 'submitted')
          context.log({ kind: 'signal', code: 'opening-range', instrument, inputs: { side } })
      },
      onQuote({ instrument, bidMicros }) {
        const held = context.positions.get(instrument)
        if (held === undefined) return
        const percent = (bidMicros / held.averageMicros - 1) * 100
        if (percent >= settings.takeProfitPct) context.flatten('take_profit', instrument)
        else if (percent <= -settings.stopLossPct) context.flatten('stop_loss', instrument)
      },
      onFill({ side, receivedUs }) {
        const closeUs = context.calendar.session(receivedUs)?.closeUs
        if (side === 'buy' && closeUs !== undefined) context.wakeAt(closeUs - 300_000_000)
      },
      onWake() {
        context.flatten('market_close')
      },
    }
  },
})

export default openingRange
