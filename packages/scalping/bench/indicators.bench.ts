import { PerformanceObserver } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createRandom, type InstrumentIndex } from '@scalp/canonical'
import { PriceLevels, SessionVwap, VelocityTracker, VolumeAnalyzer } from '@scalp/scalping'

/**
 * What a tick of the underlying costs all indicators together: velocity over four windows, volume of a right and its
 * ratio, session VWAP and levels. Measures the time at two densities of the windows, and the memory over two million
 * ticks, and checks the indicators against a plain count on the way.
 */
const TICKS = 2_000_000
const WARM_UP = 600_000
const US_PER_SECOND = 1_000_000
const OPTION = 1 as InstrumentIndex

class Indicators {
  readonly velocity = new VelocityTracker({ anchor: 'asOf' })
  readonly volume = new VolumeAnalyzer()
  readonly vwap = new SessionVwap()
  readonly levels = new PriceLevels()

  tick(us: number, priceMicros: number, size: number): number {
    this.velocity.add(us, priceMicros)
    this.volume.add(us, OPTION, 'C', size)
    this.vwap.add(priceMicros, size)
    this.levels.add(us, priceMicros)
    const change = this.velocity.changePct(5) + this.velocity.changePct(30) + this.velocity.changePct(60)
    return change + this.volume.rightRatio('C', us) + this.vwap.vwapMicros
  }
}

/** A walk, made before the clock starts, so that nothing but the indicators is measured. */
function makeWalk(length: number): { prices: Float64Array; sizes: Float64Array } {
  const random = createRandom('indicators')
  const prices = new Float64Array(length)
  const sizes = new Float64Array(length)
  let price = 250_000_000
  for (let at = 0; at < length; at++) {
    price = Math.max(200_000_000, Math.min(300_000_000, price + Math.round((random() - 0.5) * 40_000)))
    prices[at] = price
    sizes[at] = 1 + Math.floor(random() * 20)
  }
  return { prices, sizes }
}

const walk = makeWalk(TICKS + WARM_UP)

function feed(indicators: Indicators, from: number, to: number, stepUs: number, startUs: number): number {
  const { prices, sizes } = walk
  let sum = 0
  for (let at = from; at < to; at++) {
    sum += indicators.tick(startUs + at * stepUs, prices[at] as number, sizes[at] as number)
  }
  return sum
}

/** Steady ns a tick, with windows that hold what `perSecond` ticks a second put there. */
function measure(perSecond: number): { ns: number; indicators: Indicators } {
  const indicators = new Indicators()
  const stepUs = US_PER_SECOND / perSecond
  feed(indicators, 0, WARM_UP, stepUs, 1_700_000_000_000_000)
  const began = process.hrtime.bigint()
  feed(indicators, WARM_UP, WARM_UP + TICKS, stepUs, 1_700_000_000_000_000)
  return { ns: Number(process.hrtime.bigint() - began) / TICKS, indicators }
}

function check({ velocity, volume, vwap }: Indicators, perSecond: number): void {
  const end = TICKS + WARM_UP
  const { prices, sizes } = walk
  const from = prices[end - 1 - 30 * perSecond] as number
  const wanted = (((prices[end - 1] as number) - from) / from) * 100
  let traded = 0
  let cash = 0
  for (let at = 0; at < end; at++) {
    traded += sizes[at] as number
    cash += (sizes[at] as number) * (prices[at] as number)
  }
  let recent = 0
  for (let at = Math.max(0, end - 1 - 300 * perSecond); at < end; at++) recent += sizes[at] as number
  if (Math.abs(velocity.changePct(30) - wanted) > 1e-9) throw new Error('velocity is wrong')
  if (Math.abs(vwap.vwapMicros / (cash / traded) - 1) > 1e-9) throw new Error('VWAP is wrong')
  if (volume.volume('C', 5) !== recent) throw new Error('volume is wrong')
}

/** The one collector that can be called without starting node with a flag. */
setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

const sparse = 20
const dense = 200
/** Once for the compiler, then the best of three. */
measure(sparse)
const runs = [1, 2, 3].map(() => ({ few: measure(sparse), many: measure(dense) }))
for (const { few, many } of runs) {
  check(few.indicators, sparse)
  check(many.indicators, dense)
}
const few = Math.min(...runs.map((run) => run.few.ns))
const many = Math.min(...runs.map((run) => run.many.ns))
console.log(`velocity + volume + technicals, ${sparse} ticks a second: ${few.toFixed(0)} ns a tick`)
console.log(
  `the same, windows with ${dense / sparse} times the ticks: ${many.toFixed(0)} ns, ratio ${(many / few).toFixed(2)}`,
)

/**
 * Memory: steady state first, then two million ticks. No indicator makes an object of a tick, so the heap must stand
 * still. What collections there are sweep numbers that calls box: V8 passes a double to a function it does not inline,
 * and takes one back, on the heap. Those are two arguments and one result a tick, whatever the windows hold.
 */
let collections = 0
new PerformanceObserver((list) => {
  collections += list.getEntries().length
}).observe({ entryTypes: ['gc'] })
const indicators = new Indicators()
feed(indicators, 0, WARM_UP, US_PER_SECOND / sparse, 1_700_000_000_000_000)
collect()
const before = process.memoryUsage()
const startedUs = 1_700_000_000_000_000
feed(indicators, WARM_UP, WARM_UP + TICKS, US_PER_SECOND / sparse, startedUs)
collect()
const after = process.memoryUsage()
await new Promise((resolve) => setTimeout(resolve, 50))
const ownCollections = collections
const perTick = (after.heapUsed - before.heapUsed) / TICKS
console.log(
  `heap after ${(TICKS / 1e6).toFixed(0)} M ticks: ${((after.heapUsed - before.heapUsed) / 1024).toFixed(0)} KiB more, ${perTick.toFixed(3)} bytes a tick; buffers ${((after.arrayBuffers - before.arrayBuffers) / 1024).toFixed(0)} KiB; collections of boxed numbers: ${ownCollections - 2}`,
)
if (perTick > 1) throw new Error('ticks leave something on the heap')
if (many / few > 2) throw new Error('a tick costs more where windows hold more')
