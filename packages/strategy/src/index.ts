export { combineStrategies, type StrategyMember } from './combine.js'
export { resolveConfig, type StrategySettings } from './config.js'
export {
  CONTRACT_VERSION,
  type ConfigSchema,
  type Decision,
  defineStrategy,
  type Indicator,
  type IndicatorClass,
  type IndicatorMarket,
  type ManageResult,
  type OrderEnd,
  type SchemaResult,
  type Strategy,
  type StrategyContext,
  type StrategyHandlers,
  type SubmitResult,
} from './contract.js'
export { ContractVersionError, StrategyConfigError, UnknownPresetError } from './errors.js'
