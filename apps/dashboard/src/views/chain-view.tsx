import { signal } from '@preact/signals'
import type { Candidate, GateStatus, OptionUpdate } from '@scalp/protocol'
import type { ComponentChild } from 'preact'
import { anything, count, percent, price, words } from '../format.js'
import { follow } from '../state/live.js'
import { symbol } from '../state/preferences.js'

const chosenExpiry = signal<string | undefined>(undefined)
/** A quote older than this is greyed. */
const STALE_SECONDS = 5

/** The contracts of an underlying, which of them would be bought, and why the others lost. */
export function ChainView(): ComponentChild {
  const { options, underlyings, gates, status } = follow('options', 'market', 'gates')
  const root = symbol.value ?? ''
  const today = (status?.marketTime ?? '').slice(0, 10)
  const all = Object.values(options).filter(
    ({ underlying, expiry }) => underlying === root && expiry >= today,
  )
  const expiries = [...new Set(all.map(({ expiry }) => expiry))].sort()
  const gate = gates[root]
  const wanted = chosenExpiry.value ?? gate?.evaluatedOption?.expiry
  const expiry = wanted !== undefined && expiries.includes(wanted) ? wanted : expiries[0]
  const spot = underlyings[root]?.price
  const rows = byStrike(all.filter((option) => option.expiry === expiry))
  const nearest = rows.reduce<number | undefined>(
    (best, [strike]) =>
      spot !== undefined && (best === undefined || Math.abs(strike - spot) < Math.abs(best - spot))
        ? strike
        : best,
    undefined,
  )
  return (
    <div class="chain-view">
      <section class="card chain" aria-labelledby="chain-title">
        <div class="row spread">
          <h2 id="chain-title">
            {root} chain{spot === undefined ? '' : `, ${price(spot)}`}
          </h2>
          <div class="row" role="group" aria-label="Expiry">
            {expiries.map((one) => (
              <button
                key={one}
                type="button"
                class="tab"
                aria-pressed={one === expiry}
                onClick={() => (chosenExpiry.value = one)}
              >
                {one}
              </button>
            ))}
          </div>
        </div>
        {rows.length === 0 ? (
          <p class="quiet">No contract is watched yet.</p>
        ) : (
          <Chain rows={rows} nearest={nearest} chosen={gate?.evaluatedOption?.canonicalId} />
        )}
      </section>
      <Choice gate={gate} />
    </div>
  )
}

type Row = readonly [number, OptionUpdate | undefined, OptionUpdate | undefined]

function Chain({
  rows,
  nearest,
  chosen,
}: {
  readonly rows: readonly Row[]
  readonly nearest: number | undefined
  readonly chosen: string | undefined
}): ComponentChild {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Option chain">
      <table class="chain-table">
        <caption class="hidden">
          Calls on the left, puts on the right, by strike. The row at the money is marked.
        </caption>
        <thead>
          <tr>
            {['OI', 'Δ', 'IV', 'Bid', 'Ask'].map((name) => (
              <th key={`c${name}`} scope="col" class="number" aria-label={`Call ${name}`}>
                {name}
              </th>
            ))}
            <th scope="col">Strike</th>
            {['Bid', 'Ask', 'IV', 'Δ', 'OI'].map((name) => (
              <th key={`p${name}`} scope="col" class="number" aria-label={`Put ${name}`}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([strike, call, put]) => (
            <tr key={strike} class={strike === nearest ? 'nearest' : ''}>
              <Side option={call} chosen={chosen} isCall />
              <th scope="row">{strike}</th>
              <Side option={put} chosen={chosen} isCall={false} />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Side({
  option,
  chosen,
  isCall,
}: {
  readonly option: OptionUpdate | undefined
  readonly chosen: string | undefined
  readonly isCall: boolean
}): ComponentChild {
  const isStale = option !== undefined && (option.quoteAge === null || option.quoteAge > STALE_SECONDS)
  const tone = `number ${isStale ? 'stale' : ''} ${option !== undefined && option.canonicalId === chosen ? 'chosen' : ''}`
  const iv = option?.iv === null || option?.iv === undefined ? null : option.iv * 100
  const cells: readonly (readonly [string, string])[] = [
    ['oi', count(option?.openInterest)],
    ['delta', price(option?.delta)],
    ['iv', iv === null ? '–' : percent(iv, 0)],
    ['bid', price(option?.bid)],
    ['ask', price(option?.ask)],
  ]
  const [oi, delta, ivCell, bid, ask] = cells as [
    readonly [string, string],
    readonly [string, string],
    readonly [string, string],
    readonly [string, string],
    readonly [string, string],
  ]
  return (
    <>
      {(isCall ? [oi, delta, ivCell, bid, ask] : [bid, ask, ivCell, delta, oi]).map(([key, text]) => (
        <td key={key} class={tone} title={isStale ? 'The quote is old' : undefined}>
          {text}
        </td>
      ))}
    </>
  )
}

function Choice({ gate }: { readonly gate: GateStatus | undefined }): ComponentChild {
  return (
    <section class="card" aria-labelledby="choice-title">
      <h2 id="choice-title">Which contract, and why</h2>
      {gate === undefined || (gate.candidates.length === 0 && gate.rejected.length === 0) ? (
        <p class="quiet">No contract was ranked yet.</p>
      ) : (
        <>
          {gate.candidates.length === 0 ? (
            <p>No contract qualifies.</p>
          ) : (
            <Ranking candidates={gate.candidates} />
          )}
          {gate.rejected.length > 0 && (
            <>
              <h3>Those that fell out</h3>
              <ul class="rejected">
                {gate.rejected.map(({ reason, count: fallen }) => (
                  <li key={reason}>
                    <strong>{anything(fallen)}</strong> {words(reason)}
                  </li>
                ))}
              </ul>
            </>
          )}
        </>
      )}
    </section>
  )
}

function Ranking({ candidates }: { readonly candidates: readonly Candidate[] }): ComponentChild {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Ranked contracts">
      <table>
        <thead>
          <tr>
            {['Contract', 'Days', 'Bid', 'Ask', 'Delta', 'Spread', 'Score'].map((name, index) => (
              <th key={name} scope="col" class={index === 0 ? '' : 'number'}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {candidates.map((one, index) => (
            <tr key={one.canonicalId} class={index === 0 ? 'chosen' : ''}>
              <th scope="row">
                {index === 0 ? '★ ' : ''}
                {one.strike} {one.right} {one.expiry.slice(5)}
              </th>
              <td class="number">{one.dte}</td>
              <td class="number">{price(one.bid)}</td>
              <td class="number">{price(one.ask)}</td>
              <td class="number">{price(one.delta)}</td>
              <td class="number">{percent(one.spreadPercent)}</td>
              <td class="number">{price(one.score)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function byStrike(options: readonly OptionUpdate[]): readonly Row[] {
  const rows = new Map<number, { call?: OptionUpdate; put?: OptionUpdate }>()
  for (const option of options) {
    const row = rows.get(option.strike) ?? {}
    if (option.right === 'C') row.call = option
    else row.put = option
    rows.set(option.strike, row)
  }
  return [...rows].sort(([a], [b]) => a - b).map(([strike, { call, put }]) => [strike, call, put])
}
