import { computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import { connection, follow } from './live.js'

/** The screens. */
export const VIEWS = ['trade', 'chain', 'decisions', 'health'] as const
/** One of the screens. */
export type View = (typeof VIEWS)[number]
/** Colours: as the system has it, or always one way. */
export type Theme = 'system' | 'light' | 'dark'

const media = matchMedia('(prefers-color-scheme: dark)')
const systemDark = signal(media.matches)

/** The screen that is shown; in the address, so that it survives a reload and can be linked. */
export const view: Signal<View> = signal(viewOf(new URLSearchParams(location.search).get('view')))
/** Colours, kept in this browser. */
export const theme: Signal<Theme> = signal((localStorage.getItem('scalp.theme') as Theme | null) ?? 'system')
/** True where dark colours are in force. */
export const isDark: ReadonlySignal<boolean> = computed(() =>
  theme.value === 'system' ? systemDark.value : theme.value === 'dark',
)
const chosen = signal<string | undefined>(undefined)

/** The underlying that is looked at: the one chosen, else the daemon's first. */
export const symbol: ReadonlySignal<string | undefined> = computed(() => {
  const { status } = follow('status')
  const symbols = status?.symbols ?? connection.value?.symbols ?? []
  return chosen.value !== undefined && symbols.includes(chosen.value) ? chosen.value : symbols[0]
})

/** Looks at another underlying. */
export function choose(next: string): void {
  chosen.value = next
}

media.addEventListener('change', ({ matches }) => {
  systemDark.value = matches
})

effect(() => {
  document.documentElement.dataset['theme'] = isDark.value ? 'dark' : 'light'
  localStorage.setItem('scalp.theme', theme.value)
})

effect(() => {
  const query = new URLSearchParams(location.search)
  if (viewOf(query.get('view')) === view.value) return
  query.set('view', view.value)
  history.replaceState(null, '', `${location.pathname}?${query}`)
})

function viewOf(text: string | null): View {
  return VIEWS.find((one) => one === text) ?? 'trade'
}
