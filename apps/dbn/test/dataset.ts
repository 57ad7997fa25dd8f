import path from 'node:path'
import { createMetadata, type Metadata, type RecordWriter, RTYPE } from '@scalp/databento'
import { writeDbnFile } from '@scalp/databento/node'

/** Contracts of the days written here, by instrument id. */
export const SYMBOLS: Readonly<Record<number, string>> = {
  101: 'DEMO  300118C00050000',
  102: 'DEMO  300118P00050000',
  201: 'OTHER 300118C00020000',
}

/** Microseconds from midnight UTC of a day, `YYYY-MM-DD`. */
export function atUs(date: string, time: string): number {
  return Date.parse(`${date}T${time}Z`) * 1_000
}

/** Metadata of a day's consolidated quotes. */
export function metadataOf(date: string, symbols: Readonly<Record<number, string>> = SYMBOLS): Metadata {
  const start = BigInt(Date.parse(date)) * 1_000_000n
  const toDate = (ns: bigint): number =>
    Number(new Date(Number(ns / 1_000_000n)).toISOString().slice(0, 10).replaceAll('-', ''))
  const end = start + 86_400_000_000_000n
  return createMetadata({
    dataset: 'OPRA.PILLAR',
    schema: 'cbbo-1m',
    start,
    end,
    symbols: Object.values(symbols),
    mappings: Object.entries(symbols).map(([id, rawSymbol]) => ({
      rawSymbol,
      intervals: [{ startDate: toDate(start), endDate: toDate(end), symbol: id }],
    })),
  })
}

/** One quote; prices in micro-dollars, `NaN` for an empty side. */
export interface QuoteRow {
  readonly id: number
  readonly us: number
  readonly bid: number
  readonly ask: number
  readonly size?: number
}

/** Puts quotes into a writer. */
export function putQuotes(records: RecordWriter, rows: readonly QuoteRow[]): void {
  for (const { id, us, bid, ask, size = 1 } of rows)
    records.cbbo({
      rtype: RTYPE.cbbo1m,
      publisherId: 30,
      instrumentId: id,
      receivedUs: us,
      lastUs: Number.NaN,
      lastMicros: Number.NaN,
      lastSize: 0,
      flags: 194,
      bidMicros: bid,
      askMicros: ask,
      bidSize: Number.isNaN(bid) ? 0 : size,
      askSize: Number.isNaN(ask) ? 0 : size,
      bidPublisher: 29,
      askPublisher: 29,
    })
}

/** The name Databento gives a day's file. */
export function nameOf(date: string): string {
  return `opra-pillar-${date.replaceAll('-', '')}.cbbo-1m.dbn.zst`
}

/** Writes a day's file and answers its path. */
export async function writeDay(
  folder: string,
  date: string,
  rows: readonly QuoteRow[] = [{ id: 101, us: atUs(date, '15:00:00'), bid: 1e6, ask: 2e6 }],
  name: string = nameOf(date),
  metadata: Metadata = metadataOf(date),
): Promise<string> {
  const file = path.join(folder, name)
  await writeDbnFile(file, { metadata, zstd: name.endsWith('.zst') }, ({ records }) =>
    putQuotes(records, rows),
  )
  return file
}
