import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { type Packed, packAll } from './pack-all.ts'
import { serveTarballs } from './serve-tarballs.ts'

/**
 * Installs everything as a stranger would: packed, from a registry, in blank folders outside the repository, by npm and
 * pnpm, under every Node version that matters. `--full` runs all cases; CI runs those of a few minutes.
 */
const { values } = parseArgs({
  options: { full: { type: 'boolean', default: false }, keep: { type: 'boolean', default: false } },
})
const isFull = values.full
const root = path.dirname(import.meta.dirname)
const work = mkdtempSync(path.join(tmpdir(), 'scalp-install-'))

/** The last of a line that is refused, the first that is supported, and the one this repository runs on. */
const RUNTIMES = { old: '20.20.2', floor: '22.18.0', current: '24.21.0' } as const
type Runtime = keyof typeof RUNTIMES

interface Command {
  readonly in: string
  readonly node?: Runtime
  /** It has to fail, and say this. */
  readonly refusal?: RegExp
  readonly seconds?: number
}

let registry = ''

function environment(node: Runtime): NodeJS.ProcessEnv {
  const bins = [
    path.join(work, 'runtimes/node_modules', node, 'bin'),
    path.join(root, 'tools/bootstrap/node_modules/.bin'),
  ]
  const clean = Object.entries(process.env).filter(
    ([name]) => !/^npm_(?:config|lifecycle|package)_|^NODE_OPTIONS$/i.test(name) || /registry/i.test(name),
  )
  return {
    ...Object.fromEntries(clean),
    PATH: [...bins, ...pathOutside(root)].join(path.delimiter),
    'npm_config_@scalp:registry': registry,
    npm_config_cache: path.join(work, 'npm-cache'),
    npm_config_update_notifier: 'false',
    npm_config_fund: 'false',
    npm_config_audit: 'false',
    CI: 'true',
  }
}

/** The search path without what this repository put there. */
function pathOutside(folder: string): readonly string[] {
  return (process.env['PATH'] ?? '').split(path.delimiter).filter((entry) => !entry.startsWith(folder))
}

/** Runs a command to its end, and answers what it printed. */
async function run(
  command: string,
  args: readonly string[],
  { in: cwd, node = 'current', refusal, seconds = 240 }: Command,
): Promise<string> {
  const { failed, output } = await new Promise<{ failed: boolean; output: string }>((resolve) => {
    const options = { cwd, env: environment(node), timeout: seconds * 1_000, maxBuffer: 64e6 }
    execFile(command, [...args], options, (error, stdout, stderr) =>
      resolve({ failed: error !== null, output: stdout + stderr }),
    )
  })
  const isRight = refusal === undefined ? !failed : failed && refusal.test(output)
  if (!isRight)
    throw new Error(
      `${command} ${args.join(' ')} ${failed ? 'failed' : 'was not refused'}\n${output.slice(-3_000)}`,
    )
  return output
}

let failures = 0
/** One case of the matrix, with the seconds it took. */
async function step(name: string, check: () => Promise<unknown>): Promise<void> {
  const startedMs = performance.now()
  let problem = ''
  try {
    await check()
  } catch (error) {
    failures++
    problem = error instanceof Error ? error.message : String(error)
  }
  const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1).padStart(6)
  console.log(
    `${problem === '' ? 'ok  ' : 'FAIL'} ${seconds} s  ${name}${problem === '' ? '' : `\n${problem}`}`,
  )
}

function blank(name: string, manifest: object = {}): string {
  const folder = path.join(work, name)
  mkdirSync(folder, { recursive: true })
  if (Object.keys(manifest).length > 0)
    writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest))
  /** pnpm takes a scope's registry from here only. */
  writeFileSync(path.join(folder, '.npmrc'), `@scalp:registry=${registry}\n`)
  return folder
}

/** Every name that can be imported, as `@scalp/canonical` or `@scalp/databento/node`. */
function entryPoints(packed: readonly Packed[]): readonly string[] {
  return packed.flatMap(({ manifest: { name, exports = {} } }) =>
    Object.keys(exports)
      .filter((entry) => entry !== './package.json')
      .map((entry) => name + entry.slice(1)),
  )
}

/** A project that depends on all libraries, with programs that import every entry. */
function project(name: string, packed: readonly Packed[]): string {
  const libraries = packed.filter(({ manifest }) => manifest.exports?.['.'] !== undefined)
  const peers = libraries.flatMap(({ manifest }) => Object.keys(manifest.peerDependencies ?? {}))
  const wanted = [...new Set(peers)].filter((peer) => !peer.startsWith('@scalp/') && peer !== 'zstd-napi')
  const folder = blank(name, {
    name: 'blank',
    private: true,
    type: 'module',
    dependencies: {
      ...Object.fromEntries(libraries.map(({ manifest }) => [manifest.name, manifest.version])),
      ...Object.fromEntries(wanted.map((peer) => [peer, '*'])),
    },
    devDependencies: { '@types/node': '22.20.5', typescript: '7.0.2' },
  })
  const entries = entryPoints(libraries)
  writeFileSync(
    path.join(folder, 'import-all.js'),
    `for (const entry of ${JSON.stringify(entries)}) {
  const names = Object.keys(await import(entry))
  if (names.length === 0) throw new Error(entry + ' exports nothing')
}
console.log('imported', ${entries.length})
`,
  )
  writeFileSync(
    path.join(folder, 'require-all.cjs'),
    `for (const entry of ${JSON.stringify(entries)}) require(entry)\n`,
  )
  const lines = entries.map((entry, index) => `import * as entry${index} from '${entry}'`)
  writeFileSync(
    path.join(folder, 'types.ts'),
    `${lines.join('\n')}
import { parseMicros } from '@scalp/canonical'
export const price: number = parseMicros('1.15')
// @ts-expect-error: types came along, or this would be no error
export const wrong: string = parseMicros('1.15')
export const all: readonly object[] = [${entries.map((_, index) => `entry${index}`).join(', ')}]
`,
  )
  for (const [resolution, module] of [
    ['nodenext', 'nodenext'],
    ['bundler', 'preserve'],
  ])
    writeFileSync(
      path.join(folder, `tsconfig.${resolution}.json`),
      JSON.stringify({
        compilerOptions: {
          module,
          moduleResolution: resolution,
          target: 'es2023',
          lib: ['es2023'],
          strict: true,
          noEmit: true,
          skipLibCheck: false,
          types: ['node'],
        },
        include: ['types.ts'],
      }),
    )
  return folder
}

async function tryProject(folder: string, nodes: readonly Runtime[]): Promise<void> {
  for (const node of nodes) {
    await run('node', ['import-all.js'], { in: folder, node })
    await run('node', ['require-all.cjs'], { in: folder, node })
  }
  for (const resolution of ['nodenext', 'bundler'])
    await run(path.join(folder, 'node_modules/.bin/tsc'), ['-p', `tsconfig.${resolution}.json`], {
      in: folder,
    })
}

/** Starts a daemon, looks at its dashboard, and ends it the way a person does. */
async function tryDaemon(
  command: string,
  args: readonly string[],
  where: Command,
  port: number,
): Promise<void> {
  const daemon = spawn(command, [...args, '--port', String(port)], {
    cwd: where.in,
    env: environment(where.node ?? 'current'),
    detached: true,
  })
  let output = ''
  const running = new Promise<void>((resolve, reject) => {
    const look = (chunk: Buffer): void => {
      output += chunk.toString()
      if (output.includes('is running')) resolve()
    }
    daemon.stdout.on('data', look)
    daemon.stderr.on('data', look)
    daemon.on('exit', (code) =>
      reject(new Error(`${command} ${args.join(' ')} ended with ${code}\n${output}`)),
    )
    setTimeout(
      () => reject(new Error(`${command} ${args.join(' ')} did not start in time\n${output}`)),
      180_000,
    ).unref()
  })
  try {
    await running
    const page = await fetch(`http://127.0.0.1:${port}/`)
    const html = await page.text()
    if (!page.ok || !html.includes('<div id="app">'))
      throw new Error(`the dashboard answered ${page.status}: ${html}`)
    const script = /src="\.\/(assets\/[^"]+)"/.exec(html)?.[1]
    const asset = await fetch(`http://127.0.0.1:${port}/${script}`)
    if (!asset.ok) throw new Error(`the dashboard's script answered ${asset.status}`)
  } finally {
    await end(daemon)
  }
}

async function end(daemon: ChildProcess): Promise<void> {
  if (daemon.exitCode !== null || daemon.pid === undefined) return
  const ended = new Promise((resolve) => daemon.once('close', resolve))
  process.kill(-daemon.pid, 'SIGINT')
  const tooLate = setTimeout(() => process.kill(-(daemon.pid as number), 'SIGKILL'), 20_000)
  await ended
  clearTimeout(tooLate)
}

/** Threads of a sweep find their program and the strategy; what is optional is named when it is missing. */
async function trySweep(folder: string): Promise<void> {
  const data = ['--data', 'data', '--underlying', 'DEMO', '--strategy', '.', '--out', 'sweep', '--quiet']
  const args = ['scalp-backtest', 'sweep', ...data, '--vary', 'takeProfitPct=20,40', '--min-trades', '1']
  await run('npx', ['--no-install', ...args], { in: folder })
  const refusal = /npm install bullmq ioredis/
  await run('npx', ['--no-install', ...args, '--redis', 'redis://127.0.0.1:1'], { in: folder, refusal })
}

/** From nothing to a strategy that is tested, backtested and watched, by the commands of the docs. */
async function tryStrategy(kind: string, manager: 'npm' | 'pnpm', port: number): Promise<void> {
  const where = { in: blank(`strategy-${kind}-${manager}`) }
  await run('npm', ['create', '--yes', '@scalp/strategy', 'calm-open', '--', '--kind', kind, '--yes'], where)
  const folder = path.join(where.in, 'calm-open')
  writeFileSync(path.join(folder, '.npmrc'), `@scalp:registry=${registry}\n`)
  await run(manager, ['install'], { in: folder })
  await run(manager, ['test'], { in: folder })
  const printed = await run(manager, ['run', 'backtest'], { in: folder })
  if (!/Result hash\s+[0-9a-f]{64}/.test(printed))
    throw new Error(`the backtest printed no result\n${printed}`)
  if (kind === 'indicator') await trySweep(folder)
  await tryDaemon(
    'npx',
    ['--yes', '@scalp/live', 'demo', '--strategy', '.', '--speed', '60'],
    { in: folder },
    port,
  )
}

try {
  const arch = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
  const runtimes = blank('runtimes', {
    private: true,
    dependencies: Object.fromEntries(
      Object.entries(RUNTIMES).map(([name, version]) => [name, `npm:${arch}@${version}`]),
    ),
  })
  const packed: Packed[] = []
  await step('pack all', async () => {
    const tarballs = path.join(work, 'tarballs')
    mkdirSync(tarballs)
    packed.push(...(await packAll(root, tarballs)))
  })
  const server = await serveTarballs(packed)
  registry = server.url
  await step('Node 20, 22 and 24', () => run('npm', ['install', '--ignore-scripts'], { in: runtimes }))
  for (const node of ['old', 'floor', 'current'] as const) {
    const version = await run('node', ['--version'], { in: work, node })
    if (version.trim() !== `v${RUNTIMES[node]}`) throw new Error(`Node ${RUNTIMES[node]} is ${version}`)
  }

  await step(
    'npm: every entry imported and required under Node 22.18 and 24; types by nodenext and bundler',
    async () => {
      const folder = project('npm', packed)
      await run('npm', ['install'], { in: folder })
      await tryProject(folder, ['floor', 'current'])
    },
  )
  await step('pnpm: the same, with nothing reached that is not declared', async () => {
    const folder = project('pnpm', packed)
    await run('pnpm', ['install'], { in: folder })
    await tryProject(folder, isFull ? ['floor', 'current'] : ['current'])
  })
  await step('Node 20: npm refuses by engines, the bins say why', async () => {
    const folder = blank('node20', { private: true })
    await run('npm', ['install', '--engine-strict', '@scalp/canonical'], {
      in: folder,
      node: 'old',
      refusal: /EBADENGINE/,
    })
    await run(
      'npm',
      ['install', '@scalp/backtester', '@scalp/live', '@scalp/dbn', '@scalp/create-strategy'],
      {
        in: folder,
        node: 'old',
      },
    )
    for (const bin of ['scalp-backtest', 'scalp-live', 'scalp-dbn', 'create-strategy'])
      await run(path.join(folder, 'node_modules/.bin', bin), ['--help'], {
        in: folder,
        node: 'old',
        refusal: /Node 20\.20\.2 is too old\. Install Node 22\.18 or newer\./,
      })
  })
  for (const node of isFull ? (['floor', 'current'] as const) : (['current'] as const)) {
    await step(`npx @scalp/backtester demo in an empty folder, Node ${RUNTIMES[node]}`, () =>
      run('npx', ['--yes', '@scalp/backtester', 'demo'], { in: blank(`backtester-${node}`), node }),
    )
    await step(`npx @scalp/live demo in an empty folder, Node ${RUNTIMES[node]}`, () =>
      tryDaemon('npx', ['--yes', '@scalp/live', 'demo'], { in: blank(`live-${node}`), node }, 18_911),
    )
  }
  for (const kind of isFull ? ['one-file', 'indicator', 'spread'] : ['indicator'])
    for (const manager of isFull ? (['npm', 'pnpm'] as const) : (['npm'] as const))
      await step(
        `npm create @scalp/strategy of kind ${kind}: installed by ${manager}, tested, backtested, watched`,
        () => tryStrategy(kind, manager, 18_912),
      )
  server.close()
} finally {
  if (values.keep) console.log(`Kept ${work}`)
  else rmSync(work, { recursive: true, force: true })
}
process.exitCode = failures === 0 ? 0 : 1
