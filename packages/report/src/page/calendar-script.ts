/** The calendar: a month a block, a week a row, a trading day a square as deep in colour as its profit. */
export const calendarScript: string = String.raw`
function fillCalendar() {
  let before = data.start
  const days = data.daily.map(([date, equity]) => { const gain = equity - before, from = before; before = equity; return { date, gain, from, equity } })
  const sizes = days.map((day) => Math.abs(day.gain)).sort((a, b) => a - b)
  const most = sizes[Math.floor((sizes.length - 1) * 0.95)] || 1e-9
  const months = new Map()
  for (const day of days) { const key = day.date.slice(0, 7); if (!months.has(key)) months.set(key, []); months.get(key).push(day) }
  for (const [month, list] of months) {
    const block = make('div', '', 'month'), head = make('h4'), grid = make('div', '', 'days')
    const made = (list.at(-1).equity / list[0].from - 1) * 100
    head.append(make('b', month), make('span', (made < 0 ? '-' : '+') + Math.abs(made).toFixed(2) + ' %', made < 0 ? 'loss' : 'gain'))
    grid.setAttribute('role', 'list')
    for (const { date, gain } of list) {
      const cell = make('span', String(Number(date.slice(8)))), weekday = new Date(date + 'T12:00Z').getUTCDay()
      cell.setAttribute('role', 'listitem')
      cell.setAttribute('aria-label', date + ': ' + dollars(gain))
      cell.title = date + ': ' + dollars(gain)
      cell.style.gridColumnStart = String(weekday)
      if (gain !== 0) {
        cell.style.setProperty('--tint', 'var(' + (gain < 0 ? '--loss' : '--gain') + ')')
        cell.style.setProperty('--part', Math.round(12 + Math.min(1, Math.abs(gain) / most) * 58) + '%')
      }
      grid.append(cell)
    }
    block.append(head, grid)
    byId('calendar').append(block)
  }
}`
