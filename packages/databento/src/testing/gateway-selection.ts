import type { Us } from '@scalp/canonical'
import { RTYPE_OF_SCHEMA } from '../dbn/layouts.js'
import { replayTimeUs } from '../live/progress.js'
import type { GatewayInstrument } from './gateway-records.js'
import type { GatewayRequest } from './gateway-request.js'
import type { StoredChunk } from './gateway-store.js'

/** One type of record that a session wants. */
interface Wanted {
  /** Records published before chunk `liveFrom` are sent from this time on. */
  replayFromUs: Us
  readonly liveFrom: number
  /** Undefined: all. */
  ids: Set<number> | undefined
}

/** What of a store a session has subscribed to. */
export class GatewaySelection {
  readonly #wanted = new Map<number, Wanted>()
  readonly #hasInstruments: boolean

  constructor(hasInstruments: boolean) {
    this.#hasInstruments = hasInstruments
  }

  /** Adds a request that resolved to instruments; chunks from `liveFrom` on are live. */
  add({ schema, start }: GatewayRequest, found: readonly GatewayInstrument[], liveFrom: number): void {
    const rtype = RTYPE_OF_SCHEMA[schema]
    const replayFromUs = start === undefined ? Number.POSITIVE_INFINITY : Number((start + 999n) / 1_000n)
    const known = this.#wanted.get(rtype)
    if (known === undefined) {
      const ids = this.#hasInstruments ? new Set(found.map(({ id }) => id)) : undefined
      this.#wanted.set(rtype, { replayFromUs, liveFrom, ids })
      return
    }
    for (const { id } of found) known.ids?.add(id)
    known.replayFromUs = Math.min(known.replayFromUs, replayFromUs)
  }

  /** The earliest time that is replayed. */
  get replayFromUs(): Us {
    return Math.min(...[...this.#wanted.values()].map((wanted) => wanted.replayFromUs))
  }

  /** The records of a chunk that are wanted; the chunk's own bytes when all are. */
  pick({ bytes, u32, lastUs }: StoredChunk, number: number): Uint8Array {
    if (lastUs < this.replayFromUs && [...this.#wanted.values()].every(({ liveFrom }) => number < liveFrom))
      return new Uint8Array(0)
    const picked = new Uint8Array(bytes.length)
    let length = 0
    for (let word = 0; word < u32.length; ) {
      const words = (u32[word] as number) & 0xff
      if (this.#isWanted(u32, word, number)) {
        picked.set(bytes.subarray(word * 4, (word + words) * 4), length)
        length += words * 4
      }
      word += words
    }
    return length === bytes.length ? bytes : picked.subarray(0, length)
  }

  #isWanted(u32: Uint32Array, word: number, number: number): boolean {
    const rtype = ((u32[word] as number) >>> 8) & 0xff
    const wanted = this.#wanted.get(rtype)
    if (wanted === undefined || wanted.ids?.has(u32[word + 1] as number) === false) return false
    return number >= wanted.liveFrom || replayTimeUs(u32, word, rtype) >= wanted.replayFromUs
  }
}

/** The instruments that a symbol of a request stands for. */
export function resolveSymbol(
  symbol: string,
  { stypeIn }: GatewayRequest,
  instruments: readonly GatewayInstrument[],
): readonly GatewayInstrument[] {
  if (symbol === 'ALL_SYMBOLS') return instruments
  return instruments.filter((instrument) => {
    if (stypeIn === 'raw_symbol') return instrument.symbol === symbol
    if (stypeIn === 'instrument_id') return String(instrument.id) === symbol
    return stypeIn === 'parent' && `${instrument.symbol.slice(0, 6).trim()}.OPT` === symbol
  })
}
