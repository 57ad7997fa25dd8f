import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const own = fileURLToPath(new URL('./fixtures/', import.meta.url))
const shared =
  process.env['SCALP_FIXTURES'] ?? fileURLToPath(new URL('../../../../shared/fixtures', import.meta.url))

/** A case of a vector file, as parsed. */
// oxlint-disable-next-line typescript/no-explicit-any -- vectors are data of many shapes, and a wrong shape fails the test
export type Case = any

/** True when the shared vectors are there, or must be. */
export const hasShared: boolean =
  existsSync(`${shared}/reference`) ||
  (process.env['CI'] !== undefined && process.env['SCALP_REQUIRE_FIXTURES'] !== undefined)

/** Our own vectors of a format. */
export function ownCases(format: string): Case[] {
  return casesIn(own, format)
}

/** The shared vectors of a format, in all files of the folder. */
export function sharedCases(format: string): Case[] {
  return hasShared ? casesIn(`${shared}/reference/`, format) : []
}

function casesIn(folder: string, format: string): Case[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(`${folder}/${name}`, 'utf8')) as Case)
    .filter((file) => (file.format?.name ?? file.format) === format)
    .flatMap((file) => file.cases as Case[])
}
