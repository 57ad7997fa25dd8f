import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const SHARED =
  process.env['SCALP_FIXTURES'] ?? fileURLToPath(new URL('../../../../shared/fixtures', import.meta.url))
const OWN_DBN = fileURLToPath(new URL('../../../packages/databento/test/fixtures', import.meta.url))
/** True when the shared fixtures are there; CI may insist on them. */
const hasShared: boolean = existsSync(`${SHARED}/dbn/expected.json`)

if (!hasShared && process.env['CI'] !== undefined && process.env['SCALP_REQUIRE_FIXTURES'] !== undefined) {
  throw new Error(`No DBN fixtures at ${SHARED}/dbn.`)
}

/** Folders of DBN fixtures: the shared one, if it is there, and the one of the databento package. */
export const DBN_FOLDERS: readonly string[] = hasShared ? [`${SHARED}/dbn`, OWN_DBN] : [OWN_DBN]

/** Reads a JSON file. */
export function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(file, 'utf8')) as T
}
