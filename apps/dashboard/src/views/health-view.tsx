import type { Health, Latency } from '@scalp/protocol'
import type { ComponentChild } from 'preact'
import { contractName, count, duration, millis, price, timeOfDay, usd, words } from '../format.js'
import { ask, mayCommand } from '../parts/command-dialog.js'
import { connection, follow } from '../state/live.js'

/** Feed, broker, process, orders and alerts. */
export function HealthView(): ComponentChild {
  const { health } = follow('health')
  return (
    <div class="health-view">
      <div class="column">
        <section class="card" aria-labelledby="links-title">
          <h2 id="links-title">Feed and broker</h2>
          {health === null ? <p class="quiet">Nothing was reported yet.</p> : <Links health={health} />}
        </section>
        <Orders />
      </div>
      <div class="column">
        <section class="card" aria-labelledby="process-title">
          <h2 id="process-title">Daemon</h2>
          {health === null ? <p class="quiet">Nothing was reported yet.</p> : <Process health={health} />}
        </section>
        <Account />
        <AlertLog />
      </div>
    </div>
  )
}

function Links({ health }: { readonly health: Health }): ComponentChild {
  return (
    <>
      <p class={health.isReady ? 'gain' : 'loss'} role="status">
        {health.isReady ? '✓ Ready to trade' : `✗ Not ready: ${health.problems.join(' ')}`}
      </p>
      <div class="scroll" tabIndex={0} role="region" aria-label="Feed and broker">
        <table>
          <thead>
            <tr>
              <th scope="col">Link</th>
              <th scope="col">State</th>
              <th scope="col" class="number">
                Silent for
              </th>
              <th scope="col" class="number">
                Messages
              </th>
              <th scope="col" class="number">
                Reconnects
              </th>
            </tr>
          </thead>
          <tbody>
            {health.links.map(({ name, state, isHealthy, silentMs, messages, reconnects, detail }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td class={isHealthy ? 'gain' : 'loss'}>
                  {isHealthy ? '✓' : '✗'} {words(state)}
                  {detail === null ? null : <p class="detail">{detail}</p>}
                </td>
                <td class="number">{millis(silentMs)}</td>
                <td class="number">{count(messages)}</td>
                <td class="number">{count(reconnects)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div class="row">
        <button type="button" class="small" disabled={!mayCommand()} onClick={() => ask('reconcile')}>
          Reconcile now
        </button>
      </div>
    </>
  )
}

function Process({ health }: { readonly health: Health }): ComponentChild {
  const percentiles = ({ p50, p95, p99, max }: Latency): string =>
    `${millis(p50)} · ${millis(p95)} · ${millis(p99)} · ${millis(max)}`
  const facts: readonly (readonly [string, string])[] = [
    ['Decision: median · 95 % · 99 % · worst', percentiles(health.decision)],
    ['Order round trip', percentiles(health.roundTrip)],
    ['Youngest quote', millis(health.quoteAgeMs)],
    ['Events a second', count(health.eventsPerSecond)],
    ['Screens connected', count(health.clients)],
    ['Memory', `${count(health.memoryMb)} MB`],
    ['Running for', duration(health.uptimeSeconds)],
    ['Version', connection.value?.version ?? '–'],
  ]
  return (
    <dl class="pairs">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

function Account(): ComponentChild {
  const { session } = follow('status')
  if (session === null) return null
  const facts: readonly (readonly [string, string])[] = [
    ['Equity', usd(session.equity)],
    ['Cash', usd(session.cash)],
    ['Held at market', usd(session.totalExposure)],
    ['May still be used', usd(session.exposureRemaining)],
    ['Signals', count(session.counts.signals)],
    ['Reasons not to', count(session.counts.abstains)],
    ['Refusals', count(session.counts.refusals)],
    ['Orders', count(session.counts.orders)],
    ['Fills', count(session.counts.fills)],
  ]
  return (
    <section class="card" aria-labelledby="account-title">
      <h2 id="account-title">Account and session</h2>
      <dl class="pairs">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

function Orders(): ComponentChild {
  const { orders } = follow('orders')
  return (
    <section class="card" aria-labelledby="orders-title">
      <h2 id="orders-title">Orders</h2>
      {orders.length === 0 ? (
        <p class="quiet">None yet.</p>
      ) : (
        <div class="scroll" tabIndex={0} role="region" aria-label="Orders">
          <table>
            <thead>
              <tr>
                <th scope="col">Time</th>
                <th scope="col">Order</th>
                <th scope="col">Status</th>
                <th scope="col" class="number">
                  Filled
                </th>
                <th scope="col" class="number">
                  Limit
                </th>
                <th scope="col" class="number">
                  Average
                </th>
              </tr>
            </thead>
            <tbody>
              {orders.slice(0, 20).map((order) => (
                <tr key={order.orderId}>
                  <td>{timeOfDay(order.at)}</td>
                  <td>
                    {order.side ?? ''} {contractName(order.optionSymbol)}
                  </td>
                  <td>
                    {words(order.status)} {order.reason ?? ''}
                  </td>
                  <td class="number">
                    {order.filled} of {count(order.contracts)}
                  </td>
                  <td class="number">{order.limit === null ? 'market' : price(order.limit)}</td>
                  <td class="number">{price(order.averagePrice)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  )
}

function AlertLog(): ComponentChild {
  const { alerts } = follow('alerts')
  return (
    <section class="card" aria-labelledby="alerts-title">
      <h2 id="alerts-title">Alerts</h2>
      {alerts.length === 0 && <p class="quiet">None.</p>}
      <ul class="alert-log">
        {alerts.map(({ id, at, level, code, message }) => (
          <li key={id}>
            <span class="quiet">{timeOfDay(at)}</span>{' '}
            <strong class={level === 'info' ? '' : level === 'critical' ? 'loss' : 'caution'}>{level}</strong>{' '}
            {message} <code>{code}</code>
          </li>
        ))}
      </ul>
    </section>
  )
}
