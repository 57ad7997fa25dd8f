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
import { CallError } from './errors.js'

/** How records become text. */
export interface TextFlags {
  readonly json?: boolean
  readonly pretty?: boolean
  readonly prettyPrices?: boolean
  readonly prettyTimes?: boolean
  /** True: out of the metadata; `stream`: out of the symbol mapping records of a live recording. */
  readonly symbols?: boolean | 'metadata' | 'stream'
  readonly fields?: readonly string[]
  readonly schema?: Schema
  readonly upgrade?: boolean
  readonly skipUnknown?: boolean
}

/** What an encoder needs to know of a stream. */
export type Stream = { readonly version: number; readonly tsOut: boolean; readonly schema?: Schema | null }

/** Makes the encoder of a stream's records. */
export function encoderOf(stream: Stream, flags: TextFlags): CsvEncoder | JsonEncoder {
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

function fieldsOf({ fields, symbols = false }: TextFlags): { readonly fields?: readonly string[] } {
  if (fields === undefined) return {}
  return { fields: symbols === false ? fields : [...fields, 'symbol'] }
}

function symbolsOf(stream: Stream, { symbols, fields }: TextFlags): { readonly symbols?: SymbolSource } {
  const wanted = symbols ?? fields?.includes('symbol') ?? false
  if (wanted === false) return {}
  if (wanted === 'stream') return { symbols: new StreamSymbols(stream.version) }
  if ('mappings' in stream) return { symbols: new SymbolMap(stream as Metadata) }
  throw new CallError({
    problem: 'A fragment has no metadata, so it names no symbols.',
    hint: 'Leave --symbols out, or convert the whole file.',
  })
}
