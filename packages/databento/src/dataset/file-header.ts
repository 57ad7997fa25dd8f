import { decodeMetadata, type Metadata } from '../dbn/metadata.js'
import { TruncatedFileError } from '../errors.js'
import { openSource } from '../zstd/node-source.js'

const FIXED_BYTES = 108
/** The lists that follow, all of them empty: a schema definition, three of symbols, and the mappings. */
const EMPTY_LISTS_BYTES = 5 * 4

/**
 * Reads the fixed part of a DBN file's metadata, without its symbols and mappings: a day of OPRA has 40 MB of
 * those.
 *
 * @throws `DbnFormatError` `TruncatedFileError`
 */
export function readDbnHeader(file: string): Omit<Metadata, 'symbols' | 'partial' | 'notFound' | 'mappings'> {
  const bytes = new Uint8Array(FIXED_BYTES + EMPTY_LISTS_BYTES)
  const source = openSource(file, { partial: true })
  try {
    const length = source.fill(bytes, 0, FIXED_BYTES)
    if (length > 0 && length < FIXED_BYTES && isDbn(bytes))
      throw new TruncatedFileError({ source: file, where: 'its metadata', offset: length, records: 0 })
  } finally {
    source.close()
  }
  if (isDbn(bytes)) new DataView(bytes.buffer).setUint32(4, bytes.length - 8, true)
  return decodeMetadata(bytes, file)
}

function isDbn(bytes: Uint8Array): boolean {
  return bytes[0] === 0x44 && bytes[1] === 0x42 && bytes[2] === 0x4e
}
