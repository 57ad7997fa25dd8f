import { type Axis, isListed, type Value } from './axis.js'
import { SweepPlanError } from './errors.js'

/** What a schema says of one setting. */
export interface Field {
  /** Names of JSON types; empty when the schema does not say. */
  readonly types: readonly string[]
  /** All that it may be, where the schema lists it. */
  readonly values?: readonly Value[]
  readonly minimum?: number
  readonly maximum?: number
  readonly standard?: unknown
}

type Json = Readonly<Record<string, unknown>>

/** The settings in a JSON Schema of an object, by name; dots nest. */
export function fieldsOf(schema: unknown): ReadonlyMap<string, Field> {
  const fields = new Map<string, Field>()
  collect(schema, '', fields)
  return fields
}

function collect(schema: unknown, prefix: string, fields: Map<string, Field>): void {
  const properties = isObject(schema) && isObject(schema['properties']) ? schema['properties'] : {}
  for (const [key, inner] of Object.entries(properties)) {
    if (!isObject(inner)) continue
    const name = prefix === '' ? key : `${prefix}.${key}`
    if (isObject(inner['properties'])) collect(inner, name, fields)
    else fields.set(name, toField(inner))
  }
}

function toField(schema: Json): Field {
  const options = [schema, ...list(schema['anyOf']), ...list(schema['oneOf'])].filter(isObject)
  const types = options.flatMap(({ type }) => (typeof type === 'string' ? [type] : list(type).map(String)))
  const listed = options.flatMap((option) => [
    ...(list(option['enum']) as Value[]),
    ...('const' in option ? [option['const'] as Value] : []),
  ])
  const bound = (...keys: string[]): number | undefined =>
    options.flatMap((option) => keys.map((key) => option[key])).find((one) => typeof one === 'number')
  const minimum = bound('minimum', 'exclusiveMinimum')
  const maximum = bound('maximum', 'exclusiveMaximum')
  const values = listed.length > 0 ? listed : types.includes('boolean') ? [false, true] : []
  return {
    types,
    ...(values.length === 0 ? {} : { values: types.includes('null') ? [...values, null] : values }),
    ...(minimum === undefined ? {} : { minimum }),
    ...(maximum === undefined ? {} : { maximum }),
    ...('default' in schema ? { standard: schema['default'] } : {}),
  }
}

/**
 * Fits an axis to what the schema says of its setting: whole numbers where it takes no others.
 *
 * @throws {@link SweepPlanError} When there is no such setting, or it cannot have a value of the axis.
 */
export function fitAxis(axis: Axis, fields: ReadonlyMap<string, Field>): Axis {
  if (fields.size === 0) return axis
  const field = fields.get(axis.name)
  if (field === undefined)
    throw new SweepPlanError(`There is no setting ${axis.name}.`, { hint: hintFor(axis.name, fields) })
  const isWhole = field.types.includes('integer') && !field.types.includes('number')
  const fitted = isListed(axis) || !isWhole ? axis : { ...axis, isInteger: true }
  for (const value of isListed(fitted) ? fitted.values : [fitted.min, fitted.max]) check(fitted, value, field)
  return fitted
}

/**
 * All that a setting may be, for an axis that is only named.
 *
 * @throws {@link SweepPlanError} When the schema does not list it.
 */
export function everyValue(name: string, fields: ReadonlyMap<string, Field>): Axis {
  const values = fields.get(name)?.values
  if (values === undefined)
    throw new SweepPlanError(`${name} has no list of values to try.`, {
      hint: fields.has(name) ? `Write ${name}=FIRST..LAST/STEP.` : hintFor(name, fields),
    })
  return { name, values }
}

function check({ name }: Axis, value: Value, { types, values, minimum, maximum }: Field): void {
  const fail = (problem: string): never => {
    throw new SweepPlanError(`${name} cannot be ${String(value)}: ${problem}.`)
  }
  if (values !== undefined && !values.includes(value)) fail(`it is one of ${values.map(String).join(', ')}`)
  if (types.length > 0 && !types.some((type) => isOf(value, type))) fail(`it takes ${types.join(' or ')}`)
  if (typeof value !== 'number') return
  if (minimum !== undefined && value < minimum) fail(`it starts at ${minimum}`)
  if (maximum !== undefined && value > maximum) fail(`it ends at ${maximum}`)
}

function isOf(value: Value, type: string): boolean {
  if (type === 'integer') return Number.isInteger(value)
  return type === 'null' ? value === null : typeof value === type
}

/** The nearest names there are: those that share the most letters at their start or anywhere. */
function hintFor(name: string, fields: ReadonlyMap<string, Field>): string {
  const stem = name.toLowerCase().slice(0, 4)
  const near = [...fields.keys()].filter((known) => known.toLowerCase().includes(stem))
  return `There ${near.length > 0 ? `is ${near.join(', ')}` : `are ${[...fields.keys()].join(', ')}`}.`
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
