import type { Progress } from '@scalp/cli'
import {
  type DataFile,
  type Dataset,
  discoverDataset,
  filesOf,
  NoDataError,
  type PreparedFiles,
  prepareSlices,
} from '@scalp/databento/node'
import type { RunConfig } from './config.js'

const QUOTE_SCHEMAS = ['cbbo-1m', 'cbbo-1s', 'cmbp-1'] as const
/** Trades with nothing else first; of events with quotes only the trades are read. */
const TRADE_SCHEMAS = ['trades', 'tcbbo', 'cmbp-1'] as const
const BAR_SCHEMAS = ['ohlcv-1s', 'ohlcv-1m'] as const
/** Volumes within the day are worth more than those of its end, and no finer than a minute is needed. */
const VOLUME_SCHEMAS = ['ohlcv-1m', 'ohlcv-1s', 'ohlcv-1h', 'ohlcv-1d'] as const

/** The files of a run by what they tell. */
export interface RunFiles {
  readonly quotes: readonly DataFile[]
  readonly bars: readonly DataFile[]
  /** Trades of contracts, where the quotes do not carry them. */
  readonly trades: readonly DataFile[]
  readonly statistics: readonly DataFile[]
  /** Bars of contracts, for how much was traded. */
  readonly volumes: readonly DataFile[]
}

/** The files of a run, found and made ready. */
export interface RunData {
  readonly dataset: Dataset
  readonly symbols: readonly string[]
  /** As they were found; the manifest names these. */
  readonly originals: RunFiles
  /** What is read: the same, or slices of them. */
  readonly files: RunFiles
  /** SHA-256 of the originals, by path, where slices know them. */
  readonly hashes: ReadonlyMap<string, string>
  readonly warnings: readonly string[]
}

/** Finds the files of a run, and their slices if there is a cache. */
export async function openRunData(config: RunConfig, progress: Progress): Promise<RunData> {
  const dataset = await discoverDataset(config.data)
  const originals = chooseFiles(dataset, config)
  return { dataset, symbols: symbolsOf(config), originals, ...(await slicesOf(originals, config, progress)) }
}

/** True when option trades are among the files. */
export function hasTrades({ quotes, trades }: RunFiles): boolean {
  return trades.length > 0 || quotes.some(({ schema }) => schema === 'cmbp-1')
}

/** All files of a run, in the order of the manifest. */
export function allFiles({ quotes, bars, trades, statistics, volumes }: RunFiles): readonly DataFile[] {
  return [...quotes, ...bars, ...trades, ...statistics, ...volumes]
}

interface RunSlices {
  readonly files: RunFiles
  /** SHA-256 of the originals, by path, where slices know them. */
  readonly hashes: ReadonlyMap<string, string>
  readonly warnings: readonly string[]
}

/** The same files as slices, if there is a cache: made on first touch, found from then on. */
async function slicesOf(files: RunFiles, config: RunConfig, progress: Progress): Promise<RunSlices> {
  const { cache, workers } = config
  const hashes = new Map<string, string>()
  if (cache === false) return { files, hashes, warnings: [] }
  const warnings = new Set<string>()
  let isShown = false
  const onFile = (done: number, total: number): void => {
    if (done === total && !isShown) return
    if (!isShown) progress.start(total, 'files')
    isShown = true
    progress.update(done, 'slices')
  }
  const prepare = async (originals: readonly DataFile[]): Promise<readonly DataFile[]> => {
    const options = { directory: cache, symbols: symbolsOf(config), workers, onFile }
    const prepared: PreparedFiles = await prepareSlices(originals, options)
    for (const warning of prepared.warnings) warnings.add(warning)
    return prepared.files.map(({ file, sha256 }, at) => {
      if (sha256 !== undefined) hashes.set((originals[at] as DataFile).path, sha256)
      return file
    })
  }
  const slices: RunFiles = {
    quotes: await prepare(files.quotes),
    bars: await prepare(files.bars),
    trades: await prepare(files.trades),
    statistics: await prepare(files.statistics),
    volumes: await prepare(files.volumes),
  }
  if (isShown) progress.stop()
  return { files: slices, hashes, warnings: [...warnings] }
}

/** Chooses the finest quotes there are, the finest bars of the underlying, trades, open interest and volumes of contracts. */
function chooseFiles(dataset: Dataset, { underlying, from, to, fills }: RunConfig): RunFiles {
  const of = (schemas: readonly DataFile['schema'][], isOptions: boolean): readonly DataFile[] => {
    for (const schema of schemas) {
      const files = filesOf(dataset, { schema, from, to }).filter(
        (file) => file.dataset.startsWith('OPRA') === isOptions,
      )
      if (files.length > 0) return files
    }
    return []
  }
  const quotes = of(QUOTE_SCHEMAS, true)
  const missing = (what: string): NoDataError =>
    new NoDataError({
      directory: dataset.directory,
      wanted: `${what} of ${underlying} from ${from ?? 'the start'} to ${to ?? 'the end'}`,
      have: describe(dataset),
    })
  if (quotes.length === 0) throw missing('option quotes')
  const files = {
    quotes,
    bars: of(BAR_SCHEMAS, false),
    trades: quotes[0]?.schema === 'cmbp-1' ? [] : of(TRADE_SCHEMAS, true),
    statistics: of(['statistics'], true),
    volumes: of(VOLUME_SCHEMAS, true),
  }
  if (fills.model === 'queue' && !hasTrades(files))
    throw missing('option trades, which fill model queue needs,')
  return files
}

function describe({ files }: Dataset): string {
  if (files.length === 0) return 'no data files at all'
  const kinds = new Set(files.map(({ dataset, schema }) => `${dataset} ${schema}`))
  return `${files.length} files from ${files[0]?.from} to ${files.at(-1)?.from}: ${[...kinds].join(', ')}`
}

/** The underlyings of a run, each once. */
export function symbolsOf({ underlying, underlyings }: RunConfig): readonly string[] {
  return [...new Set([underlying, ...underlyings])]
}
