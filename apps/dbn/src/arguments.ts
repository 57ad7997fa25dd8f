import { type Micros, parseMicros } from '@scalp/canonical'
import { SCHEMAS, type Schema } from '@scalp/databento'
import { InvalidArgumentError, Option } from 'commander'

/** Lines that end a command's help. */
export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}\n`
}

/** The option that gives text a last field with symbols. */
export function symbolsOption(): Option {
  return new Option('--symbols [source]', 'a last field with symbols, out of the metadata or the live stream')
    .choices(['metadata', 'stream'])
    .preset('metadata')
}

/** Reads an amount of dollars. */
export function toMoney(text: string): Micros {
  try {
    const micros = parseMicros(text)
    if (micros >= 0) return micros
  } catch {
    // said below
  }
  throw new InvalidArgumentError('It must be an amount of dollars, such as 12.50.')
}

/** Reads the name of a schema. */
export function toSchema(text: string): Schema {
  const schema = SCHEMAS.find((name) => name === text)
  if (schema === undefined) throw new InvalidArgumentError(`It must be one of ${SCHEMAS.join(', ')}.`)
  return schema
}

/** Reads a version of DBN. */
export function toVersion(text: string): number {
  if (!/^[123]$/.test(text)) throw new InvalidArgumentError('It must be 1, 2 or 3.')
  return Number(text)
}
