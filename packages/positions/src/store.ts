import { StoreUrlError } from './errors.js'
import type { PositionStore } from './stored-position.js'

/**
 * Opens the store that a URL names: a path or `sqlite:PATH` for SQLite, `postgres://...` for PostgreSQL, whose
 * schema may be given as `?schema=NAME`. Only the driver that is needed is loaded.
 *
 * @throws `StoreUrlError` On another scheme.
 */
export async function openPositionStore(url: string): Promise<PositionStore> {
  const scheme = /^([a-z]{2,}):/.exec(url)?.[1]
  if (scheme === 'postgres' || scheme === 'postgresql') {
    const parsed = new URL(url)
    const schema = parsed.searchParams.get('schema')
    parsed.searchParams.delete('schema')
    const { openPostgresStore } = await import('./postgres.js')
    return openPostgresStore({ url: parsed.href, ...(schema === null ? {} : { schema }) })
  }
  if (scheme !== undefined && scheme !== 'sqlite') throw new StoreUrlError({ scheme })
  const { openSqliteStore } = await import('./sqlite.js')
  return openSqliteStore({ path: url.replace(/^sqlite:/, '') })
}
