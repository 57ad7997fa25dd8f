import { statSync } from 'node:fs'
import { isIsoDate, type Right } from '@scalp/canonical'
import type { Schema } from '@scalp/databento'
import { createOptionFilter, keepOptions, type OptionCriteria } from '@scalp/databento/node'
import { inputFiles } from '../data-files.js'
import { CallError } from '../errors.js'
import type { Output } from '../output.js'
import { calendar } from '../trading-days.js'
import { type PriceOf, readPrices } from '../underlying-prices.js'
import { type WriteFlags, writeDbn } from './merge.js'

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
}

/** Cuts contracts, days and hours out of a file or a dataset, into one DBN file. */
export async function slice(fileOrDirectory: string, flags: SliceFlags, out: Output): Promise<void> {
  if (!/\.dbn(?:\.zst)?$/.test(flags.output)) {
    throw new CallError({
      problem: `${flags.output} is no name of a DBN file.`,
      hint: 'Let it end in .dbn or .dbn.zst.',
    })
  }
  const chosen = criteriaOf(flags)
  const { files } = await inputFiles(fileOrDirectory, { ...flags, schemas: [flags.schema] })
  const csv = files.find(({ path: file }) => /\.csv(?:\.zst)?$/.test(file))
  if (csv !== undefined)
    throw new CallError({ problem: `${csv.path} is CSV.`, hint: 'Slices are cut out of DBN files.' })
  const criteria =
    flags.moneyness === undefined ? chosen : { ...chosen, priceOf: await pricesFor(fileOrDirectory, flags) }
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
