import { isScalpError, type ScalpError } from '@scalp/canonical'
import { layoutOf, type Metadata } from '@scalp/databento'
import { readInput } from '../input.js'
import type { Output } from '../output.js'
import { RECORD_TYPES } from '../record-types.js'
import { formatCount } from '../values.js'

/** Flags of `scalp-dbn count`. */
export interface CountFlags {
  readonly json?: boolean
  readonly partial?: boolean
  readonly fragment?: number
}

/** How many records a file holds. Names are those of the JSON that is printed. */
export interface FileCount {
  readonly file: string
  readonly dataset: string | null
  readonly schema: string | null
  readonly record_count: number
  /** Records by type number, as `0xc1`. */
  readonly rtypes: Readonly<Record<string, number>>
  /** Records by layout; `unknown` for types that this version does not know. */
  readonly record_kinds: Readonly<Record<string, number>>
  readonly record_bytes: number
  /** False when the file is cut short or corrupt: the counts are those of what was readable. */
  readonly complete: boolean
  readonly error: { readonly code: string; readonly message: string; readonly offset: number | null } | null
}

/** Counts records by their type; files that end early or break off are counted as far as they are readable. */
export async function count(files: readonly string[], flags: CountFlags, out: Output): Promise<number> {
  let failures = 0
  const counted: FileCount[] = []
  for (const file of files) {
    const { result, failure } = await countFile(file, flags)
    counted.push(result)
    if (failure !== undefined) failures++
    if (flags.json === true) continue
    out.write(describe(result))
    if (failure?.hint !== undefined) out.write(`  ${failure.hint}\n`)
  }
  if (flags.json === true) out.write(`${JSON.stringify(counted.length === 1 ? counted[0] : counted)}\n`)
  else if (counted.length > 1)
    out.write(`${formatCount(counted.reduce((sum, next) => sum + next.record_count, 0))}  total\n`)
  return failures === 0 ? 0 : 1
}

/** Counts one file; a fault of the file is part of the answer. */
export async function countFile(
  file: string,
  { partial = false, fragment }: CountFlags,
): Promise<{ readonly result: FileCount; readonly failure: ScalpError | undefined }> {
  const counts = new Float64Array(256)
  let metadata: Metadata | undefined
  let bytesRead = 0
  let failure: ScalpError | undefined
  let isTruncated = false
  try {
    const summary = await readInput(
      file,
      {
        onMetadata: (found) => void (metadata = found),
        onBlock({ bytes, length }) {
          bytesRead += length
          for (let at = 0; at < length; at += (bytes[at] as number) * 4) {
            const rtype = bytes[at + 1] as number
            counts[rtype] = (counts[rtype] as number) + 1
          }
        },
      },
      { partial, isFragment: fragment !== undefined },
    )
    isTruncated = summary.isTruncated
  } catch (error) {
    if (!isScalpError(error) || !error.code.startsWith('DBN_')) throw error
    failure = error
  }
  const rtypes: Record<string, number> = {}
  const kinds: Record<string, number> = {}
  let total = 0
  for (const [rtype, records] of counts.entries()) {
    if (records === 0) continue
    total += records
    rtypes[`0x${rtype.toString(16).padStart(2, '0')}`] = records
    const kind = layoutOf(rtype, metadata?.version ?? fragment ?? 3)?.name ?? 'unknown'
    kinds[kind] = (kinds[kind] ?? 0) + records
  }
  const { offset } = (failure?.details ?? {}) as { offset?: number }
  const result: FileCount = {
    file,
    dataset: metadata?.dataset ?? null,
    schema: metadata?.schema ?? null,
    record_count: total,
    rtypes,
    record_kinds: kinds,
    record_bytes: bytesRead,
    complete: failure === undefined && !isTruncated,
    error:
      failure === undefined ? null : { code: failure.code, message: failure.message, offset: offset ?? null },
  }
  return { result, failure }
}

function describe({ file, record_count, rtypes, complete, error }: FileCount): string {
  const types = Object.entries(rtypes).map(([rtype, records]) => {
    const name = RECORD_TYPES.get(Number(rtype)) ?? 'unknown'
    return `  ${formatCount(records).padStart(15)}  ${rtype}  ${name}\n`
  })
  let text = `${formatCount(record_count)}  ${file}\n${types.join('')}`
  if (error !== null) text += `  ${error.message} (${error.code}) The counts are of what was readable.\n`
  else if (!complete) text += '  The file was cut short; these are its whole records.\n'
  return text
}
