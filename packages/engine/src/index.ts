export { createEngine, Engine, type EngineOptions, type QuoteSpan } from './engine.js'
export { ClockBackwardsError, InvalidIntentError } from './errors.js'
