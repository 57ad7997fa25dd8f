import { createRandom, type Random } from '@scalp/canonical'
import { RandomForestRegression } from 'ml-random-forest'
import { type Point, placeOf, valueAt } from './axis.js'
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
/** The best so far, round which half of the candidates are drawn. */
const ELITE = 5
/** How far from them, as a share of an axis: the deviation of each step. */
const STEP = 0.1

/**
 * Proposes where to look next: fits a random forest to what was tried, and takes the candidates that may well be the
 * best. A quarter of each batch is drawn blindly, so that no part of the space is given up.
 *
 * Source: sequential model-based configuration, F. Hutter, H. Hoos and K. Leyton-Brown, "Sequential Model-Based
 * Optimization for General Algorithm Configuration", LION 5 (2011), with candidates near the best so far and blind
 * ones. They are ranked by mean plus spread of the trees, which tells steps of a forest apart where expected
 * improvement is 0. Unlike Gaussian processes it takes switches, lists and whole numbers as they are. An unknown figure
 * counts as the worst that is known.
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
    const best = tried
      .filter(({ figure }) => Number.isFinite(figure))
      .sort((a, b) => b.figure - a.figure)
      .slice(0, ELITE)
    while (drawn.length < candidates) {
      const near = drawn.length % 2 === 0 ? pointNear(space, best, random, seen) : undefined
      const point = near ?? drawPoint(space, random, seen)
      if (point === undefined) break
      seen.add(nameOf(point))
      drawn.push(point)
    }
    const bounds = upperBounds(space, tried, Math.min(...known), drawn)
    const order = drawn.map((_, at) => at).sort((a, b) => (bounds[b] as number) - (bounds[a] as number))
    for (const at of order.slice(0, Math.ceil(count * 0.75))) take(drawn[at] as Point)
  }
  while (proposed.length < count) {
    const point = drawPoint(space, random, taken)
    if (point === undefined) break
    take(point)
  }
  return proposed
}

/** A point near one of the best, not among the taken; undefined when a few draws find none. */
function pointNear(
  { axes, isAllowed = () => true }: Space,
  best: readonly TriedPoint[],
  random: Random,
  taken: ReadonlySet<string>,
): Point | undefined {
  const { point } = best[Math.floor(random() * best.length)] as TriedPoint
  for (let draw = 0; draw < 20; draw++) {
    const near = Object.fromEntries(
      axes.map((axis) => {
        const step = STEP * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
        const place = placeOf(axis, point[axis.name] as Point[string]) + step
        return [axis.name, valueAt(axis, Math.min(1 - Number.EPSILON, Math.max(0, place)))]
      }),
    )
    if (isAllowed(near) && !taken.has(nameOf(near))) return near
  }
  return undefined
}

/** The mean of the trees and their spread: how good a point may well be. */
function upperBounds(
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
    /** All of them: the samples that each tree is fitted to are what makes trees differ. */
    maxFeatures: axes.length,
    treeOptions: { gainThreshold: 0, minNumSamples: 2 },
    replacement: false,
    useSampleBagging: true,
    noOOB: true,
  })
  forest.train(rows(tried.map(({ point }) => point)), figures)
  if (drawn.length === 0) return []
  const byTree = forest.predictionValues(rows(drawn)).to2DArray()
  return byTree.map((values) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)
    return mean + spread
  })
}
