import type { Command, CommandResult, ServerData, ServerType } from '@scalp/protocol'
import type { Hub, HubOptions } from './hub.js'
import type { GatewayOptions } from './server.js'

/** What a gateway is started with; plain values, so that they can be handed to a thread. */
export interface GatewaySettings extends Omit<GatewayOptions, 'hub' | 'tokens' | 'source' | 'onCommand'> {
  readonly hub: HubOptions
  readonly operatorTokens: readonly string[]
  readonly readTokens: readonly string[]
}

/** What a gateway asks the daemon. */
export type Question =
  | { readonly what: 'command'; readonly command: Command; readonly actor: string }
  | {
      readonly what: 'candles'
      readonly symbol: string
      readonly intervalSeconds: number
      readonly limit: number
    }
  | { readonly what: 'config' | 'sessions' | 'metrics' | 'unreadiness' }

/** Answers questions of the gateway. */
export type Answerer = (question: Question) => Promise<unknown>

/** What the daemon tells a gateway in another thread. */
export type ToGateway =
  | {
      readonly to: 'publish'
      readonly type: ServerType
      readonly data: ServerData<ServerType>
      readonly timestamp: string
      readonly symbol: string | undefined
    }
  | { readonly to: 'answer'; readonly id: number; readonly ok: boolean; readonly value: unknown }
  | { readonly to: 'stop' }

/** What a gateway in another thread tells the daemon. */
export type FromGateway =
  | { readonly from: 'started'; readonly url: string }
  | { readonly from: 'failed'; readonly message: string; readonly code: string | undefined }
  | { readonly from: 'ask'; readonly id: number; readonly question: Question }
  | { readonly from: 'counts'; readonly counts: GatewayCounts }
  | { readonly from: 'stopped' }

/** How a gateway fares. */
export interface GatewayCounts {
  readonly clients: number
  readonly conflated: number
  readonly slowClosed: number
}

/** The counts of a hub. */
export function countsOf({ clients, conflated, slowClosed }: Hub): GatewayCounts {
  return { clients, conflated, slowClosed }
}

/** The gateway's view of the daemon. */
export function sourceOf(ask: Answerer): Pick<GatewayOptions, 'source' | 'onCommand'> {
  return {
    source: {
      candles: (symbol, intervalSeconds, limit) =>
        ask({ what: 'candles', symbol, intervalSeconds, limit }) as ReturnType<
          GatewayOptions['source']['candles']
        >,
      config: () => ask({ what: 'config' }) as Promise<Record<string, unknown>>,
      sessions: () => ask({ what: 'sessions' }) as ReturnType<GatewayOptions['source']['sessions']>,
      metrics: () => ask({ what: 'metrics' }) as Promise<string>,
      unreadiness: () => ask({ what: 'unreadiness' }) as Promise<string | null>,
    },
    onCommand: (command, actor) =>
      ask({ what: 'command', command, actor }) as Promise<Omit<CommandResult, 'id' | 'command'>>,
  }
}
