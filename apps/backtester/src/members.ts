import { combineStrategies, resolveConfig, type Strategy, type StrategyMember } from '@scalp/strategy'
import { ConfigError, type RunConfig } from './config.js'
import { loadStrategy } from './strategies.js'

/** What a run trades by: one strategy, or several made into one. */
export interface LoadedStrategy {
  readonly strategy: Strategy<unknown>
  readonly settings: unknown
}

/** Loads the strategies of a run and validates their settings. */
export async function loadMembers(config: RunConfig): Promise<LoadedStrategy> {
  if (config.strategies.length === 0) {
    const strategy = await loadStrategy(config.strategy)
    const settings = await resolveConfig(strategy, { preset: config.preset, overrides: config.settings })
    return { strategy, settings }
  }
  const members: StrategyMember[] = []
  for (const given of config.strategies) {
    const strategy = await loadStrategy(given.strategy)
    const name = given.name ?? strategy.name
    if (members.some((member) => member.name === name))
      throw new ConfigError({
        source: 'strategies',
        problems: [`two of them go by the name ${name}: give one another name`],
      })
    const settings = await resolveConfig(strategy, { preset: given.preset, overrides: given.settings })
    members.push({ name, strategy, config: settings })
  }
  const settings = Object.fromEntries(members.map((member) => [member.name, member.config]))
  return { strategy: combineStrategies(members), settings }
}
