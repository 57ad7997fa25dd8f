import type { ScalpStatus, SessionStatus } from '@scalp/protocol'
import type { ComponentChild } from 'preact'
import { change, duration, profit, timeOfDay, words } from '../format.js'
import { connection, connectionState, follow, lastMessageMs } from '../state/live.js'
import { nowMs } from '../state/now.js'
import { choose, isDark, symbol, theme, VIEWS, view } from '../state/preferences.js'
import { ask, lastResult, mayCommand } from './command-dialog.js'
import { isHelpOpen } from './help.js'

/** What is always in sight: mode, market, connection, the day's result, and the commands that stop. */
export function Header(): ComponentChild {
  const { status, session } = follow('status')
  const symbols = status?.symbols ?? connection.value?.symbols ?? []
  return (
    <header class="top">
      <div class="brand">
        <h1>Scalp</h1>
        <Mode mode={connection.value?.mode} />
        {symbols.length > 1 ? (
          <label class="symbol">
            <span class="hidden">Underlying</span>
            <select value={symbol.value} onChange={(event) => choose(event.currentTarget.value)}>
              {symbols.map((one) => (
                <option key={one}>{one}</option>
              ))}
            </select>
          </label>
        ) : (
          <span class="symbol">{symbol.value}</span>
        )}
      </div>
      <dl class="facts">
        <Fact
          name="Trading"
          value={tradingOf(status)}
          tone={toneOf(status)}
          title={status?.haltReason ?? ''}
        />
        <Fact name="Market" value={marketOf(session, status)} />
        <Fact name="Today" value={todayOf(status)} tone={(status?.dailyPnl ?? 0) < 0 ? 'loss' : 'gain'} />
        <Fact
          name="Connection"
          value={connectionText()}
          tone={connectionState.value === 'live' ? 'gain' : 'loss'}
        />
      </dl>
      <nav aria-label="Screens">
        {VIEWS.map((one, index) => (
          <button
            key={one}
            type="button"
            class="tab"
            aria-current={view.value === one ? 'page' : undefined}
            title={`Key ${index + 1}`}
            onClick={() => (view.value = one)}
          >
            {one[0]?.toUpperCase() + one.slice(1)}
          </button>
        ))}
      </nav>
      <Commands status={status} />
    </header>
  )
}

function Commands({ status }: { readonly status: ScalpStatus | null }): ComponentChild {
  const disabled = !mayCommand()
  const why = disabled ? 'Needs a connection with an operator token' : undefined
  const result = lastResult.value
  return (
    <div class="commands">
      {status?.killed === true ? (
        <button type="button" disabled={disabled} title={why} onClick={() => ask('rearm')}>
          Re-arm
        </button>
      ) : status?.halted === true ? (
        <button type="button" disabled={disabled} title={why ?? 'Key r'} onClick={() => ask('resume')}>
          Resume
        </button>
      ) : (
        <button type="button" disabled={disabled} title={why ?? 'Key h'} onClick={() => ask('halt')}>
          Halt
        </button>
      )}
      <button
        type="button"
        class="danger"
        disabled={disabled}
        title={why ?? 'Key f'}
        onClick={() => ask('flatten')}
      >
        Flatten
      </button>
      <button type="button" class="danger" disabled={disabled} title={why} onClick={() => ask('kill')}>
        Kill
      </button>
      <button
        type="button"
        class="plain icon"
        aria-label={isDark.value ? 'Light colours' : 'Dark colours'}
        onClick={() => (theme.value = isDark.value ? 'light' : 'dark')}
      >
        {isDark.value ? '☀' : '☾'}
      </button>
      <button type="button" class="plain icon" aria-label="Keys" onClick={() => (isHelpOpen.value = true)}>
        ?
      </button>
      <p class="result" role="status">
        {result !== undefined && (
          <span class={result.ok ? 'gain' : 'loss'}>
            {result.ok ? '✓' : '✗'} {result.message}{' '}
            <button
              type="button"
              class="plain"
              aria-label="Dismiss"
              onClick={() => (lastResult.value = undefined)}
            >
              ×
            </button>
          </span>
        )}
      </p>
    </div>
  )
}

function Mode({ mode }: { readonly mode: string | undefined }): ComponentChild {
  if (mode === undefined) return null
  const isReal = mode === 'live'
  return (
    <strong class={`mode ${isReal ? 'real' : ''}`} title={isReal ? 'Real money' : 'No real money'}>
      {mode === 'demo' ? 'Demo, synthetic' : words(mode)}
    </strong>
  )
}

function Fact({
  name,
  value,
  tone = '',
  title = '',
}: {
  readonly name: string
  readonly value: string
  readonly tone?: string
  readonly title?: string
}): ComponentChild {
  return (
    <div title={title}>
      <dt>{name}</dt>
      <dd class={tone}>{value}</dd>
    </div>
  )
}

function tradingOf(status: ScalpStatus | null): string {
  if (status === null) return '–'
  if (status.killed) return 'Killed'
  if (status.halted) return 'Halted'
  return status.enabled ? 'Active' : 'Off'
}

function toneOf(status: ScalpStatus | null): string {
  return status === null ? '' : status.killed || status.halted || !status.enabled ? 'loss' : 'gain'
}

function todayOf(status: ScalpStatus | null): string {
  if (status === null) return '–'
  const { dailyPnl, dailyPnlPercent, winsToday, tradesToday } = status
  return `${profit(dailyPnl)} (${change(dailyPnlPercent)}), ${winsToday} of ${tradesToday} won`
}

/** Counts in market time, which in a replay is not that of the wall. */
function marketOf(session: SessionStatus | null, status: ScalpStatus | null): string {
  const now = status === null ? Number.NaN : Date.parse(status.marketTime)
  const time = status === null ? '' : timeOfDay(status.marketTime)
  if (session === null || Number.isNaN(now)) return time === '' ? '–' : time
  const until = (instant: string | null): string =>
    instant === null ? '' : duration((Date.parse(instant) - now) / 1_000)
  if (session.isMarketOpen) return `${time}, closes in ${until(session.marketClose)}`
  const opens = session.marketOpen !== null && Date.parse(session.marketOpen) > now
  return opens ? `${time}, opens in ${until(session.marketOpen)}` : `${time}, closed`
}

/** A short break is no news. */
function connectionText(): string {
  if (connectionState.value === 'live') {
    const silent = (nowMs.value - lastMessageMs.value) / 1_000
    return silent < 3 ? 'Live' : `Silent for ${duration(silent)}`
  }
  return connectionState.value === 'waiting' ? 'Lost, trying again' : 'Connecting'
}
