import {
  CsvEncoder,
  JsonEncoder,
  type Metadata,
  type Schema,
  StreamSymbols,
  SymbolMap,
  type SymbolSource,
  type TextOptions,
} from '@scalp/databento'
import { CallError } from '../errors.js'
import { ENOUGH, readInput } from '../input.js'
import type { Output } from '../output.js'

/** Flags of `scalp-dbn cat`. */
export interface CatFlags {
  readonly csv?: boolean
  readonly json?: boolean
  readonly pretty?: boolean
  readonly prettyPrices?: boolean
  readonly prettyTimes?: boolean
  /** True: out of the metadata; `stream`: out of the symbol mapping records of a live recording. */
  readonly symbols?: boolean | 'metadata' | 'stream'
  readonly limit?: number
  readonly fields?: readonly string[]
  readonly schema?: Schema
  readonly upgrade?: boolean
  readonly skipUnknown?: boolean
  readonly partial?: boolean
  /** The version of DBN that a file of records without metadata is in. */
  readonly fragment?: number
}

/** Prints the records of DBN files as text, byte for byte as Databento's own encoder does. */
export async function cat(files: readonly string[], flags: CatFlags, out: Output): Promise<void> {
  if (flags.csv === true && flags.json === true)
    throw new CallError({ problem: '--csv and --json exclude each other.', hint: 'Choose one of them.' })
  let left = flags.limit ?? Number.POSITIVE_INFINITY
  let skipped = 0
  let header: string | undefined
  for (const file of files) {
    if (left <= 0 && header !== undefined) break
    let encoder: CsvEncoder | JsonEncoder | undefined
    const start = (stream: Stream): void => {
      encoder = encoderOf(stream, flags)
      if (encoder instanceof CsvEncoder) header = startCsv(encoder.header(), header, file, out)
      if (left <= 0) throw ENOUGH
    }
    if (flags.fragment !== undefined) start({ version: flags.fragment, tsOut: false })
    const { isTruncated } = await readInput(
      file,
      {
        onMetadata: start,
        onBlock({ bytes, view, length }) {
          const current = encoder as CsvEncoder | JsonEncoder
          for (let at = 0; at < length; at += (bytes[at] as number) * 4) {
            const line = current.row(view, at)
            if (line === '') continue
            out.write(line)
            if (--left <= 0) throw ENOUGH
          }
        },
      },
      { partial: flags.partial ?? false, isFragment: flags.fragment !== undefined },
    )
    if (isTruncated) process.stderr.write(`warning: ${file} was cut short; its whole records were read.\n`)
    skipped += encoder?.skipped ?? 0
  }
  if (skipped > 0) process.stderr.write(`warning: ${skipped} records of unknown type were left out.\n`)
}

type Stream = { readonly version: number; readonly tsOut: boolean; readonly schema?: Schema | null }

function encoderOf(stream: Stream, flags: CatFlags): CsvEncoder | JsonEncoder {
  const { version, tsOut, schema } = stream
  const options: TextOptions = {
    version,
    tsOut,
    prettyPrices: flags.pretty ?? flags.prettyPrices ?? false,
    prettyTimes: flags.pretty ?? flags.prettyTimes ?? false,
    upgrade: flags.upgrade ?? false,
    skipUnknown: flags.skipUnknown ?? false,
    ...symbolsOf(stream, flags),
    ...(flags.schema === undefined ? {} : { onlySchema: flags.schema }),
    ...fieldsOf(flags),
  }
  if (flags.json === true) return new JsonEncoder(options)
  return new CsvEncoder(schema === undefined ? options : { ...options, schema })
}

function fieldsOf({ fields, symbols = false }: CatFlags): { readonly fields?: readonly string[] } {
  if (fields === undefined) return {}
  return { fields: symbols === false ? fields : [...fields, 'symbol'] }
}

function symbolsOf(stream: Stream, { symbols, fields }: CatFlags): { readonly symbols?: SymbolSource } {
  const wanted = symbols ?? fields?.includes('symbol') ?? false
  if (wanted === false) return {}
  if (wanted === 'stream') return { symbols: new StreamSymbols(stream.version) }
  if ('mappings' in stream) return { symbols: new SymbolMap(stream as Metadata) }
  throw new CallError({
    problem: 'A fragment has no metadata, so it names no symbols.',
    hint: 'Leave --symbols out, or convert the whole file.',
  })
}

/** Prints the header of the first file; the others must have the same. */
function startCsv(header: string, first: string | undefined, file: string, out: Output): string {
  if (first === undefined) {
    out.write(header)
    return header
  }
  if (header === first) return first
  throw new CallError({
    problem: `${file} has other columns than the file before it.`,
    hint: 'Print them one by one, as JSON Lines with --json, or name common columns with --fields.',
  })
}
