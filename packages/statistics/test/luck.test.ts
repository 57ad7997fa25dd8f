import { createRandom } from '@scalp/canonical'
import { describe, expect, test } from 'vitest'
import {
  deflatedSharpe,
  effectiveTrials,
  estimateSharpe,
  momentsOf,
  probabilityOfOverfitting,
  realityCheck,
} from '../src/index.js'

/** Two years of daily returns of so many strategies that have no skill; one of them may get an edge. */
function strategies(count: number, seed: string, edge = 0): Float64Array[] {
  const random = createRandom(seed)
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  const all = Array.from({ length: count }, () => Float64Array.from({ length: 504 }, normal))
  const lucky = all[0] as Float64Array
  for (let day = 0; day < lucky.length; day++) lucky[day] = (lucky[day] as number) + edge
  return all
}

function judge(all: readonly Float64Array[]) {
  const estimates = all.map((returns) => estimateSharpe(returns))
  const best = estimates.reduce((one, other) => (other.sharpe > one.sharpe ? other : one))
  const variance = momentsOf(estimates.map(({ sharpe }) => sharpe)).deviation ** 2
  return {
    annual: best.sharpe * Math.sqrt(252),
    deflated: deflatedSharpe(best, effectiveTrials(all), variance).probability,
    overfit: probabilityOfOverfitting(all, { blocks: 10 }).probability,
  }
}

describe('of 1,000 strategies without skill', () => {
  test('the best looks good, and both figures warn of it', () => {
    const { annual, deflated, overfit } = judge(strategies(1_000, 'random'))
    expect(annual).toBeGreaterThan(1.5)
    expect(deflated).toBeLessThan(0.9)
    expect(overfit).toBeGreaterThan(0.3)
    console.log(
      `no skill: best of 1,000 has ${annual.toFixed(2)} a year, DSR ${deflated.toFixed(3)}, PBO ${overfit.toFixed(3)}`,
    )
  })

  test('a planted edge is seen among them, and neither warns', () => {
    const { annual, deflated, overfit } = judge(strategies(1_000, 'random', 0.3))
    expect(annual).toBeGreaterThan(3)
    expect(deflated).toBeGreaterThan(0.95)
    expect(overfit).toBeLessThan(0.05)
    console.log(
      `planted edge: best has ${annual.toFixed(2)} a year, DSR ${deflated.toFixed(3)}, PBO ${overfit.toFixed(3)}`,
    )
  })
})

describe('reality check', () => {
  test('warns without skill and not of an edge', () => {
    const none = realityCheck(strategies(50, 'check'), { samples: 400 })
    expect(none.white).toBeGreaterThan(0.1)
    expect(none.spa).toBeGreaterThan(0.1)
    const edge = realityCheck(strategies(50, 'check', 0.25), { samples: 400 })
    expect(edge).toMatchObject({ best: 0, white: 0, spa: 0 })
  })

  test('rejects a true null about as often as its level says', () => {
    let white = 0
    let spa = 0
    for (let round = 0; round < 100; round++) {
      const found = realityCheck(strategies(10, `null ${round}`), { samples: 200, meanBlock: 2 })
      if (found.white < 0.1) white++
      if (found.spa < 0.1) spa++
    }
    expect(white).toBeLessThan(20)
    expect(spa).toBeLessThan(22)
    expect(white).toBeGreaterThan(2)
  })

  test('hopeless strategies water down the first test, not the second', () => {
    const good = strategies(5, 'water', 0.2)
    const random = createRandom('hopeless')
    const hopeless = Array.from({ length: 60 }, () =>
      Float64Array.from({ length: 504 }, () => random() * 12 - 7),
    )
    const { white, spa } = realityCheck([...good, ...hopeless], { samples: 500 })
    expect(spa).toBeLessThan(0.05)
    expect(white).toBeGreaterThan(0.2)
  })

  test('too few periods say nothing', () => {
    expect(realityCheck([[1]])).toEqual({ best: 0, white: Number.NaN, spa: Number.NaN })
  })
})
