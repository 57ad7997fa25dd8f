import { RecordAssembler } from '../dbn/assembler.js'
import { SymbolMap } from '../symbols/symbol-source.js'
import { CsvEncoder } from './csv-encoder.js'

/** How a file becomes CSV; all off unless told. */
export interface DbnToCsvOptions {
  readonly prettyPrices?: boolean
  readonly prettyTimes?: boolean
  /** A last column with the symbols of the metadata. */
  readonly mapSymbols?: boolean
}

/** Turns a whole DBN file in memory into the CSV of a batch job. */
export function dbnToCsv(
  dbn: Uint8Array,
  { prettyPrices = false, prettyTimes = false, mapSymbols = false }: DbnToCsvOptions = {},
): Uint8Array {
  let csv: CsvEncoder | undefined
  const lines: string[] = []
  const assembler = new RecordAssembler({
    onMetadata(metadata) {
      const { version, tsOut, schema } = metadata
      const form = { version, tsOut, schema, prettyPrices, prettyTimes }
      csv = new CsvEncoder(mapSymbols ? { ...form, symbols: new SymbolMap(metadata) } : form)
      lines.push(csv.header())
    },
    onBlock({ bytes, view, length }) {
      for (let at = 0; at < length; at += (bytes[at] as number) * 4) lines.push(csv?.row(view, at) ?? '')
    },
  })
  assembler.push(dbn)
  assembler.end()
  return new TextEncoder().encode(lines.join(''))
}
