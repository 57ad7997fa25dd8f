import type { LiveClientOptions } from './options.js'
import { LiveSession } from './session.js'
import { toSessionOptions } from './session-options.js'

/** Who asks, and where. */
export type LiveAccessOptions = Pick<
  LiveClientOptions,
  'apiKey' | 'dataset' | 'host' | 'port' | 'clientName' | 'connectMs' | 'authMs'
>

/**
 * Asks a gateway whether it lets a key in: connects, answers its challenge, and closes before anything is subscribed
 * to, so that nothing is sent and nothing is billed. One attempt.
 *
 * @throws {@link LiveOptionsError} Without a key.
 * @throws {@link LiveAuthError} When the key is refused, or has no live licence for the dataset.
 * @throws {@link LiveConnectError} {@link LiveTimeoutError} {@link LiveProtocolError} When there is no gateway to ask.
 */
export async function checkLiveAccess(options: LiveAccessOptions): Promise<void> {
  const session = new LiveSession(toSessionOptions({ ...options, subscriptions: [] }), {
    onConnected: () => session.stop(0),
    subscribe: () => [],
    onMetadata: () => undefined,
    onBlock: () => undefined,
    onFragment: () => undefined,
  })
  await session.run()
}
