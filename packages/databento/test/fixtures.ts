import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Folders that hold DBN fixtures: the shared one, if it is there, and our own. */
const SHARED =
  process.env['SCALP_FIXTURES'] ?? fileURLToPath(new URL('../../../../shared/fixtures', import.meta.url))

/** The folder of DBN fixtures. */
export const DBN_FIXTURES = `${SHARED}/dbn`

/** True when the shared fixtures are there; CI may insist on them. */
export const hasFixtures: boolean = existsSync(`${DBN_FIXTURES}/expected.json`)

if (!hasFixtures && process.env['CI'] !== undefined && process.env['SCALP_REQUIRE_FIXTURES'] !== undefined) {
  throw new Error(`No DBN fixtures at ${DBN_FIXTURES}.`)
}

/** A JSON file of the fixtures, or what stands for it when there are none. */
export function readFixture<T>(name: string, otherwise: T): T {
  return hasFixtures ? (JSON.parse(readFileSync(`${DBN_FIXTURES}/${name}`, 'utf8')) as T) : otherwise
}
