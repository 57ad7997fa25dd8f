import { SCHEMAS, type Schema, STYPES, type SType } from '../dbn/enums.js'
import { parseFields } from '../live/control-line.js'
import { cramResponse } from '../live/cram.js'
import { SYMBOLS_A_LINE } from '../live/subscription.js'

/** One line of a subscription, as the gateway read it. */
export interface GatewayRequest {
  readonly id: number
  readonly schema: Schema
  readonly stypeIn: SType
  readonly symbols: readonly string[]
  /** ns, or 0 for everything; undefined: no replay. */
  readonly start: bigint | undefined
  readonly snapshot: boolean
  readonly isLast: boolean
}

const REQUEST_KEYS = new Set(['schema', 'stype_in', 'symbols', 'start', 'snapshot', 'is_last', 'id'])
const AUTH_KEYS = new Set([
  'auth',
  'dataset',
  'encoding',
  'ts_out',
  'compression',
  'client',
  'heartbeat_interval_s',
  'slow_reader_behavior',
])

/** Reads a line of a subscription strictly; text says what is wrong with it. */
export function parseRequest(line: string): GatewayRequest | string {
  const fields = parseFields(line)
  for (const key of fields.keys()) if (!REQUEST_KEYS.has(key)) return `Unknown key ${key}`
  const schema = fields.get('schema') as Schema
  const stypeIn = (fields.get('stype_in') ?? 'raw_symbol') as SType
  const symbols = (fields.get('symbols') ?? '').split(',')
  const start = parseStart(fields.get('start'))
  const id = Number(fields.get('id') ?? 0)
  if (!SCHEMAS.includes(schema)) return `Unknown schema ${schema}`
  if (!STYPES.includes(stypeIn)) return `Unknown stype_in ${stypeIn}`
  if (symbols.includes('')) return 'Empty symbol'
  if (symbols.length > SYMBOLS_A_LINE) return `More than ${SYMBOLS_A_LINE} symbols`
  if (start === null) return 'Bad start'
  if (!Number.isInteger(id) || id < 0 || id > 0xffff_ffff) return 'Bad id'
  for (const key of ['snapshot', 'is_last']) if (!/^[01]?$/.test(fields.get(key) ?? '')) return `Bad ${key}`
  const snapshot = fields.get('snapshot') === '1'
  if (snapshot && schema !== 'mbo') return 'Snapshot is for mbo only'
  if (snapshot && start !== undefined) return 'Snapshot and start exclude each other'
  return { id, schema, stypeIn, symbols, start, snapshot, isLast: fields.get('is_last') !== '0' }
}

/** Checks the answer to a challenge strictly; text says why it is refused. */
export function checkAuth(
  fields: ReadonlyMap<string, string>,
  { challenge, key, dataset }: { challenge: string; key: string; dataset: string },
): string | undefined {
  for (const name of fields.keys()) if (!AUTH_KEYS.has(name)) return `Unknown key ${name}`
  if (fields.get('auth') !== cramResponse(challenge, key)) return 'User authentication failed'
  if (fields.get('dataset') !== dataset) return `Unknown dataset ${fields.get('dataset') ?? ''}`
  if (fields.get('encoding') !== 'dbn') return 'Unknown encoding'
  if (!/^[01]$/.test(fields.get('ts_out') ?? '0')) return 'Bad ts_out'
  if (!/^(?:none|zstd)$/.test(fields.get('compression') ?? 'none')) return 'Unknown compression'
  if (!/^(?:warn|skip)$/.test(fields.get('slow_reader_behavior') ?? 'warn')) return 'Bad slow_reader_behavior'
  const heartbeat = Number(fields.get('heartbeat_interval_s') ?? 30)
  if (!Number.isInteger(heartbeat) || heartbeat < 5 || heartbeat > 1_800) return 'Bad heartbeat_interval_s'
  return undefined
}

function parseStart(text: string | undefined): bigint | undefined | null {
  if (text === undefined) return undefined
  if (/^\d+$/.test(text)) return BigInt(text)
  const ms = Date.parse(/[Zz]|[+-]\d\d:?\d\d$/.test(text) ? text : `${text}Z`)
  return Number.isNaN(ms) ? null : BigInt(ms) * 1_000_000n
}
