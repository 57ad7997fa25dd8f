import {
  type BlockTape,
  createOptionId,
  createQuoteBlock,
  createRandom,
  type InstrumentTable,
  type QuoteBlock,
  QuoteBuffer,
} from '@scalp/canonical'

export const MINUTE_US = 60_000_000
/** 09:30 in New York on 2025-02-20. */
export const OPEN_US = Date.parse('2025-02-20T14:30:00Z') * 1_000
export const ROOT = 'TSLA'
/** Minutes of quotes that are made; later ones repeat them at later times. */
const MADE = 4

/** Minutes of one-minute samples of a chain, as if just decoded: every contract once a minute, in one order. */
export class ChainQuotes {
  readonly contracts: number
  readonly #blocks: QuoteBlock[] = []

  constructor(contracts: number, rows = 4_096) {
    this.contracts = contracts
    const random = createRandom(11)
    const bid = Float64Array.from({ length: contracts }, (_, place) => fairCents(place))
    const spread = Float64Array.from({ length: contracts }, () => 1 + Math.floor(random() ** 3 * 20))
    /** More contracts than one root has come in an order that caches do not like. */
    const order = contracts > 3_000 ? permutation(contracts, random) : undefined
    for (let minute = 0; minute < MADE; minute++) {
      for (let first = 0; first < contracts; first += rows) {
        const block = createQuoteBlock({ rows: Math.min(rows, contracts - first), sampleUs: MINUTE_US })
        block.to = block.place.length
        for (let row = 0; row < block.to; row++) {
          const at = order?.[first + row] ?? first + row
          bid[at] = Math.max(50, (bid[at] as number) + Math.floor(random() * 5) - 2)
          block.place[row] = at
          block.receivedUs[row] = minute
          block.bidMicros[row] = (bid[at] as number) * 10_000
          block.askMicros[row] = ((bid[at] as number) + (spread[at] as number)) * 10_000
          block.bidSize[row] = 1 + Math.floor(random() ** 3 * 300)
          block.askSize[row] = 1 + Math.floor(random() ** 3 * 300)
        }
        this.#blocks.push(block)
      }
    }
  }

  /** The quotes of so many minutes after the open, which must be no more than a session has. */
  tape(minutes: number, instruments: InstrumentTable): BlockTape {
    const indexes = new Int32Array(this.contracts).fill(-1)
    const blocksAMinute = this.#blocks.length / MADE
    const quote = new QuoteBuffer()
    const blocks = this.#blocks
    let next = 0
    let block: QuoteBlock = createQuoteBlock({ rows: 0, sampleUs: MINUTE_US })
    let at = 0
    return {
      get receivedUs() {
        return at < block.to ? (block.receivedUs[at] as number) : Number.POSITIVE_INFINITY
      },
      quotes() {
        if (at >= block.to) return undefined
        block.from = at
        return block
      },
      advanceTo(row) {
        at = row
      },
      intern(place) {
        const index = instruments.option(contractAt(place))
        indexes[place] = index
        return index
      },
      emit(sink) {
        const place = block.place[at] as number
        const known = indexes[place] as number
        quote.instrument = (known < 0 ? this.intern(place) : known) as typeof quote.instrument
        quote.receivedUs = block.receivedUs[at] as number
        quote.sourceUs = block.sourceUs[at] as number
        quote.bidMicros = block.bidMicros[at] as number
        quote.askMicros = block.askMicros[at] as number
        quote.bidSize = block.bidSize[at] as number
        quote.askSize = block.askSize[at] as number
        quote.sampleUs = block.sampleUs
        at++
        sink.onQuote(quote)
      },
      refill() {
        if (next >= minutes * blocksAMinute) return Promise.resolve(false)
        block = blocks[next % blocks.length] as QuoteBlock
        block.indexes = indexes
        block.receivedUs.fill(OPEN_US + (Math.floor(next / blocksAMinute) + 1) * MINUTE_US)
        at = 0
        next++
        return Promise.resolve(true)
      },
      close: () => Promise.resolve(),
    }
  }
}

function permutation(count: number, random: () => number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, at) => at)
  for (let at = count - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1))
    const kept = order[at] as number
    order[at] = order[other] as number
    order[other] = kept
  }
  return order
}

/** What a contract may cost with its root at 175 dollars, so that calls, puts and their volatilities fit together. */
export function fairCents(place: number): number {
  const { expiry, right, strikeThousandths } = contractAt(place)
  const strike = strikeThousandths / 1_000
  const years = (Date.parse(expiry) - OPEN_US / 1_000) / (365 * 86_400_000) + 0.004
  const deviation = 175 * 0.6 * Math.sqrt(years)
  const away = (strike - 175) / deviation
  const intrinsic = Math.max(0, right === 'C' ? 175 - strike : strike - 175)
  return Math.max(50, Math.round(100 * (intrinsic + 0.4 * deviation * Math.exp(-0.5 * away * away))))
}

/** Contracts of one root: expiries a week apart with 150 strikes of two rights each. */
export function contractAt(place: number): ReturnType<typeof createOptionId> {
  const expiry = new Date(Date.parse('2025-02-21') + 7 * Math.floor(place / 300) * 86_400_000)
  return createOptionId({
    underlying: ROOT,
    expiry: expiry.toISOString().slice(0, 10),
    strike: 50 + Math.floor((place % 300) / 2) * 2.5,
    right: place % 2 === 0 ? 'C' : 'P',
  })
}
