import { createRandom } from '@scalp/canonical'
import { RandomForestRegression } from 'ml-random-forest'
import { type Point, placeOf } from './axis.js'
import { drawPoint, nameOf, type Space } from './plan.js'

/** A point that was tried, and how good it was: the more the better; `NaN` when that is unknown. */
export interface TriedPoint {
  readonly point: Point
  readonly figure: number
}

/** How the next points are sought. */
export interface ProposeOptions {
  readonly space: Space
  readonly tried: readonly TriedPoint[]
  /** Points wanted: a batch is asked for at once, so that the search is the same for any number of workers. */
  readonly count: number
  readonly seed: string
  /** Points drawn and judged by the model for each batch; 500 unless told. */
  readonly candidates?: number
}

/** Below this many known figures there is nothing to learn from. */
const MIN_KNOWN = 8
const TREES = 40

/**
 * Proposes where to look next: fits a random forest to what was tried, and takes the candidates of which an improvement
 * is to be expected most. A quarter of each batch is drawn blindly, so that no part of the space is given up.
 *
 * Source: sequential model-based configuration, F. Hutter, H. Hoos and K. Leyton-Brown, "Sequential Model-Based
 * Optimization for General Algorithm Configuration", LION 5 (2011): the forest's mean and the spread of its trees give
 * expected improvement. Unlike Gaussian processes it takes switches, lists and whole numbers as they are. An unknown
 * figure counts as the worst that is known.
 */
export function proposePoints({
  space,
  tried,
  count,
  seed,
  candidates = 500,
}: ProposeOptions): readonly Point[] {
  const random = createRandom(`propose ${seed} ${tried.length}`)
  const taken = new Set(tried.map(({ point }) => nameOf(point)))
  const proposed: Point[] = []
  const take = (point: Point): void => {
    taken.add(nameOf(point))
    proposed.push(point)
  }
  const known = tried.flatMap(({ figure }) => (Number.isFinite(figure) ? [figure] : []))
  if (known.length >= MIN_KNOWN) {
    const drawn: Point[] = []
    const seen = new Set(taken)
    while (drawn.length < candidates) {
      const point = drawPoint(space, random, seen)
      if (point === undefined) break
      seen.add(nameOf(point))
      drawn.push(point)
    }
    const improvements = expectedImprovements(space, tried, Math.min(...known), drawn)
    const order = drawn
      .map((_, at) => at)
      .sort((a, b) => (improvements[b] as number) - (improvements[a] as number))
    for (const at of order.slice(0, Math.ceil(count * 0.75))) take(drawn[at] as Point)
  }
  while (proposed.length < count) {
    const point = drawPoint(space, random, taken)
    if (point === undefined) break
    take(point)
  }
  return proposed
}

function expectedImprovements(
  { axes }: Space,
  tried: readonly TriedPoint[],
  worst: number,
  drawn: readonly Point[],
): readonly number[] {
  const rows = (points: readonly Point[]): number[][] =>
    points.map((point) => axes.map((axis) => placeOf(axis, point[axis.name] as Point[string])))
  const figures = tried.map(({ figure }) => (Number.isFinite(figure) ? figure : worst))
  const forest = new RandomForestRegression({
    seed: 42,
    nEstimators: TREES,
    maxFeatures: 1,
    replacement: false,
    useSampleBagging: true,
    noOOB: true,
  })
  forest.train(rows(tried.map(({ point }) => point)), figures)
  if (drawn.length === 0) return []
  const byTree = forest.predictionValues(rows(drawn)).to2DArray()
  const best = Math.max(...figures)
  return byTree.map((values) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)
    return expectedImprovement(mean - best, spread)
  })
}

/** Of a normal variable over 0, Jones, Schonlau and Welch (1998), equation 15. */
function expectedImprovement(mean: number, spread: number): number {
  if (!(spread > 0)) return Math.max(0, mean)
  const z = mean / spread
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)
  return mean * normal(z) + spread * density
}

/** Near enough for a ranking: the logistic approximation of the normal distribution. */
function normal(z: number): number {
  return 1 / (1 + Math.exp(-1.702 * z))
}
