import { isScalpError } from '@scalp/canonical'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { emptyStats, giveBatch } from '../tape/event-batch.js'
import { CsvBatcher } from './decode-csv.js'

const HEADER =
  'ts_recv,ts_event,rtype,publisher_id,instrument_id,side,price,size,flags,bid_px_00,ask_px_00,bid_sz_00,ask_sz_00,bid_pb_00,ask_pb_00,symbol'
const SYMBOLS = [
  'TSLA  250221C00250000',
  'TSLA  250321P00200000',
  'AAPL  250221C00250000',
  'NOT AN OPTION',
  'X',
  '',
]

const price = fc.oneof(
  fc.constant(''),
  fc.nat(2_000_000).map((cents) => `${(cents / 100).toFixed(2)}0000000`),
  fc.nat(2_000_000_000).map((nanos) => `${Math.floor(nanos / 1e9)}.${String(nanos % 1e9).padStart(9, '0')}`),
)
const line = fc
  .tuple(fc.nat(2), fc.boolean(), price, price, fc.nat(4_000_000_000), fc.nat(5), fc.nat(3))
  .map(([minute, hasTrade, bid, ask, size, symbol, id]) =>
    [
      `2025-02-20T14:3${minute}:00.000000000Z`,
      hasTrade ? '2025-02-20T14:30:59.895648000Z' : '',
      `193,30,${16_783_963 + id},N,${hasTrade ? '0.340000000' : ''},1,194,${bid},${ask},${size},132,29,23`,
      SYMBOLS[symbol],
    ].join(','),
  )
const lines = fc
  .array(line, { minLength: 1, maxLength: 40 })
  .map((all) => all.sort((a, b) => (a.slice(0, 30) < b.slice(0, 30) ? -1 : 1)))

/** What comes of a text: rows, counts, or the error. */
function read(text: string, cuts: readonly number[] = [], roots?: readonly string[]): unknown {
  const stats = emptyStats()
  const wanted = { options: true, ...(roots === undefined ? {} : { symbols: roots }) }
  const batcher = new CsvBatcher({ source: 'file', schema: 'cbbo-1m', wanted, stats })
  const bytes = Buffer.from(text, 'latin1')
  let failure: unknown
  try {
    let from = 0
    for (const to of [...cuts, bytes.length]) {
      batcher.push(bytes.subarray(from, Math.max(from, to)))
      from = Math.max(from, to)
    }
    batcher.end({ partial: false })
  } catch (error) {
    if (!isScalpError(error)) throw error
    failure = [error.code, error.details['line'], error.details['record']]
  }
  const rows = batcher.take(true).map((batch) => {
    const { count, newSymbols, symbol, receivedUs, sourceUs, a, b, c, d } = batch
    const columns = [symbol, receivedUs, sourceUs, a, b, c, d].map((column) => [...column.subarray(0, count)])
    giveBatch(batch)
    return { newSymbols, columns }
  })
  return { rows, stats, failure }
}

/** The same text with one more column, after the symbol: no line of it is plain. */
function careful(text: string): string {
  return text.replaceAll(/(?<=[^\n])\n/g, ',0\n').replace(',0\n', ',more\n')
}

test('plain lines give what careful reading gives, in any pieces', () => {
  fc.assert(
    fc.property(lines, fc.array(fc.nat(4_000), { maxLength: 5 }), fc.boolean(), (all, cuts, isFiltered) => {
      const text = `${HEADER}\n${all.join('\n')}\n`
      const roots = isFiltered ? ['TSLA'] : undefined
      const sorted = cuts.map((cut) => cut % text.length).sort((a, b) => a - b)
      expect(read(text, sorted, roots)).toEqual(read(careful(text), [], roots))
    }),
    { numRuns: 300 },
  )
})

test('a changed byte anywhere gives what careful reading gives, or the same refusal', () => {
  const bytes = fc.constantFrom(...',|\n|"|0|1|9|.|-|:|T|Z|N| |x|\0|é'.split('|'))
  fc.assert(
    fc.property(lines, fc.nat(), bytes, (all, place, byte) => {
      const text = `${all.join('\n')}\n`
      const at = place % (text.length - 1)
      const changed = `${HEADER}\n${text.slice(0, at)}${byte}${text.slice(at + 1)}`
      expect(read(changed)).toEqual(read(careful(changed)))
    }),
    { numRuns: 600 },
  )
})

test('a symbol that shares its id with another is still told by its text', () => {
  const row = (symbol: string): string =>
    `2025-02-20T14:31:00.000000000Z,,193,30,7,N,,0,194,0.320000000,0.340000000,1,2,29,23,${symbol}`
  const text = `${HEADER}\n${[0, 1, 0, 1, 2].map((at) => row(SYMBOLS[at] ?? '')).join('\n')}\n`
  expect(read(text)).toEqual(read(careful(text)))
})
