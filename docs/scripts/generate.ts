import { execFileSync } from 'node:child_process'
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { readErrorCodes } from './error-codes.ts'
import { readSettings } from './settings.ts'

/**
 * Writes what the site takes from the code: the API, the command lines, the configs, the error codes. Everything lands
 * in `reference/`, which no commit holds. Needs a build of the packages and apps.
 */
const docs = path.dirname(import.meta.dirname)
const root = path.dirname(docs)
const out = path.join(docs, 'reference')
rmSync(out, { recursive: true, force: true })
mkdirSync(path.join(out, 'cli'), { recursive: true })

interface Manifest {
  readonly name: string
  readonly bin?: Readonly<Record<string, string>>
  readonly exports?: Readonly<Record<string, { readonly '@scalp/source'?: string } | string>>
}

interface Member {
  readonly folder: string
  readonly manifest: Manifest
}

const members = (kind: string): Member[] =>
  readdirSync(path.join(root, kind))
    .sort()
    .flatMap((name) => {
      const folder = path.join(root, kind, name)
      try {
        return [
          {
            folder,
            manifest: JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as Manifest,
          },
        ]
      } catch {
        return []
      }
    })
const packages = members('packages')
const apps = members('apps')

writeApi()
writeCommandLines()
writeErrors()
writeSettings()
console.log(`reference written: ${globSync('**/*.md', { cwd: out }).length} pages`)

function writeApi(): void {
  const entries = packages.flatMap(({ folder, manifest }) =>
    Object.values(manifest.exports ?? {}).flatMap((target) => {
      const source = typeof target === 'string' ? undefined : target['@scalp/source']
      return source === undefined || !existsSync(path.join(folder, source))
        ? []
        : ['--entryPoints', path.join(folder, source)]
    }),
  )
  execFileSync(
    path.join(docs, 'node_modules', '.bin', 'typedoc'),
    [...(process.env['CI'] === undefined ? [] : ['--treatWarningsAsErrors']), ...entries],
    {
      cwd: docs,
      stdio: 'inherit',
    },
  )
}

function writeCommandLines(): void {
  const bins = [...packages, ...apps].flatMap(({ folder, manifest }) =>
    Object.entries(manifest.bin ?? {}).map(([bin, file]) => ({ bin, file: path.join(folder, file) })),
  )
  const help = (file: string, ...args: string[]): string =>
    execFileSync('node', [file, ...args, '--help'], {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1', COLUMNS: '100' },
    }).trimEnd()
  for (const { bin, file } of bins) {
    const main = help(file)
    const commands = [
      ...(/Commands:\n([\s\S]*)$/.exec(main)?.[1] ?? '').matchAll(/^ {2}([a-z][a-z-]*)/gm),
    ].map(([, name = '']) => name)
    const sections = commands
      .filter((name) => name !== 'help')
      .map((name) => `## ${bin} ${name}\n\n\`\`\`text\n${help(file, name)}\n\`\`\`\n`)
    write(`cli/${bin}.md`, `# ${bin}\n\n\`\`\`text\n${main}\n\`\`\`\n\n${sections.join('\n')}`)
  }
  const rows = bins.map(({ bin }) => `- [\`${bin}\`](./${bin})`)
  write(
    'cli/index.md',
    `# Command lines\n\nWhat each program says of itself with \`--help\`.\n\n${rows.join('\n')}\n`,
  )
}

function writeErrors(): void {
  const files = [...packages, ...apps].flatMap(({ folder, manifest }) =>
    globSync('src/**/*.ts', { cwd: folder })
      .filter((file) => !file.endsWith('.test.ts'))
      .sort()
      .map((file) => ({ file: path.join(folder, file), package: manifest.name })),
  )
  const codes = readErrorCodes(files)
  const sections = codes.map(
    ({ code, name, package: owner, when, message, hint }) =>
      `## ${code}\n\n${escape(when)}\n\n| | |\n| --- | --- |\n| message | ${cell(message)} |\n| what to do | ${cell(hint)} |\n| class | \`${name}\` of \`${owner}\` |\n`,
  )
  const intro =
    'Every error of Scalp has a code that never changes. Match it with `isScalpError(error) && error.code === …`; a `…` below stands for facts of the case.'
  write('errors.md', `---\noutline: [2, 2]\n---\n\n# Error codes\n\n${intro}\n\n${sections.join('\n')}`)
}

function writeSettings(): void {
  const pages = [
    [
      'backtest',
      'scalp-backtest',
      'apps/backtester/src/config.ts',
      'runConfigSchema',
      'Settings of `scalp-backtest run`, in the file that `--config` names. Flags lie over it.',
    ],
    [
      'live',
      'scalp-live',
      'apps/live/src/config/schema.ts',
      'liveConfigSchema',
      'Settings of `scalp-live`, in the file that `--config` names. The environment lies over it, and flags over that.',
    ],
    [
      'momentum-scalper',
      'momentum-scalper',
      'packages/scalping/src/config.ts',
      'scalpConfigSchema',
      'Settings of our strategy, under `settings` of a run or a daemon. They lie over those of its preset. Percent numbers are percent: 20 is 20 %.',
    ],
  ] as const
  for (const [name, title, file, schema, intro] of pages) {
    const settings = readSettings(path.join(root, file), schema)
    if (settings.length < 5) throw new Error(`${file}: only ${settings.length} settings were found`)
    const rows = settings.map(
      ({ name: setting, kind, unlessTold, about }) =>
        `| \`${setting}\` | ${cell(kind)} | ${unlessTold === '' ? '–' : `\`${unlessTold.replaceAll('|', '\\|')}\``} | ${cell(about)} |`,
    )
    write(
      `config/${name}.md`,
      `# Settings of ${title}\n\n${intro}\n\n| name | what it may be | unless told | |\n| --- | --- | --- | --- |\n${rows.join('\n')}\n`,
    )
  }
}

function cell(text: string): string {
  return text === '' ? '–' : escape(text).replaceAll('|', '\\|').replaceAll('\n', ' ')
}

/** Braces and angle brackets mean something to the site. */
function escape(text: string): string {
  return text
    .replaceAll(/\{@link (\w+)\}/g, '`$1`')
    .replaceAll(/<(?=[a-zA-Z/])/g, '&lt;')
    .replaceAll('{{', '&#123;&#123;')
}

function write(file: string, text: string): void {
  const target = path.join(out, file)
  mkdirSync(path.dirname(target), { recursive: true })
  writeFileSync(target, text)
}
