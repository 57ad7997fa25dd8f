import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { createFakeAlpaca, type FakeAlpaca } from './fake-alpaca.js'
import { playRows, type RecordedRow, syntheticRows } from './play.js'

/** What `scalp-fake-alpaca --help` says. */
export const USAGE = `scalp-fake-alpaca: a simulated Alpaca on loopback, REST and streams on one port.

  --port N       port to listen on; a free one unless given
  --data DIR     play the *.jsonl files of a folder, in the order of their names: one message of a data
                 stream a line, such as {"T":"q","S":"SPY","t":"2026-12-01T14:31:05Z","bp":600,"ap":600.01};
                 a synthetic market unless given
  --speed X      times as fast as recorded; 1 unless given
  --key ID --secret WORD   the only key pair that is accepted; any unless given
`

/** A running command. */
export interface RunningCommand {
  readonly alpaca: FakeAlpaca
  /** Resolves with the number of messages when everything is played; the server goes on. */
  readonly played: Promise<number>
  stop(): Promise<void>
}

/**
 * Starts what the command line asks for.
 *
 * @throws {TypeError} On an argument that is unknown or no number.
 */
export async function startCommand(args: readonly string[]): Promise<RunningCommand> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string', default: '0' },
      data: { type: 'string' },
      speed: { type: 'string', default: '1' },
      key: { type: 'string' },
      secret: { type: 'string' },
    },
  })
  const port = Number(values.port)
  const speed = Number(values.speed)
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new TypeError(`--port ${values.port} is no port`)
  if (!(speed > 0 && speed < Number.POSITIVE_INFINITY))
    throw new TypeError(`--speed ${values.speed} is no number above 0`)
  if ((values.key === undefined) !== (values.secret === undefined))
    throw new TypeError('--key and --secret belong together')
  const keys = values.key === undefined ? {} : { keys: { [values.key]: values.secret ?? '' } }
  const alpaca = await createFakeAlpaca({ port, ...keys })
  const expiry = alpaca.venue.session.date
  const rows = values.data === undefined ? syntheticRows({ expiry }) : recordedRows(values.data)
  const ending = new AbortController()
  const played = playRows(alpaca, rows, { speed, signal: ending.signal })
  return {
    alpaca,
    played,
    stop: () => {
      ending.abort()
      return alpaca.stop()
    },
  }
}

/** The rows of a folder, line by line; lines that are no quote or trade are left out. */
async function* recordedRows(folder: string): AsyncGenerator<RecordedRow> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.jsonl')).sort()
  for (const file of files)
    for await (const line of createInterface({ input: createReadStream(path.join(folder, file)) })) {
      const row = parse(line)
      if (row !== undefined) yield row
    }
}

function parse(line: string): RecordedRow | undefined {
  try {
    const row = JSON.parse(line) as Partial<RecordedRow> | null
    const isRow = (row?.T === 'q' || row?.T === 't') && typeof row.S === 'string' && typeof row.t === 'string'
    return isRow ? (row as RecordedRow) : undefined
  } catch {
    return undefined
  }
}
