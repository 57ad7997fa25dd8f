import type { Underlying } from '@scalp/canonical'
import { momentumScalper } from '@scalp/scalping'
import { defineStrategy, type Indicator, type Strategy } from '@scalp/strategy'
import { checkStrategy, describeStrategy } from '@scalp/strategy/testing'
import { describe, expect, test } from 'vitest'
import { createHarness } from '../src/index.js'

const harness = createHarness({ days: 3 })
const small = createHarness({ days: 3, quotesPerDay: 3_000 })

/** Ours goes through the same public door as anybody's. */
describeStrategy({ describe, test }, momentumScalper, {
  harness,
  preset: 'tuned',
  settings: { minOpenInterest: 0, momentumThresholdPutPct: 0.25, momentumThresholdCallPct: 0.25 },
  cuts: 2,
})

const anything = {
  '~standard': { version: 1, vendor: 'test', validate: (value: unknown) => ({ value }) },
} as const
const settings = { perDay: 2 }

/** Keeps the first price that it is lent, which it must not. */
class LastPrice implements Indicator {
  kept: { readonly priceMicros: number } | undefined
  readonly #readsClock: boolean

  constructor({ readsClock }: { readonly readsClock: boolean }) {
    this.#readsClock = readsClock
  }

  onUnderlying(underlying: Underlying): undefined {
    if (this.#readsClock && Date.now() < 0) return
    this.kept ??= underlying
  }
}

/** Buys the first quote of each half hour and leaves ten minutes later; each fault is one line more. */
function simple(
  fault:
    | 'none'
    | 'clock'
    | 'chance'
    | 'view'
    | 'indicator clock'
    | 'indicator view'
    | 'peek'
    | 'pesters'
    | 'holds'
    | 'forgets',
  name = 'simple',
): Strategy<never> {
  let runs = 0
  return defineStrategy<unknown>({
    contract: 1,
    name,
    config: anything,
    create: (_config, context) => {
      runs++
      const seen = runs
      let nextUs = 0
      let kept: { readonly askMicros: number } | undefined
      let sessions = 0
      const last = context.indicator(LastPrice, { readsClock: fault === 'indicator clock' })
      return {
        onSessionOpen() {
          sessions++
        },
        onQuote(quote) {
          const { instrument, askMicros, receivedUs } = quote
          if (fault === 'view' && kept !== undefined && !(kept.askMicros > 0)) return
          if (fault === 'indicator view' && last.kept !== undefined && !(last.kept.priceMicros > 0)) return
          kept ??= quote
          if (fault === 'clock' && Date.now() < 0) return
          if (fault === 'chance' && Math.random() < 0) return
          if (
            receivedUs < nextUs ||
            context.positions.open().length > 0 ||
            !context.quotes.isTradable(instrument)
          )
            return
          const listed = context.instruments.get(instrument)
          if (askMicros > (fault === 'holds' ? 30_000_000 : 3_000_000) || listed.kind !== 'option') return
          if (fault === 'holds' && listed.option.expiry < '2024-01-05') return
          const contracts = fault === 'peek' ? 1 + (seen % 2) : fault === 'forgets' && sessions > 2 ? 2 : 1
          for (let ask = 0; ask < (fault === 'pesters' ? 200 : 1); ask++) {
            const result = context.submit({ instrument, side: 'buy', contracts, limitMicros: askMicros * 2 })
            if (result.status !== 'submitted') continue
            nextUs = receivedUs + 1_800e6
            break
          }
        },
        onFill({ side, receivedUs }) {
          if (side === 'buy' && fault !== 'holds') context.wakeAt(receivedUs + 600e6)
        },
        onWake() {
          context.flatten('enough')
        },
        ...(fault === 'forgets'
          ? {}
          : {
              snapshot: () => ({ nextUs, sessions }),
              restore: (state: unknown): undefined =>
                void ({ nextUs, sessions } = state as { nextUs: number; sessions: number }),
            }),
      }
    },
  }) as Strategy<never>
}

async function problemsOf(fault: Parameters<typeof simple>[0]): Promise<readonly string[]> {
  const findings = await checkStrategy(simple(fault), { harness: small, settings, cuts: 2 })
  return findings.map(({ check }) => check)
}

describe('a fault of each kind is found', { timeout: 60_000 }, () => {
  test('none in a strategy without one', async () => {
    expect(await problemsOf('none')).toEqual([])
  })
  test('a clock', async () => {
    const [finding] = await checkStrategy(simple('clock'), { harness: small, settings, cuts: 1 })
    expect(finding?.problem).toContain('Date.now')
  })
  test('chance', async () => {
    const [finding] = await checkStrategy(simple('chance'), { harness: small, settings, cuts: 1 })
    expect(finding?.problem).toContain('Math.random')
  })
  test('a view that was kept', async () => {
    expect(await problemsOf('view')).toContain('keeps no view that it was lent')
  })
  test('a clock in an indicator', async () => {
    const [finding] = await checkStrategy(simple('indicator clock'), { harness: small, settings, cuts: 1 })
    expect(finding?.problem).toContain('Date.now')
  })
  test('a view that an indicator kept', async () => {
    expect(await problemsOf('indicator view')).toEqual(['keeps no view that it was lent'])
  })
  test('a decision that hangs on anything but the data', async () => {
    expect(await problemsOf('peek')).toContain('decides the same twice')
  })
  test('asking again and again', async () => {
    expect(await problemsOf('pesters')).toEqual([
      'bears to be refused: it goes on, and does not ask again and again in one turn',
    ])
  })
  test('holding on', async () => {
    const findings = await checkStrategy(simple('holds'), { harness, settings, cuts: 1 })
    expect(findings.map(({ check }) => check)).toContain('is flat when the market has ended')
  })
  test('forgetting in a restart', async () => {
    expect(await problemsOf('forgets')).toEqual([
      'goes on after a restart overnight as if there had been none',
    ])
  })
  test('a name and a contract that do not fit', async () => {
    const odd = { ...simple('none', 'Not Kebab'), contract: 1 }
    expect((await checkStrategy(odd, { harness: small, settings, cuts: 1 }))[0]?.problem).toContain('kebab')
  })
})
