import { z } from 'zod'

/** A finite number; JSON holds no other. */
export const number: z.ZodNumber = z.number()
/** A finite number, or null for what is not known. */
export const known: z.ZodNullable<z.ZodNumber> = z.number().nullable()
/** An instant, ISO 8601 in UTC. All instants are market time: of a replay or a demo, its own. */
export const instant: z.ZodString = z.string()
/** An instant, or null for what has not happened. */
export const instantOrNull: z.ZodNullable<z.ZodString> = z.string().nullable()
/** A calendar date `YYYY-MM-DD`. */
export const date: z.ZodString = z.string().regex(/^\d{4}-\d{2}-\d{2}$/)
/** Call or put. */
export const right: z.ZodEnum<{ C: 'C'; P: 'P' }> = z.enum(['C', 'P'])
/** Plain values that decided something, by name. */
export const inputs: z.ZodRecord<
  z.ZodString,
  z.ZodNullable<z.ZodUnion<readonly [z.ZodNumber, z.ZodString, z.ZodBoolean]>>
> = z.record(z.string(), z.union([z.number(), z.string(), z.boolean()]).nullable())
