import type { ComponentChild } from 'preact'
import { change, contractName, duration, price, profit, timeOfDay, words } from '../format.js'
import { follow } from '../state/live.js'

const SHOWN = 10

/** The newest trades that are over, and what all that are kept came to. */
export function ClosedTrades(): ComponentChild {
  const { closedTrades } = follow('positions')
  const sum = closedTrades.reduce((total, { pnlDollars }) => total + pnlDollars, 0)
  const won = closedTrades.filter(({ pnlDollars }) => pnlDollars > 0).length
  return (
    <section class="card closed" aria-labelledby="closed-title">
      <h2 id="closed-title">Closed trades</h2>
      {closedTrades.length === 0 ? (
        <p class="quiet">None yet.</p>
      ) : (
        <>
          <p>
            {won} of {closedTrades.length} won,{' '}
            <strong class={sum < 0 ? 'loss' : 'gain'}>{profit(sum)}</strong> after costs
          </p>
          <div class="scroll" tabIndex={0} role="region" aria-label="Closed trades">
            <table>
              <thead>
                <tr>
                  <th scope="col">Closed</th>
                  <th scope="col">Contract</th>
                  <th scope="col">Why in, why out</th>
                  <th scope="col" class="number">
                    In → out
                  </th>
                  <th scope="col" class="number">
                    Held
                  </th>
                  <th scope="col" class="number">
                    Result
                  </th>
                </tr>
              </thead>
              <tbody>
                {closedTrades.slice(0, SHOWN).map((trade) => (
                  <tr key={trade.id}>
                    <td>{timeOfDay(trade.exitTime)}</td>
                    <td>
                      {trade.contracts} × {contractName(trade.optionSymbol)}
                    </td>
                    <td>
                      {words(trade.trigger ?? 'unknown')}, {words(trade.exitReason)}
                    </td>
                    <td class="number">
                      {price(trade.entryPrice)} → {price(trade.exitPrice)}
                    </td>
                    <td class="number">{duration(trade.holdSeconds)}</td>
                    <td class={`number ${trade.pnlDollars < 0 ? 'loss' : 'gain'}`}>
                      {profit(trade.pnlDollars)} <small>{change(trade.pnlPct, 1)}</small>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </>
      )}
    </section>
  )
}
