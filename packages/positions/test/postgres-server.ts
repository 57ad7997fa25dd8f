import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, globSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** A server of our own, on a loopback port, that is gone afterwards. */
export interface PostgresServer {
  readonly url: string
  readonly stop: () => void
}

/** Where the programs of PostgreSQL are; undefined when it is not installed. */
export function postgresPrograms(): string | undefined {
  const folders = [...globSync('/usr/lib/postgresql/*/bin').sort().reverse(), '/usr/local/bin', '/usr/bin']
  return folders.find(
    (folder) => existsSync(path.join(folder, 'initdb')) && existsSync(path.join(folder, 'pg_ctl')),
  )
}

/** Starts a server in a folder of its own. As root it runs as the user `postgres`, which the package made. */
export async function startPostgres(programs: string): Promise<PostgresServer> {
  const folder = mkdtempSync(path.join(tmpdir(), 'scalp-postgres-'))
  const data = path.join(folder, 'data')
  const isRoot = process.getuid?.() === 0
  const run = (program: string, ...args: string[]): void => {
    const command = [path.join(programs, program), ...args]
    const [file = '', ...rest] = isRoot ? ['/usr/sbin/runuser', '-u', 'postgres', '--', ...command] : command
    execFileSync(file, rest, { stdio: 'ignore', cwd: folder })
  }
  if (isRoot) {
    chmodSync(folder, 0o755)
    execFileSync('chown', ['postgres', folder])
  }
  const port = await freePort()
  run('initdb', '--pgdata', data, '--auth=trust', '--username=scalp', '--no-sync')
  const options = `-c listen_addresses=127.0.0.1 -c port=${port} -c unix_socket_directories=${folder} -c fsync=off`
  run('pg_ctl', '--pgdata', data, '--wait', '--log', path.join(folder, 'log'), '--options', options, 'start')
  return {
    url: `postgres://scalp@127.0.0.1:${port}/postgres`,
    stop: () => {
      run('pg_ctl', '--pgdata', data, '--wait', '--mode=immediate', 'stop')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
