import type { InstrumentTable, IsoDate, Tape, Us } from '@scalp/canonical'
import {
  createDatasetTape,
  type DataFile,
  type Dataset,
  discoverDataset,
  filesOf,
  NoDataError,
} from '@scalp/databento/node'
import type { ExchangeCalendar } from '@scalp/market-data'

/** What a replay plays. */
export interface ReplayData {
  readonly impliesUnderlyings: boolean
  readonly fromUs: Us
  readonly toUs: Us
  readonly description: string
  /** Opens the tapes, in the order that decides equal times. */
  tapes(instruments: InstrumentTable): readonly Tape[]
}

const QUOTES = ['cmbp-1', 'cbbo-1s', 'cbbo-1m'] as const
const BARS = ['ohlcv-1s', 'ohlcv-1m'] as const

/**
 * Opens the finest quotes, bars and statistics of a folder of Databento files.
 *
 * @throws {@link NoDataError} When there are no option quotes of the days asked for.
 */
export async function openReplayData({
  directory,
  symbols,
  from,
  to,
  calendar,
}: {
  readonly directory: string
  readonly symbols: readonly string[]
  readonly from?: IsoDate | undefined
  readonly to?: IsoDate | undefined
  readonly calendar: ExchangeCalendar
}): Promise<ReplayData> {
  const dataset = await discoverDataset(directory)
  const quotes = finest(dataset, QUOTES, true, from, to)
  const bars = finest(dataset, BARS, false, from, to)
  const statistics = finest(dataset, ['statistics'], true, from, to)
  const first = quotes[0]
  if (first === undefined)
    throw new NoDataError({
      directory,
      wanted: `option quotes of ${symbols.join(', ')}`,
      have: `${dataset.files.length} files`,
    })
  const last = quotes.at(-1) ?? first
  const fromUs = calendar.sessions(first.from, last.to)[0]?.openUs ?? 0
  const toUs = calendar.sessions(first.from, last.to).at(-1)?.closeUs ?? fromUs
  return {
    impliesUnderlyings: bars.length === 0,
    fromUs,
    toUs,
    description: `${first.schema} of ${first.from}${last.to === first.from ? '' : ` to ${last.to}`}`,
    tapes: (instruments) =>
      [bars, quotes, statistics].map((files) => createDatasetTape({ files, instruments, symbols })),
  }
}

function finest(
  dataset: Dataset,
  schemas: readonly DataFile['schema'][],
  isOptions: boolean,
  from: IsoDate | undefined,
  to: IsoDate | undefined,
): readonly DataFile[] {
  for (const schema of schemas) {
    const files = filesOf(dataset, { schema, from, to }).filter(
      (file) => file.dataset.startsWith('OPRA') === isOptions,
    )
    if (files.length > 0) return files
  }
  return []
}
