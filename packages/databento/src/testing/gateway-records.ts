import type { Us } from '@scalp/canonical'
import { STYPES } from '../dbn/enums.js'
import { type DbnRecord, encodeRecord, type FieldValue } from '../dbn/record.js'
import { GATEWAY_RTYPE } from '../live/gateway-message.js'

const UNDEF_TIME = 0xffff_ffff_ffff_ffffn
const TS_OUT_BYTES = 8

/** An instrument that a test gateway knows. */
export interface GatewayInstrument {
  readonly id: number
  /** The raw symbol, such as `SPY   250221C00600000`. */
  readonly symbol: string
}

/** How a test gateway writes its records. */
export interface GatewayFormat {
  readonly version: number
  readonly tsOut: boolean
}

/** Writes a system record. */
export function systemRecord(
  { version, tsOut }: GatewayFormat,
  { code, message, eventUs }: { readonly code: number; readonly message: string; readonly eventUs: Us },
): Uint8Array {
  return withTsOut(
    encodeRecord(
      recordOf(version === 1 ? 'system_v1' : 'system_v2', GATEWAY_RTYPE.system, 0, eventUs, {
        msg: message,
        code,
      }),
    ),
    tsOut,
    eventUs,
  )
}

/** Writes an error record. */
export function errorRecord(
  { version, tsOut }: GatewayFormat,
  {
    code,
    message,
    isLast = true,
    eventUs,
  }: { readonly code: number; readonly message: string; readonly isLast?: boolean; readonly eventUs: Us },
): Uint8Array {
  return withTsOut(
    encodeRecord(
      recordOf(version === 1 ? 'error_v1' : 'error_v2', GATEWAY_RTYPE.error, 0, eventUs, {
        err: message,
        code,
        is_last: isLast ? 1 : 0,
      }),
    ),
    tsOut,
    eventUs,
  )
}

/** Writes a symbol mapping record. */
export function mappingRecord(
  { version, tsOut }: GatewayFormat,
  {
    id,
    symbol,
    symbolIn,
    stypeIn,
    eventUs,
  }: GatewayInstrument & {
    readonly symbolIn: string
    readonly stypeIn: (typeof STYPES)[number]
    readonly eventUs: Us
  },
): Uint8Array {
  const name = version === 1 ? 'symbol_mapping_v1' : 'symbol_mapping_v2'
  return withTsOut(
    encodeRecord(
      recordOf(name, GATEWAY_RTYPE.mapping, id, eventUs, {
        stype_in: STYPES.indexOf(stypeIn),
        stype_in_symbol: symbolIn,
        stype_out: STYPES.indexOf('raw_symbol'),
        stype_out_symbol: symbol,
        start_ts: UNDEF_TIME,
        end_ts: UNDEF_TIME,
      }),
    ),
    tsOut,
    eventUs,
  )
}

/** Adds the gateway's send time to whole records, one after the other; the same bytes when it is not asked for. */
export function withTsOut(records: Uint8Array, tsOut: boolean, sentUs: Us): Uint8Array {
  if (!tsOut) return records
  let count = 0
  for (let at = 0; at < records.length; at += (records[at] as number) * 4) count++
  const bytes = new Uint8Array(records.length + count * TS_OUT_BYTES)
  const view = new DataView(bytes.buffer)
  let to = 0
  for (let at = 0; at < records.length; ) {
    const length = (records[at] as number) * 4
    bytes.set(records.subarray(at, at + length), to)
    bytes[to] = (length + TS_OUT_BYTES) / 4
    view.setBigUint64(to + length, BigInt(sentUs) * 1_000n, true)
    at += length
    to += length + TS_OUT_BYTES
  }
  return bytes
}

function recordOf(
  record: DbnRecord['record'],
  rtype: number,
  instrumentId: number,
  eventUs: Us,
  fields: Readonly<Record<string, FieldValue>>,
): DbnRecord {
  const ts_event = BigInt(eventUs) * 1_000n
  return { record, length: 0, rtype, publisher_id: 0, instrument_id: instrumentId, ts_event, ...fields }
}
