import type { ManagedOrder, OrderLeg, PricePoint, StopGuard } from '@scalp/canonical'
import { InvalidIntentError } from './errors.js'

/**
 * Checks a managed order before anything of it is done.
 *
 * @throws {@link InvalidIntentError} When it contradicts itself.
 */
export function checkManaged(order: ManagedOrder): void {
  const { contracts, legs, exits, opens, timeoutMs } = order
  const fail = (reason: string): never => {
    throw new InvalidIntentError({ reason, intent: order })
  }
  if (!(Number.isSafeInteger(contracts) && contracts > 0)) fail(`${contracts} contracts`)
  if (timeoutMs !== undefined && !(timeoutMs > 0)) fail(`a time-out of ${timeoutMs} ms`)
  if (exits !== undefined && opens !== true) fail('exits of an order that opens nothing')
  for (const [at, list] of [legs, exits ?? legs].entries()) {
    if (list.length === 0) fail('no leg')
    if (list.filter(({ kind }) => kind !== 'stop' && kind !== 'trailing').length > 1)
      fail('two legs that would both be sent at once')
    for (const leg of list) {
      const fault = faultOf(leg, at === 1 && exits !== undefined)
      if (fault !== undefined) fail(fault)
    }
  }
}

function faultOf(leg: OrderLeg, isExit: boolean): string | undefined {
  const price = (name: string, point: PricePoint | undefined): string | undefined => {
    if (point === undefined) return undefined
    if (typeof point === 'number')
      return point > 0 && Number.isFinite(point) ? undefined : `${name} of ${point}`
    if (!isExit) return `${name} in percent of an entry that there is none of`
    return point.percent > -100 && Number.isFinite(point.percent)
      ? undefined
      : `${name} of ${point.percent} %`
  }
  switch (leg.kind) {
    case 'market':
      return undefined
    case 'limit':
      return price('a limit', leg.limit)
    case 'stop':
      return price('a stop', leg.stop) ?? price('a limit', leg.limit) ?? guardFault(leg.guard)
    case 'trailing': {
      const { distance, guard } = leg
      const away = typeof distance === 'number' ? distance : distance.percent
      if (!(away > 0 && Number.isFinite(away))) return `a distance of ${away}`
      return price('an activation', leg.activation) ?? guardFault(guard)
    }
    case 'walk':
      if (!(leg.stepMicros > 0)) return `a step of ${leg.stepMicros}`
      if (!(leg.stepMs > 0)) return `a step of ${leg.stepMs} ms`
      if (leg.tickMicros !== undefined && !(leg.tickMicros > 0)) return `a tick of ${leg.tickMicros}`
      return price('a cap', leg.cap)
  }
}

/** A guard that could wait for ever is none. */
function guardFault(guard: StopGuard = {}): string | undefined {
  const { confirmations, ...rest } = guard
  if (confirmations !== undefined && !(Number.isSafeInteger(confirmations) && confirmations > 0))
    return `${confirmations} confirmations`
  for (const [name, value] of Object.entries(rest))
    if (!(Number.isFinite(value) && value >= 0)) return `a guard with ${name} of ${value}`
  return undefined
}
