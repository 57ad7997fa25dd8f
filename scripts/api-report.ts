import { readFileSync } from 'node:fs'
import path from 'node:path'

/** A declaration at the top of a `.d.ts` file, or a name that is passed on from another one. */
interface Declared {
  readonly file: string
  readonly text: string
}

interface Module {
  readonly declarations: ReadonlyMap<string, Declared>
  /** Exported name to where it comes from; without a file it is declared here under that name. */
  readonly exported: ReadonlyMap<string, { readonly name: string; readonly file?: string }>
  /** Names that are imported from files of the same package. */
  readonly imported: ReadonlyMap<string, { readonly name: string; readonly file: string }>
}

const START = /^(?:export|declare|import|interface|type|class|abstract|const|function|enum)\b/
const DECLARATION =
  /^(?:export )?(?:default )?(?:declare )?(?:abstract )?(?:class|interface|type|const|let|function|enum|namespace) ([\w$]+)/

/**
 * What users of an entry of a package see, as text that only changes when that does: every exported declaration without
 * its comments, by name, and after it what they reach in the package without being exported.
 */
export function reportApi(entry: string): string {
  const modules = new Map<string, Module>()
  const moduleOf = (file: string): Module => {
    const known = modules.get(file) ?? parse(file)
    modules.set(file, known)
    return known
  }
  const find = (file: string, name: string): Declared[] => {
    const { declarations, exported, imported } = moduleOf(file)
    const own = declarations.get(name)
    if (own !== undefined) return [own]
    const from = imported.get(name) ?? exported.get(name)
    return from?.file === undefined ? [] : find(from.file, from.name)
  }

  const shown = new Set<string>()
  const reached: Declared[] = []
  const render = ({ file, text }: Declared): void => {
    for (const [word] of text.matchAll(/[A-Za-z_$][\w$]*/g))
      for (const declared of find(file, word)) {
        if (shown.has(declared.text)) continue
        shown.add(declared.text)
        reached.push(declared)
      }
  }
  const names = [...moduleOf(entry).exported].sort(([a], [b]) => (a < b ? -1 : 1))
  const lines: string[] = []
  const exported = names.flatMap(([name, from]) => {
    const found = find(from.file ?? entry, from.name)
    const text = found.map((declared) => declared.text).join('\n')
    const passedOn = name === from.name ? name : `${from.name} as ${name}`
    if (text === '') lines.push(`export { ${passedOn} } // from another package`)
    else lines.push(...(name === from.name ? [] : [`export { ${passedOn} }`]), text)
    return found
  })
  for (const { text } of exported) shown.add(text)
  for (const declared of exported) render(declared)
  for (let at = 0; at < reached.length; at++) render(reached[at] as Declared)
  const hidden = reached.map(({ text }) => text.replace(/^export /, '')).sort()
  return [...lines, ...(hidden.length === 0 ? [] : ['// reached, not exported', ...hidden])].join('\n\n')
}

/** Reads a file that `tsc` has written: each statement begins at the margin. */
function parse(file: string): Module {
  const declarations = new Map<string, Declared>()
  const exported = new Map<string, { name: string; file?: string }>()
  const imported = new Map<string, { name: string; file: string }>()
  const add = (statement: string): void => {
    const list = /^(export|import) (?:type )?\{([^}]*)\}(?: from '([^']+)')?/.exec(statement)
    if (list !== null) {
      const [, verb, body = '', from] = list
      const target = from?.startsWith('.') === true ? { file: sibling(file, from) } : undefined
      for (const item of body.split(',')) {
        const [name = '', alias = name] = item
          .trim()
          .replace(/^type /, '')
          .split(' as ')
        if (name === '') continue
        if (verb === 'export') exported.set(alias, { name, ...target })
        else if (target !== undefined) imported.set(alias, { name, ...target })
      }
      return
    }
    const name = DECLARATION.exec(statement)?.[1]
    if (name === undefined) return
    const before = declarations.get(name)
    declarations.set(name, { file, text: before === undefined ? statement : `${before.text}\n${statement}` })
    if (statement.startsWith('export')) exported.set(name, { name })
  }
  let statement: string[] = []
  for (const line of withoutComments(readFileSync(file, 'utf8')).split('\n')) {
    if (START.test(line) && statement.length > 0) {
      add(statement.join('\n'))
      statement = []
    }
    if (line.trim() !== '' && !line.includes('#private')) statement.push(line.trimEnd())
  }
  if (statement.length > 0) add(statement.join('\n'))
  return { declarations, exported, imported }
}

function withoutComments(text: string): string {
  return text.replace(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, (part) =>
    part.startsWith('/') ? '' : part,
  )
}

function sibling(file: string, specifier: string): string {
  return path.resolve(path.dirname(file), specifier.replace(/\.js$/, '.d.ts'))
}
