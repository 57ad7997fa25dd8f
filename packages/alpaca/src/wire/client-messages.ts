import { encodeMsgpack } from './msgpack-writer.js'

/** How a data stream's frames are written: JSON in text frames, or MessagePack in binary ones. */
export type Codec = 'json' | 'msgpack'

/** A channel of a data stream, as it is named in subscriptions. */
export type Channel =
  | 'trades'
  | 'quotes'
  | 'bars'
  | 'updatedBars'
  | 'dailyBars'
  | 'statuses'
  | 'lulds'
  | 'imbalances'

/** Symbols by channel. */
export type Subscription = Readonly<Partial<Record<Channel, readonly string[]>>>

/** The order of channels on the wire, which is that of Alpaca's own clients. */
const CHANNELS: readonly Channel[] = [
  'trades',
  'quotes',
  'bars',
  'updatedBars',
  'dailyBars',
  'statuses',
  'lulds',
  'imbalances',
]

/** Writes the message that authenticates a data stream. Holds the secret: never log it. */
export function authMessage(
  codec: Codec,
  { keyId, secretKey }: { readonly keyId: string; readonly secretKey: string },
): string | Uint8Array<ArrayBuffer> {
  return encode(codec, { action: 'auth', key: keyId, secret: secretKey })
}

/** Writes a subscribe message; channels without symbols are left out. */
export function subscribeMessage(codec: Codec, subscription: Subscription): string | Uint8Array<ArrayBuffer> {
  return encode(codec, { action: 'subscribe', ...ordered(subscription) })
}

/** Writes an unsubscribe message; channels without symbols are left out. */
export function unsubscribeMessage(
  codec: Codec,
  subscription: Subscription,
): string | Uint8Array<ArrayBuffer> {
  return encode(codec, { action: 'unsubscribe', ...ordered(subscription) })
}

function ordered(subscription: Subscription): Record<string, readonly string[]> {
  const message: Record<string, readonly string[]> = {}
  for (const channel of CHANNELS) {
    const symbols = subscription[channel]
    if (symbols !== undefined && symbols.length > 0) message[channel] = symbols
  }
  return message
}

function encode(
  codec: Codec,
  message: Readonly<Record<string, string | readonly string[]>>,
): string | Uint8Array<ArrayBuffer> {
  return codec === 'json' ? JSON.stringify(message) : encodeMsgpack(message)
}
