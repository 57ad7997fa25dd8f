/**
 * What to do after an error of a data stream or of its upgrade.
 *
 * - `stop`: the cause does not go away of itself; connecting again only does harm.
 * - `wait`: another session holds the slot, or we came too often; come back after half a minute or more.
 * - `retry`: drop the connection and come back after the usual wait.
 * - `report`: our own mistake; the session lives on.
 */
export type ErrorAction = 'stop' | 'wait' | 'retry' | 'report'

const ACTIONS: Readonly<Record<number, ErrorAction>> = {
  400: 'report',
  401: 'report',
  402: 'stop',
  403: 'report',
  404: 'retry',
  405: 'report',
  406: 'wait',
  407: 'retry',
  408: 'stop',
  409: 'stop',
  410: 'report',
  411: 'stop',
  412: 'stop',
  413: 'report',
  500: 'retry',
}

/** The action for a code of a stream's `error` message; unknown codes are retried. */
export function streamErrorAction(code: number): ErrorAction {
  return ACTIONS[code] ?? 'retry'
}

/** The action for an HTTP status that came instead of the upgrade. */
export function upgradeErrorAction(status: number): ErrorAction {
  if (status === 429) return 'wait'
  return status >= 500 || status === 408 ? 'retry' : 'stop'
}
