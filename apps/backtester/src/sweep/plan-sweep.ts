import {
  type Axis,
  type Constraint,
  everyValue,
  fitAxis,
  gridPoints,
  type Objective,
  type Point,
  parseAxis,
  parseConstraint,
  randomPoints,
  type Space,
  SweepPlanError,
} from '@scalp/research'
import type { RunConfig } from '../config.js'
import { loadMembers } from '../members.js'
import { codeIdOf } from './code-id.js'
import { hashOf } from './run-key.js'
import { fieldsOfRun, flatSettings } from './settings-at.js'

/** How points are chosen. */
export type SweepMethod = 'grid' | 'random' | 'model'

/** What a user asks of a sweep. */
export interface SweepRequest {
  /** The run that is varied. */
  readonly base: RunConfig
  /** As `parseAxis` of `@scalp/research` reads them; a bare name is all that the schema lists. */
  readonly vary: readonly string[]
  readonly where: readonly string[]
  readonly method: SweepMethod
  /** Points of a random or model-based search. */
  readonly trials: number
  /** Points a model proposes at a time; the search hangs on it, and not on the number of workers. */
  readonly batch: number
  readonly seed: string
  readonly objective: Objective
}

/** A sweep that can be run. */
export interface SweepPlan {
  readonly request: SweepRequest
  readonly axes: readonly Axis[]
  readonly space: Space
  /** All points of a grid or a random search; of a model-based one the first batch. */
  readonly points: readonly Point[]
}

/** Makes a plan, and checks it against the schemas before anything runs. */
export async function planSweep(request: SweepRequest): Promise<SweepPlan> {
  const { base, vary, where, method, trials, batch, seed } = request
  const fields = await fieldsOfRun(base)
  const axes = vary.map((text) =>
    text.includes('=') ? fitAxis(parseAxis(text), fields) : everyValue(text, fields),
  )
  const names = axes.map(({ name }) => name)
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice !== undefined) throw new SweepPlanError(`${twice} is varied twice.`)
  const { settings } = await loadMembers(base)
  const constraints: readonly Constraint[] = where.map(parseConstraint)
  const isAllowed = (point: Point): boolean => {
    const flat = flatSettings(base, settings, point)
    return constraints.every((holds) => holds(flat))
  }
  const space: Space = { axes, isAllowed }
  const count = method === 'model' ? Math.min(batch, trials) : trials
  const points = method === 'grid' ? gridPoints(space) : randomPoints(space, { count, seed })
  if (points.length === 0)
    throw new SweepPlanError('No point of the sweep holds the constraints.', {
      hint: `Constraints: ${where.join('; ')}.`,
    })
  return { request, axes, space, points }
}

/** Names a sweep by what was asked and the data it was asked of: asked again, it goes on where it was. */
export function sweepIdOf({ request }: SweepPlan, dataId: string): string {
  const { base, ...asked } = request
  const { data: _data, out: _out, workers: _workers, cache: _cache, ...run } = base
  return hashOf({ dataId, code: codeIdOf(base), run, asked }).slice(0, 16)
}
