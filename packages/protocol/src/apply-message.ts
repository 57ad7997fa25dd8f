import type { ServerMessage } from './server-messages.js'
import { KEPT, type Snapshot } from './snapshot.js'

/**
 * Folds a numbered message into a snapshot, in place: a snapshot and the messages after it are the snapshot after them.
 *
 * The server makes its snapshots with this, and a screen keeps its state with it.
 */
export function applyMessage(state: Snapshot, message: ServerMessage): Snapshot {
  const { type, data } = message
  switch (type) {
    case 'snapshot':
      return Object.assign(state, data)
    case 'option_updates':
      for (const option of data.options) state.options[option.canonicalId] = option
      for (const symbol of data.removed ?? []) delete state.options[symbol]
      return state
    case 'option_update':
      state.options[data.canonicalId] = data
      return state
    case 'underlying_update':
      state.underlyings[data.symbol] = data
      return state
    case 'velocity_update':
      state.velocity[data.symbol] = data
      return state
    case 'gate_status':
      state.gates[data.underlying] = data
      return state
    case 'abstain':
      if (data.reason === null) delete state.abstain[data.underlying]
      else state.abstain[data.underlying] = data
      return state
    case 'decision':
      keep(state.decisions, data, KEPT.decisions)
      return state
    case 'decision_outcome': {
      const at = state.decisions.findIndex(({ id }) => id === data.id)
      const decision = state.decisions[at]
      if (decision !== undefined)
        state.decisions[at] = { ...decision, outcomes: [...decision.outcomes, data.outcome] }
      return state
    }
    case 'scalp_signal':
      keep(state.signals, data, KEPT.signals)
      return state
    case 'scalp_position_opened':
    case 'scalp_position_update': {
      const at = state.positions.findIndex(({ id }) => id === data.id)
      if (at < 0) state.positions.push(data)
      else state.positions[at] = data
      return state
    }
    case 'scalp_position_closed':
      state.positions = state.positions.filter(({ id }) => id !== data.id)
      keep(state.closedTrades, data, KEPT.closedTrades)
      return state
    case 'order_update': {
      const at = state.orders.findIndex(({ orderId }) => orderId === data.orderId)
      if (at < 0) keep(state.orders, data, KEPT.orders)
      else state.orders[at] = data
      return state
    }
    case 'exit_signal': {
      const at = state.positions.findIndex(({ id }) => id === data.positionId)
      const position = state.positions[at]
      if (position !== undefined) state.positions[at] = { ...position, exitReason: data.reason }
      return state
    }
    case 'session_status':
      state.session = data
      return state
    case 'scalp_status':
      state.status = data
      return state
    case 'health':
      state.health = data
      return state
    case 'replay_status':
      state.replay = data
      return state
    case 'alert':
      keep(state.alerts, data, KEPT.alerts)
      return state
    case 'connection_status':
    case 'trade_executed':
    case 'symbol_changed':
    case 'command_result':
    case 'error':
    case 'ping':
    case 'pong':
      return state
  }
}

/** Newest first, the oldest forgotten. */
function keep<Item>(items: Item[], item: Item, most: number): void {
  items.unshift(item)
  if (items.length > most) items.length = most
}
