import type { ComparedFigure, Comparison } from './compare.js'

/** A figure of a comparison as text; `n/a` where it is unknown. */
export function formatFigure(value: number | null, unit: ComparedFigure['unit'], isChange = false): string {
  if (value === null || Number.isNaN(value)) return 'n/a'
  const digits = unit === '#' ? 0 : 2
  const text = Math.abs(value).toLocaleString('en-US', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  })
  const isZero = !/[1-9]/.test(text)
  const sign = isZero ? '' : value < 0 ? '-' : isChange ? '+' : ''
  return `${sign}${unit === '$' ? '$' : ''}${text}${unit === '%' ? ' %' : ''}`
}

/** Warnings about a comparison, in sentences. */
export function comparisonNotes({ isSameData, isSamePeriod, isSameResult, settings }: Comparison): string[] {
  return [
    ...(isSameResult ? ['Both runs have the same result hash: they decided and made the same.'] : []),
    ...(isSamePeriod ? [] : ['The periods differ: totals cannot be compared.']),
    ...(isSameData ? [] : ['The data differ.']),
    ...(settings.length === 0 ? ['No setting differs.'] : []),
  ]
}

/** Two runs side by side, in columns of plain text. */
export function formatComparison(comparison: Comparison, names: readonly [string, string]): string {
  const { figures, settings, trades, refusals } = comparison
  const rows = figures.map(({ name, unit, a, b, change }) => [
    name,
    formatFigure(a, unit),
    formatFigure(b, unit),
    formatFigure(change, unit, true),
  ])
  const net = (micros: number): string => formatFigure(micros / 1e6, '$')
  const sum = (list: readonly { netMicros: number }[]): number =>
    list.reduce((total, { netMicros }) => total + netMicros, 0)
  const show = (value: unknown): string => (value === undefined ? '–' : JSON.stringify(value))
  return [
    columns([['', ...names, 'change'], ...rows]),
    columns([
      ['Trades', 'number', `net, ${names[0]}`, `net, ${names[1]}`],
      ['in both', String(trades.both), net(trades.bothMicros[0]), net(trades.bothMicros[1])],
      [`in ${names[0]} alone`, String(trades.onlyA.length), net(sum(trades.onlyA)), ''],
      [`in ${names[1]} alone`, String(trades.onlyB.length), '', net(sum(trades.onlyB))],
    ]),
    ...(settings.length === 0
      ? []
      : [columns([['Setting', ...names], ...settings.map(({ path, a, b }) => [path, show(a), show(b)])])]),
    ...(refusals.length === 0
      ? []
      : [
          columns([
            ['Refusal', ...names],
            ...refusals.map(({ gate, code, a, b }) => [`${gate} ${code}`, String(a), String(b)]),
          ]),
        ]),
    ...comparisonNotes(comparison),
  ].join('\n\n')
}

/** The first column to the left, the others to the right. */
function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  )
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
