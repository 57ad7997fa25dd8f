import { readFile } from 'node:fs/promises'
import { zstdDecompressSync } from 'node:zlib'
import { discoverDataset } from '../dataset/discover.js'
import { RecordAssembler } from '../dbn/assembler.js'
import { SCHEMAS, type Schema, STYPES, type SType } from '../dbn/enums.js'
import { layoutOf } from '../dbn/layouts.js'
import { createMetadata, encodeMetadata, type MappingInterval, type Metadata } from '../dbn/metadata.js'
import { upgradeRecord } from '../dbn/upgrade.js'
import { SymbolMap } from '../symbols/symbol-source.js'
import { isZstd } from '../zstd/frame-walker.js'
import { type NsRange, toNsRange } from './historical-instant.js'
import { businessProblem, Problem, parameterProblem } from './historical-problem.js'

const MAX_SYMBOLS = 2_000

/** A file in memory. */
interface Stored {
  readonly metadata: Metadata
  readonly rows: readonly Row[]
}

/** One record, in the layout of version 3. */
interface Row {
  readonly ns: bigint
  readonly id: number
  readonly symbol: string | undefined
  readonly bytes: Uint8Array
}

/** Data as a call asked for them. */
export interface Selection {
  readonly range: NsRange
  readonly records: number
  /** Bytes of the records. */
  readonly bytes: number
  /** A whole DBN file. */
  readonly dbn: Uint8Array
}

/** Data in memory, chosen by the parameters of a call. */
export class HistoricalStore {
  readonly #files: readonly Stored[]
  readonly #availableEnd: bigint | undefined

  constructor(files: readonly Uint8Array[], availableEnd: bigint | undefined) {
    this.#files = files.map(stored).sort((a, b) => Number(a.metadata.start - b.metadata.start))
    this.#availableEnd = availableEnd
  }

  get datasets(): string[] {
    return [...new Set(this.#files.map(({ metadata }) => metadata.dataset))].sort()
  }

  schemasOf(dataset: string): string[] {
    return [...new Set(this.#filesOf(dataset).map(({ metadata }) => String(metadata.schema)))].sort()
  }

  /** From the first record to just after the last. */
  rangeOf(dataset: string, schema?: string): NsRange {
    const files = this.#filesOf(dataset).filter(
      ({ metadata }) => schema === undefined || metadata.schema === schema,
    )
    const times = files.flatMap(({ rows }) => rows.map(({ ns }) => ns)).sort((a, b) => (a < b ? -1 : 1))
    return { start: times[0] ?? 0n, end: this.#availableEnd ?? (times.at(-1) ?? -1n) + 1n }
  }

  /** What symbols of one symbology were in instrument ids, and on which days. */
  mappingsOf(dataset: string, symbols: readonly string[], stypeIn: SType): Map<string, MappingInterval[]> {
    const found = new Map<string, MappingInterval[]>()
    for (const { metadata } of this.#filesOf(dataset)) {
      for (const { rawSymbol, intervals } of metadata.mappings) {
        if (!isWanted(rawSymbol, undefined, symbols, stypeIn)) continue
        const known = found.get(rawSymbol) ?? []
        found.set(rawSymbol, [
          ...known,
          ...intervals.filter((interval) => !known.some((one) => isSame(one, interval))),
        ])
      }
    }
    return found
  }

  /** @throws {@link Problem} As the API would. */
  select(parameters: Readonly<Record<string, string>>): Selection {
    const {
      dataset = '',
      schema = '',
      symbols: text = '',
      stype_in: stypeIn = 'raw_symbol',
      limit,
    } = parameters
    const files = this.#filesOf(dataset).filter(({ metadata }) => metadata.schema === schema)
    if (!SCHEMAS.includes(schema as Schema)) throw parameterProblem('schema', `"${schema}" is no schema`)
    if (!STYPES.includes(stypeIn as SType)) throw parameterProblem('stype_in', `"${stypeIn}" is no stype`)
    if (files.length === 0) {
      const message = `Schema ${schema} is not supported for dataset ${dataset}.`
      throw businessProblem(422, 'dataset_schema_not_supported', message)
    }
    const range = this.#checkedRange(parameters)
    const symbols = text.split(',').filter((symbol) => symbol !== '')
    if (symbols.length > MAX_SYMBOLS)
      throw new Problem(400, { detail: `At most ${MAX_SYMBOLS} symbols a request.` })
    const isAll = symbols.length === 0 || symbols[0] === 'ALL_SYMBOLS'
    let rows = files
      .flatMap((file) => file.rows)
      .filter(({ ns }) => ns >= range.start && ns < range.end)
      .filter(({ symbol, id }) => isAll || isWanted(symbol, id, symbols, stypeIn as SType))
    if (limit !== undefined) rows = rows.slice(0, Number(limit))
    const mappings = isAll
      ? new Map<string, MappingInterval[]>()
      : this.mappingsOf(dataset, symbols, stypeIn as SType)
    const head = encodeMetadata(
      createMetadata({
        dataset,
        schema: schema as Schema,
        start: range.start,
        end: range.end,
        limit: limit === undefined ? null : BigInt(limit),
        stypeIn: stypeIn as SType,
        symbols: isAll ? ['ALL_SYMBOLS'] : symbols,
        notFound: isAll || stypeIn !== 'raw_symbol' ? [] : symbols.filter((symbol) => !mappings.has(symbol)),
        mappings: [...mappings].map(([rawSymbol, intervals]) => ({ rawSymbol, intervals })),
      }),
    )
    const records = rows.map(({ bytes }) => bytes)
    const dbn = Buffer.concat([head, ...records])
    return { range, records: rows.length, bytes: dbn.length - head.length, dbn }
  }

  #filesOf(dataset: string): Stored[] {
    const files = this.#files.filter(({ metadata }) => metadata.dataset === dataset)
    if (files.length > 0) return files
    throw parameterProblem('dataset', `"${dataset}" is no dataset`)
  }

  #checkedRange({ start, end }: Readonly<Record<string, string>>): NsRange {
    const range = toNsRange(start, end)
    if (range.end <= range.start) {
      const message = 'Invalid time range: `start` must be before `end`.'
      throw businessProblem(422, 'data_time_range_start_on_or_after_end', message)
    }
    const available = this.#availableEnd
    if (available === undefined || range.end <= available) return range
    const until = new Date(Number(available / 1_000_000n)).toISOString().replace('T', ' ').slice(0, 19)
    const message = `The dataset has data available up to '${until}+00:00'. The \`end\` in the query is after.`
    throw businessProblem(422, 'data_end_after_available_end', message)
  }
}

/** Reads the DBN files of a dataset directory. */
export async function readDirectory(directory: string): Promise<Uint8Array[]> {
  const { files } = await discoverDataset(directory)
  const dbn = files.filter(({ name }) => /\.dbn(?:\.zst)?$/.test(name))
  return await Promise.all(dbn.map(({ path }) => readFile(path)))
}

function stored(file: Uint8Array): Stored {
  let metadata: Metadata | undefined
  let symbols: SymbolMap | undefined
  const rows: Row[] = []
  const assembler = new RecordAssembler({
    onMetadata(found) {
      metadata = found
      const isMapped = found.stypeIn === 'instrument_id' || found.stypeOut === 'instrument_id'
      if (isMapped) symbols = new SymbolMap(found)
    },
    onBlock({ bytes, view, length }) {
      const { version, tsOut } = metadata as Metadata
      for (let at = 0; at < length; at += (bytes[at] as number) * 4) {
        const layout = layoutOf(bytes[at + 1] as number, version)
        rows.push({
          ns: view.getBigUint64(at + (layout?.indexTimeOffset ?? 8), true),
          id: view.getUint32(at + 4, true),
          symbol: symbols?.symbolOf(view, at),
          bytes:
            upgradeRecord(view, at, { version, tsOut }) ?? bytes.slice(at, at + (bytes[at] as number) * 4),
        })
      }
    },
  })
  assembler.push(isZstd(file) ? zstdDecompressSync(file) : file)
  assembler.end()
  return { metadata: metadata as Metadata, rows }
}

function isWanted(
  symbol: string | undefined,
  id: number | undefined,
  symbols: readonly string[],
  stypeIn: SType,
): boolean {
  if (symbols[0] === 'ALL_SYMBOLS') return true
  if (stypeIn === 'instrument_id') return symbols.includes(String(id))
  if (symbol === undefined) return false
  if (stypeIn !== 'parent') return symbols.includes(symbol)
  return symbols.includes(`${symbol.slice(0, 6).trimEnd()}.OPT`)
}

function isSame(a: MappingInterval, b: MappingInterval): boolean {
  return a.startDate === b.startDate && a.endDate === b.endDate && a.symbol === b.symbol
}
