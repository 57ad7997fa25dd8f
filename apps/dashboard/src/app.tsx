import type { ComponentChild } from 'preact'
import { useEffect } from 'preact/hooks'
import { Alerts } from './parts/alerts.js'
import { ask, CommandDialog } from './parts/command-dialog.js'
import { Header } from './parts/header.js'
import { Help, isHelpOpen } from './parts/help.js'
import { ReplayBar } from './parts/replay-bar.js'
import { SignIn } from './parts/sign-in.js'
import { connectionState } from './state/live.js'
import { isDark, theme, VIEWS, view } from './state/preferences.js'
import { ChainView } from './views/chain-view.js'
import { DecisionsView } from './views/decisions-view.js'
import { HealthView } from './views/health-view.js'
import { TradeView } from './views/trade-view.js'

/** The page. */
export function App(): ComponentChild {
  useEffect(() => {
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [])
  if (connectionState.value === 'refused') return <SignIn />
  return (
    <>
      <a class="skip" href="#main">
        Skip to content
      </a>
      <Header />
      <ReplayBar />
      <Alerts />
      <main id="main" tabIndex={-1}>
        {view.value === 'trade' && <TradeView />}
        {view.value === 'chain' && <ChainView />}
        {view.value === 'decisions' && <DecisionsView />}
        {view.value === 'health' && <HealthView />}
      </main>
      <CommandDialog />
      <Help />
    </>
  )
}

/** Keys work where no text is typed and no dialog is open. */
function onKey(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return
  if (event.target instanceof HTMLElement && event.target.closest('input, textarea, select, dialog') !== null)
    return
  const next = VIEWS[Number(event.key) - 1]
  if (next !== undefined) view.value = next
  else if (event.key === 'h') ask('halt')
  else if (event.key === 'r') ask('resume')
  else if (event.key === 'f') ask('flatten')
  else if (event.key === 't') theme.value = isDark.value ? 'light' : 'dark'
  else if (event.key === '?') isHelpOpen.value = true
  else return
  event.preventDefault()
}
