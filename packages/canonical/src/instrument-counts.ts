import type { InstrumentIndex } from './instruments.js'

/** Small counts by instrument, in one column that grows: read on every quote, changed now and then. */
export class InstrumentCounts {
  /** By instrument index; 0 beyond its end. Borrowed: it may be another array after {@link InstrumentCounts.add}. */
  counts: Uint16Array = new Uint16Array(1_024)

  has(instrument: InstrumentIndex): boolean {
    return instrument < this.counts.length && this.counts[instrument] !== 0
  }

  add(instrument: InstrumentIndex): void {
    if (instrument >= this.counts.length) {
      const grown = new Uint16Array(2 ** Math.ceil(Math.log2(instrument + 1)))
      grown.set(this.counts)
      this.counts = grown
    }
    this.counts[instrument] = (this.counts[instrument] ?? 0) + 1
  }

  /** Takes back one {@link InstrumentCounts.add}. */
  remove(instrument: InstrumentIndex): void {
    this.counts[instrument] = (this.counts[instrument] ?? 1) - 1
  }
}
