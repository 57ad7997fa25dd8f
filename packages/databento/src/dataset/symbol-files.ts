import { readFile } from 'node:fs/promises'
import { CsvRow } from '../csv/csv-row.js'
import { LineReader } from '../csv/line-reader.js'
import { RecordAssembler } from '../dbn/assembler.js'
import { RTYPE } from '../dbn/enums.js'
import { cutAtNul } from '../dbn/metadata-reader.js'
import { CsvFormatError, SymbologyFileError } from '../errors.js'
import { readBytes } from '../zstd/node-bytes.js'

const NS_PER_DAY = 86_400_000_000_000n
/** Where the raw symbol stands in a definition, by version, and how long it may be. */
const RAW_SYMBOL: Readonly<Record<number, readonly [number, number]>> = {
  1: [200, 22],
  2: [200, 71],
  3: [238, 71],
}

/** Gives the symbol of an instrument id on a day YYYYMMDD, for files that carry no symbols themselves. */
export type SymbolLookup = (id: number, date: number) => string | undefined

/**
 * Reads symbols from definition files, raw or zstd, DBN or CSV, and from `symbology.json`; the first that
 * knows an id on its day counts.
 */
export async function readSymbolFiles(files: readonly string[]): Promise<SymbolLookup> {
  const byDay = new Map<number, Map<number, string>>()
  const spans: Span[] = []
  const put = (id: number, date: number, symbol: string): void => {
    let day = byDay.get(date)
    if (day === undefined) byDay.set(date, (day = new Map<number, string>()))
    if (!day.has(id)) day.set(id, symbol)
  }
  for (const file of files) {
    if (file.endsWith('.json')) spans.push(...(await readSymbology(file)))
    else await readDefinitions(file, put)
  }
  const byId = new Map<number, Span[]>()
  for (const span of spans) {
    const known = byId.get(span.id)
    if (known === undefined) byId.set(span.id, [span])
    else known.push(span)
  }
  return (id, date) =>
    byDay.get(date)?.get(id) ?? byId.get(id)?.find(({ from, to }) => from <= date && date < to)?.symbol
}

interface Span {
  readonly id: number
  readonly symbol: string
  /** YYYYMMDD; `to` is the first day after. */
  readonly from: number
  readonly to: number
}

/** @throws {@link SymbologyFileError} When the file is none. */
async function readSymbology(file: string): Promise<Span[]> {
  const fail = (reason: string): never => {
    throw new SymbologyFileError({ file, reason })
  }
  const result = resultOf(await readFile(file, 'utf8'))
  if (result === undefined) return fail('it is no JSON with a "result"')
  return Object.entries(result).flatMap(([symbol, spans]) => {
    if (!Array.isArray(spans)) return fail(`"${symbol}" has no list of days`)
    return (spans as readonly Partial<Record<string, unknown>>[]).map((span) => {
      const { d0, d1, s } = span ?? {}
      if (!isDay(d0) || !isDay(d1) || typeof s !== 'string')
        return fail(`days of "${symbol}" are not d0, d1 and s`)
      const isId = /^\d+$/.test(s)
      return { id: Number(isId ? s : symbol), symbol: isId ? symbol : s, from: toDate(d0), to: toDate(d1) }
    })
  })
}

function resultOf(text: string): object | undefined {
  try {
    const { result } = JSON.parse(text) as { readonly result?: unknown }
    return typeof result === 'object' && result !== null ? result : undefined
  } catch {
    return undefined
  }
}

function isDay(value: unknown): value is string {
  return typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value)
}

async function readDefinitions(
  file: string,
  put: (id: number, date: number, symbol: string) => void,
): Promise<void> {
  let push: ((bytes: Uint8Array) => void) | undefined
  let end = (): void => undefined
  for await (const bytes of readBytes(file)) {
    if (bytes.length === 0) continue
    if (push === undefined && bytes[0] === 0x74) {
      const lines = new LineReader(definitionLines(file, put))
      push = (piece) => lines.push(piece)
      end = () => {
        const hint = 'Fetch the file again.'
        if (lines.left > 0)
          throw new CsvFormatError({
            source: file,
            line: lines.lines + 1,
            reason: 'the file was cut short',
            hint,
          })
      }
    } else if (push === undefined) {
      const assembler = definitionRecords(file, put)
      push = (piece) => assembler.push(piece)
      end = () => assembler.end()
    }
    push(bytes)
  }
  end()
}

function definitionRecords(
  file: string,
  put: (id: number, date: number, symbol: string) => void,
): RecordAssembler {
  let symbolAt: readonly [number, number] = [0, 0]
  return new RecordAssembler(
    {
      onMetadata({ version }) {
        symbolAt = RAW_SYMBOL[version] ?? symbolAt
      },
      onBlock({ bytes, view, length }) {
        for (let at = 0; at < length; at += (bytes[at] as number) * 4) {
          if (bytes[at + 1] !== RTYPE.definition) continue
          const day = Number(view.getBigUint64(at + 16, true) / NS_PER_DAY)
          put(view.getUint32(at + 4, true), dateOf(day), cutAtNul(bytes, at + symbolAt[0], symbolAt[1]))
        }
      },
    },
    file,
  )
}

function definitionLines(
  file: string,
  put: (id: number, date: number, symbol: string) => void,
): (bytes: Uint8Array, start: number, end: number, line: number) => void {
  let row: CsvRow | undefined
  return (bytes, start, end, line) => {
    if (row === undefined) {
      row = new CsvRow(file, bytes.subarray(start, end))
      return
    }
    if (start === end) return
    row.split(bytes, start, end, line)
    const day = Math.floor(row.time(row.require('ts_recv')) / 86_400_000_000)
    put(row.integer(row.require('instrument_id')), dateOf(day), row.text(row.require('raw_symbol')))
  }
}

function dateOf(day: number): number {
  return toDate(new Date(day * 86_400_000).toISOString().slice(0, 10))
}

function toDate(iso: string): number {
  return Number(iso.replaceAll('-', ''))
}
