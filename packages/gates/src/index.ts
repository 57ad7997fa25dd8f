export {
  type AbstainReason,
  defineGate,
  type Gate,
  type GateContext,
  type GateResult,
  type GreeksReader,
  type HealthReader,
  type Severity,
} from './gate.js'
export {
  createGateKeeper,
  GateKeeper,
  type GateKeeperOptions,
  type RefusalCount,
  type Review,
} from './gate-keeper.js'
export {
  cashGate,
  deltaGate,
  greeksFreshGate,
  openInterestGate,
  positionSizeGate,
  quoteFreshGate,
  spreadGate,
  tradingHoursGate,
  underlyingFreshGate,
  volumeGate,
} from './scalp-gates.js'
