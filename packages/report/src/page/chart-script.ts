/** The charts of the page: equity, drawdown, the underlying of a day, the quotes of a trade. */
export const chartScript: string = String.raw`
const data = JSON.parse(document.getElementById('data').textContent)
const byId = (id) => document.getElementById(id)
const make = (tag, text = '', className = '') => Object.assign(document.createElement(tag), { textContent: text, className })
const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim()
const zone = 'America/New_York'
const clock = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' })
const when = (s) => clock.format(s * 1000)
const dollars = (value, digits = 2) => (value < 0 ? '-$' : '$') + Math.abs(value).toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })
let loading
/** What is inflated on first use. */
function detail() {
  loading ??= (async () => {
    const bytes = Uint8Array.from(atob(byId('detail').textContent), (c) => c.charCodeAt(0))
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'))).json()
  })()
  return loading
}
const plots = new Map()
function draw(box, columns, series, height, more = {}) {
  plots.get(box)?.plot.destroy()
  if (columns[0].length === 0) { box.textContent = 'No data.'; return undefined }
  const { scales = {}, axes = [{}], ...rest } = more
  const axis = { stroke: color('--quiet'), font: '11px system-ui', grid: { stroke: color('--line'), width: 1 }, ticks: { show: false } }
  box.textContent = ''
  const narrow = box.clientWidth < 500
  const plot = new uPlot({ width: box.clientWidth, height, padding: [8, 6, 0, 0], tzDate: (s) => uPlot.tzDate(new Date(s * 1000), zone),
    scales, axes: [{ ...axis, space: narrow ? 70 : 60 }, ...axes.map((one) => ({ ...axis, size: narrow ? 54 : 68, ...one }))],
    series: [{ value: (_, s) => (s == null ? '–' : when(s)) }, ...series], cursor: { points: { size: 6 } }, ...rest }, columns, box)
  plots.set(box, { plot, redraw: () => draw(box, columns, series.map((one) => one.again?.() ?? one), height, more) })
  return plot
}
const styled = (build) => ({ ...build(), again: () => styled(build) })
const line = (label, name, more = {}) => styled(() => ({ label, stroke: color(name), width: 1.5, points: { show: false }, ...more }))
const step = (label, name, more = {}) => line(label, name, { paths: uPlot.paths.stepped({ align: 1 }), ...more })
const dots = (label, name, more = {}) => styled(() => ({ label, stroke: color(name), paths: () => null, points: { show: true, size: 8, fill: color(name), stroke: color('--card') }, ...more }))
const money = { value: (_, v) => (v == null ? '–' : dollars(v)) }
function drawEquity() {
  const [times, values] = data.equity
  let peak = data.start
  const falls = values.map((value) => { peak = Math.max(peak, value); return (value / peak - 1) * 100 })
  const sync = { cursor: { sync: { key: 'equity' }, points: { size: 6 } } }
  const tick = { values: (_, all) => all.map((v) => dollars(v, 0)) }
  if (data.band === null) draw(byId('equity'), [times, values], [line('Equity', '--accent', money)], 260, { axes: [tick], ...sync })
  else draw(byId('equity'), [times, ...data.band, values],
    [line('Best fills', '--quiet', { width: 0.5, ...money }), line('Worst fills', '--quiet', { width: 0.5, ...money }), line('Equity', '--accent', money)], 260,
    { axes: [tick], bands: [{ series: [1, 2], fill: color('--soft') }], ...sync })
  draw(byId('drawdown'), [times, falls], [styled(() => ({ label: 'Drawdown', stroke: color('--loss'), width: 1, fill: color('--loss') + '22', points: { show: false }, value: (_, v) => (v == null ? '–' : v.toFixed(2) + ' %') }))], 130,
    { axes: [{ values: (_, all) => all.map((v) => v + ' %') }], ...sync })
}
async function drawDay() {
  const { days } = await detail(), box = byId('underlying'), select = byId('day')
  if (select.options.length === 0) { days.forEach((day, i) => select.add(new Option(day.date + ' ' + day.symbol, i))); select.onchange = drawDay }
  const day = days[Number(select.value)]
  if (!day) { box.textContent = 'No data.'; return }
  const times = day.closes.map((_, i) => day.start + i * day.step)
  const marks = (column) => {
    const values = times.map(() => null)
    for (const trade of data.trades) {
      const i = Math.floor((trade[column] - day.start) / day.step)
      if (trade[11] === day.symbol && i >= 0 && i < values.length) values[i] = day.closes[i]
    }
    return values
  }
  draw(box, [times, day.closes, marks(0), marks(1)], [line(day.symbol, '--quiet', money), dots('Entry', '--accent', money), dots('Exit', '--loss', money)], 260, { axes: [{ values: (_, all) => all.map((v) => dollars(v, 2)) }] })
}
/** Quotes of a trade's contract, its fills, and the underlying on an axis of its own. */
async function drawTape(box, index) {
  const { tapes, days } = await detail(), tape = tapes[index], trade = data.trades[index]
  if (!tape) { box.textContent = 'The quotes of this trade were not kept.'; return }
  const times = tape.at.map((s) => tape.start + s)
  const all = [...new Set([...times, trade[0], trade[1]])].sort((a, b) => a - b)
  const place = new Map(all.map((s, i) => [s, i]))
  const held = (values) => {
    const column = all.map(() => undefined)
    times.forEach((s, i) => { column[place.get(s)] = values[i] })
    for (let i = 1; i < column.length; i++) if (column[i] === undefined) column[i] = column[i - 1]
    return column.map((value) => value ?? null)
  }
  const at = (s, value) => all.map((one) => (one === s ? value : null))
  const day = days.find((one) => one.symbol === trade[11] && trade[0] >= one.start && trade[0] < one.start + one.closes.length * one.step + one.step)
  const spot = all.map((s) => day?.closes[Math.floor((s - day.start) / day.step) - 1] ?? null)
  const price = { values: (_, list) => list.map((v) => dollars(v, 2)) }
  draw(box, [all, held(tape.bid), held(tape.ask), at(trade[0], trade[6]), at(trade[1], trade[7]), spot],
    [step('Bid', '--gain', money), step('Ask', '--loss', money), dots('Entry', '--accent', money), dots('Exit', '--ink', money), line(trade[11], '--quiet', { scale: 'spot', width: 1, dash: [4, 3], ...money })], 240,
    { axes: [price, { ...price, side: 1, scale: 'spot', grid: { show: false } }], bands: [{ series: [2, 1], fill: color('--line') }] })
}`
