const DAY_MS = 86_400_000

/** Days, `YYYY-MM-DD`, between the first and the last of the spans that ought to have data and have none. */
export function missingDays(
  spans: readonly { readonly from: string; readonly to: string }[],
  isTradingDay: (date: string) => boolean = isWeekday,
): string[] {
  const missing: string[] = []
  let covered: number | undefined
  for (const { from, to } of spans.toSorted((a, b) => (a.from < b.from ? -1 : 1))) {
    const first = Date.parse(from)
    if (covered !== undefined) {
      for (let day = covered + DAY_MS; day < first; day += DAY_MS) {
        const date = new Date(day).toISOString().slice(0, 10)
        if (isTradingDay(date)) missing.push(date)
      }
    }
    covered = Math.max(covered ?? first, Date.parse(to))
  }
  return missing
}

function isWeekday(date: string): boolean {
  const day = new Date(Date.parse(date)).getUTCDay()
  return day !== 0 && day !== 6
}
