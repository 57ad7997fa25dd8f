import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type KillCause, KillSwitch, type KillSwitchState } from './index.js'

const reason = (cause: KillCause, atUs = 1) =>
  ({ cause, atUs, value: 5, limit: 5, unit: 'failures', resumes: 'when armed again' }) as const

test('a cause stops entries until a person arms the switch, and is told once', () => {
  const device = new KillSwitch()
  expect([device.state, device.killSwitch]).toEqual(['active', false])
  expect(device.trip(reason('feed-failures'))).toMatchObject({
    type: 'kill-switch',
    change: 'tripped',
    cause: 'feed-failures',
    state: 'reduce-only',
  })
  expect(device.trip(reason('feed-failures', 9))).toBeUndefined()
  expect([device.state, device.killSwitch]).toEqual(['reduce-only', true])
  expect(device.rearm({ atUs: 10, by: 'ada' })).toMatchObject({
    change: 'armed',
    by: 'ada',
    state: 'active',
    reasons: [],
  })
  expect(device.rearm({ atUs: 11, by: 'ada' })).toBeUndefined()
})

test('the stricter state stays when a milder cause comes after', () => {
  const device = new KillSwitch()
  device.halt({ atUs: 1, by: 'ada', flatten: false })
  device.trip(reason('drawdown'))
  expect(device.state).toBe('halted')
  expect(device.reasons.map(({ cause }) => cause)).toEqual(['manual', 'drawdown'])
})

test('a cause may be set to halt, and to close what is held, until that is done', () => {
  const device = new KillSwitch({ stateOf: { 'daily-loss': 'halted' }, flattenOn: ['daily-loss'] })
  device.trip(reason('drawdown'))
  expect([device.state, device.mustFlatten]).toEqual(['reduce-only', false])
  device.trip(reason('daily-loss'))
  expect([device.state, device.mustFlatten]).toEqual(['halted', true])
  expect(device.flattened(7)).toMatchObject({ change: 'flattened', mustFlatten: false, state: 'halted' })
  expect(device.flattened(8)).toBeUndefined()
})

test('its state of another version is refused', () => {
  const state = { ...new KillSwitch().snapshot(), version: 2 } as unknown as KillSwitchState
  expect(() => new KillSwitch().restore(state)).toThrow(
    expect.objectContaining({ code: 'KILL_SWITCH_STATE' }),
  )
})

const steps = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant('trip' as const),
      cause: fc.constantFrom<KillCause>('drawdown', 'disk-full', 'daily-loss'),
    }),
    fc.record({
      kind: fc.constantFrom('halt' as const, 'flattened' as const, 'rearm' as const, 'restart' as const),
    }),
  ),
  { size: 'max', maxLength: 40 },
)

test('whatever comes in whatever order, a restart from the last entry changes nothing, and only a re-arm makes it active', () => {
  fc.assert(
    fc.property(steps, (list) => {
      const options = { flattenOn: ['drawdown'] as const }
      let device = new KillSwitch(options)
      let last: unknown = device.snapshot()
      for (const [atUs, step] of list.entries()) {
        const before = device.state
        const entry =
          step.kind === 'trip'
            ? device.trip(reason(step.cause, atUs))
            : step.kind === 'halt'
              ? device.halt({ atUs, by: 'ada', flatten: true })
              : step.kind === 'flattened'
                ? device.flattened(atUs)
                : step.kind === 'rearm'
                  ? device.rearm({ atUs, by: 'ada' })
                  : undefined
        if (entry !== undefined) last = JSON.parse(JSON.stringify(entry))
        if (step.kind === 'restart') {
          const again = new KillSwitch(options)
          again.restore(last as KillSwitchState)
          expect(again.snapshot()).toEqual(device.snapshot())
          device = again
        }
        if (before !== 'active' && device.state === 'active') expect(step.kind).toBe('rearm')
      }
    }),
    { numRuns: 200 },
  )
})
