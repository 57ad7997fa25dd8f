/** Switches between the system's theme, light and dark; what was chosen is kept where the browser allows it. */
export const themeScript: string = String.raw`(() => {
const root = document.documentElement, button = document.getElementById('theme')
const names = { auto: 'Theme: system', light: 'Theme: light', dark: 'Theme: dark' }
let theme = 'auto'
try { theme = localStorage.getItem('scalp-theme') in names ? localStorage.getItem('scalp-theme') : 'auto' } catch {}
function show() {
  if (theme === 'auto') delete root.dataset.theme; else root.dataset.theme = theme
  button.textContent = names[theme]
  dispatchEvent(new Event('theme'))
}
button.hidden = false
button.onclick = () => {
  const all = Object.keys(names)
  theme = all[(all.indexOf(theme) + 1) % all.length]
  try { localStorage.setItem('scalp-theme', theme) } catch {}
  show()
}
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', show)
show()
})()`
