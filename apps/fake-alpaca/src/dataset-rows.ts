import type { RecordedRow } from '@scalp/alpaca/testing'
import {
  formatUs,
  type InstrumentIndex,
  InstrumentTable,
  type MarketSink,
  type Micros,
  type Tape,
  toDollars,
  type Us,
} from '@scalp/canonical'
import { createDatasetTape, type DataFile, type Dataset, filesOf } from '@scalp/databento/node'

/** What of a dataset is played. */
export interface DatasetChoice {
  /** OCC root and symbol of the shares; all roots unless told. */
  readonly underlying?: string | undefined
  readonly from?: string | undefined
  readonly to?: string | undefined
}

const QUOTES = ['cmbp-1', 'cbbo-1s', 'cbbo-1m'] as const
const BARS = ['ohlcv-1s', 'ohlcv-1m'] as const

/**
 * Option quotes and bars of the underlying, in the order in which they were received.
 *
 * A bar becomes one trade at its close: a stream of Alpaca has no bars of a second.
 */
export async function* datasetRows(dataset: Dataset, choice: DatasetChoice): AsyncGenerator<RecordedRow> {
  const instruments = new InstrumentTable()
  const symbols = choice.underlying === undefined ? undefined : [choice.underlying]
  const tape = (files: readonly DataFile[]): Tape =>
    createDatasetTape({ files, instruments, ...(symbols === undefined ? {} : { symbols }) })
  const tapes = [tape(finest(dataset, BARS, false, choice)), tape(finest(dataset, QUOTES, true, choice))]
  const rows: RecordedRow[] = []
  const symbolOf = (instrument: InstrumentIndex): string =>
    instruments.get(instrument).symbol.replaceAll(' ', '')
  const sink: MarketSink = {
    onQuote: ({ instrument, receivedUs, bidMicros, askMicros, bidSize, askSize }): undefined => {
      const sides = { bp: dollars(bidMicros), bs: bidSize, ap: dollars(askMicros), as: askSize }
      rows.push({ T: 'q', S: symbolOf(instrument), t: formatUs(receivedUs), ...sides })
    },
    onTrade: ({ instrument, receivedUs, priceMicros, size }): undefined => {
      rows.push({
        T: 't',
        S: symbolOf(instrument),
        t: formatUs(receivedUs),
        p: dollars(priceMicros),
        s: size,
      })
    },
    onBar: ({ instrument, receivedUs, closeMicros, volume }): undefined => {
      rows.push({
        T: 't',
        S: symbolOf(instrument),
        t: formatUs(receivedUs),
        p: dollars(closeMicros),
        s: volume,
      })
    },
    onStatistic: () => undefined,
  }
  try {
    for (;;) {
      for (const one of tapes) while (one.receivedUs === Number.POSITIVE_INFINITY && (await one.refill()));
      const untilUs: Us = Math.min(...tapes.map(({ receivedUs }) => receivedUs))
      if (untilUs === Number.POSITIVE_INFINITY) return
      for (const one of tapes) while (one.receivedUs === untilUs) one.emit(sink)
      yield* rows
      rows.length = 0
    }
  } finally {
    await Promise.all(tapes.map((one) => one.close()))
  }
}

/** Files of the finest schema there is. */
export function finest(
  dataset: Dataset,
  schemas: readonly DataFile['schema'][],
  isOptions: boolean,
  { from, to }: DatasetChoice,
): readonly DataFile[] {
  for (const schema of schemas) {
    const files = filesOf(dataset, { schema, from, to }).filter(
      (file) => file.dataset.startsWith('OPRA') === isOptions,
    )
    if (files.length > 0) return files
  }
  return []
}

/** An empty side is 0 at Alpaca. */
function dollars(micros: Micros): number {
  return Number.isNaN(micros) ? 0 : toDollars(micros)
}
