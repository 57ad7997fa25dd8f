import { UNDEF_PRICE } from './enums.js'
import { type Field, type Layout, layoutOf } from './layouts.js'
import { cutAtNul } from './metadata-reader.js'
import { checkLength, type FieldValue, type RecordFormat, readField, writeField } from './record.js'

const UNDEF_QUANTITY_V1 = 2_147_483_647
const UNSET = 255
const TS_OUT_BYTES = 8

/** The values of fields that older layouts lack, where they are not zero. */
const ADDED: Readonly<Record<string, FieldValue>> = {
  leg_price: UNDEF_PRICE,
  leg_delta: UNDEF_PRICE,
  leg_side: 'N',
  stype_in: UNSET,
  stype_out: UNSET,
  is_last: UNSET,
}

/**
 * Rewrites the record at `offset` in the layout of version 3; undefined when its bytes are the same there.
 *
 * Follows the official upgrade: undefined statistics quantities are widened, legs are added as "none", and
 * gateway codes are inferred from their texts. Source: dbn 0.54, v1 and v2 `From` conversions.
 *
 * @throws `CorruptFileError` When the record is shorter than its layout.
 */
export function upgradeRecord(
  view: DataView,
  offset: number,
  { version, tsOut }: RecordFormat,
): Uint8Array | undefined {
  const rtype = view.getUint8(offset + 1)
  const from = layoutOf(rtype, version)
  const to = layoutOf(rtype, 3)
  if (from === undefined || to === undefined || from === to) return undefined
  const oldBytes = view.getUint8(offset) * 4
  checkLength(oldBytes, from, offset, tsOut)
  const bytes = new Uint8Array(to.bytes + (tsOut ? TS_OUT_BYTES : 0))
  const source = new Uint8Array(view.buffer, view.byteOffset + offset, oldBytes)
  bytes.set(source.subarray(0, 16))
  bytes[0] = bytes.length / 4
  const target = new DataView(bytes.buffer)
  for (const field of to.fields) {
    const old = from.fields.find(({ name }) => name === field.name)
    if (old === undefined) writeField(target, field, addedValue(field, from, source))
    else if (field.type === 'text')
      bytes.set(source.subarray(old.offset, old.offset + old.bytes), field.offset)
    else writeField(target, field, widen(field, readField(view, offset, old)))
  }
  if (tsOut) bytes.set(source.subarray(oldBytes - TS_OUT_BYTES), to.bytes)
  return bytes
}

function widen({ name, type }: Field, value: FieldValue): FieldValue {
  return name === 'quantity' && type === 'i64' && value === UNDEF_QUANTITY_V1 ? UNDEF_PRICE : value
}

function addedValue({ name }: Field, from: Layout, source: Uint8Array): FieldValue | undefined {
  if (name !== 'code') return ADDED[name]
  const [text] = from.fields as [Field]
  const isFull = !source.subarray(text.offset, text.offset + text.bytes).includes(0)
  if (isFull) return UNSET
  const message = cutAtNul(source, text.offset, text.bytes)
  return from.name === 'error_v1' ? errorCode(message) : systemCode(message)
}

function errorCode(message: string): number {
  if (message === 'User or API key deactivated') return 2
  if (message === 'User has reached their open connection limit') return 3
  if (message.startsWith('Failed to resolve symbol')) return 4
  if (message === 'Internal error') return 6
  if (message.startsWith('Slow client detected for ')) return 7
  return UNSET
}

function systemCode(message: string): number {
  if (message === 'Heartbeat') return 0
  if (message.startsWith('End of interval for ')) return 4
  if (message.startsWith('Subscription request ') && message.endsWith(' succeeded')) return 1
  if (message.startsWith('Warning: slow reading')) return 2
  if (message.startsWith('Finished ') && message.endsWith(' replay')) return 3
  return UNSET
}
