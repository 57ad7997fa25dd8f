import type { TestFramework } from '@scalp/canonical/testing'
import type { Strategy } from './contract.js'
import { Bench, CHECKS, type ConformanceOptions } from './testing/checks.js'

export type { TestFramework } from '@scalp/canonical/testing'
export type { ConformanceOptions } from './testing/checks.js'
export type { StrategyHarness, Trial, TrialResult } from './testing/harness.js'

/** One check that a strategy failed. */
export interface Finding {
  readonly check: string
  readonly problem: string
}

/** A check runs the strategy several times, on a machine that may be slow and busy. */
const TIMEOUT_MS = 120_000

/** Runs every check, and answers those that failed. */
export async function checkStrategy<Config>(
  strategy: Strategy<Config>,
  options: ConformanceOptions,
): Promise<readonly Finding[]> {
  const bench = new Bench(strategy as Strategy<unknown>, options)
  const findings: Finding[] = []
  for (const { name, find } of CHECKS) {
    const problem = await find(bench)
    if (problem !== undefined) findings.push({ check: name, problem })
  }
  return findings
}

/**
 * Defines one test for each thing that a strategy must hold: determinism, no look ahead, no clock, sane costs and
 * sizes, refusals, views, restarts.
 *
 * @example
 * import { createHarness } from '@scalp/harness'
 * import { describe, test } from 'vitest'
 *
 * describeStrategy({ describe, test }, myStrategy, { harness: createHarness() })
 */
export function describeStrategy<Config>(
  { describe, test }: TestFramework,
  strategy: Strategy<Config>,
  options: ConformanceOptions,
): void {
  describe(`strategy ${strategy.name}`, () => {
    const bench = new Bench(strategy as Strategy<unknown>, options)
    for (const { name, find } of CHECKS)
      test(
        name,
        async () => {
          const problem = await find(bench)
          if (problem !== undefined) throw new Error(problem)
        },
        TIMEOUT_MS,
      )
  })
}
