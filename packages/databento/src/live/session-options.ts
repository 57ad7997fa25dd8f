import { LiveOptionsError } from './errors.js'
import type { LiveClientOptions } from './options.js'
import type { SessionOptions } from './session.js'

const PORT = 13_000
const HEARTBEAT_SECONDS = 30
/** How much later than its interval a heartbeat may come. Source: Databento Live API. */
const MARGIN_MS = 10_000

/**
 * Checks a client's options and fills in the defaults.
 *
 * @throws {@link LiveOptionsError} When they cannot be sent as they are.
 */
export function toSessionOptions(options: LiveClientOptions): SessionOptions {
  const { dataset, heartbeatSeconds, host, clientName = 'Scalp' } = options
  const key = (options.apiKey ?? process.env['DATABENTO_API_KEY'] ?? '').trim()
  const fail = (reason: string, hint: string): never => {
    throw new LiveOptionsError({ reason, hint })
  }
  if (key.length < 6 || !/^[\x21-\x7b}~]+$/.test(key))
    fail('there is no API key', 'Pass `apiKey`, or set DATABENTO_API_KEY; keys start with "db-".')
  if (!/^[A-Z0-9]+\.[A-Z0-9]+$/.test(dataset)) fail(`"${dataset}" is no dataset`, 'Such as "OPRA.PILLAR".')
  if (!/^[\x20-\x7b}~]+$/.test(clientName)) fail('the client name is no text', 'ASCII without "|".')
  const isInterval =
    heartbeatSeconds === undefined ||
    (Number.isInteger(heartbeatSeconds) && heartbeatSeconds >= 5 && heartbeatSeconds <= 1_800)
  if (!isInterval) fail(`a heartbeat of ${heartbeatSeconds} s`, 'Whole seconds between 5 and 1,800.')
  return {
    host: host ?? `${dataset.toLowerCase().replaceAll('.', '-')}.lsg.databento.com`,
    port: options.port ?? PORT,
    key,
    dataset,
    tsOut: options.tsOut ?? false,
    compression: options.compression ?? 'none',
    clientName,
    heartbeatSeconds,
    slowReader: options.slowReader ?? 'warn',
    connectMs: options.connectMs ?? 10_000,
    authMs: options.authMs ?? 30_000,
    silenceMs: options.silenceMs ?? (heartbeatSeconds ?? HEARTBEAT_SECONDS) * 1_000 + MARGIN_MS,
  }
}
