import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** Packs every package as it would be published, and lets publint and are-the-types-wrong judge the tarball. */
const root = path.dirname(import.meta.dirname)
let failures = 0
for (const name of readdirSync(path.join(root, 'packages')).sort()) {
  const folder = mkdtempSync(path.join(tmpdir(), 'pack-'))
  const problems: string[] = []
  const run = (command: string, args: readonly string[]): string => {
    try {
      return execFileSync(command, args, {
        cwd: path.join(root, 'packages', name),
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      })
    } catch (error) {
      const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
      problems.push(`${command} ${args.join(' ')}\n${stdout}${stderr}`)
      return ''
    }
  }
  run('pnpm', ['pack', '--pack-destination', folder])
  const tarball = readdirSync(folder).map((file) => path.join(folder, file))[0]
  if (tarball !== undefined) {
    run('publint', ['--strict', tarball])
    run('attw', [tarball, '--profile', 'esm-only', '--exclude-entrypoints', 'package.json'])
    const stray = run('tar', ['-tzf', tarball])
      .split('\n')
      .filter((file) => /\.(?:test|bench)\.|\/src\/|node_modules/.test(file))
    if (stray.length > 0) problems.push(`stray files: ${stray.join(', ')}`)
  }
  rmSync(folder, { recursive: true })
  console.log(`${problems.length === 0 ? 'ok  ' : 'FAIL'} @scalp/${name}`)
  for (const problem of problems) console.error(problem)
  failures += problems.length
}
process.exitCode = failures === 0 ? 0 : 1
