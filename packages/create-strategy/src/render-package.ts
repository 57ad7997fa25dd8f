import { PackageNameError, UnderlyingError } from './errors.js'
import { ciWorkflow, gitignore, readme } from './extra-files.js'
import { KINDS, type KindName } from './kinds.js'
import type { Templates } from './template.js'

/** What a person wants written. */
export interface Answers {
  /** Of the package, with or without a scope. */
  readonly name: string
  readonly kind: KindName
  /** Symbol that `npm run backtest` makes a synthetic market of. */
  readonly underlying: string
}

/** Names of a package and of what is in it. */
export interface Names {
  readonly packageName: string
  /** Name of the strategy: the package's without its scope. */
  readonly strategy: string
  /** The strategy's constant. */
  readonly identifier: string
}

const NAME = /^(?:@[a-z0-9][a-z0-9-]*\/)?[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/

/** Refuses a name that npm or a strategy could not have. @throws {@link PackageNameError} */
export function checkName(given: string): string {
  if (!NAME.test(given) || given.length > 100) throw new PackageNameError({ given })
  return given
}

/** Refuses what is no symbol. @throws {@link UnderlyingError} */
export function checkUnderlying(given: string): string {
  if (!/^[A-Z]{1,6}$/.test(given)) throw new UnderlyingError({ given })
  return given
}

/**
 * A package as text, by path: the example of its kind under other names, with what a repository of its own needs.
 *
 * @throws {@link PackageNameError}, {@link UnderlyingError}
 */
export function renderPackage(templates: Templates, answers: Answers): ReadonlyMap<string, string> {
  const packageName = checkName(answers.name)
  const underlying = checkUnderlying(answers.underlying)
  const { example } = KINDS[answers.kind]
  const { files } = templates[answers.kind]
  const strategy = packageName.replace(/^.*\//, '')
  const names: Names = { packageName, strategy, identifier: freeIdentifier(strategy, Object.values(files)) }
  const rendered = new Map<string, string>()
  for (const [file, text] of Object.entries(files)) {
    const renamed = text
      .replaceAll(`@scalp-example/${example}`, packageName)
      .replaceAll(`'${example}'`, `'${strategy}'`)
      .replaceAll(new RegExp(`\\b${camelCase(example)}\\b`, 'g'), names.identifier)
    rendered.set(file, file === 'package.json' ? manifest(renamed, underlying) : renamed)
  }
  rendered.set('README.md', readme(names, KINDS[answers.kind].hint))
  rendered.set('.gitignore', gitignore)
  rendered.set('.github/workflows/ci.yml', ciWorkflow)
  return rendered
}

function manifest(text: string, underlying: string): string {
  const parsed = JSON.parse(text) as { license: string; scripts: Record<string, string> }
  parsed.license = 'UNLICENSED'
  parsed.scripts['backtest'] = (parsed.scripts['backtest'] as string)
    .replace('synth ', `synth --underlying ${underlying} `)
    .replace('--underlying DEMO', `--underlying ${underlying}`)
  return `${JSON.stringify(parsed, null, 2)}\n`
}

function camelCase(kebab: string): string {
  return kebab.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}

/** A constant's name that no word of the language and no name in the template has already. */
function freeIdentifier(strategy: string, texts: readonly string[]): string {
  const wanted = camelCase(strategy)
  const isTaken = RESERVED.has(wanted) || texts.some((text) => new RegExp(`\\b${wanted}\\b`).test(text))
  return isTaken ? `${wanted}Strategy` : wanted
}

const RESERVED = new Set(
  'arguments await break case catch class const continue debugger default delete do else enum eval export extends false finally for function if implements import in instanceof interface let new null package private protected public return static super switch this throw true try typeof undefined var void while with yield'.split(
    ' ',
  ),
)
