import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
const tools = path.join(root, 'tools', 'bootstrap')
const win = process.platform === 'win32'
const pins = JSON.parse(readFileSync(path.join(tools, 'package.json'), 'utf8'))
const [major, minor] = process.versions.node.split('.').map(Number)
const hostOk = major > 22 || (major === 22 && minor >= 18)
const nodePkg = `node-${win ? 'win' : process.platform}-${process.arch}`
const bins = [path.join(root, 'node_modules', '.bin'), path.join(tools, 'node_modules', '.bin')]
if (!hostOk) {
  if (!pins.optionalDependencies[nodePkg])
    throw new Error(`Node ${process.version} is too old: install Node 22.18 or newer`)
  bins.unshift(path.join(tools, 'node_modules', nodePkg, 'bin'))
}
// glibc keeps an arena for each thread and never gives big freed blocks back: without these two a run over years
// holds twice the memory it uses. Other systems ignore them.
const allocator = { MALLOC_ARENA_MAX: '1', MALLOC_MMAP_THRESHOLD_: '131072' }
const env = { ...allocator, ...process.env, PATH: [...bins, process.env.PATH].join(path.delimiter) }
function run(cmd, args, cwd = root) {
  return new Promise((resolve, reject) => {
    const child = spawn(cmd, args, { cwd, env, stdio: 'inherit', shell: win })
    const forward = (s) => child.kill(s)
    process.on('SIGINT', forward).on('SIGTERM', forward)
    child.on('error', reject)
    child.on('exit', (code, signal) => {
      process.off('SIGINT', forward).off('SIGTERM', forward)
      if (code === 0) resolve()
      else process.exit(code ?? (signal ? 130 : 1))
    })
  })
}
function has(name, version) {
  try {
    return (
      JSON.parse(readFileSync(path.join(tools, 'node_modules', name, 'package.json'), 'utf8')).version ===
      version
    )
  } catch {
    return false
  }
}
if (!has('pnpm', pins.dependencies.pnpm) || (!hostOk && !has(nodePkg, pins.optionalDependencies[nodePkg])))
  await run(
    'npm',
    ['ci', '--no-fund', '--no-audit', '--loglevel=error', ...(hostOk ? ['--omit=optional'] : [])],
    tools,
  )
const steps = [[]]
for (const a of process.argv.slice(2)) a === '--' ? steps.push([]) : steps.at(-1).push(a)
for (const [cmd, ...args] of steps) await run(cmd, args)
