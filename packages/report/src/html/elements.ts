import { formatUsd, toMicros } from '@scalp/canonical'

/** A cell of a table: text, or text with the class `gain` or `loss` where its number has a sign that matters. */
export type Cell = string | { readonly text: string; readonly signOf: number } | { readonly html: string }

/** A table that scrolls sideways inside its own box. Columns of numbers are told by `n` in `shape`. */
export function table(
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  { caption, shape = '' }: { readonly caption?: string; readonly shape?: string } = {},
): string {
  const side = (column: number): string => (shape[column] === 'n' ? ' class="n"' : '')
  const title = caption === undefined ? '' : `<caption>${escapeHtml(caption)}</caption>`
  const top = head.map((name, column) => `<th scope="col"${side(column)}>${escapeHtml(name)}</th>`).join('')
  const body = rows
    .map((row) => `<tr>${row.map((cell, column) => cellHtml(cell, shape[column] === 'n')).join('')}</tr>`)
    .join('')
  return `<div class="scroll" tabindex="0"><table>${title}<thead><tr>${top}</tr></thead><tbody>${body}</tbody></table></div>`
}

function cellHtml(cell: Cell, isNumber: boolean): string {
  if (typeof cell === 'string') return `<td${isNumber ? ' class="n"' : ''}>${escapeHtml(cell)}</td>`
  if ('html' in cell) return `<td>${cell.html}</td>`
  const tone = toneOf(cell.signOf)
  const classes = [isNumber ? 'n' : '', tone].filter((name) => name !== '').join(' ')
  return `<td${classes === '' ? '' : ` class="${classes}"`}>${escapeHtml(cell.text)}</td>`
}

/** `gain`, `loss`, or nothing at zero. */
export function toneOf(value: number): string {
  if (value > 0) return 'gain'
  return value < 0 ? 'loss' : ''
}

/** Figures with their names, as tiles. A third text is small print. */
export function tiles(rows: readonly (readonly [string, string, string?])[]): string {
  const tile = ([name, value, note]: readonly [string, string, string?]): string =>
    `<div><dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}${note === undefined ? '' : `<small>${escapeHtml(note)}</small>`}</dd></div>`
  return `<dl class="tiles">${rows.map(tile).join('')}</dl>`
}

/** Sentences as a list. */
export function list(lines: readonly string[], className = ''): string {
  return `<ul${className === '' ? '' : ` class="${className}"`}>${lines.map((line) => `<li>${escapeHtml(line)}</li>`).join('')}</ul>`
}

/** A card with a heading, and what follows it in one quiet sentence. */
export function card(title: string, body: string, note = ''): string {
  const under = note === '' ? '' : `<p class="quiet">${escapeHtml(note)}</p>`
  return `<section class="card"><h3>${escapeHtml(title)}</h3>${under}${body}</section>`
}

/** Dollars to the cent, from dollars. */
export function usd(dollars: number): string {
  const cents = Math.round(Math.abs(dollars) * 100) / 100
  return formatUsd(toMicros(dollars < 0 && cents > 0 ? -cents : cents))
}

/** Dollars to the cent with the tone of their sign. */
export function money(dollars: number): Cell {
  return { text: usd(dollars), signOf: Math.round(dollars * 100) }
}

/** A fraction in whole percent. */
export function percent(share: number | null, digits = 0): string {
  return share === null || Number.isNaN(share) ? 'n/a' : `${(share * 100).toFixed(digits)} %`
}

/** A number to so many digits; `n/a` where it is unknown. */
export function fixed(value: number | null, unit = '', digits = 2): string {
  return value === null || Number.isNaN(value) ? 'n/a' : `${value.toFixed(digits)}${unit}`
}

/** Counts with thin spaces between thousands. */
export function count(value: number): string {
  return value.toLocaleString('en-US')
}

export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
