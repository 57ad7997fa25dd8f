/** How a figure changes around the chosen settings. */
export interface Stability {
  /** The figure of the chosen settings. */
  readonly value: number
  /** Mean of the figures one step away on one axis, those that were tried. `NaN` without neighbours. */
  readonly neighbours: number
  /** Lowest of them. */
  readonly worstNeighbour: number
  /** `neighbours / value`, at most 1: near 1 is a plateau, near 0 a lonely peak. `NaN` unless `value` is above 0. */
  readonly plateau: number
}

/**
 * Tells a plateau from a lonely peak: compares settings with those one step away on any axis of a grid.
 *
 * @param axes How many values each axis has.
 * @param figureOf The figure at places on the axes; undefined where it was not tried.
 */
export function parameterStability(
  axes: readonly number[],
  chosen: readonly number[],
  figureOf: (places: readonly number[]) => number | undefined,
): Stability {
  const value = figureOf(chosen) ?? Number.NaN
  const near: number[] = []
  for (let axis = 0; axis < axes.length; axis++) {
    for (const step of [-1, 1]) {
      const places = chosen.map((place, index) => (index === axis ? place + step : place))
      const place = places[axis] as number
      if (place < 0 || place >= (axes[axis] as number)) continue
      const figure = figureOf(places)
      if (figure !== undefined && !Number.isNaN(figure)) near.push(figure)
    }
  }
  const neighbours = near.reduce((sum, figure) => sum + figure, 0) / near.length
  return {
    value,
    neighbours,
    worstNeighbour: near.length === 0 ? Number.NaN : Math.min(...near),
    plateau: value > 0 ? Math.min(1, neighbours / value) : Number.NaN,
  }
}
