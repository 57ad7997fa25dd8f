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
const BAR_SCHEMAS = ['ohlcv-1s', 'ohlcv-1m'] as const
/** Volumes within the day are worth more than those of its end, and no finer than a minute is needed. */
const VOLUME_SCHEMAS = ['ohlcv-1m', 'ohlcv-1s', 'ohlcv-1h', 'ohlcv-1d'] as const

/** The files of a run by what they tell. */
export interface RunFiles {
  readonly quotes: readonly DataFile[]
  readonly bars: readonly DataFile[]
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

/** All files of a run, in the order of the manifest. */
export function allFiles({ quotes, bars, statistics, volumes }: RunFiles): readonly DataFile[] {
  return [...quotes, ...bars, ...statistics, ...volumes]
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
    statistics: await prepare(files.statistics),
    volumes: await prepare(files.volumes),
  }
  if (isShown) progress.stop()
  return { files: slices, hashes, warnings: [...warnings] }
}

/** Chooses the finest quotes there are, the finest bars of the underlying, open interest and volumes of contracts. */
function chooseFiles(dataset: Dataset, { underlying, from, to }: RunConfig): RunFiles {
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
  if (quotes.length === 0) {
    const days = dataset.files.map((file) => file.from)
    const have =
      days.length === 0
        ? 'no data files at all'
        : `${dataset.files.length} files from ${days[0]} to ${days.at(-1)}: ${[...new Set(dataset.files.map((file) => `${file.dataset} ${file.schema}`))].join(', ')}`
    throw new NoDataError({
      directory: dataset.directory,
      wanted: `option quotes of ${underlying} from ${from ?? 'the start'} to ${to ?? 'the end'}`,
      have,
    })
  }
  return {
    quotes,
    bars: of(BAR_SCHEMAS, false),
    statistics: of(['statistics'], true),
    volumes: of(VOLUME_SCHEMAS, true),
  }
}

/** The underlyings of a run, each once. */
function symbolsOf({ underlying, underlyings }: RunConfig): readonly string[] {
  return [...new Set([underlying, ...underlyings])]
}
