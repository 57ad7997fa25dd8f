export { createHarness, type HarnessOptions } from './harness.js'
export { SyntheticBarTape, SyntheticQuoteTape, type SyntheticTapeOptions } from './synthetic-tape.js'
