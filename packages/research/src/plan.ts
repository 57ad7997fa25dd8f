import { createRandom, type Random } from '@scalp/canonical'
import { type Axis, type Point, valueAt, valuesOf } from './axis.js'
import type { Constraint } from './constraint.js'
import { SweepPlanError } from './errors.js'

/** More points than this are a mistake, or want a search. */
export const MAX_POINTS = 1_000_000

/** What is tried: axes, and what must hold of their values. */
export interface Space {
  readonly axes: readonly Axis[]
  /** Asked of the whole settings, base and point together. */
  readonly isAllowed?: Constraint
}

/** Every combination of the values of the axes that is allowed; the last axis changes first. */
export function gridPoints({ axes, isAllowed = () => true }: Space): readonly Point[] {
  const values = axes.map((axis) => valuesOf(axis))
  const count = values.reduce((product, { length }) => product * length, 1)
  if (count > MAX_POINTS)
    throw new SweepPlanError(`The grid has ${count} points, more than ${MAX_POINTS}.`, {
      hint: 'Take wider steps, or search by random or model.',
    })
  const points: Point[] = []
  for (let at = 0; at < count; at++) {
    let rest = at
    const point: Record<string, Point[string]> = {}
    for (let axis = axes.length - 1; axis >= 0; axis--) {
      const of = values[axis] as readonly Point[string][]
      point[(axes[axis] as Axis).name] = of[rest % of.length] as Point[string]
      rest = Math.floor(rest / of.length)
    }
    /** In the order of the axes, as a reader expects it. */
    const ordered = Object.fromEntries(axes.map(({ name }) => [name, point[name] as Point[string]]))
    if (isAllowed(ordered)) points.push(ordered)
  }
  return points
}

/** Draws one allowed point that is not among the taken; undefined when none is found in a thousand draws. */
export function drawPoint(
  { axes, isAllowed = () => true }: Space,
  random: Random,
  taken: ReadonlySet<string>,
): Point | undefined {
  for (let draw = 0; draw < 1_000; draw++) {
    const point = Object.fromEntries(axes.map((axis) => [axis.name, valueAt(axis, random())]))
    if (isAllowed(point) && !taken.has(nameOf(point))) return point
  }
  return undefined
}

/** So many different allowed points, drawn by a seed; fewer when there are no more. */
export function randomPoints(
  space: Space,
  { count, seed }: { readonly count: number; readonly seed: string },
): readonly Point[] {
  const random = createRandom(`sweep ${seed}`)
  const taken = new Set<string>()
  const points: Point[] = []
  while (points.length < count) {
    const point = drawPoint(space, random, taken)
    if (point === undefined) break
    taken.add(nameOf(point))
    points.push(point)
  }
  return points
}

/** The same for equal points of the same axes. */
export function nameOf(point: Point): string {
  return JSON.stringify(point)
}
