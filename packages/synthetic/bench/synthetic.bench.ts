import { createSyntheticMarket } from '@scalp/synthetic'

/** Times the making of days at the size of a real name's chain, and checks what came out by its sums. */
const DAYS = 5
const QUOTES_PER_DAY = 100_000

const baseline = makeRandomRows(2_000_000)
const first = makeDays()
const { rows, ns, checksum } = makeDays()
if (checksum !== first.checksum) throw new Error('two runs of the same seed differ')
if (rows < 0.7 * DAYS * QUOTES_PER_DAY || rows > 1.3 * DAYS * QUOTES_PER_DAY) throw new Error(`${rows} rows`)
console.log(
  `quote row: ${(ns / rows).toFixed(0)} ns, ${((1e3 * rows) / ns).toFixed(2)} million rows per second`,
)
console.log(
  `day of ${Math.round(rows / DAYS)} rows: ${(ns / DAYS / 1e6).toFixed(0)} ms, checksum ${checksum}`,
)
console.log(
  `ten random numbers into columns (baseline): ${baseline.toFixed(0)} ns, ratio ${(ns / rows / baseline).toFixed(1)}`,
)

function makeDays(): { rows: number; ns: number; checksum: number } {
  const start = process.hrtime.bigint()
  let rows = 0
  let checksum = 0
  for (const day of createSyntheticMarket({
    seed: 'bench',
    startDate: '2024-03-04',
    days: DAYS,
    quotesPerDay: QUOTES_PER_DAY,
  }).days()) {
    for (const minute of day.minutes()) {
      rows += minute.count
      for (let row = 0; row < minute.count; row++) {
        const bid = minute.bidMicros[row] as number
        if (bid > 0) checksum = (checksum * 31 + bid + (minute.askSize[row] as number)) % 1_000_000_007
      }
    }
  }
  return { rows, ns: Number(process.hrtime.bigint() - start), checksum }
}

function makeRandomRows(count: number): number {
  const columns = Array.from({ length: 10 }, () => new Float64Array(1_024))
  let state = 1
  const start = process.hrtime.bigint()
  for (let row = 0; row < count; row++) {
    for (const column of columns) {
      state = Math.imul(state, 1_664_525) + 1_013_904_223
      column[row % 1_024] = state
    }
  }
  if (state === 1) throw new Error('no random numbers')
  return Number(process.hrtime.bigint() - start) / count
}
