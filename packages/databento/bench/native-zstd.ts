import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

const VERSION = '0.0.13'

/**
 * Installs the addon zstd-napi into a folder of temporary files, once, and answers the folder of its modules; undefined
 * where it neither downloads nor compiles. It takes a minute: the addon is compiled.
 */
export function nativeZstd(): string | undefined {
  const folder = path.join(tmpdir(), 'scalp-bench', `zstd-napi-${VERSION}-${process.versions.modules}`)
  const modules = path.join(folder, 'node_modules')
  if (existsSync(path.join(folder, 'done'))) return modules
  if (existsSync(path.join(folder, 'failed'))) return undefined
  console.log('Installing zstd-napi into a temporary folder, once.')
  mkdirSync(folder, { recursive: true })
  writeFileSync(path.join(folder, 'package.json'), '{ "private": true }\n')
  const install = ['install', '--no-audit', '--no-fund', `zstd-napi@${VERSION}`]
  const { status } = spawnSync('npm', install, { cwd: folder, stdio: 'ignore', timeout: 300_000 })
  const env = { ...process.env, NODE_PATH: modules }
  const probe = spawnSync(process.execPath, ['-e', "new (require('zstd-napi/binding').DCtx)()"], { env })
  const isThere = status === 0 && probe.status === 0
  writeFileSync(path.join(folder, isThere ? 'done' : 'failed'), '')
  return isThere ? modules : undefined
}
