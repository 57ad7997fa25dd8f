import { InstrumentTable, QuoteBuffer, type Us } from '@scalp/canonical'
import { createExchangeCalendar, QuoteColumns } from '@scalp/market-data'
import { createFlatCosts } from '@scalp/simulator'
import { expect, test } from 'vitest'
import { DecisionLog } from './decision-log.js'

const OPEN = Date.parse('2024-01-03T14:30:00Z') * 1_000
const MINUTE = 60_000_000

function world() {
  const instruments = new InstrumentTable()
  const quotes = new QuoteColumns()
  const instrument = instruments.requireOption('TSLA240104C00250000')
  const log = new DecisionLog(createFlatCosts(650_000))
  const prices = { get: () => undefined }
  log.connect({ instruments, quotes, prices, calendar: createExchangeCalendar() })
  const buffer = new QuoteBuffer()
  const quote = (us: Us, bid: number) => {
    Object.assign(buffer, { instrument, receivedUs: us, sourceUs: us, bidSize: 9, askSize: 9 })
    buffer.bidMicros = bid * 1e6
    buffer.askMicros = bid * 1e6 + 20_000
    quotes.apply(buffer)
    log.advance(us)
  }
  return { log, instrument, quote }
}

test('a refused entry is kept with its gate, and judged after costs at what was quoted then', () => {
  const { log, instrument, quote } = world()
  quote(OPEN, 1)
  const intent = { instrument, side: 'buy', contracts: 3, inputs: { trigger: 'burst' } }
  const refusals = [{ code: 'SPREAD_TOO_WIDE', gate: 'spread', value: 12, limit: 10, resumes: 'narrower' }]
  log.append({ type: 'intent-refused', atUs: OPEN, intent, refusals })
  quote(OPEN + 15 * MINUTE, 1.5)
  quote(OPEN + 16 * MINUTE, 9)
  expect(log.records).toHaveLength(1)
  expect(log.records[0]).toMatchObject({
    kind: 'refused',
    gate: 'spread',
    code: 'SPREAD_TOO_WIDE',
    symbol: 'TSLA240104C00250000',
    askMicros: 1_020_000,
    inputs: { trigger: 'burst', value: 12, limit: 10, contracts: 3 },
  })
  /** 1.50 less 1.02, a hundred times, less 0.65 on each side. */
  expect(log.records[0]?.outcomes).toEqual([
    {
      horizon: '15min',
      atUs: OPEN + 15 * MINUTE,
      underlyingMicros: null,
      bidMicros: 1_500_000,
      netMicros: 46_700_000,
    },
  ])
})

test('an exit is kept without outcomes, and what could not be missed is not kept', () => {
  const { log, instrument, quote } = world()
  quote(OPEN, 1)
  log.append({ type: 'decision', atUs: OPEN, kind: 'exit', code: 'stop_loss', instrument })
  log.append({ type: 'decision', atUs: OPEN, kind: 'abstain', code: 'NO_DATA' })
  log.append({ type: 'decision', atUs: OPEN, kind: 'abstain', code: 'ORDER_REFUSED', instrument })
  const sale = { instrument, side: 'sell', contracts: 1 }
  log.append({ type: 'intent-refused', atUs: OPEN, intent: sale, refusals: [{ gate: 'g', code: 'C' }] })
  quote(OPEN + 20 * MINUTE, 2)
  expect(log.records.map(({ code, outcomes }) => [code, outcomes])).toEqual([['stop_loss', []]])
})
