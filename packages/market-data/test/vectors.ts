import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const here = path.dirname(fileURLToPath(import.meta.url))
const shared = process.env['SCALP_FIXTURES'] ?? path.resolve(here, '../../../../shared/fixtures')

/** Where the vectors of a name may lie: ours, and the shared ones, which a clone may lack. */
export function vectorFiles(name: string): readonly { readonly file: string; readonly isMissing: boolean }[] {
  const isRequired = process.env['CI'] !== undefined && process.env['SCALP_REQUIRE_FIXTURES'] !== undefined
  const own = path.join(here, 'fixtures', `${name}.json`)
  const reference = path.join(shared, 'reference', `${name}.json`)
  return [
    { file: own, isMissing: false },
    { file: reference, isMissing: !existsSync(reference) && !isRequired },
  ]
}

/** The cases of a file. */
export function readCases<Case>(file: string): readonly Case[] {
  const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { cases: readonly Case[] }
  return cases
}

/** True within 1e-9, absolute or relative. */
export function isClose(actual: number, expected: number, tolerance = 1e-9): boolean {
  return Math.abs(actual - expected) <= tolerance * Math.max(1, Math.abs(expected))
}
