/** Shows one view at a time, and draws what it holds when it is first seen. */
export const mainScript: string = String.raw`
const views = [...document.querySelectorAll('.view')], links = [...document.querySelectorAll('nav a')]
const first = { overview: () => { drawEquity(); fillCalendar() }, 'trades-view': () => { setUpTrades(); void drawDay() }, breakdown: setUpPivot }
const seen = new Set()
document.body.classList.add('scripted')
function show() {
  const id = views.some((view) => '#' + view.id === location.hash) ? location.hash.slice(1) : 'overview'
  for (const view of views) view.classList.toggle('on', view.id === id)
  for (const link of links) {
    if (link.hash !== '#' + id) { link.removeAttribute('aria-current'); continue }
    link.setAttribute('aria-current', 'page')
    link.parentElement.scrollLeft = link.offsetLeft - link.parentElement.offsetLeft - 60
  }
  if (!seen.has(id)) { seen.add(id); first[id]?.() }
  scrollTo(0, 0)
}
links.forEach((link, i) => link.addEventListener('keydown', (event) => {
  const move = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
  if (move === 0) return
  event.preventDefault()
  const next = links[(i + move + links.length) % links.length]
  next.focus(); next.click()
}))
const redraw = () => { for (const [box, { redraw: again }] of [...plots]) if (box.isConnected && box.clientWidth > 0) again(); else if (!box.isConnected) plots.delete(box) }
addEventListener('hashchange', () => { show(); redraw() })
addEventListener('theme', redraw)
addEventListener('beforeprint', () => { for (const id of Object.keys(first)) if (!seen.has(id)) { seen.add(id); first[id]() } })
let wait
addEventListener('resize', () => { clearTimeout(wait); wait = setTimeout(redraw, 100) })
show()`
