import type { Random } from '@scalp/canonical'

/** A quick run of the price and what became of it, in seconds of the session. */
export interface Burst {
  readonly startSecond: number
  /** 10 to 60. */
  readonly lengthSeconds: number
  /** Signed log return over the length, 0.4 % to 1.5 %. */
  readonly size: number
  /** Log return of what follows: against the burst (a reversal), with it (a continuation), or none. */
  readonly echo: number
  readonly echoSeconds: number
}

const QUIET_SECONDS = 120
const FEWEST = 3
const MOST = 9

/** Draws the bursts of a session, in order, none within another; early and late ones are likelier. */
export function drawBursts(random: Random, sessionSeconds: number): Burst[] {
  const full = sessionSeconds / 23_400
  const wanted = Math.max(2, Math.round((FEWEST + (MOST - FEWEST) * random()) * full))
  const bursts: Burst[] = []
  for (let attempt = 0; bursts.length < wanted && attempt < 50 * wanted; attempt++) {
    const burst = drawBurst(random, sessionSeconds)
    if (bursts.every((other) => isApart(burst, other))) bursts.push(burst)
  }
  return bursts.sort((a, b) => a.startSecond - b.startSecond)
}

/** Adds the return of every burst and echo to the second in which it happens. */
export function addBurstReturns(bursts: readonly Burst[], returns: Float64Array): void {
  for (const { startSecond, lengthSeconds, size, echo, echoSeconds } of bursts) {
    spread(returns, startSecond, lengthSeconds, size)
    spread(returns, startSecond + lengthSeconds, echoSeconds, echo)
  }
}

function drawBurst(random: Random, sessionSeconds: number): Burst {
  const lengthSeconds = 10 + Math.floor(51 * random())
  const latest = sessionSeconds - lengthSeconds - QUIET_SECONDS
  const startSecond = QUIET_SECONDS + Math.floor((latest - QUIET_SECONDS) * uShaped(random()))
  const size = (0.0045 + 0.0105 * random() ** 2) * (random() < 0.5 ? -1 : 1)
  const fate = random()
  const echoSeconds = 60 + Math.floor(240 * random())
  const share = 0.3 + 0.4 * random()
  const echo = fate < 0.4 ? -size * share : fate < 0.75 ? size * share : 0
  return { startSecond, lengthSeconds, size, echo, echoSeconds }
}

/** Maps an even draw in [0, 1) to one that prefers both ends. */
function uShaped(u: number): number {
  const v = 2 * u - 1
  return 0.5 + 0.5 * Math.sign(v) * Math.abs(v) ** 0.7
}

function isApart(a: Burst, b: Burst): boolean {
  return endOf(a) < b.startSecond || endOf(b) < a.startSecond
}

function endOf({ startSecond, lengthSeconds, echoSeconds }: Burst): number {
  return startSecond + lengthSeconds + echoSeconds
}

/** A run that begins at once and eases off: the weight of a second falls linearly to a third. */
function spread(returns: Float64Array, from: number, length: number, total: number): void {
  const end = Math.min(from + length, returns.length)
  const weights = length - (length * (length - 1)) / (3 * length) // Σ (1 − ⅔ i/length)
  for (let second = from; second < end; second++) {
    const weight = (1 - (2 * (second - from)) / (3 * length)) / weights
    returns[second] = (returns[second] as number) + total * weight
  }
}
