/** What symmetric cross-validation says of choosing the best of many. */
export interface Overfitting {
  /** Share of the splits in which the best in sample is in the lower half out of sample: 0.5 is pure luck. */
  readonly probability: number
  /** Share of the splits in which the best in sample loses out of sample. */
  readonly probabilityOfLoss: number
  /** Slope of the out-of-sample over the in-sample figure of the chosen; below 0, better there is worse here. */
  readonly slope: number
  /** Splits taken. */
  readonly splits: number
  /** Logit of the relative rank out of sample, a split each; 0 is the median. */
  readonly logits: Float64Array
}

/**
 * Estimates how likely it is that picking the best of many strategies picked luck.
 *
 * Source: combinatorially symmetric cross-validation, D. Bailey, J. Borwein, M. López de Prado and Q. Zhu, "The
 * Probability of Backtest Overfitting", Journal of Computational Finance 20 (2017). Time is cut into `blocks` equal
 * pieces (rows that are left over at the start are dropped); every half of the pieces is in sample once. The figure is
 * the Sharpe ratio per period. Strategies of equal figure share their rank.
 *
 * @param performances One series of returns for each strategy, all of the same periods.
 * @returns `NaN` figures with fewer than two strategies or fewer periods than two per block.
 */
export function probabilityOfOverfitting(
  performances: readonly ArrayLike<number>[],
  { blocks = 16 }: { readonly blocks?: number } = {},
): Overfitting {
  const strategies = performances.length
  const rows = Math.floor((performances[0]?.length ?? 0) / blocks)
  if (strategies < 2 || rows < 2 || blocks < 2 || blocks % 2 !== 0) {
    const none = Number.NaN
    return { probability: none, probabilityOfLoss: none, slope: none, splits: 0, logits: new Float64Array(0) }
  }
  const sums = new BlockSums(performances, blocks, rows)
  const logits: number[] = []
  const inside: number[] = []
  const outside: number[] = []
  for (const half of halves(blocks)) {
    const chosen = sums.best(half)
    const figure = sums.sharpe(chosen, half, false)
    let rank = 1
    for (let other = 0; other < strategies; other++) {
      if (other === chosen) continue
      const value = sums.sharpe(other, half, false)
      rank += value < figure ? 1 : value === figure ? 0.5 : 0
    }
    const relative = rank / (strategies + 1)
    logits.push(Math.log(relative / (1 - relative)))
    inside.push(sums.sharpe(chosen, half, true))
    outside.push(figure)
  }
  const share = (count: number): number => count / logits.length
  return {
    probability: share(logits.filter((logit) => logit <= 0).length),
    probabilityOfLoss: share(outside.filter((value) => value < 0).length),
    slope: slopeOf(inside, outside),
    splits: logits.length,
    logits: Float64Array.from(logits),
  }
}

/** Sums and squares of every strategy in every block: a split costs `blocks` additions a strategy, not a pass. */
class BlockSums {
  readonly #sums: readonly Float64Array[]
  readonly #squares: readonly Float64Array[]
  readonly #rows: number

  constructor(performances: readonly ArrayLike<number>[], blocks: number, rows: number) {
    this.#rows = rows
    const skipped = (performances[0]?.length ?? 0) - blocks * rows
    const sumOf =
      (power: number) =>
      (series: ArrayLike<number>): Float64Array => {
        const sums = new Float64Array(blocks)
        for (let t = 0; t < blocks * rows; t++)
          sums[Math.floor(t / rows)] =
            (sums[Math.floor(t / rows)] as number) + (series[skipped + t] as number) ** power
        return sums
      }
    this.#sums = performances.map(sumOf(1))
    this.#squares = performances.map(sumOf(2))
  }

  best(half: readonly boolean[]): number {
    let best = 0
    let figure = Number.NEGATIVE_INFINITY
    for (let strategy = 0; strategy < this.#sums.length; strategy++) {
      const value = this.sharpe(strategy, half, true)
      if (value > figure) {
        figure = value
        best = strategy
      }
    }
    return best
  }

  sharpe(strategy: number, half: readonly boolean[], isInside: boolean): number {
    const sums = this.#sums[strategy] as Float64Array
    const squares = this.#squares[strategy] as Float64Array
    let sum = 0
    let square = 0
    for (let block = 0; block < half.length; block++) {
      if (half[block] !== isInside) continue
      sum += sums[block] as number
      square += squares[block] as number
    }
    const count = (this.#rows * half.length) / 2
    const variance = (square - (sum * sum) / count) / (count - 1)
    /** A strategy that does not trade has no ratio; it counts as 0, neither good nor bad. */
    return variance > 1e-12 * (square / count) ? sum / count / Math.sqrt(variance) : 0
  }
}

/** Every choice of half the blocks, as flags. */
function* halves(blocks: number): Generator<readonly boolean[]> {
  const places = Array.from({ length: blocks / 2 }, (_, place) => place)
  for (;;) {
    const half = Array.from({ length: blocks }, () => false)
    for (const place of places) half[place] = true
    yield half
    let at = places.length - 1
    while (at >= 0 && places[at] === blocks - places.length + at) at--
    if (at < 0) return
    places[at] = (places[at] as number) + 1
    for (let next = at + 1; next < places.length; next++) places[next] = (places[next - 1] as number) + 1
  }
}

function slopeOf(x: readonly number[], y: readonly number[]): number {
  const count = x.length
  const meanX = x.reduce((sum, value) => sum + value, 0) / count
  const meanY = y.reduce((sum, value) => sum + value, 0) / count
  let cross = 0
  let square = 0
  for (let i = 0; i < count; i++) {
    cross += ((x[i] as number) - meanX) * ((y[i] as number) - meanY)
    square += ((x[i] as number) - meanX) ** 2
  }
  return cross / square
}
