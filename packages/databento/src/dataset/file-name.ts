import { SCHEMAS, type Schema } from '../dbn/enums.js'

/** What the name of a data file says. */
export interface FileName {
  /** In the form `OPRA.PILLAR`; undefined when the name does not say. */
  readonly dataset: string | undefined
  readonly schema: Schema | undefined
  /** First and last day, `YYYY-MM-DD`, both included; undefined when the name does not say. */
  readonly from: string | undefined
  readonly to: string | undefined
}

const BATCH =
  /^([a-z0-9-]+?)-(\d{8})(?:-(\d{8}))?\.([a-z0-9-]+)(?:\.[^.]+)*?\.(?:(?:dbn|csv)(?:\.zst)?|slice)$/
const PART =
  /^[a-z0-9-]+?-\d{8}(?:-\d{8})?\.[a-z0-9-]+\.([A-Z][^/]*?|(?:part)?[-_]?\d+)\.(?:(?:dbn|csv)(?:\.zst)?|slice)$/
const DATED = /^(\d{4})-?(\d{2})-?(\d{2})\.(?:([a-z0-9-]+)\.)?(?:dbn|csv)(?:\.zst)?$/
const SCHEMA_IN_NAME = /\.([a-z0-9-]+)\.(?:v\d\.)?(?:dbn|csv)(?:\.zst)?$/

/** True for names that data files have; running downloads and support files are none. */
export function isDataFile(name: string): boolean {
  return /\.(?:(?:dbn|csv)(?:\.zst)?|slice)$/.test(name) && !name.startsWith('.')
}

/** Reads a file's name: as batch jobs name it, a bare date, or at least a schema. */
export function parseFileName(name: string): FileName {
  const batch = BATCH.exec(name)
  if (batch !== null) {
    const [, dataset = '', from = '', to = from, schema] = batch
    return {
      dataset: dataset.toUpperCase().replace('-', '.'),
      schema: toSchema(schema),
      from: toIso(from),
      to: toIso(to),
    }
  }
  const dated = DATED.exec(name)
  if (dated !== null) {
    const [, year, month, day, schema] = dated
    const date = `${year}-${month}-${day}`
    return { dataset: undefined, schema: toSchema(schema), from: date, to: date }
  }
  return {
    dataset: undefined,
    schema: toSchema(SCHEMA_IN_NAME.exec(name)?.[1]),
    from: undefined,
    to: undefined,
  }
}

/**
 * What stands between schema and encoding: the symbol or counter of a job that was split; empty when there is
 * nothing, or the name is none that a job gives.
 */
export function partOf(name: string): string {
  return PART.exec(name)?.[1] ?? ''
}

function toSchema(text: string | undefined): Schema | undefined {
  return SCHEMAS.find((schema) => schema === text)
}

function toIso(date: string): string {
  return `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6, 8)}`
}
