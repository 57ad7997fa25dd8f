/** The script of the page: draws the charts, the calendar and the table of trades from the data beside it. */
export const pageScript: string = String.raw`(() => {
const data = JSON.parse(document.getElementById('data').textContent)
const byId = (id) => document.getElementById(id)
const dark = matchMedia('(prefers-color-scheme: dark)')
const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim()
const zone = 'America/New_York'
const clock = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' })
const when = (s) => clock.format(s * 1000)
const plots = {}
function draw(id, columns, series, height) {
  const box = byId(id)
  if (plots[id]) plots[id].destroy()
  if (columns[0].length === 0) { box.textContent = 'No data.'; return }
  const axis = { stroke: color('--quiet'), grid: { stroke: color('--line'), width: 1 }, ticks: { stroke: color('--line') } }
  box.textContent = ''
  plots[id] = new uPlot({ width: box.clientWidth, height, tzDate: (s) => uPlot.tzDate(new Date(s * 1000), zone),
    axes: [axis, { ...axis, size: 70 }], series: [{}, ...series] }, columns, box)
}
const line = (label, name) => ({ label, stroke: color(name), width: 1.5, points: { show: false } })
const dots = (label, name) => ({ label, stroke: color(name), paths: () => null, points: { show: true, size: 8, fill: color(name) } })
let peak = data.start
const falls = data.equity[1].map((value) => { peak = Math.max(peak, value); return (value / peak - 1) * 100 })
function drawDay() {
  const day = data.days[Number(byId('day').value)]
  if (!day) { byId('underlying').textContent = 'No data.'; return }
  const times = day.closes.map((_, i) => day.start + i * day.step)
  const marks = (column) => {
    const values = times.map(() => null)
    for (const trade of data.trades) {
      const i = Math.floor((trade[column] - day.start) / day.step)
      if (trade[11] === day.symbol && i >= 0 && i < values.length) values[i] = day.closes[i]
    }
    return values
  }
  draw('underlying', [times, day.closes, marks(0), marks(1)], [line(day.symbol, '--quiet'), dots('Entry', '--accent'), dots('Exit', '--loss')], 280)
}
function drawAll() {
  draw('equity', data.equity, [line('Equity', '--accent')], 260)
  draw('drawdown', [data.equity[0], falls], [line('Drawdown %', '--loss')], 140)
  drawDay()
}
data.days.forEach((day, i) => byId('day').add(new Option(day.date + ' ' + day.symbol, i)))
byId('day').onchange = drawDay
const gains = data.daily.map(([date, value], i) => [date, value - (i === 0 ? data.start : data.daily[i - 1][1])])
const most = gains.reduce((max, [, gain]) => Math.max(max, Math.abs(gain)), 1e-9)
gains.forEach(([date, gain], i) => {
  const cell = document.createElement('div')
  cell.setAttribute('role', 'listitem')
  cell.textContent = date.slice(5) + ' ' + gain.toFixed(0)
  cell.title = date + ': ' + gain.toFixed(2) + ' dollars'
  if (i === 0) cell.style.gridColumn = String(new Date(date + 'T12:00Z').getUTCDay())
  else cell.style.gridColumnStart = String(new Date(date + 'T12:00Z').getUTCDay())
  cell.style.background = 'color-mix(in srgb, var(' + (gain < 0 ? '--loss' : '--gain') + ') ' + Math.round((Math.abs(gain) / most) * 55) + '%, transparent)'
  byId('calendar').append(cell)
})
const heads = ['Entry', 'Exit', 'Contract', 'Trigger', 'Exit reason', 'Contracts', 'Entry $', 'Exit $', 'Net $', 'Net %', 'Held s']
const texts = data.trades.map((t) => (t[2] + ' ' + t[3] + ' ' + t[4]).toLowerCase())
let order = data.trades.map((_, i) => i), column = 0, sign = 1, limit = 100
function fill() {
  const words = byId('filter').value.toLowerCase()
  const rows = order.filter((i) => texts[i].includes(words))
  const body = document.createElement('tbody')
  for (const i of rows.slice(0, limit)) {
    const t = data.trades[i], row = body.insertRow()
    heads.forEach((_, c) => {
      const cell = row.insertCell()
      cell.textContent = c < 2 ? when(t[c]) : c >= 6 && c <= 9 ? t[c].toFixed(2) : t[c]
      if (c === 8) cell.className = t[c] < 0 ? 'loss' : 'gain'
    })
  }
  byId('trades').tBodies[0].replaceWith(body)
  byId('shown').textContent = Math.min(limit, rows.length) + ' of ' + rows.length + ' trades, New York time'
  byId('more').hidden = rows.length <= limit
}
const head = byId('trades').tHead.insertRow()
heads.forEach((name, c) => {
  const cell = document.createElement('th'), button = document.createElement('button')
  cell.scope = 'col'; button.type = 'button'; button.textContent = name
  button.onclick = () => {
    sign = column === c ? -sign : 1; column = c
    order.sort((a, b) => { const x = data.trades[a][c], y = data.trades[b][c]; return x < y ? -sign : x > y ? sign : a - b })
    for (const other of head.cells) other.removeAttribute('aria-sort')
    cell.setAttribute('aria-sort', sign > 0 ? 'ascending' : 'descending')
    fill()
  }
  cell.append(button); head.append(cell)
})
byId('filter').oninput = fill
byId('more').onclick = () => { limit += 500; fill() }
fill()
drawAll()
dark.addEventListener('change', drawAll)
let wait
addEventListener('resize', () => { clearTimeout(wait); wait = setTimeout(drawAll, 100) })
})()`
