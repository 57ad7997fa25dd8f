import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

/** The picture of docs/architecture.md as a table: who may import whom. Imports point down, never sideways. */
const DOMAIN = ['market-data', 'pricing', 'gates', 'positions', 'reconciliation', 'risk', 'strategy'] as const
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  canonical: [],
  cli: ['canonical'],
  ...Object.fromEntries(DOMAIN.map((name) => [name, ['canonical']])),
  engine: ['canonical', ...DOMAIN],
  databento: ['canonical'],
  alpaca: ['canonical'],
  journal: ['canonical'],
  protocol: [],
  'create-strategy': ['canonical', 'cli'],
  statistics: ['canonical', 'pricing'],
  report: ['canonical', 'statistics'],
  research: ['canonical', 'statistics'],
  synthetic: ['canonical', 'market-data', 'pricing'],
  simulator: ['canonical', ...DOMAIN, 'engine'],
  scalping: ['canonical', ...DOMAIN],
  harness: ['canonical', ...DOMAIN, 'engine', 'simulator', 'synthetic'],
}

/** Files that may use Node's own modules: reached by a subpath such as `@scalp/databento/node`, never from the root. */
const NODE_ENTRIES = ['node.ts', 'historical.ts', 'live.ts', 'testing.ts', 'decode-worker.ts']

/** One import that breaks a rule. */
export interface Violation {
  readonly file: string
  readonly line: number
  readonly problem: string
}

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s[^'"\n;]*?(?:\n[^'"\n;]*?)*?from\s*['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]|(?:^|\n)\s*import\s*['"]([^'"]+)['"]/g

/** Checks every source file under a repository's packages and apps. */
export function checkLayers(root: string): Violation[] {
  const violations: Violation[] = []
  for (const kind of ['packages', 'apps']) {
    for (const name of foldersIn(path.join(root, kind))) {
      const folder = path.join(root, kind, name)
      const { dependencies = {}, devDependencies = {}, peerDependencies = {} } = readManifest(folder)
      /** A program takes into its bundle what is no dependency of it: nobody installs that. */
      const isBundled = kind === 'apps' || name === 'create-strategy'
      const declared = new Set(
        Object.keys({ ...dependencies, ...peerDependencies, ...(isBundled ? devDependencies : {}) }),
      )
      const forTests = new Set(Object.keys(devDependencies))
      for (const file of sourcesIn(path.join(folder, 'src'))) {
        const isTest =
          /\.(?:test|test-d|bench)\.ts$/.test(file) || file.includes(`${path.sep}testing${path.sep}`)
        for (const { specifier, line } of importsOf(readFileSync(file, 'utf8'))) {
          const problem = judge({ kind, name, specifier, declared, forTests, isTest })
          if (problem !== undefined) violations.push({ file: path.relative(root, file), line, problem })
        }
      }
      if (kind === 'packages') violations.push(...nodeImports(root, folder))
    }
  }
  return violations
}

interface Import {
  readonly kind: string
  readonly name: string
  readonly specifier: string
  readonly declared: ReadonlySet<string>
  readonly forTests: ReadonlySet<string>
  readonly isTest: boolean
}

function judge({ kind, name, specifier, declared, forTests, isTest }: Import): string | undefined {
  if (specifier.startsWith('.') || specifier.startsWith('node:')) return undefined
  const [scope = '', rest = ''] = specifier.split('/')
  const dependency = scope.startsWith('@') ? `${scope}/${rest}` : scope
  if (scope === '@scalp' && kind === 'packages' && rest !== name) {
    const allowed = ALLOWED[name]
    if (allowed === undefined)
      return `package "${name}" has no row in the table of scripts/check-layers.ts; add it with a decision`
    if (!allowed.includes(rest)) {
      return `"${name}" must not import "${rest}": it may import ${allowed.length === 0 ? 'no package' : allowed.join(', ')}. Move what both need down, or meet in an interface of canonical`
    }
  }
  if (isTest || dependency === `@scalp/${name}` || declared.has(dependency)) return undefined
  return forTests.has(dependency)
    ? `${dependency} is a devDependency, and this is no test`
    : `${dependency} is not among the dependencies of package.json`
}

/** Node's modules must not be reached from a package's root entry. */
function nodeImports(root: string, folder: string): Violation[] {
  const violations: Violation[] = []
  const seen = new Set<string>()
  const visit = (file: string): void => {
    if (seen.has(file)) return
    seen.add(file)
    let text: string
    try {
      text = readFileSync(file, 'utf8')
    } catch {
      return
    }
    for (const { specifier, line } of importsOf(text)) {
      if (specifier.startsWith('node:')) {
        violations.push({
          file: path.relative(root, file),
          line,
          problem: `${specifier} is reached from the root entry; offer it by the subpath "./node" (${NODE_ENTRIES.join(', ')})`,
        })
      } else if (specifier.startsWith('.'))
        visit(path.resolve(path.dirname(file), specifier.replace(/\.js$/, '.ts')))
    }
  }
  visit(path.join(folder, 'src', 'index.ts'))
  return violations
}

function importsOf(text: string): { specifier: string; line: number }[] {
  const code = text.replace(/\/\*[\s\S]*?\*\/|(?<![:'"])\/\/[^\n]*/g, (comment) =>
    comment.replace(/[^\n]/g, ' '),
  )
  return Array.from(code.matchAll(IMPORT), (match) => ({
    specifier: (match[1] ?? match[2] ?? match[3]) as string,
    line: code.slice(0, match.index + match[0].length).split('\n').length,
  }))
}

function readManifest(folder: string): Record<string, Record<string, string>> {
  return JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as Record<
    string,
    Record<string, string>
  >
}

function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .sort()
  } catch {
    return []
  }
}

function sourcesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort()
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const violations = checkLayers(path.dirname(import.meta.dirname))
  for (const { file, line, problem } of violations) console.error(`${file}:${line}: ${problem}.`)
  console.log(violations.length === 0 ? 'Layers hold.' : `${violations.length} imports break the layers.`)
  process.exitCode = violations.length === 0 ? 0 : 1
}
