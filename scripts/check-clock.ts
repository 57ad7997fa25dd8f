import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

/** What no strategy, engine or indicator may do: read the wall clock, wait, or take a chance. */
const BANNED: readonly (readonly [RegExp, string])[] = [
  [/\bDate\.now\b/, 'Date.now'],
  [/\bnew Date\(\s*\)/, 'new Date()'],
  [/\bDate\(\s*\)/, 'Date()'],
  [/\bperformance\.now\b/, 'performance.now'],
  [/\bprocess\.hrtime\b/, 'process.hrtime'],
  [/\bMath\.random\b/, 'Math.random'],
  [/\b(?:crypto\.)?(?:randomUUID|getRandomValues|randomBytes)\b/, 'random bytes'],
  [/\b(?:setTimeout|setInterval|setImmediate)\b/, 'a timer'],
]
/** Packages that decide or compute; edges that talk to the world are free to wait. */
const PURE = [
  'canonical',
  'market-data',
  'pricing',
  'gates',
  'positions',
  'reconciliation',
  'risk',
  'strategy',
  'engine',
  'simulator',
  'synthetic',
  'scalping',
  'statistics',
  'research',
  'report',
]
/** The clock itself, and the watch that names these things. Scripts of the report's page run in a browser. */
const EXEMPT = new Set(['packages/canonical/src/clock.ts', 'packages/strategy/src/testing/ambient.ts'])

/** Finds uses of the wall clock and of chance in one source text. */
export function findClock(text: string): { line: number; what: string }[] {
  const code = text.replace(/\/\*[\s\S]*?\*\/|(?<![:'"])\/\/[^\n]*/g, (comment) =>
    comment.replace(/[^\n]/g, ' '),
  )
  return code.split('\n').flatMap((source, index) => {
    const found = BANNED.find(([pattern]) => pattern.test(source))
    return found === undefined ? [] : [{ line: index + 1, what: found[1] }]
  })
}

/** Checks the pure packages of a repository. */
export function checkClock(root: string): string[] {
  const files = PURE.flatMap((name) => globSync(`packages/${name}/src/**/*.ts`, { cwd: root }))
  return files
    .map((file) => file.split(path.sep).join('/'))
    .filter((file) => !EXEMPT.has(file) && !/^packages\/report\/src\/page\/|\.(?:test|bench)\.ts$/.test(file))
    .flatMap((file) =>
      findClock(readFileSync(path.join(root, file), 'utf8')).map(
        ({ line, what }) =>
          `${file}:${line}: ${what} makes runs differ. Take the time from the event, chance from a seed.`,
      ),
    )
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const problems = checkClock(path.dirname(import.meta.dirname))
  for (const problem of problems) console.error(problem)
  console.log(
    problems.length === 0
      ? 'No wall clock, no chance.'
      : `${problems.length} uses of the wall clock or of chance.`,
  )
  process.exitCode = problems.length === 0 ? 0 : 1
}
