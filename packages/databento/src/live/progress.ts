import type { Us } from '@scalp/canonical'
import type { Block } from '../dbn/assembler.js'
import { RTYPE, type Schema } from '../dbn/enums.js'
import { RTYPE_OF_SCHEMA } from '../dbn/layouts.js'
import type { RecordFormat } from '../dbn/record.js'
import { upgradeRecord } from '../dbn/upgrade.js'
import { hashWords, RecordWindow } from './record-window.js'

const FIRST_GATEWAY_RTYPE = 0x15
const LAST_GATEWAY_RTYPE = 0x17
/** Words of `ts_out`, which differs when a record is sent again. */
const TS_OUT_WORDS = 2

/** One type of record: what came of it, and what a replay under way repeats of it. */
interface Track {
  readonly window: RecordWindow
  /** Hashes a replay is expected to repeat, and how often; undefined: no replay is under way. */
  expected: Map<number, number> | undefined
}

/** How far a stream has come, by type of record; drops what a replay after a break repeats. */
export class StreamProgress {
  /** Records of the market that were new. */
  records = 0
  /** Records dropped, for they had come before the break. */
  repeated = 0
  /** How far back a replay starts before the last record, because venues' clocks differ. */
  readonly overlapUs: number
  readonly #tracks = new Map<number, Track>()
  #format: RecordFormat = { version: 3, tsOut: false }

  constructor(overlapUs: number) {
    this.overlapUs = overlapUs
  }

  /** Where a new session must replay a schema from; undefined when nothing of it has come. */
  resumeUs(schema: Schema): { readonly us: Us; readonly isWhole: boolean } | undefined {
    const window = this.#tracks.get(RTYPE_OF_SCHEMA[schema])?.window
    if (window === undefined || window.lastUs === Number.NEGATIVE_INFINITY) return undefined
    return { us: Math.max(0, Math.floor(window.resumeUs)), isWhole: window.isWhole }
  }

  /** A session begins that replays these schemas. */
  beginReplay(schemas: Iterable<Schema>): void {
    for (const track of this.#tracks.values()) track.expected = undefined
    for (const schema of schemas) {
      const track = this.#tracks.get(RTYPE_OF_SCHEMA[schema])
      if (track !== undefined) track.expected = track.window.counts()
    }
  }

  /** The gateway says that a schema's replay has caught up: nothing is repeated any more. */
  endReplay(schema: Schema): void {
    const track = this.#tracks.get(RTYPE_OF_SCHEMA[schema])
    if (track !== undefined) track.expected = undefined
  }

  /** The layouts of the blocks that follow. */
  setFormat(format: RecordFormat): void {
    this.#format = format
  }

  /** Takes note of one record; false when it has come before. Gateway records are always new. */
  accept(block: Block, at: number): boolean {
    const word = at >>> 2
    const head = block.u32[word] as number
    const rtype = (head >>> 8) & 0xff
    if (rtype >= FIRST_GATEWAY_RTYPE && rtype <= LAST_GATEWAY_RTYPE) return true
    const track = this.#tracks.get(rtype) ?? this.#addTrack(rtype)
    const us = replayTimeUs(block.u32, word, rtype)
    const hash = this.#hashOf(block, at, word, head & 0xff, rtype)
    if (track.expected !== undefined && isRepeated(track.expected, hash)) {
      this.repeated++
      return false
    }
    this.records++
    track.window.add(us, hash)
    return true
  }

  #hashOf(block: Block, at: number, word: number, words: number, rtype: number): number {
    const end = this.#format.tsOut ? words - TS_OUT_WORDS : words
    if (rtype !== RTYPE.definition && rtype !== RTYPE.statistics)
      return hashWords(block.u32, word, word + end)
    /** Their layouts differ by version, and a new session may speak another one. */
    const upgraded = upgradeRecord(block.view, at, this.#format)
    if (upgraded === undefined) return hashWords(block.u32, word, word + end)
    const all = new Uint32Array(upgraded.buffer)
    return hashWords(all, 0, this.#format.tsOut ? all.length - TS_OUT_WORDS : all.length)
  }

  #addTrack(rtype: number): Track {
    const track: Track = { window: new RecordWindow(this.overlapUs), expected: undefined }
    this.#tracks.set(rtype, track)
    return track
  }
}

/** True for each record as often as it is expected. */
function isRepeated(expected: Map<number, number>, hash: number): boolean {
  const times = expected.get(hash)
  if (times === undefined) return false
  if (times === 1) expected.delete(hash)
  else expected.set(hash, times - 1)
  return true
}

/** Quotes sampled over an interval are replayed by `ts_recv`, all else by `ts_event`. */
const BY_RECEIVED: ReadonlySet<number> = new Set([0xc0, 0xc1, 0xc3, 0xc4])

/** The time, in µs, that a replay's `start` is compared with; `NaN` when the record has none. */
export function replayTimeUs(u32: Uint32Array, word: number, rtype: number): Us {
  const at = word + (BY_RECEIVED.has(rtype) ? 8 : 2)
  const high = u32[at + 1] as number
  const low = u32[at] as number
  if (high === 0xffff_ffff && low === 0xffff_ffff) return Number.NaN
  return high * 4_294_967 + Math.floor((high * 296 + low) / 1_000)
}
