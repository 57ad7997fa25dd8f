import type { ServerData, ServerType } from '@scalp/protocol'
import { pino } from 'pino'
import type { Publisher } from '../src/gateway/publisher.js'

/** A log that says nothing. */
export const quiet = pino({ level: 'silent' })

/** Keeps what was published, by type. */
export class Heard implements Publisher {
  readonly clients = 0
  readonly messages: { readonly type: ServerType; readonly data: unknown }[] = []

  publish<Type extends ServerType>(type: Type, data: ServerData<Type>): void {
    this.messages.push({ type, data })
    if (this.messages.length > 50_000) this.messages.splice(0, 10_000)
  }

  of<Type extends ServerType>(type: Type): readonly ServerData<Type>[] {
    return this.messages
      .filter((message) => message.type === type)
      .map(({ data }) => data as ServerData<Type>)
  }
}

/** Waits until something holds, or fails. */
export async function until(
  holds: () => boolean,
  what: string | (() => string),
  timeoutMs = 20_000,
): Promise<void> {
  const endMs = performance.now() + timeoutMs
  while (!holds()) {
    if (performance.now() > endMs)
      throw new Error(`It did not happen in time: ${typeof what === 'string' ? what : what()}`)
    await pause(20)
  }
}

/** Waits so long. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}
