import type { ServerMessage } from './server-messages.js'

/** A message in the names of the older screens. */
export interface CompatMessage {
  readonly type: string
  readonly data: unknown
  readonly timestamp: string
}

/**
 * Says a message as older screens know it: scalp messages in snake case, `scalp_exit` for a closed position, one
 * contract a message, a bare null for an abstain that is over. What they do not know is left out.
 */
export function toCompat(message: ServerMessage): readonly CompatMessage[] {
  const { type, data, timestamp } = message
  const say = (name: string, said: unknown): CompatMessage => ({ type: name, data: said, timestamp })
  switch (type) {
    case 'option_updates':
      return data.options.map((option) => say('option_update', option))
    case 'abstain':
      return [say(type, data.reason === null ? null : data)]
    case 'velocity_update':
    case 'scalp_signal':
    case 'scalp_position_update':
    case 'scalp_status':
      return [say(type, snake(data))]
    case 'scalp_position_opened':
      return [say(type, snake({ success: true, signal: data.signalId, position: data, error: null }))]
    case 'scalp_position_closed': {
      const exit = snake(data)
      return [say('scalp_exit', exit), say(type, exit)]
    }
    case 'snapshot':
      return [
        ...Object.values(data.options).map((option) => say('option_update', option)),
        ...Object.values(data.underlyings).map((underlying) => say('underlying_update', underlying)),
        ...Object.values(data.gates).map((gates) => say('gate_status', gates)),
        ...(data.session === null ? [] : [say('session_status', data.session)]),
        ...data.signals.toReversed().map((signal) => say('scalp_signal', snake(signal))),
        ...data.positions.map((position) => say('scalp_position_update', snake(position))),
      ]
    case 'decision':
    case 'decision_outcome':
    case 'order_update':
    case 'health':
    case 'replay_status':
    case 'alert':
      return []
    case 'connection_status':
    case 'option_update':
    case 'underlying_update':
    case 'gate_status':
    case 'exit_signal':
    case 'trade_executed':
    case 'session_status':
    case 'symbol_changed':
    case 'command_result':
    case 'error':
    case 'ping':
    case 'pong':
      return [say(type, data)]
  }
}

function snake(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(snake)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      snake(inner),
    ]),
  )
}
