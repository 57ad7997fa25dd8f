import { signal } from '@preact/signals'
import type { Decision } from '@scalp/protocol'
import type { ComponentChild } from 'preact'
import { anything, contractName, price, profit, timeOfDay, words } from '../format.js'
import { follow } from '../state/live.js'

const KINDS = ['all', 'signal', 'refused', 'abstain', 'exit', 'command'] as const
const kind = signal<(typeof KINDS)[number]>('all')
const text = signal('')
const open = signal<string | undefined>(undefined)

/** What was decided, on what, and what came of it. */
export function DecisionsView(): ComponentChild {
  const { decisions } = follow('decisions')
  const wanted = text.value.toLowerCase()
  const shown = decisions.filter(
    (one) =>
      (kind.value === 'all' || one.kind === kind.value) &&
      `${one.code} ${one.gate} ${one.optionSymbol}`.toLowerCase().includes(wanted),
  )
  return (
    <section class="card decisions" aria-labelledby="decisions-title">
      <div class="row spread">
        <h2 id="decisions-title">Decisions</h2>
        <div class="row">
          <label>
            Kind{' '}
            <select
              value={kind.value}
              onChange={(event) => (kind.value = event.currentTarget.value as (typeof KINDS)[number])}
            >
              {KINDS.map((one) => (
                <option key={one}>{one}</option>
              ))}
            </select>
          </label>
          <label>
            <span class="hidden">Filter</span>
            <input
              type="search"
              placeholder="code, gate, contract"
              value={text.value}
              onInput={(event) => (text.value = event.currentTarget.value)}
            />
          </label>
        </div>
      </div>
      <p class="quiet" role="status">
        {shown.length} of the last {decisions.length}
      </p>
      <div class="scroll" tabIndex={0} role="region" aria-label="Decisions">
        <table>
          <thead>
            <tr>
              <th scope="col">Time</th>
              <th scope="col">Decision</th>
              <th scope="col">Contract</th>
              <th scope="col" class="number">
                Bid / ask
              </th>
              <th scope="col" class="number">
                Underlying
              </th>
              <th scope="col" class="number">
                Came to
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map((decision) => (
              <Line key={decision.id} decision={decision} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}

function Line({ decision }: { readonly decision: Decision }): ComponentChild {
  const {
    id,
    at,
    kind: what,
    code,
    gate,
    optionSymbol,
    bid,
    ask,
    underlyingPrice,
    inputs,
    outcomes,
  } = decision
  const isOpen = open.value === id
  const tone = what === 'signal' ? 'gain' : what === 'refused' ? 'loss' : ''
  return (
    <>
      <tr>
        <td>{timeOfDay(at)}</td>
        <td>
          <button
            type="button"
            class="plain disclose"
            aria-expanded={isOpen}
            onClick={() => (open.value = isOpen ? undefined : id)}
          >
            <span aria-hidden="true">{isOpen ? '▾' : '▸'}</span> <strong class={tone}>{what}</strong>{' '}
            {words(code)}
            {what === 'refused' && gate !== '' && <span class="quiet"> by {words(gate)}</span>}
          </button>
        </td>
        <td>{optionSymbol === null ? '–' : contractName(optionSymbol)}</td>
        <td class="number">
          {price(bid)} / {price(ask)}
        </td>
        <td class="number">{price(underlyingPrice)}</td>
        <td class="number">
          {outcomes.length === 0
            ? '–'
            : outcomes.map(({ horizon, net }) => (
                <span
                  key={horizon}
                  class={`outcome ${(net ?? 0) < 0 ? 'loss' : 'gain'}`}
                  title={`One contract, after ${horizon}`}
                >
                  {horizon} {profit(net)}
                </span>
              ))}
        </td>
      </tr>
      {isOpen && (
        <tr class="inputs">
          <td colSpan={6}>
            <dl class="pairs">
              {Object.entries(inputs).map(([name, value]) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>{anything(value)}</dd>
                </div>
              ))}
            </dl>
          </td>
        </tr>
      )}
    </>
  )
}
