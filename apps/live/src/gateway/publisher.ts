import type { ServerData, ServerType } from '@scalp/protocol'

/** Takes messages for screens; never blocks, never throws. */
export interface Publisher {
  /** Clients connected now. */
  readonly clients: number
  /** `symbol`: the underlying it is about. */
  publish<Type extends ServerType>(
    type: Type,
    data: ServerData<Type>,
    timestamp: string,
    symbol?: string,
  ): void
}
