import { parameterStability, type Stability } from '@scalp/statistics'
import { type Axis, type Point, type Value, valuesOf } from './axis.js'
import { nameOf } from './plan.js'

/** A point of a grid and its figure. */
export interface MappedPoint {
  readonly point: Point
  readonly figure: number
}

/** Figures over two axes, a row for each value of the first; means over all other axes. */
export interface StabilityMap {
  readonly rows: { readonly name: string; readonly values: readonly Value[] }
  readonly columns: { readonly name: string; readonly values: readonly Value[] }
  /** `NaN` where nothing was tried, or no figure is known. */
  readonly figures: readonly (readonly number[])[]
}

/** Maps figures over each pair of axes; over one axis alone, with a single row. */
export function stabilityMaps(
  axes: readonly Axis[],
  points: readonly MappedPoint[],
): readonly StabilityMap[] {
  const wide = axes
    .map((axis) => ({ name: axis.name, values: valuesOf(axis) }))
    .filter(({ values }) => values.length > 1)
  const [only] = wide
  if (wide.length === 1 && only !== undefined) return [mapOver({ name: '', values: [null] }, only, points)]
  return wide.flatMap((rows, at) => wide.slice(at + 1).map((columns) => mapOver(rows, columns, points)))
}

function mapOver(
  rows: StabilityMap['rows'],
  columns: StabilityMap['columns'],
  points: readonly MappedPoint[],
): StabilityMap {
  const figures = rows.values.map((row) =>
    columns.values.map((column) => {
      const cell = points.filter(
        ({ point, figure }) =>
          !Number.isNaN(figure) &&
          (rows.name === '' || point[rows.name] === row) &&
          point[columns.name] === column,
      )
      return cell.reduce((sum, { figure }) => sum + figure, 0) / cell.length
    }),
  )
  return { rows, columns, figures }
}

/** Tells whether a point of a grid stands on a plateau or on a lonely peak. */
export function stabilityAt(axes: readonly Axis[], chosen: Point, points: readonly MappedPoint[]): Stability {
  const values = axes.map((axis) => valuesOf(axis))
  const byName = new Map(points.map(({ point, figure }) => [nameOf(point), figure]))
  const places = axes.map(({ name }, at) => (values[at] as readonly Value[]).indexOf(chosen[name] as Value))
  return parameterStability(
    values.map(({ length }) => length),
    places,
    (at) =>
      byName.get(
        nameOf(
          Object.fromEntries(
            axes.map(({ name }, axis) => [
              name,
              (values[axis] as readonly Value[])[at[axis] as number] as Value,
            ]),
          ),
        ),
      ),
  )
}
