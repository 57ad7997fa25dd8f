import type { Quote, QuoteView } from './events.js'
import type { InstrumentIndex } from './instruments.js'
import type { QuoteBlock } from './quote-block.js'
import type { Micros, Us } from './units.js'

/** One row of a {@link QuoteBlock} as a borrowed quote: point it at a row, and it reads only what is asked for. */
export class QuoteRow implements QuoteView {
  block: QuoteBlock
  row = 0
  instrument: InstrumentIndex = 0 as InstrumentIndex

  constructor(block: QuoteBlock) {
    this.block = block
  }

  get receivedUs(): Us {
    return this.block.receivedUs[this.row] as Us
  }

  get sourceUs(): Us {
    return this.block.sourceUs[this.row] as Us
  }

  get bidMicros(): Micros {
    return this.block.bidMicros[this.row] as Micros
  }

  get askMicros(): Micros {
    return this.block.askMicros[this.row] as Micros
  }

  get bidSize(): number {
    return this.block.bidSize[this.row] as number
  }

  get askSize(): number {
    return this.block.askSize[this.row] as number
  }

  get sampleUs(): number {
    return this.block.sampleUs
  }

  copy(): Quote {
    const { instrument, receivedUs, sourceUs, bidMicros, askMicros, bidSize, askSize, sampleUs } = this
    return { instrument, receivedUs, sourceUs, bidMicros, askMicros, bidSize, askSize, sampleUs }
  }
}

/** An empty block of so many rows, for producers; `sourceUs` is `receivedUs` when the quotes are samples. */
export function createQuoteBlock({
  rows,
  sampleUs,
  indexes = new Int32Array(0),
}: {
  readonly rows: number
  readonly sampleUs: number
  readonly indexes?: Int32Array
}): QuoteBlock {
  const receivedUs = new Float64Array(rows)
  return {
    from: 0,
    to: 0,
    place: new Uint32Array(rows),
    indexes,
    receivedUs,
    sourceUs: sampleUs > 0 ? receivedUs : new Float64Array(rows),
    bidMicros: new Float64Array(rows),
    askMicros: new Float64Array(rows),
    bidSize: new Float64Array(rows),
    askSize: new Float64Array(rows),
    sampleUs,
  }
}
