import { type Micros, US_PER_DAY, type Us } from '@scalp/canonical'
import { type DecodeStats, decodeFile } from '@scalp/databento/node'
import { inputFiles } from './data-files.js'

/** The price of an underlying at a time, micro-dollars; `NaN` when it is not known. */
export type PriceOf = (underlying: string, us: Us) => Micros

/** Closes of one underlying in the order of time. */
interface Closes {
  readonly us: number[]
  readonly micros: number[]
}

/**
 * Reads the bars of a file or directory, and answers the last close at or before a time, of the same UTC day.
 *
 * @throws {@link NoDataError} When there are no bars.
 */
export async function readPrices(
  fileOrDirectory: string,
  {
    symbols,
    from,
    to,
  }: {
    readonly symbols: readonly string[] | undefined
    readonly from: string | undefined
    readonly to: string | undefined
  },
): Promise<PriceOf> {
  const { files } = await inputFiles(fileOrDirectory, { schemas: ['ohlcv-1m', 'ohlcv-1s'], from, to })
  const schema = files.some((file) => file.schema === 'ohlcv-1s') ? 'ohlcv-1s' : 'ohlcv-1m'
  const wanted = { options: false, ...(symbols === undefined ? {} : { symbols }) }
  const bySymbol = new Map<string, Closes>()
  for (const file of files) {
    if (file.schema !== undefined && file.schema !== schema) continue
    const stats: DecodeStats = {
      records: 0,
      kept: 0,
      filtered: 0,
      dropped: 0,
      droppedSymbols: [],
      skipped: 0,
    }
    const { path, symbolFiles } = file
    const series: Closes[] = []
    for await (const batch of decodeFile({ file: path, schema, wanted, symbolFiles, stats })) {
      for (const symbol of batch.newSymbols) {
        let closes = bySymbol.get(symbol)
        if (closes === undefined) bySymbol.set(symbol, (closes = { us: [], micros: [] }))
        series.push(closes)
      }
      for (let row = 0; row < batch.count; row++) {
        const closes = series[batch.symbol[row] as number] as Closes
        closes.us.push(batch.receivedUs[row] as number)
        closes.micros.push(batch.d[row] as number)
      }
    }
  }
  return (underlying, us) => {
    const closes = bySymbol.get(underlying)
    return closes === undefined ? Number.NaN : closeAt(closes, us)
  }
}

function closeAt({ us: times, micros }: Closes, us: Us): Micros {
  let [low, high] = [0, times.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((times[middle] as number) <= us) low = middle + 1
    else high = middle
  }
  const time = times[low - 1]
  if (time === undefined || Math.floor(time / US_PER_DAY) !== Math.floor(us / US_PER_DAY)) return Number.NaN
  return micros[low - 1] as number
}
