import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll } from 'vitest'
import type { RecordSink } from '../src/dbn/assembler.js'
import type { Metadata } from '../src/dbn/metadata.js'
import { createHistoricalClient, type HistoricalClient, type HistoricalOptions } from '../src/historical.js'
import { type HistoricalServer, type HistoricalServerOptions, startHistoricalServer } from '../src/testing.js'
import { quoteRows, toDbn } from './dataset-files.js'

export const ROWS = 2_000
export const FILE: Uint8Array = toDbn(quoteRows(ROWS))
export const DAY = {
  dataset: 'OPRA.PILLAR',
  schema: 'cbbo-1m',
  symbols: 'ALL_SYMBOLS',
  start: '2025-02-20',
} as const
/** What the day costs at 2 dollars for 1e9 bytes. */
export const DAY_MICROS = (ROWS * 80 * 2) / 1_000

const servers: HistoricalServer[] = []
const folders: string[] = []
afterAll(async () => {
  await Promise.all(servers.map((server) => server.close()))
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })))
})

/** A stand-in over one day of quotes, and a client of it that does not wait long. */
export async function start(
  options: HistoricalServerOptions = {},
  clientOptions: HistoricalOptions = {},
): Promise<{ server: HistoricalServer; client: HistoricalClient }> {
  const server = await startHistoricalServer({ files: [FILE], ...options })
  servers.push(server)
  const { apiKey, url: baseUrl } = server
  return { server, client: createHistoricalClient({ apiKey, baseUrl, retryDelayMs: 1, ...clientOptions }) }
}

export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'historical-'))
  folders.push(folder)
  return folder
}

/** Keeps all that a sink is told. */
export class KeepingSink implements RecordSink {
  metadata: Metadata[] = []
  blocks = 0
  readonly #pieces: Uint8Array[] = []

  onMetadata(metadata: Metadata): void {
    this.metadata.push(metadata)
  }

  onBlock({ bytes, length }: { readonly bytes: Uint8Array; readonly length: number }): void {
    this.blocks++
    this.#pieces.push(bytes.slice(0, length))
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#pieces)
  }
}

/** The records of {@link FILE}, without its metadata. */
export const RECORDS: Buffer = Buffer.from(FILE.subarray(FILE.length - ROWS * 80))
