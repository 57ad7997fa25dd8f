import type { Us } from '@scalp/canonical'
import { decodeRecord, type FieldValue, type RecordFormat } from '../dbn/record.js'
import { upgradeRecord } from '../dbn/upgrade.js'
import { LiveGatewayError } from './errors.js'

/** Record types of the gateway itself. */
export const GATEWAY_RTYPE = { error: 0x15, mapping: 0x16, system: 0x17 } as const

/** What system records say, by their code. Source: dbn, SystemCode. */
export const SYSTEM_KINDS = [
  'heartbeat',
  'subscribed',
  'slow-reader',
  'replay-completed',
  'interval-end',
] as const

/** What a system record is about. */
export type SystemKind = (typeof SYSTEM_KINDS)[number] | 'other'

/** A system record. */
export interface SystemMessage {
  readonly kind: SystemKind
  readonly message: string
  /** Of `interval-end`: the exclusive end of the interval, which is the `ts_recv` of its quotes. */
  readonly eventUs: Us
  /** The subscription that was accepted, where the text names it. */
  readonly subscriptionId: number | undefined
  /** The schema of an interval or a replay, where the text names it. */
  readonly schema: string | undefined
}

/** What an instrument id stands for from now on. */
export interface SymbolMessage {
  readonly instrumentId: number
  /** As subscribed, such as `SPY.OPT`. */
  readonly symbolIn: string
  /** The raw symbol. */
  readonly symbol: string
}

/** Reads a system record of any version; its code is inferred from the text where it has none. */
export function readSystem(view: DataView, at: number, format: RecordFormat): SystemMessage {
  const fields = readUpgraded(view, at, format)
  const message = String(fields['msg'])
  const id = /^Subscription request (\d+)/.exec(message)?.[1]
  return {
    kind: SYSTEM_KINDS[Number(fields['code'])] ?? 'other',
    message,
    eventUs: Number(BigInt(fields['ts_event'] as bigint) / 1_000n),
    subscriptionId: id === undefined ? undefined : Number(id),
    schema: /^(?:Finished|End of interval for) ([a-z0-9-]+)/.exec(message)?.[1],
  }
}

/** Reads an error record of any version; it is returned, not thrown. */
export function readError(view: DataView, at: number, format: RecordFormat): LiveGatewayError {
  const fields = readUpgraded(view, at, format)
  return new LiveGatewayError({
    gatewayCode: Number(fields['code']),
    message: String(fields['err']),
    isLast: fields['is_last'] !== 0,
  })
}

/** Reads a symbol mapping record of any version. */
export function readMapping(view: DataView, at: number, format: RecordFormat): SymbolMessage {
  const fields = decodeRecord(view, at, format)
  return {
    instrumentId: fields.instrument_id,
    symbolIn: String(fields['stype_in_symbol']),
    symbol: String(fields['stype_out_symbol']),
  }
}

function readUpgraded(
  view: DataView,
  at: number,
  format: RecordFormat,
): Readonly<Record<string, FieldValue>> {
  const upgraded = upgradeRecord(view, at, format)
  if (upgraded === undefined) return decodeRecord(view, at, format)
  return decodeRecord(new DataView(upgraded.buffer), 0, { ...format, version: 3 })
}
