import { type Field, fieldsOf, type Point, SweepPlanError } from '@scalp/research'
import type { Strategy } from '@scalp/strategy'
import { z } from 'zod'
import { ConfigError, type RunConfig, runConfigSchema } from '../config.js'
import { loadStrategy } from '../strategies.js'

/** Names that begin so are of the run: `run.fills.slippagePct`. All others are settings of the strategy. */
const OF_RUN = 'run.'
/** What a sweep may vary of a run: all that leaves the data as they are. */
const VARIABLE = ['fills', 'costs', 'gates', 'limits', 'warmUpMinutes', 'startingCash', 'seed'] as const

type Nested = Record<string, unknown>

/** The run at a point of a sweep: the base with the settings of the point laid over it. */
export function configAt(base: RunConfig, point: Point): RunConfig {
  const config = structuredClone(base) as RunConfig & Nested
  for (const [name, value] of Object.entries(point)) {
    if (name.startsWith(OF_RUN)) setAt(config, name.slice(OF_RUN.length), value)
    else if (config.strategies.length === 0) setAt(config.settings, name, value)
    else setOfMember(config, name, value)
  }
  const checked = runConfigSchema.safeParse(config)
  if (checked.success) return checked.data
  throw new ConfigError({
    source: `Trial ${JSON.stringify(point)}`,
    problems: checked.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`),
  })
}

/** Of several strategies, the first part of a name says which. */
function setOfMember({ strategies }: RunConfig, name: string, value: unknown): void {
  const at = name.indexOf('.')
  const who = name.slice(0, at)
  const member = strategies.find((one) => (one.name ?? one.strategy) === who)
  if (member === undefined)
    throw new SweepPlanError(`No strategy of the run goes by "${who}".`, {
      hint: `Write NAME.setting with one of ${strategies.map((one) => one.name ?? one.strategy).join(', ')}.`,
    })
  setAt(member.settings, name.slice(at + 1), value)
}

/** All that may be varied, by name, with what the schemas say of it; empty when a strategy's schema tells nothing. */
export async function fieldsOfRun(config: RunConfig): Promise<ReadonlyMap<string, Field>> {
  const members =
    config.strategies.length === 0
      ? [{ prefix: '', strategy: config.strategy }]
      : config.strategies.map(({ name, strategy }) => ({ prefix: `${name ?? strategy}.`, strategy }))
  const fields = new Map<string, Field>()
  for (const { prefix, strategy } of members) {
    const schema = jsonSchemaOf(await loadStrategy(strategy))
    if (schema === undefined) return new Map()
    for (const [name, field] of fieldsOf(schema)) fields.set(prefix + name, field)
  }
  const ofRun = fieldsOf(z.toJSONSchema(runConfigSchema, { io: 'input' }))
  for (const [name, field] of ofRun)
    if (VARIABLE.some((one) => name === one || name.startsWith(`${one}.`))) fields.set(OF_RUN + name, field)
  return fields
}

/** The settings that a constraint reads: the base, with dots where it nests, under the point. */
export function flatSettings(base: RunConfig, resolved: unknown, point: Point): Point {
  const flat: Nested = {}
  flatten(resolved, '', flat)
  for (const name of VARIABLE) flatten(base[name], `${OF_RUN}${name}`, flat)
  return { ...(flat as Point), ...point }
}

function flatten(value: unknown, prefix: string, flat: Nested): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    if (prefix !== '') flat[prefix] = value
    return
  }
  for (const [key, inner] of Object.entries(value))
    flatten(inner, prefix === '' ? key : `${prefix}.${key}`, flat)
}

/** Standard Schema's way to tell a JSON Schema, where a vendor has it: zod does from 4.2 on. */
function jsonSchemaOf({ config }: Strategy): unknown {
  const standard = config['~standard'] as {
    jsonSchema?: { input?: (options: { target: string }) => unknown }
  }
  try {
    return standard.jsonSchema?.input?.({ target: 'draft-2020-12' })
  } catch {
    return undefined
  }
}

function setAt(target: Nested, name: string, value: unknown): void {
  const keys = name.split('.')
  const last = keys.pop() as string
  let at = target
  for (const key of keys) at = (at[key] ??= {}) as Nested
  at[last] = value
}
