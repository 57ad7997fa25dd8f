import type { InstrumentIndex, InstrumentReader, IsoDate, OptionId, Right } from '@scalp/canonical'

/** Both contracts of a strike; an index is `undefined` where that side is not listed. */
export interface StrikePair {
  readonly strikeThousandths: number
  call: InstrumentIndex | undefined
  put: InstrumentIndex | undefined
}

/** The contracts of an underlying, by expiry and strike, kept sorted while instruments come and go. */
export class ChainView {
  readonly #instruments: InstrumentReader
  readonly #underlying: string
  readonly #byExpiry = new Map<IsoDate, StrikePair[]>()
  #expiries: IsoDate[] = []
  #source: readonly InstrumentIndex[] = []
  #length = -1

  constructor({
    instruments,
    underlying,
  }: { readonly instruments: InstrumentReader; readonly underlying: string }) {
    this.#instruments = instruments
    this.#underlying = underlying
  }

  /** Expiries with a listed contract, earliest first. */
  expiries(): readonly IsoDate[] {
    this.#refresh()
    return this.#expiries
  }

  /** The strikes of an expiry, lowest first. */
  strikes(expiry: IsoDate): readonly StrikePair[] {
    this.#refresh()
    return this.#byExpiry.get(expiry) ?? []
  }

  /** Contracts are only ever added at the end within a day; a list that changed otherwise is read anew. */
  #refresh(): void {
    const source = this.#instruments.options(this.#underlying)
    if (source === this.#source && source.length === this.#length) return
    const isLonger = source === this.#source && source.length > this.#length
    if (!isLonger) this.#byExpiry.clear()
    for (let i = isLonger ? this.#length : 0; i < source.length; i++) this.#add(source[i] as InstrumentIndex)
    this.#expiries = [...this.#byExpiry.keys()].sort()
    this.#source = source
    this.#length = source.length
  }

  #add(index: InstrumentIndex): void {
    const instrument = this.#instruments.get(index)
    if (instrument.kind !== 'option') return
    const { expiry, strikeThousandths, right }: OptionId = instrument.option
    let pairs = this.#byExpiry.get(expiry)
    if (pairs === undefined) {
      pairs = []
      this.#byExpiry.set(expiry, pairs)
    }
    let low = 0
    let high = pairs.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((pairs[middle] as StrikePair).strikeThousandths < strikeThousandths) low = middle + 1
      else high = middle
    }
    let pair = pairs[low]
    if (pair?.strikeThousandths !== strikeThousandths) {
      pair = { strikeThousandths, call: undefined, put: undefined }
      pairs.splice(low, 0, pair)
    }
    setSide(pair as StrikePair, right, index)
  }
}

function setSide(pair: StrikePair, right: Right, index: InstrumentIndex): void {
  if (right === 'C') pair.call = index
  else pair.put = index
}
