import { once } from 'node:events'
import { constants, createZstdCompress } from 'node:zlib'
import { RecordAssembler } from '../dbn/assembler.js'
import { SymbolMap } from '../symbols/symbol-source.js'
import { dbnToCsv } from '../text/dbn-to-csv.js'
import { JsonEncoder } from '../text/json-encoder.js'

/** A piece between two flushes: small, so that a break in the middle leaves records that can be read. */
const FLUSH_BYTES = 4_096

/** DBN as a call wants it: `encoding`, `compression` and how text looks. */
export async function encoded(
  dbn: Uint8Array,
  parameters: Readonly<Record<string, string>>,
): Promise<Uint8Array> {
  const { encoding = 'dbn', compression = 'zstd' } = parameters
  const form = {
    prettyPrices: isTrue(parameters['pretty_px']),
    prettyTimes: isTrue(parameters['pretty_ts']),
    mapSymbols: isTrue(parameters['map_symbols']),
  }
  const bytes = encoding === 'dbn' ? dbn : encoding === 'csv' ? dbnToCsv(dbn, form) : toJsonLines(dbn, form)
  return compression === 'zstd' ? await compressed(bytes) : bytes
}

/** One frame, with a flush now and then, as a server writes that has no end in sight. */
async function compressed(bytes: Uint8Array): Promise<Uint8Array> {
  const stream = createZstdCompress({
    flush: constants.ZSTD_e_flush,
    params: { [constants.ZSTD_c_checksumFlag]: 1 },
  })
  const chunks: Uint8Array[] = []
  stream.on('data', (chunk: Uint8Array) => chunks.push(chunk))
  const ended = once(stream, 'end')
  for (let at = 0; at < bytes.length; at += FLUSH_BYTES) stream.write(bytes.subarray(at, at + FLUSH_BYTES))
  stream.end()
  await ended
  return Buffer.concat(chunks)
}

function toJsonLines(
  dbn: Uint8Array,
  form: { readonly prettyPrices: boolean; readonly prettyTimes: boolean; readonly mapSymbols: boolean },
): Uint8Array {
  const lines: string[] = []
  let json: JsonEncoder | undefined
  const assembler = new RecordAssembler({
    onMetadata(metadata) {
      const { version, tsOut } = metadata
      const options = { version, tsOut, ...form }
      json = new JsonEncoder(form.mapSymbols ? { ...options, symbols: new SymbolMap(metadata) } : options)
    },
    onBlock({ bytes, view, length }) {
      for (let at = 0; at < length; at += (bytes[at] as number) * 4) lines.push(json?.row(view, at) ?? '')
    },
  })
  assembler.push(dbn)
  assembler.end()
  return new TextEncoder().encode(lines.join(''))
}

/** The API takes the words of Python and of others. */
export function isTrue(text: string | undefined): boolean {
  return text?.toLowerCase() === 'true' || text === '1'
}
