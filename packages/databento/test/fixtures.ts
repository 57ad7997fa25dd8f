import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const SHARED =
  process.env['SCALP_FIXTURES'] ?? fileURLToPath(new URL('../../../../shared/fixtures', import.meta.url))
const SHARED_DBN = `${SHARED}/dbn`
const OWN_DBN = fileURLToPath(new URL('./fixtures', import.meta.url))

/** True when the shared fixtures are there; CI may insist on them. */
export const hasFixtures: boolean = existsSync(`${SHARED_DBN}/expected.json`)

if (!hasFixtures && process.env['CI'] !== undefined && process.env['SCALP_REQUIRE_FIXTURES'] !== undefined) {
  throw new Error(`No DBN fixtures at ${SHARED_DBN}.`)
}

/** Folders of DBN fixtures, all in the same form: the shared one, if it is there, and our own. */
export const DBN_FOLDERS: readonly string[] = hasFixtures ? [SHARED_DBN, OWN_DBN] : [OWN_DBN]

/** Reads a JSON file. */
export function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(file, 'utf8')) as T
}
