export { type LoadStrategyOptions, loadStrategy, UnknownStrategyError } from './load-strategy.js'
