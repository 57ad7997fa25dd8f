import { createOptionId, type InstrumentIndex, InstrumentTable } from '@scalp/canonical'
import { createExchangeCalendar, DeltaSlice, GreeksColumns, StrikeSlice } from '@scalp/market-data'

/** What following a chain costs per update, beside choosing the slice anew each time. Interleaved; the fastest round counts. */
const UPDATES = 100_000
const ROUNDS = 12
const OPEN = Date.UTC(2025, 1, 18, 14, 30) * 1_000
const instruments = new InstrumentTable()
for (const expiry of ['2025-02-18', '2025-02-19', '2025-02-21', '2025-02-28']) {
  for (let strike = 150; strike <= 350; strike += 2.5) {
    for (const right of ['C', 'P'])
      instruments.option(createOptionId({ underlying: 'TSLA', expiry, right, strike }))
  }
}
const contracts = instruments.options('TSLA')
const calendar = createExchangeCalendar()
const options = { instruments, underlying: 'TSLA', calendar, strikesEachSide: 10, maxDte: 3 }

/** A walk of some 20 dollars in a morning of ten updates a second, and deltas that follow it. */
const spots = new Float64Array(UPDATES)
let spot = 250
for (let i = 0; i < UPDATES; i++) {
  spot += Math.sin(i * i * 0.37) * 0.02 + 0.004 * Math.sin(i / 4_000)
  spots[i] = Math.round(spot * 1e6)
}

const slice = new StrikeSlice(options)
const deltas = new DeltaSlice({ minDelta: 0.25, maxDelta: 0.55 })
const greeks = new GreeksColumns()
const row = {
  instrument: 0 as InstrumentIndex,
  delta: 0,
  gamma: 0.02,
  theta: -0.4,
  vega: 0.1,
  rho: 0,
  iv: 0.5,
  theoreticalMicros: 1_000_000,
  sourceUs: 0,
}
/** Time goes on from round to round, as nothing old enters. */
let clockUs = OPEN
const candidates: readonly { readonly name: string; readonly every: number; run(i: number): void }[] = [
  { name: 'StrikeSlice.update', every: 1, run: (i) => void slice.update((clockUs += 10_000), at(spots, i)) },
  {
    name: 'DeltaSlice.update',
    every: 1,
    run: (i) =>
      void deltas.update(contracts[i % contracts.length] as InstrumentIndex, deltaAt(i), (clockUs += 1_000)),
  },
  {
    name: 'GreeksColumns.apply',
    every: 1,
    run(i) {
      row.instrument = contracts[i % contracts.length] as InstrumentIndex
      row.delta = deltaAt(i)
      row.sourceUs = clockUs += 1_000
      greeks.apply(row)
    },
  },
  {
    name: 'a slice chosen anew (baseline)',
    every: 500,
    run: (i) => void new StrikeSlice(options).update(OPEN + i, at(spots, i)),
  },
]

const best = candidates.map(() => Number.POSITIVE_INFINITY)
for (let round = 0; round < ROUNDS; round++) {
  candidates.forEach(({ every, run }, index) => {
    const start = process.hrtime.bigint()
    for (let i = 0; i < UPDATES; i += every) run(i)
    const ns = (Number(process.hrtime.bigint() - start) * every) / UPDATES
    best[index] = Math.min(best[index] ?? 0, ns)
  })
}
candidates.forEach(({ name }, index) => console.log(`${name}: ${best[index]?.toFixed(0)} ns`))
console.log(`choosing anew takes ${((best[3] ?? 0) / (best[0] ?? 1)).toFixed(0)} times as long as an update`)

// The slice holds what one chosen anew holds, up to one strike of hysteresis.
const anew = new StrikeSlice(options)
anew.update(OPEN, at(spots, UPDATES - 1))
const shared = anew.members().filter((index) => slice.has(index)).length
if (shared < 0.9 * anew.members().length) throw new Error(`Only ${shared} contracts in common.`)
console.log(`${slice.moves} moves in ${ROUNDS * UPDATES} updates; ${slice.members().length} contracts`)

function deltaAt(i: number): number {
  return 0.4 + 0.3 * Math.sin(i / 900)
}

function at(column: Float64Array, i: number): number {
  return column[i] as number
}
