import { statSync } from 'node:fs'
import { isIsoDate, type Right } from '@scalp/canonical'
import { createProgressBar } from '@scalp/cli'
import type { Schema } from '@scalp/databento'
import {
  createOptionFilter,
  cutSlices,
  type DataFile,
  describeDataFile,
  keepOptions,
  type OptionCriteria,
  splitDbn,
} from '@scalp/databento/node'
import { type InputFile, inputFiles } from '../data-files.js'
import { CallError } from '../errors.js'
import type { Output } from '../output.js'
import { calendar } from '../trading-days.js'
import { type PriceOf, readPrices } from '../underlying-prices.js'
import { formatBytes, formatCount } from '../values.js'
import { refuseOverwrite, tellWritten, type WriteFlags, writeDbn } from './merge.js'

/** Flags of `scalp-dbn slice`. */
export interface SliceFlags extends WriteFlags {
  readonly underlying?: readonly string[]
  readonly schema: Schema
  readonly from?: string
  readonly to?: string
  readonly right?: Right
  /** Ranges as `LOW..HIGH`; either end may be left out. */
  readonly expiry?: string
  readonly dte?: string
  readonly strike?: string
  readonly moneyness?: string
  /** Bars of the underlyings, for their prices. */
  readonly bars?: string
  readonly time?: string
  /** The output is a directory: one file of each underlying and UTC day. */
  readonly split?: boolean
  readonly format?: 'slice' | 'dbn.zst'
}

/** Cuts contracts, days and hours out of a file or a dataset: into one file, or one of each underlying and day. */
export async function slice(fileOrDirectory: string, flags: SliceFlags, out: Output): Promise<void> {
  const isSplit = flags.split === true
  const isSlice = isSplit ? flags.format !== 'dbn.zst' : flags.output.endsWith('.slice')
  if (!isSplit && !/\.(?:dbn(?:\.zst)?|slice)$/.test(flags.output)) {
    throw new CallError({
      problem: `${flags.output} is no name of a DBN file or a slice.`,
      hint: 'Let it end in .dbn, .dbn.zst or .slice; or give --split, and it is a directory.',
    })
  }
  const chosen = criteriaOf(flags)
  const { files } = await inputFiles(fileOrDirectory, { ...flags, schemas: [flags.schema], together: true })
  const other = files.find(({ path: file }) => /\.(?:csv(?:\.zst)?|slice)$/.test(file))
  if (!isSlice && other !== undefined)
    throw new CallError({
      problem: `${other.path} is no DBN file.`,
      hint: 'Only slices are cut out of CSV and of slices: let the output end in .slice, or give --split.',
    })
  const shared = isSlice ? undefined : files.find(({ found }) => found?.without !== undefined)
  if (shared !== undefined)
    throw new CallError({
      problem: `Some days of ${shared.path} are in another job too.`,
      hint: 'Slices (.slice) take each day from one job; for DBN name the files one by one, or move a job away.',
    })
  const criteria =
    flags.moneyness === undefined ? chosen : { ...chosen, priceOf: await pricesFor(fileOrDirectory, flags) }
  if (isSlice) await writeSlices(files, flags, criteria, out)
  else if (isSplit) await splitIntoDbn(files, flags, criteria, out)
  else
    await writeDbn(
      files.map(({ path: file }) => file),
      flags,
      {
        filterOf: (metadata) => createOptionFilter(metadata, criteria),
        describe: (merged) => keepOptions(merged, criteria),
      },
      out,
    )
}

async function writeSlices(
  inputs: readonly InputFile[],
  flags: SliceFlags,
  criteria: OptionCriteria,
  out: Output,
): Promise<void> {
  const paths = inputs.map(({ path: file }) => file)
  if (flags.split !== true) refuseOverwrite(flags, paths)
  const files: DataFile[] = []
  for (const { path: file, found } of inputs) files.push(found ?? (await describeDataFile(file)))
  const bar = createProgressBar({ isSilent: flags.quiet === true })
  bar.start(files.length, 'files')
  const written = await cutSlices(files, {
    criteria,
    into: flags.split === true ? { directory: flags.output } : { file: flags.output },
    partial: flags.partial ?? false,
    onProgress: (rows, done) => bar.update(done, `${formatCount(rows)} rows`),
  }).finally(() => bar.stop())
  tellPieces(
    written.map(({ file, rows }) => ({ file, records: rows })),
    flags,
    out,
  )
}

async function splitIntoDbn(
  inputs: readonly InputFile[],
  flags: SliceFlags,
  criteria: OptionCriteria,
  out: Output,
): Promise<void> {
  const bar = createProgressBar({ isSilent: flags.quiet === true })
  bar.start(inputs.length, 'files')
  const written = await splitDbn(
    inputs.map(({ path: file }) => file),
    {
      criteria,
      directory: flags.output,
      partial: flags.partial ?? false,
      onProgress: (records, done) => bar.update(done, `${formatCount(records)} records`),
    },
  ).finally(() => bar.stop())
  tellPieces(written, flags, out)
}

function tellPieces(
  pieces: readonly { readonly file: string; readonly records: number }[],
  flags: SliceFlags,
  out: Output,
): void {
  if (flags.split !== true) {
    tellWritten(flags, pieces[0]?.records ?? 0, out)
    return
  }
  const records = pieces.reduce((sum, piece) => sum + piece.records, 0)
  const bytes = pieces.reduce((sum, { file }) => sum + statSync(file).size, 0)
  if (flags.json === true)
    out.write(`${JSON.stringify({ directory: flags.output, files: pieces.length, records, bytes })}\n`)
  else if (flags.quiet !== true)
    out.write(
      `${flags.output}: ${formatCount(pieces.length)} files, ${formatCount(records)} records, ${formatBytes(bytes)}\n`,
    )
}

/** Prices of the underlyings, out of the bars beside the quotes unless others are named. */
async function pricesFor(fileOrDirectory: string, flags: SliceFlags): Promise<PriceOf> {
  const { bars, underlying, from, to } = flags
  if (bars === undefined && statSync(fileOrDirectory).isFile()) {
    throw new CallError({
      problem: '--moneyness needs prices of the underlying.',
      hint: 'Name a file or directory of its bars (ohlcv-1m or ohlcv-1s) with --bars.',
    })
  }
  return readPrices(bars ?? fileOrDirectory, { symbols: underlying, from, to })
}

/** What the flags ask for. */
export function criteriaOf(flags: SliceFlags): OptionCriteria {
  const [expiryFrom, expiryTo] = range('--expiry', flags.expiry, (text) =>
    isIsoDate(text) ? text : undefined,
  )
  const [dteFrom, dteTo] = range('--dte', flags.dte, toInteger)
  const [strikeFrom, strikeTo] = range('--strike', flags.strike, toStrike)
  const [moneynessFrom, moneynessTo] = range('--moneyness', flags.moneyness, toRatio)
  const [minuteFrom, minuteTo] = range('--time', flags.time, toMinute)
  return {
    ...(flags.underlying === undefined ? {} : { underlyings: flags.underlying }),
    ...(flags.right === undefined ? {} : { right: flags.right }),
    ...(expiryFrom === undefined ? {} : { expiryFrom }),
    ...(expiryTo === undefined ? {} : { expiryTo }),
    ...(dteFrom === undefined ? {} : { dteFrom }),
    ...(dteTo === undefined ? {} : { dteTo }),
    ...(strikeFrom === undefined ? {} : { strikeFromThousandths: strikeFrom }),
    ...(strikeTo === undefined ? {} : { strikeToThousandths: strikeTo }),
    ...(moneynessFrom === undefined ? {} : { moneynessFrom }),
    ...(moneynessTo === undefined ? {} : { moneynessTo }),
    ...(minuteFrom === undefined ? {} : { minuteFrom }),
    ...(minuteTo === undefined ? {} : { minuteTo }),
    offsetUs: (us) => calendar.newYorkOffsetUs(us),
  }
}

/** Reads `LOW..HIGH`, `LOW..`, `..HIGH`, or one value for both. */
function range<Value>(
  flag: string,
  text: string | undefined,
  read: (text: string) => Value | undefined,
): [Value | undefined, Value | undefined] {
  if (text === undefined) return [undefined, undefined]
  const [low = '', high = low, ...more] = text.split('..')
  const values = [low, high].map((end) => (end === '' ? undefined : read(end)))
  const isWrong =
    more.length > 0 ||
    (low === '' && high === '') ||
    [low, high].some((end, i) => end !== '' && values[i] === undefined)
  if (isWrong) {
    throw new CallError({
      problem: `"${text}" is no range for ${flag}.`,
      hint: 'Write LOW..HIGH, such as 0..7, 09:30..10:30 or 2025-02-21..; scalp-dbn slice --help has examples.',
    })
  }
  return values as [Value | undefined, Value | undefined]
}

function toInteger(text: string): number | undefined {
  return /^\d{1,6}$/.test(text) ? Number(text) : undefined
}

function toRatio(text: string): number | undefined {
  return /^\d{1,3}(?:\.\d{1,6})?$/.test(text) ? Number(text) : undefined
}

function toStrike(text: string): number | undefined {
  return /^\d{1,6}(?:\.\d{1,3})?$/.test(text) ? Math.round(Number(text) * 1_000) : undefined
}

function toMinute(text: string): number | undefined {
  const [, hours, minutes] = /^([01]\d|2[0-4]):([0-5]\d)$/.exec(text) ?? []
  return hours === undefined ? undefined : Number(hours) * 60 + Number(minutes)
}
