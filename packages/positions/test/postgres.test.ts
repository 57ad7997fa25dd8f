import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openPostgresStore } from '../src/postgres.js'
import { openPositionStore } from '../src/store.js'
import { describeStore } from '../src/testing.js'
import { type PostgresServer, postgresPrograms, startPostgres } from './postgres-server.js'

const programs = postgresPrograms()
const testHere = test.skipIf(programs === undefined)
let server: PostgresServer | undefined
let schemas = 0

beforeAll(async () => {
  if (programs !== undefined) server = await startPostgres(programs)
}, 60_000)
afterAll(() => server?.stop())

const url = (schema: string): string => `${server?.url}?schema=${schema}`

describeStore(
  'PostgreSQL',
  {
    openEmpty: () => openPositionStore(url(`daemon_${++schemas}`)),
    reopen: () => openPositionStore(url(`daemon_${schemas}`)),
  },
  { describe, test: testHere, expect },
)

testHere('a database of a newer version is refused', async () => {
  const store = await openPostgresStore({ url: server?.url ?? '', schema: 'newer' })
  await store.close()
  const { Client } = (await import('pg')).default
  const client = new Client({ connectionString: server?.url ?? '' })
  await client.connect()
  await client.query('UPDATE newer.schema_version SET version = 7')
  await client.end()
  await expect(openPositionStore(url('newer'))).rejects.toMatchObject({ code: 'POSITIONS_VERSION' })
})

testHere(
  'daemons that start at once make the tables once, and a schema of any name is only a name',
  async () => {
    const schema = 'odd"; DROP SCHEMA public; --'
    const stores = await Promise.all(
      Array.from({ length: 8 }, () => openPostgresStore({ url: server?.url ?? '', schema })),
    )
    for (const store of stores) {
      expect((await store.load()).positions).toEqual([])
      await store.close()
    }
  },
)

testHere('a server that is not there is an error, not a wait', async () => {
  await expect(openPostgresStore({ url: 'postgres://scalp@127.0.0.1:1/postgres' })).rejects.toThrow(
    'ECONNREFUSED',
  )
})
