import { SweepPlanError } from './errors.js'

/** A value of a setting, as JSON has it. */
export type Value = number | string | boolean | null

/** Settings of one trial, by name; dots nest. */
export type Point = Readonly<Record<string, Value>>

/** What is varied, over values that are listed. */
export interface ListedAxis {
  readonly name: string
  readonly values: readonly Value[]
}

/** What is varied, over numbers between two ends, both in it. */
export interface RangeAxis {
  readonly name: string
  readonly min: number
  readonly max: number
  /** Only `min` and so many steps above it. */
  readonly step?: number
  readonly isInteger?: boolean
  /** Spread evenly over orders of magnitude. */
  readonly isLog?: boolean
}

/** One dimension of a sweep. */
export type Axis = ListedAxis | RangeAxis

/** True for an axis whose values are listed. */
export function isListed(axis: Axis): axis is ListedAxis {
  return 'values' in axis
}

const RANGE = /^(log:)?(-?[\d.eE+-]*\d)\.\.(-?[\d.eE+-]*\d)(?:\/([\d.eE+-]*\d))?$/

/**
 * Reads an axis: `name=1,2,3` lists, `name=10..30/5` steps, `name=10..30` and `name=log:0.1..10` are ranges that a
 * random or a model-based search draws from.
 *
 * @throws {@link SweepPlanError}
 */
export function parseAxis(text: string): Axis {
  const at = text.indexOf('=')
  const name = text.slice(0, at).trim()
  const rest = text.slice(at + 1).trim()
  if (at <= 0 || rest === '') throw new SweepPlanError(`"${text}" is no axis.`)
  const [, log, from, to, by] = RANGE.exec(rest) ?? []
  if (from === undefined) return { name, values: rest.split(',').map((one) => parseValue(one.trim())) }
  const min = Number(from)
  const max = Number(to)
  const step = by === undefined ? undefined : Number(by)
  if (!(Number.isFinite(min) && Number.isFinite(max) && min < max))
    throw new SweepPlanError(`The range of ${name} is empty: ${rest}.`)
  if (step !== undefined && !(step > 0 && step <= max - min))
    throw new SweepPlanError(`The step of ${name} must be above 0 and no wider than its range: ${rest}.`)
  if (log !== undefined && (min <= 0 || step !== undefined))
    throw new SweepPlanError(`A logarithmic range starts above 0 and has no step: ${rest}.`)
  return {
    name,
    min,
    max,
    ...(step === undefined ? {} : { step }),
    ...(log === undefined ? {} : { isLog: true }),
  }
}

function parseValue(text: string): Value {
  try {
    const value: unknown = JSON.parse(text)
    if (value === null || ['number', 'string', 'boolean'].includes(typeof value)) return value as Value
  } catch {}
  return text
}

/**
 * The values of an axis, in order, for a grid.
 *
 * @throws {@link SweepPlanError} When the axis is a range without steps.
 */
export function valuesOf(axis: Axis): readonly Value[] {
  if (isListed(axis)) return axis.values
  const { name, min, max, step, isInteger } = axis
  if (step === undefined && isInteger !== true)
    throw new SweepPlanError(`A grid needs steps, and ${name} has none.`, {
      hint: `Write ${name}=${min}..${max}/STEP, or search by random or model.`,
    })
  const by = step ?? 1
  return Array.from({ length: Math.floor((max - min) / by + 1e-9) + 1 }, (_, at) => tidy(min + at * by))
}

/** The value at a place from 0 to below 1 along an axis. */
export function valueAt(axis: Axis, place: number): Value {
  if (isListed(axis)) return axis.values[Math.floor(place * axis.values.length)] as Value
  const { min, max, step, isInteger, isLog } = axis
  if (step !== undefined || isInteger === true) {
    const values = valuesOf(axis)
    return values[Math.floor(place * values.length)] as Value
  }
  return tidy(isLog === true ? min * (max / min) ** place : min + (max - min) * place)
}

/** Where a value lies along an axis, 0 to 1: what a model is told. Listed values count by their order. */
export function placeOf(axis: Axis, value: Value): number {
  if (isListed(axis))
    return axis.values.length < 2 ? 0 : axis.values.indexOf(value) / (axis.values.length - 1)
  const { min, max, isLog } = axis
  const number = Number(value)
  return isLog === true ? Math.log(number / min) / Math.log(max / min) : (number - min) / (max - min)
}

/** Twelve digits: a sum of steps is what one would have written. */
function tidy(value: number): number {
  return Number(value.toPrecision(12))
}
