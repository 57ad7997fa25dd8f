/** The table of trades: filtered, sorted, a hundred at a time; a row opens its quotes and what decided it. */
export const tradesScript: string = String.raw`
const heads = ['Entry', 'Exit', 'Contract', 'Trigger', 'Exit reason', 'Contracts', 'Entry $', 'Exit $', 'Net $', 'Net %', 'Held s']
const texts = data.trades.map((t) => (t[2] + ' ' + t[3] + ' ' + t[4]).toLowerCase())
let order = data.trades.map((_, i) => i), sorted = -1, sign = 1, limit = 100, filters = new Map()
function setUpTrades() {
  const head = byId('trades').tHead.insertRow()
  heads.forEach((name, c) => {
    const cell = make('th', '', c >= 5 ? 'n' : ''), button = make('button', name)
    cell.scope = 'col'; button.type = 'button'
    button.onclick = () => {
      sign = sorted === c ? -sign : 1; sorted = c
      order.sort((a, b) => { const x = data.trades[a][c], y = data.trades[b][c]; return x < y ? -sign : x > y ? sign : a - b })
      for (const other of head.cells) other.removeAttribute('aria-sort')
      cell.setAttribute('aria-sort', sign > 0 ? 'ascending' : 'descending')
      fillTrades()
    }
    cell.append(button); head.append(cell)
  })
  byId('filter').oninput = () => { limit = 100; fillTrades() }
  byId('more').onclick = () => { limit += 500; fillTrades() }
  byId('clear').onclick = () => { filters = new Map(); byId('filter').value = ''; fillTrades() }
  fillTrades()
}
/** Opens the view of trades with those of some groups only. */
function showTrades(groups) {
  filters = groups; limit = 100
  byId('filter').value = ''
  fillTrades()
  location.hash = 'trades-view'
  byId('filter').focus({ preventScroll: true })
}
function fillTrades() {
  const words = byId('filter').value.toLowerCase()
  const rows = order.filter((i) => texts[i].includes(words) && kept(i, filters))
  const body = document.createElement('tbody')
  for (const i of rows.slice(0, limit)) {
    const t = data.trades[i], row = body.insertRow()
    row.className = 'row'
    heads.forEach((_, c) => {
      const cell = row.insertCell(), text = c < 2 ? when(t[c]) : c >= 6 && c <= 9 ? t[c].toFixed(2) : String(t[c])
      if (c === 0) {
        const button = make('button', text, 'open')
        button.type = 'button'
        button.setAttribute('aria-expanded', 'false')
        cell.append(button)
      } else cell.textContent = text
      if (c >= 5) cell.className = 'n' + (c === 8 || c === 9 ? (t[c] < 0 ? ' loss' : ' gain') : '')
    })
    row.onclick = () => toggle(row, i)
  }
  byId('trades').tBodies[0].replaceWith(body)
  const groups = [...filters].map(([d, g]) => data.dimensions[d].name + ' ' + data.dimensions[d].groups[g]).join(', ')
  byId('shown').textContent = Math.min(limit, rows.length).toLocaleString('en-US') + ' of ' + rows.length.toLocaleString('en-US') + ' trades, New York time' + (groups ? ': ' + groups : '')
  byId('clear').hidden = filters.size === 0
  byId('more').hidden = rows.length <= limit
}
function toggle(row, i) {
  const button = row.querySelector('.open')
  if (row.nextSibling?.className === 'detail') { row.nextSibling.remove(); button.setAttribute('aria-expanded', 'false'); return }
  button.setAttribute('aria-expanded', 'true')
  const below = document.createElement('tr')
  below.className = 'detail'
  row.after(below)
  void openTrade(below, i)
}
async function openTrade(below, i) {
  const { tapes, facts, inputs } = await detail(), t = data.trades[i], fact = facts[i], tape = tapes[i]
  const cell = below.insertCell(), inside = make('div', '', 'inside'), left = make('div'), right = make('div'), box = make('div', '', 'chart')
  cell.colSpan = heads.length
  inside.style.setProperty('--inside', byId('trades').parentElement.clientWidth + 'px')
  const facing = (pairs) => {
    const dl = make('dl', '', 'facts')
    for (const [name, value] of pairs) if (value !== null && value !== undefined && value !== '') dl.append(make('dt', name), make('dd', String(value)))
    return dl
  }
  const ms = (value) => (value === null ? null : value < 1000 ? Math.round(value) + ' ms' : (value / 1000).toFixed(1) + ' s')
  box.setAttribute('role', 'img')
  box.setAttribute('aria-label', 'Bid and ask of ' + t[2] + ' around the trade, bought at ' + t[6].toFixed(2) + ' and sold at ' + t[7].toFixed(2) + ' dollars')
  left.append(make('h4', t[2] + ', ' + (fact.strategy ? fact.strategy + ', ' : '') + t[3] + ' to ' + t[4]), box)
  right.append(make('h4', 'The trade'), facing([
    ['Decided', when(fact.signal)], ['Filled after', ms((t[0] - fact.signal) * 1000)],
    ['Net', dollars(t[8]) + ' = ' + dollars(fact.gross) + ' − ' + dollars(fact.fees) + ' fees'], ['Fills leave open', fact.bounds && dollars(fact.bounds[0]) + ' to ' + dollars(fact.bounds[1])],
    ['Best and worst mark', fact.best + ' % and ' + fact.worst + ' %'], ['Spread at entry', fact.spreadPct === null ? null : fact.spreadPct + ' %'],
    ['Quote age', [ms(fact.entryAge), ms(fact.exitAge)].filter(Boolean).join(' in, ') + (fact.exitAge === null ? '' : ' out')],
    ['Displayed', tape && tape.entrySize !== null ? tape.entrySize + ' in' + (tape.exitSize === null ? '' : ', ' + tape.exitSize + ' out') : null],
    [t[11], fact.spotIn === null ? null : dollars(fact.spotIn) + (fact.spotOut === null ? '' : ' to ' + dollars(fact.spotOut))], ['Flags', fact.flags]]))
  const decided = make('dl', '', 'decided')
  for (const [name, value] of Object.entries(inputs[i])) {
    const pair = make('div')
    pair.append(make('dt', name), make('dd', value === null ? 'n/a' : String(value)))
    decided.append(pair)
  }
  inside.append(left, right, make('h4', 'What decided it', 'wide'), decided.children.length > 0 ? decided : make('p', 'The strategy said nothing.', 'quiet wide'))
  cell.append(inside)
  await drawTape(box, i)
}`
