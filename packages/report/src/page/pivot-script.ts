/** The pivot: two ways to split the trades against each other, with filters; a cell opens its trades. */
export const pivotScript: string = String.raw`
const THIN = 30
const kinds = {
  'Net profit': { of: (net) => net.reduce((a, b) => a + b, 0), text: (v) => dollars(v, 0) },
  'Mean of a trade': { of: (net) => (net.length < THIN ? null : net.reduce((a, b) => a + b, 0) / net.length), text: (v) => dollars(v) },
  'Win rate': { of: (net) => (net.length < THIN ? null : net.filter((v) => v > 0).length / net.length - 0.5), text: (v) => ((v + 0.5) * 100).toFixed(0) + ' %' },
  Trades: { of: (net) => net.length, text: (v) => v.toLocaleString('en-US') },
}
const chosen = new Map()
function setUpPivot() {
  const [rows, columns, value] = ['pivot-rows', 'pivot-columns', 'pivot-value'].map(byId)
  columns.add(new Option('nothing', '-1'))
  data.dimensions.forEach(({ name }, i) => { rows.add(new Option(name, i)); columns.add(new Option(name, i)) })
  for (const name of Object.keys(kinds)) value.add(new Option(name))
  const hour = data.dimensions.findIndex(({ name }) => name.startsWith('Hour'))
  rows.value = String(Math.max(0, data.dimensions.findIndex(({ name }) => name === 'Trigger')))
  columns.value = String(hour)
  for (const select of [rows, columns, value]) select.onchange = fillPivot
  byId('pivot-turn').onclick = () => {
    if (columns.value === '-1') return
    const held = rows.value
    rows.value = columns.value; columns.value = held
    fillPivot()
  }
  data.dimensions.forEach(({ name, groups }, i) => {
    if (groups.length < 2) return
    const label = make('label', name.replace(', New York', '') + ' '), select = make('select')
    select.add(new Option('all', '-1'))
    groups.forEach((group, g) => select.add(new Option(group, g)))
    select.onchange = () => { if (select.value === '-1') chosen.delete(i); else chosen.set(i, Number(select.value)); fillPivot() }
    label.append(select)
    byId('pivot-filters').append(label)
  })
  fillPivot()
}
const kept = (i, filters) => { for (const [d, group] of filters) if (data.dimensions[d].of[i] !== group) return false; return true }
function fillPivot() {
  const down = data.dimensions[Number(byId('pivot-rows').value)], across = data.dimensions[Number(byId('pivot-columns').value)]
  const kind = kinds[byId('pivot-value').value], table = byId('pivot-table')
  const width = across ? across.groups.length : 0, cells = new Map()
  let shown = 0
  const put = (key, net) => { if (!cells.has(key)) cells.set(key, []); cells.get(key).push(net) }
  data.trades.forEach((trade, i) => {
    if (!kept(i, chosen)) return
    shown++
    const r = down.of[i], c = across ? across.of[i] : -1
    if (across) { put(r + ' ' + c, trade[8]); put('* ' + c, trade[8]) }
    put(r + ' *', trade[8]); put('* *', trade[8])
  })
  let most = 1e-9
  for (const [key, net] of cells) if (!key.includes('*') || !across) { const v = kind.of(net); if (v !== null && key !== '* *') most = Math.max(most, Math.abs(v)) }
  table.textContent = ''
  const head = table.createTHead().insertRow(), body = table.createTBody()
  const title = (text, scope) => { const th = make('th', text); th.scope = scope; return th }
  head.append(title(down.name, 'col'))
  for (let c = 0; c < width; c++) head.append(title(across.groups[c], 'col'))
  head.append(title('All', 'col'))
  const add = (row, r, c, total) => {
    const net = cells.get(r + ' ' + c), cell = row.insertCell()
    cell.className = 'heat' + (total ? ' total' : '')
    if (!net) { cell.textContent = '·'; return }
    const v = kind.of(net), button = make('button', v === null ? 'n/a' : kind.text(v))
    button.type = 'button'
    button.title = net.length + ' trades'
    button.append(make('small', net.length + (net.length === 1 ? ' trade' : ' trades')))
    button.onclick = () => {
      const filters = new Map(chosen)
      if (r !== '*') filters.set(data.dimensions.indexOf(down), r)
      if (c !== '*') filters.set(data.dimensions.indexOf(across), c)
      showTrades(filters)
    }
    cell.append(button)
    if (v === null || (total && across)) return
    cell.style.setProperty('--tint', v < 0 ? 'var(--loss)' : byId('pivot-value').value === 'Trades' ? 'var(--accent)' : 'var(--gain)')
    cell.style.setProperty('--part', Math.round((Math.abs(v) / most) * 55) + '%')
  }
  down.groups.forEach((group, r) => {
    if (!cells.has(r + ' *')) return
    const row = body.insertRow()
    row.append(title(group, 'row'))
    for (let c = 0; c < width; c++) add(row, r, c, false)
    add(row, r, '*', true)
  })
  const last = body.insertRow()
  last.append(title('All', 'row'))
  for (let c = 0; c < width; c++) add(last, '*', c, true)
  add(last, '*', '*', true)
  byId('pivot-said').textContent = shown.toLocaleString('en-US') + ' of ' + data.trades.length.toLocaleString('en-US') + ' trades. Means and rates of fewer than ' + THIN + ' trades read n/a.'
}`
