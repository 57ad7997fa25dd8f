import { createHash, timingSafeEqual } from 'node:crypto'
import type { Role } from '@scalp/protocol'

/** Tells what a token may do. Only digests are kept, and compared in constant time. */
export class Tokens {
  readonly #known: readonly { readonly digest: Buffer; readonly role: Role }[]

  constructor({
    operator,
    read,
  }: { readonly operator: readonly string[]; readonly read: readonly string[] }) {
    this.#known = [
      ...operator.map((token) => ({ digest: digestOf(token), role: 'operator' as const })),
      ...read.map((token) => ({ digest: digestOf(token), role: 'read' as const })),
    ]
  }

  /** Undefined for a token that is none of ours. */
  roleOf(token: string | undefined): Role | undefined {
    if (token === undefined || token === '') return undefined
    const digest = digestOf(token)
    let role: Role | undefined
    for (const known of this.#known) if (timingSafeEqual(known.digest, digest)) role ??= known.role
    return role
  }
}

/** The token of an `Authorization: Bearer` header. */
export function bearerOf(header: string | undefined): string | undefined {
  return /^Bearer ([\x21-\x7e]+)$/i.exec(header ?? '')?.[1]
}

/** The token among WebSocket subprotocols, `bearer.TOKEN`: browsers can set no header. */
export function bearerOfProtocols(header: string | undefined): string | undefined {
  return header
    ?.split(',')
    .map((protocol) => protocol.trim())
    .find((protocol) => protocol.startsWith('bearer.'))
    ?.slice('bearer.'.length)
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
