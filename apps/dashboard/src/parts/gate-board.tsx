import type { Abstain, GateResult, GateStatus } from '@scalp/protocol'
import type { ComponentChild } from 'preact'
import { anything, millis, price, timeOfDay, words } from '../format.js'
import { follow } from '../state/live.js'
import { symbol } from '../state/preferences.js'

/** "Why no trade now?": every gate with its value, its threshold, and what would let it pass. */
export function GateBoard(): ComponentChild {
  const { gates, abstain } = follow('gates')
  const status = gates[symbol.value ?? '']
  return (
    <section class="card gates" aria-labelledby="gates-title">
      <h2 id="gates-title">Why no trade now?</h2>
      <Answer status={status} abstain={abstain[symbol.value ?? '']} />
      {status !== undefined && (
        <>
          <Measured status={status} />
          <ul class="gate-list">
            {ordered(status.gates).map((gate) => (
              <Gate key={gate.name} gate={gate} />
            ))}
          </ul>
        </>
      )}
    </section>
  )
}

function Answer({
  status,
  abstain,
}: {
  readonly status: GateStatus | undefined
  readonly abstain: Abstain | undefined
}): ComponentChild {
  if (status === undefined) return <p class="quiet">Nothing was evaluated yet.</p>
  const failed = status.gates.filter(({ passed, severity }) => !passed && severity === 'hard')
  const reason = abstain?.reason ?? status.strategyReason
  if (failed.length === 0 && (reason === null || reason === undefined))
    return (
      <p class="answer gain" role="status">
        ✓ A signal would be traded.
      </p>
    )
  const [first] = failed
  return (
    <p class="answer" role="status">
      {failed.length > 0 ? (
        <>
          <strong class="loss">
            ✗ {failed.length === 1 ? 'One gate refuses' : `${failed.length} gates refuse`}:{' '}
            {words(first?.name ?? '')}.
          </strong>{' '}
          {first?.resumes}
        </>
      ) : (
        <>
          <strong>The gates are open; the strategy waits: {words(reason ?? '')}.</strong>{' '}
          {abstain?.resumeCondition ?? ''}
        </>
      )}
    </p>
  )
}

function Measured({ status }: { readonly status: GateStatus }): ComponentChild {
  const option = status.evaluatedOption
  return (
    <p class="quiet">
      {option === null
        ? 'No contract qualifies; gates were measured on the underlying alone.'
        : `Measured on ${option.strike} ${option.right === 'C' ? 'call' : 'put'} ${option.expiry} at ${price(option.premium)}`}{' '}
      · {timeOfDay(status.evaluatedAt)}
    </p>
  )
}

function Gate({ gate }: { readonly gate: GateResult }): ComponentChild {
  const { name, passed, severity, value, threshold, unit, ageMs, message, resumes } = gate
  const mark = passed ? '✓' : severity === 'hard' ? '✗' : '!'
  const tone = passed ? 'gain' : severity === 'hard' ? 'loss' : 'caution'
  return (
    <li class={passed ? 'passes' : 'refuses'}>
      <span class={`mark ${tone}`} aria-hidden="true">
        {mark}
      </span>
      <span class="name">
        <span class="hidden">{passed ? 'passes: ' : severity === 'hard' ? 'refuses: ' : 'warns: '}</span>
        {words(name)}
      </span>
      <span class="figures" title={ageMs === null ? '' : `${millis(ageMs)} old`}>
        {value === null && threshold === null ? '' : `${anything(value)} / ${anything(threshold)} ${unit}`}
      </span>
      {!passed && (
        <span class="why">
          {message} {resumes !== '' && <em>Resumes {resumes}</em>}
        </span>
      )}
    </li>
  )
}

/** What refuses comes first, what only warns next; the rest as the daemon gave it. */
function ordered(gates: readonly GateResult[]): readonly GateResult[] {
  const rank = ({ passed, severity }: GateResult): number => (passed ? 2 : severity === 'hard' ? 0 : 1)
  return [...gates].sort((a, b) => rank(a) - rank(b))
}
