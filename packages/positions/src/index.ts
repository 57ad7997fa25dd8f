export { Account, type AccountOptions } from './account.js'
export { type ClosedTrade, PositionTracker, type PositionType } from './position-tracker.js'
