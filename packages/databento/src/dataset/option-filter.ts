import {
  daysToExpiry,
  type IsoDate,
  type Micros,
  type OptionId,
  type Right,
  safeParseOption,
  type Us,
} from '@scalp/canonical'
import { layoutOf } from '../dbn/layouts.js'
import type { Metadata } from '../dbn/metadata.js'
import { SymbolMap } from '../symbols/symbol-source.js'
import type { RecordFilter } from './merge-dbn.js'

/** Which records of options are wanted; what is left out does not matter. Bounds are inclusive. */
export interface OptionCriteria {
  /** OCC roots. */
  readonly underlyings?: readonly string[]
  readonly right?: Right
  readonly expiryFrom?: IsoDate
  readonly expiryTo?: IsoDate
  /** Days to expiry, from the day of the record. */
  readonly dteFrom?: number
  readonly dteTo?: number
  readonly strikeFromThousandths?: number
  readonly strikeToThousandths?: number
  /** Strike divided by the price of the underlying: 1 is at the money. Needs `priceOf`. */
  readonly moneynessFrom?: number
  readonly moneynessTo?: number
  /** The underlying's price at a time, micro-dollars; `NaN` when it is not known, which leaves the record out. */
  readonly priceOf?: (underlying: string, us: Us) => Micros
  /** Minutes since midnight at the place of `offsetUs`; a record stamped exactly `minuteTo` is in. */
  readonly minuteFrom?: number
  readonly minuteTo?: number
  /** Local time minus UTC; 0 unless told. */
  readonly offsetUs?: (us: Us) => number
}

const US_PER_DAY = 86_400_000_000
const US_PER_MINUTE = 60_000_000
const UNDEF_TIMESTAMP = 0xffff_ffff_ffff_ffffn

/**
 * Makes the filter of a file's records by the contracts that its metadata name; records without a symbol, or
 * whose symbol is no option, are left out.
 *
 * @throws `SymbologyError` When the metadata map no instrument ids.
 */
export function createOptionFilter(metadata: Metadata, criteria: OptionCriteria): RecordFilter {
  const symbols = new SymbolMap(metadata)
  const offsets = Uint8Array.from(
    { length: 256 },
    (_, rtype) => layoutOf(rtype, metadata.version)?.indexTimeOffset ?? 8,
  )
  const hasMoneyness = criteria.moneynessFrom !== undefined || criteria.moneynessTo !== undefined
  const wanted = new Map<number, OptionId | null>()
  let day = Number.NaN
  let time = UNDEF_TIMESTAMP
  let us = Number.NaN
  let isTime = false
  return (view, offset) => {
    const ns = view.getBigUint64(offset + (offsets[view.getUint8(offset + 1)] as number), true)
    if (ns !== time) {
      time = ns
      us = Number(ns / 1_000n)
      isTime = ns !== UNDEF_TIMESTAMP && isWithin(us, criteria)
      if (Math.floor(us / US_PER_DAY) !== day) {
        day = Math.floor(us / US_PER_DAY)
        wanted.clear()
      }
    }
    if (!isTime) return false
    const id = view.getUint32(offset + 4, true)
    let option = wanted.get(id)
    if (option === undefined) {
      option = wantedOption(symbols.find(day, id), day, criteria)
      wanted.set(id, option)
    }
    return option !== null && (!hasMoneyness || isNear(option, us, criteria))
  }
}

/** The underlying of an event if the event is wanted, by its symbol, the place of that symbol, and its time. */
export type EventChoice = (symbol: string, place: number, us: Us) => string | undefined

/** What is kept of each of a day's contracts, of which there may be 200,000. */
type KeptOption = Pick<OptionId, 'underlying' | 'strikeThousandths'>

/** Makes the choice among events of one file, whose places each stand for one symbol. */
export function createEventChoice(criteria: OptionCriteria): EventChoice {
  const hasMoneyness = criteria.moneynessFrom !== undefined || criteria.moneynessTo !== undefined
  let wanted: (KeptOption | null | undefined)[] = []
  const underlyings = new Map<string, string>()
  const keep = (option: OptionId | null): KeptOption | null => {
    if (option === null) return null
    const { underlying, strikeThousandths } = option
    const known = underlyings.get(underlying) ?? underlying
    underlyings.set(known, known)
    return { underlying: known, strikeThousandths }
  }
  let day = Number.NaN
  let lastUs = Number.NaN
  let isTime = false
  return (symbol, place, us) => {
    if (us !== lastUs) {
      lastUs = us
      isTime = isWithin(us, criteria)
      if (Math.floor(us / US_PER_DAY) !== day) {
        day = Math.floor(us / US_PER_DAY)
        wanted = []
      }
    }
    if (!isTime) return undefined
    const option =
      wanted[place] === undefined
        ? (wanted[place] = keep(wantedOption(symbol, day, criteria)))
        : wanted[place]
    return option === null || (hasMoneyness && !isNear(option, us, criteria)) ? undefined : option.underlying
  }
}

/** Metadata without the mappings of contracts that no day can want. */
export function keepOptions(metadata: Metadata, criteria: OptionCriteria): Metadata {
  const keeps = (symbol: string): boolean => {
    const parsed = safeParseOption(symbol)
    return parsed.ok && isContract(parsed.value, criteria)
  }
  const isById = metadata.stypeIn === 'instrument_id'
  return {
    ...metadata,
    mappings: metadata.mappings.filter(({ rawSymbol, intervals }) =>
      isById ? intervals.some(({ symbol }) => keeps(symbol)) : keeps(rawSymbol),
    ),
  }
}

function wantedOption(symbol: string | undefined, day: number, criteria: OptionCriteria): OptionId | null {
  if (symbol === undefined) return null
  const parsed = safeParseOption(symbol)
  if (!parsed.ok || !isContract(parsed.value, criteria)) return null
  const { dteFrom = Number.NEGATIVE_INFINITY, dteTo = Number.POSITIVE_INFINITY } = criteria
  const date = new Date(day * 86_400_000).toISOString().slice(0, 10)
  const dte = daysToExpiry(parsed.value.expiry, date)
  return dte >= dteFrom && dte <= dteTo ? parsed.value : null
}

function isNear({ underlying, strikeThousandths }: KeptOption, us: Us, criteria: OptionCriteria): boolean {
  const { moneynessFrom = 0, moneynessTo = Number.POSITIVE_INFINITY, priceOf } = criteria
  const moneyness = (strikeThousandths * 1_000) / (priceOf?.(underlying, us) ?? Number.NaN)
  return moneyness >= moneynessFrom && moneyness <= moneynessTo
}

function isContract(
  { underlying, expiry, right, strikeThousandths }: OptionId,
  criteria: OptionCriteria,
): boolean {
  const { underlyings, expiryFrom = '', expiryTo = '9999' } = criteria
  const { strikeFromThousandths: low = 0, strikeToThousandths: high = Number.POSITIVE_INFINITY } = criteria
  return (
    (underlyings === undefined || underlyings.includes(underlying)) &&
    (criteria.right === undefined || criteria.right === right) &&
    expiry >= expiryFrom &&
    expiry <= expiryTo &&
    strikeThousandths >= low &&
    strikeThousandths <= high
  )
}

function isWithin(us: Us, { minuteFrom = 0, minuteTo = 1_440, offsetUs = () => 0 }: OptionCriteria): boolean {
  const local = us + offsetUs(us)
  const minute = (local - Math.floor(local / US_PER_DAY) * US_PER_DAY) / US_PER_MINUTE
  return minute >= minuteFrom && minute <= minuteTo
}
