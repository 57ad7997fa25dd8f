/** The chart of a comparison: the returns of two runs by the day. */
export const comparisonScript: string = String.raw`
function drawReturns() {
  const dates = [...new Set([...data.a, ...data.b].map(([date]) => date))].sort()
  const of = (pairs) => { const known = new Map(pairs); return dates.map((date) => known.get(date) ?? null) }
  const shown = { value: (_, v) => (v == null ? '–' : v.toFixed(2) + ' %') }
  draw(byId('returns'), [dates.map((date) => Date.parse(date + 'T20:00Z') / 1000), of(data.a), of(data.b)],
    [line(data.names[0], '--accent', { ...shown, spanGaps: true }), line(data.names[1], '--warn', { ...shown, spanGaps: true })], 260,
    { axes: [{ values: (_, all) => all.map((v) => v + ' %') }] })
}
drawReturns()
const again = () => { for (const { redraw } of [...plots.values()]) redraw() }
let wait
addEventListener('theme', again)
addEventListener('resize', () => { clearTimeout(wait); wait = setTimeout(again, 100) })`
