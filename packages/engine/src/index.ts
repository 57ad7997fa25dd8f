export { createEngine, Engine, type EngineOptions } from './engine.js'
export { ClockBackwardsError, InvalidIntentError } from './errors.js'
